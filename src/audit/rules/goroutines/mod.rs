//! Goroutines: leaks and lifecycle.

mod ctx_cancel_lost;
mod goroutine_blocked_send;
mod time_after_in_loop;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[
    ctx_cancel_lost::RULE,
    goroutine_blocked_send::RULE,
    time_after_in_loop::RULE,
];
