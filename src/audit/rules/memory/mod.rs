//! Memory: slices, maps, pools, allocation.

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[];
