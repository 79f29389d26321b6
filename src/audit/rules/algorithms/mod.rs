//! Algorithms.

mod bounds_check;
mod cgo_in_loop;
mod invariant_call_in_loop;
mod map_lookup_twice;
mod map_scan_lookup;
mod nested_join;
mod operand_order;
mod quadratic_search;
mod recursion_no_memo;
mod small_map_switch;
mod sort_in_loop;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[
    bounds_check::RULE,
    cgo_in_loop::RULE,
    invariant_call_in_loop::RULE,
    map_lookup_twice::RULE,
    map_scan_lookup::RULE,
    nested_join::RULE,
    operand_order::RULE,
    quadratic_search::RULE,
    recursion_no_memo::RULE,
    small_map_switch::RULE,
    sort_in_loop::RULE,
];
