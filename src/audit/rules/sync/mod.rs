//! WaitGroups, errgroup, locks, shared maps.

mod lock_copied;
mod wg_add_in_goroutine;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[lock_copied::RULE, wg_add_in_goroutine::RULE];
