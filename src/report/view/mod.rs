//! The views of a profile that pprof's users have in their fingers, one a file. Each makes plain data, which
//! prints itself as JSON, CSV or text.

mod csv;
mod flamegraph;
mod graph;
mod head;
mod info;
mod list;
mod names;
mod other;
mod raw;
mod rows;
mod subject;
mod table;
mod tags;
#[cfg(test)]
mod testing;
mod top;
mod traces;
mod tree;

pub use csv::csv;
pub use flamegraph::{CallRow, FlamegraphView, flamegraph};
pub use graph::{EdgeRow, GraphView, NodeRow, graph};
pub use info::{Counts, InfoView, LabelFact, Stored, info};
pub use list::{ListOptions, ListView, ListedFunction, ListedLine, list};
pub use other::OtherInfo;
pub use raw::{RawView, raw};
pub use rows::Row;
pub use subject::{Filter, Subject};
pub use table::markdown_table;
pub use tags::{TagKey, TagValue, TagsView, tags};
pub use top::{TopView, Trim, top, top_pprof};
pub use traces::{TracesView, traces};
pub use tree::{TreeNodeView, TreeView, peek, tree};
