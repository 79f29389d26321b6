//! Context.

mod common;
mod ctx_background;
mod ctx_grow_in_loop;
mod ctx_in_struct;
mod ctx_value_hot;
mod goroutine_detached_ctx;
mod loop_no_ctx_check;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[
    ctx_background::RULE,
    ctx_grow_in_loop::RULE,
    ctx_in_struct::RULE,
    ctx_value_hot::RULE,
    goroutine_detached_ctx::RULE,
    loop_no_ctx_check::RULE,
];
