//! Network and HTTP.

mod body_not_closed;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[body_not_closed::RULE];
