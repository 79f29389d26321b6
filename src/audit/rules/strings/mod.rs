//! Strings, bytes, formatting, patterns, time, logs.

mod regexp_in_func;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[
    regexp_in_func::RULE,
];
