//! The views of a profile that pprof's users have in their fingers, one a file. Each makes plain data, which
//! prints itself as JSON, CSV or text.

mod csv;
mod graph;
mod rows;
mod subject;
mod table;
mod top;
mod tree;

pub use graph::{EdgeRow, GraphView, NodeRow, graph};
pub use rows::Row;
pub use subject::{Filter, Subject};
pub use top::{TopView, Trim, top, top_pprof};
pub use tree::{TreeNodeView, TreeView, peek, tree};
