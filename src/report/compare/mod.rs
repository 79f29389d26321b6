//! Benchmark comparisons in words: benchstat's tables letter by letter, and our own.

mod bench;
mod benchstat;
mod benchstat_csv;
mod benchstat_text;
mod csv;
mod document;
mod facts;
mod github;
mod json;
mod layout;
mod notes;
mod own_csv;
mod words;

pub use bench::{BenchOptions, BenchReport, bench_document, bench_report};
pub use benchstat::BenchstatOptions;
pub use benchstat_csv::benchstat_csv;
pub use benchstat_text::benchstat_text;
pub use document::compare_document;
pub use facts::{CompareFacts, InputFacts, Queries, Sort, View, failure_sentence};
pub(in crate::report) use github::command;
pub use github::{annotations, comment};
pub use json::{CompareJson, compare_json};
pub use own_csv::compare_csv;
