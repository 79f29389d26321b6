//! Memory: slices, maps, pools, allocation.

mod alloc_in_loop;
mod aos_soa;
mod arena_candidate;
mod buffer_no_grow;
mod buffer_to_builder;
mod builder_no_grow;
mod explicit_gc;
mod finalizer_use;
mod growth;
mod large_copy;
mod linked_list;
mod make_nonzero_append;
mod map_prealloc;
mod pointer_chasing;
mod pool_candidate;
mod pool_get_no_put;
mod pool_no_reset;
mod pool_oversize;
mod pool_put_value;
mod pools;
mod read_all;
mod slice_head_pop;
mod slice_more;
mod slice_prealloc;
mod slice_retention;
mod struct_layout;
mod unbounded_cache;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[
    alloc_in_loop::RULE,
    aos_soa::RULE,
    arena_candidate::RULE,
    buffer_no_grow::RULE,
    buffer_to_builder::RULE,
    builder_no_grow::RULE,
    explicit_gc::RULE,
    finalizer_use::RULE,
    large_copy::RULE,
    linked_list::RULE,
    make_nonzero_append::RULE,
    map_prealloc::RULE,
    pointer_chasing::RULE,
    pool_candidate::RULE,
    pool_get_no_put::RULE,
    pool_no_reset::RULE,
    pool_oversize::RULE,
    pool_put_value::RULE,
    read_all::RULE,
    slice_head_pop::RULE,
    slice_prealloc::RULE,
    slice_retention::RULE,
    struct_layout::RULE,
    unbounded_cache::RULE,
];
