//! Database.

mod n_plus_one;
mod rows_not_closed;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[n_plus_one::RULE, rows_not_closed::RULE];
