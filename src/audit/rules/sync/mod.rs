//! WaitGroups, errgroup, locks, shared maps.

mod atomic_candidate;
mod errgroup_candidate;
mod errgroup_no_limit;
mod errors_dropped_in_goroutine;
mod false_sharing;
mod guards;
mod lock_across_blocking;
mod lock_copied;
mod lock_in_loop;
mod lock_not_released;
mod map_concurrent_write;
mod maps;
mod once_candidate;
mod rcu_candidate;
mod rlock_write;
mod rwmutex_candidate;
pub(super) mod sections;
mod sharded_map_candidate;
pub(super) mod spawns;
mod syncmap_candidate;
mod syncmap_misuse;
mod wg_add_in_goroutine;
mod wg_done_not_deferred;
mod wg_use_go;
mod wg_wait_in_loop;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[
    atomic_candidate::RULE,
    errgroup_candidate::RULE,
    errgroup_no_limit::RULE,
    errors_dropped_in_goroutine::RULE,
    false_sharing::RULE,
    lock_across_blocking::RULE,
    lock_copied::RULE,
    lock_in_loop::RULE,
    lock_not_released::RULE,
    map_concurrent_write::RULE,
    once_candidate::RULE,
    rcu_candidate::RULE,
    rlock_write::RULE,
    rwmutex_candidate::RULE,
    sharded_map_candidate::RULE,
    syncmap_candidate::RULE,
    syncmap_misuse::RULE,
    wg_add_in_goroutine::RULE,
    wg_done_not_deferred::RULE,
    wg_use_go::RULE,
    wg_wait_in_loop::RULE,
];
