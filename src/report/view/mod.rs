//! The views of a profile that pprof's users have in their fingers, one a file. Each makes plain data, which
//! prints itself as JSON, CSV or text.

mod subject;

pub use subject::{Filter, Subject};
