//! defer, interfaces, reflection, errors.

mod defer_in_loop;
mod iface_boxing;
mod sort_slice_reflect;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[defer_in_loop::RULE, iface_boxing::RULE, sort_slice_reflect::RULE];
