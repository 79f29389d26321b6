//! What `go test -bench` prints: the benchmark format of golang.org/x/perf/benchfmt, and what surrounds it.
//!
//! ```text
//! bytes ──text──▶ lines ──reader──▶ results · unit settings · failures · warnings = BenchLog ──▶ Observations
//!                   ▲
//!        test2json ─┘  (the lines of each package, taken out of the events of `go test -json`)
//! ```
//!
//! A *result* is one line; it holds *measurements*, each a value with its unit. The numbers of one benchmark and unit
//! over all lines are its [`Observations`]. Nothing here opens a file or judges a number.
//!
//! ```
//! let text = b"pkg: example.com/codec\nBenchmarkDecode/size=1k-8 \t 1000 \t 1718 ns/op\t 368 B/op\n";
//! let log = perfplan::bench::parse(text, "new.txt").unwrap();
//! let result = &log.results[0];
//! assert_eq!((&*result.name, result.package()), ("Decode/size=1k-8", "example.com/codec"));
//! assert_eq!(result.value("/size"), Some("1k"));
//! assert_eq!((result.measurements[1].value, result.measurements[1].unit()), (368.0, "B/op"));
//! ```

mod config;
mod ending;
mod events;
mod failure;
pub mod filter;
mod log;
pub mod name;
mod number;
mod observations;
pub mod projection;
mod query;
mod re2;
mod reader;
mod recover;
mod stream;
mod test2json;
#[cfg(test)]
mod tests;
mod text;
mod units;
mod unquote;

pub use config::Config;
pub use failure::{Failure, FailureKind};
pub use filter::{Filter, key_value};
pub use log::{BenchLog, BenchResult, BenchUnit, Format, Measurement};
pub use number::{parse_count, parse_float};
pub use observations::{Observations, Summary, observations};
pub use projection::{Projections, Projector};
pub use query::QueryError;
pub use reader::{ParseOptions, looks_like_bench, parse, parse_with};
pub use stream::{parse_each, parse_stream};
pub use text::{Encoding, original_bytes};
pub use units::{UnitSetting, Units};
