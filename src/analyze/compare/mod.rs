//! Benchmark results side by side: tables of samples, and what a sample says about another.
//!
//! ```text
//! BenchLog… ─▶ TableBuilder ─▶ Tables (table → row → column → Cell) ─▶ Comparisons (verdicts, means, who is missing)
//! ```
//!
//! The first column of each table is its baseline. Method: exact test of Mann and Whitney, ratio of Hodges and Lehmann with
//! the interval of the same test, p values adjusted over all comparisons of a class of units, equivalence by two one-sided
//! tests. What does not vary at all (allocations, sizes) is compared exactly, even with one run.

mod build;
mod cell;
mod comparison;
mod doubts;
mod environment;
mod judge;
mod means;
mod numbers;
mod processes;
mod raw;
mod tables;
#[cfg(test)]
mod tests;
mod units;
mod whole;

pub use build::{Reading, TableBuilder};
pub use cell::{Summary, summarize};
pub use comparison::{
    Adjust, Caution, CompareOptions, Comparison, Comparisons, Family, Method, Outcome, Threshold, Unmatched,
};
pub use doubts::{Diagnostic, Doubt, diagnostics};
pub use environment::Environment;
pub use means::Geomean;
pub use processes::{Processes, processes};
pub use raw::{RawCell, RawMean, RawRatio, RawTable, Versus, raw_tables};
pub use tables::{Cell, Column, Row, Table, Tables};
pub use whole::compare;
