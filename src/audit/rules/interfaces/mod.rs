//! defer, interfaces, reflection, errors.

mod closure_in_loop;
mod defer_hot;
mod defer_in_loop;
mod errors_hot;
mod iface_boxing;
mod json_any;
mod panic_control_flow;
mod reflect_hot;
mod sort_slice_reflect;
mod type_assert_hot;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[
    closure_in_loop::RULE,
    defer_hot::RULE,
    defer_in_loop::RULE,
    errors_hot::RULE,
    iface_boxing::RULE,
    json_any::RULE,
    panic_control_flow::RULE,
    reflect_hot::RULE,
    sort_slice_reflect::RULE,
    type_assert_hot::RULE,
];
