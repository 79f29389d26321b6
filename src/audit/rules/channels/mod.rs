//! Channels and waiting loops.

mod busy_loop;
mod chan_oversized;
mod chan_unbuffered_hot;
mod select_single_case;
mod signal_notify_unbuffered;
mod sleep_polling;
mod spin_wait;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[
    busy_loop::RULE,
    chan_oversized::RULE,
    chan_unbuffered_hot::RULE,
    select_single_case::RULE,
    signal_notify_unbuffered::RULE,
    sleep_polling::RULE,
    spin_wait::RULE,
];
