//! Database.

mod calls;
mod closed;
mod ctx_no_timeout;
mod db_open_per_call;
mod db_pool_config;
mod index_missing;
mod insert_in_loop;
mod n_plus_one;
mod no_ctx_call;
mod prepare_in_loop;
mod query_for_exec;
mod repeated_query_no_prepare;
mod rows_err;
mod rows_not_closed;
mod sql_func_on_column;
mod sql_leading_wildcard;
mod sql_no_limit;
mod sql_not_in_subquery;
mod sql_offset_paging;
mod sql_or_chain;
mod sql_order_rand;
mod sql_select_star;
mod sql_sprintf;
mod statements;
mod stmt_not_closed;
mod tx_long;
mod tx_no_rollback;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[
    ctx_no_timeout::RULE,
    db_open_per_call::RULE,
    db_pool_config::RULE,
    index_missing::RULE,
    insert_in_loop::RULE,
    n_plus_one::RULE,
    no_ctx_call::RULE,
    prepare_in_loop::RULE,
    query_for_exec::RULE,
    repeated_query_no_prepare::RULE,
    rows_err::RULE,
    rows_not_closed::RULE,
    sql_func_on_column::RULE,
    sql_leading_wildcard::RULE,
    sql_no_limit::RULE,
    sql_not_in_subquery::RULE,
    sql_offset_paging::RULE,
    sql_or_chain::RULE,
    sql_order_rand::RULE,
    sql_select_star::RULE,
    sql_sprintf::RULE,
    stmt_not_closed::RULE,
    tx_long::RULE,
    tx_no_rollback::RULE,
];
