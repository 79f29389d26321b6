//! Strings, bytes, formatting, patterns, time, logs.

mod concat_loop;
mod regexp_in_func;
mod sprintf_simple;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[concat_loop::RULE, regexp_in_func::RULE, sprintf_simple::RULE];
