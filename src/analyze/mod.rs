//! Questions about one or two inputs; the answers are plain data without words.
//!
//! ```text
//! Profile ─▶ Nodes (which function, line, package a location stands for)
//!               ├─▶ Heat      flat and cumulative weight per node, straight from the columns
//!               ├─▶ Graph     who calls whom, trimmed as pprof does
//!               ├─▶ CallTree  the one tree: flame graph, heaviest path
//!               ├─▶ Delta     two sides, before and after: what changed and what is noise
//!               ├─▶ symptoms  which kinds of work stand below the user's lines
//!               └─▶ entry · alloc · join   what kind of path, which allocation site, per operation
//! GoroutineDump, goroutine Profile ─▶ goroutines   what waits where, started by whom; what grows
//! ```
//!
//! [`compare`] puts benchmark results side by side.

mod alloc;
pub mod compare;
mod delta;
mod entry;
mod goroutines;
mod graph;
mod heap_series;
mod heat;
mod join;
mod modules;
mod nodes;
mod pgo;
mod symptoms;
mod tree;

pub use alloc::{AllocSite, alloc_sites, size_class};
pub use delta::{
    Adjust, Basis, Change, Delta, DeltaOptions, DeltaRow, DeltaSide, Doubt, Estimate, Mark, Measure, Model,
    Recording, Verdict, delta,
};
pub use entry::{
    Entry, EntryKind, Side, charged_lines, entry_of, is_std, my_code, only_my_code, own_weight, sides,
};
pub use goroutines::{
    CodePlace, GoroutineGroup, GroupGrowth, Growth, groups_of_dump, groups_of_profile, growth,
    my_code_of_dump,
};
pub use graph::{Edge, Graph, GraphNode, GraphOptions, NodeOrder};
pub use heap_series::{SiteSeries, heap_series, is_one_process};
pub use heat::{Heat, HeatRow, Inlining, Selection, heat, inlining};
pub use join::{BenchmarkShare, LineCost, Measured, benchmark_of, join_benchmarks};
pub use modules::{ModuleWeight, module_weights};
pub use nodes::{Granularity, Node, NodeId, Nodes};
pub use pgo::{CallEdge, call_edges};
pub use symptoms::{
    FAMILIES, Family, FamilySet, FamilyWeight, MARKS, SymptomSample, SymptomSamples, families_of, symptoms,
};
pub use tree::{CallTree, TreeNode};
