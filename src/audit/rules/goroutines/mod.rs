//! Goroutines: leaks and lifecycle.

pub(in crate::audit::rules) mod common;
mod ctx_cancel_lost;
mod goroutine_blocked_recv;
mod goroutine_blocked_send;
mod goroutine_infinite_loop;
mod goroutine_unbounded_spawn;
mod handle_not_closed;
mod select_without_done;
mod send_without_done;
mod ticker_not_stopped;
mod time_after_in_loop;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[
    ctx_cancel_lost::RULE,
    goroutine_blocked_recv::RULE,
    goroutine_blocked_send::RULE,
    goroutine_infinite_loop::RULE,
    goroutine_unbounded_spawn::RULE,
    handle_not_closed::RULE,
    select_without_done::RULE,
    send_without_done::RULE,
    ticker_not_stopped::RULE,
    time_after_in_loop::RULE,
];
