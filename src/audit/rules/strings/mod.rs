//! Strings, bytes, formatting, patterns, time, logs.

mod bytes_map_key;
mod bytes_string_conv;
mod concat_join;
mod concat_loop;
mod conversion;
mod equalfold;
mod log_in_hot_loop;
mod regexp_in_func;
mod regexp_to_strings;
mod rune_slice_range;
mod split_alloc;
mod sprintf_simple;
mod sprintf_write;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[
    bytes_map_key::RULE,
    bytes_string_conv::RULE,
    concat_join::RULE,
    concat_loop::RULE,
    equalfold::RULE,
    log_in_hot_loop::RULE,
    regexp_in_func::RULE,
    regexp_to_strings::RULE,
    rune_slice_range::RULE,
    split_alloc::RULE,
    sprintf_simple::RULE,
    sprintf_write::RULE,
];
