//! Memory: slices, maps, pools, allocation.

mod map_prealloc;
mod slice_prealloc;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[map_prealloc::RULE, slice_prealloc::RULE];
