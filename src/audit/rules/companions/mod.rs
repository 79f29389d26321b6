//! Companions: small checks with public counterparts.

mod append_combine;
mod append_loop;
mod append_loop_bug;
mod append_noop;
mod append_unused;
mod atomic_misuse;
mod atomic_types;
mod bench_loop;
mod bytes_equal;
mod copy_loop;
mod defer_close_before_err;
mod defer_eval_time_since;
mod defer_in_infinite_loop;
mod deferred_lock;
mod duration_mul;
mod empty_critical_section;
mod errors_new_sprintf;
mod fmt_append;
mod infinite_recursion;
mod linear_search_helper;
mod lock_exposed;
mod lock_misuse;
mod loopvar_capture;
mod loopvar_copy;
mod map_clear;
mod map_copy_loop;
mod math_expr;
mod once_misuse;
mod racy_capture;
mod range_int;
mod redundant_check;
mod scanner_err;
mod shapes;
mod slice_clear;
mod slice_clone;
mod slice_lit;
mod sort_slice_misuse;
mod strings_compare;
mod time_after_sleep;
mod trim_prefix;
mod unconvert;
mod unsafe_conv;
mod zero_byte_repeat;

use crate::audit::{Group, Rule};

/// What the companions share: tier 3, low, LINE.
const COMPANION: Rule = Rule {
    group: Group::Companions,
    tier: 3,
    ..Rule::BASE
};

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[
    append_combine::RULE,
    append_loop::RULE,
    append_loop_bug::RULE,
    append_noop::RULE,
    append_unused::RULE,
    atomic_misuse::RULE,
    atomic_types::RULE,
    bench_loop::RULE,
    bytes_equal::RULE,
    copy_loop::RULE,
    defer_close_before_err::RULE,
    defer_eval_time_since::RULE,
    defer_in_infinite_loop::RULE,
    deferred_lock::RULE,
    duration_mul::RULE,
    empty_critical_section::RULE,
    errors_new_sprintf::RULE,
    fmt_append::RULE,
    infinite_recursion::RULE,
    linear_search_helper::RULE,
    lock_exposed::RULE,
    lock_misuse::RULE,
    loopvar_capture::RULE,
    loopvar_copy::RULE,
    map_clear::RULE,
    map_copy_loop::RULE,
    math_expr::RULE,
    once_misuse::RULE,
    racy_capture::RULE,
    range_int::RULE,
    redundant_check::RULE,
    scanner_err::RULE,
    slice_clear::RULE,
    slice_clone::RULE,
    slice_lit::RULE,
    sort_slice_misuse::RULE,
    strings_compare::RULE,
    time_after_sleep::RULE,
    trim_prefix::RULE,
    unconvert::RULE,
    unsafe_conv::RULE,
    zero_byte_repeat::RULE,
];
