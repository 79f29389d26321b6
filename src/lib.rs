//! perfplan reads what a Go program's profilers and benchmarks print and writes the performance review that a
//! senior performance architect would write: where time and memory go, why, what to change, what it would
//! gain, how to prove it. It plans; it never edits the code under review.
//!
//! ```text
//!  bytes ──decode──▶ Profile ──filter──┐
//!  text  ──parse───▶ BenchLog ─────────┤           ┌─▶ report: views and comparisons, straight to text, JSON, CSV
//!  text  ──parse───▶ GoroutineDump ────┼─analyze───┼─▶ review ──▶ Review ──report──▶ Document ──render──▶ terminal, md
//!  text  ──parse───▶ CompilerNotes ────┤  (facts)  │                  └────────────render──▶ yaml, json
//!  text  ──parse───▶ RuntimeTrace ─────┤           └─▶ flame: pictures of call trees and call graphs
//!  text  ──parse───▶ ModuleList ───────┤
//!  files ──────────▶ Sources ──audit───┘
//!        (the program does all reading and writing)
//! ```
//!
//! # Layers
//! From the ground floor up; each uses only itself and those before it, which a test holds:
//! `error · unit · stats · source · profile · bench · goroutine · compiler · runtime_trace · analyze · flame ·
//! audit · review · report · render`. The program in `bin/perfplan` is its own crate root and so uses the public API only.
//!
//! | module | never |
//! |---|---|
//! | [`mod@unit`], [`stats`] | knows what a profile is |
//! | [`profile`], [`mod@bench`], [`goroutine`], [`compiler`], [`runtime_trace`] | opens a file; knows a threshold |
//! | [`source`] | reads the disk itself |
//! | [`analyze`] | holds a sentence, a percent sign, a colour |
//! | [`audit`] | knows heat: it says what, [`review`] says how much it matters |
//! | [`review`] | knows Markdown or the clock |
//! | [`report`] | holds a threshold: a decision belongs in review |
//! | [`render`] | rounds a number or picks a word |
//!
//! # Where the code taught better than the plan
//! * prost writes profiles, but does not read them: pprof's own reader accepts and refuses other things than
//!   prost does (`profile::wire` says which), and its errors have to name the byte.
//! * Filters rewrite a copy of the profile's columns; trimming of graphs is decided on weights and the graph is then
//!   made again from the samples, as pprof does it, since an edge over a removed node is not the sum of two edges.
//! * The views of `report::view` print themselves: their text is pprof's to the byte, so a Document between them and
//!   the bytes would only be in the way.
//! * A finding's sentence stands in `review`, since the stored review holds it and every form shows the same.
//!
//! # Glossary
//! * **sample**: a stack with one value per sample type. **location**: a place in the program; **line**: a line
//!   of source at it, one per inlined call. **frame**: a line of a stack.
//! * **flat**: weight of the samples whose leaf a function or line is. **cum**: weight of the samples in which it
//!   occurs, once per sample. **total**: sum of absolute values, what shares are shares of.
//! * **charged**: weight of the samples in which a line is the user's own nearest to the leaf.
//! * **observations**: the repeated numbers of a benchmark; **metric**: their median with its interval.
//! * **group**: goroutines in one state, at one place, started by one `go` statement.
//! * **family**: functions of the runtime and libraries that do one kind of work. **symptom**: a family that weighs more
//!   than it should below a line of own code; it claims the samples, each of which is claimed once.
//! * **rule**: a check of source; **hit**: a place where it holds. **target**: a number to be reached, **budget**: a limit
//!   that the policy sets; `check` says whether they are met.
//! * **finding**: a claim in a review. **entry point**: the function by which a stack is entered.
//!
//! # One example
//! ```
//! use perfplan::analyze::{Granularity, Nodes, Selection, heat};
//! use perfplan::profile::{Format, ProfileBuilder};
//!
//! let mut builder = ProfileBuilder::new(Format::Folded, &[("samples", "count")]);
//! let [main, parse] = ["main.main", "shop.Parse"].map(|name| builder.frame(name, "shop.go", 1));
//! builder.sample([parse, main], &[9], []);
//! builder.sample([main], &[1], []);
//! let profile = builder.finish();
//!
//! let nodes = Nodes::of(&profile, Granularity::Functions);
//! let heat = heat(&profile, &nodes, 0, Selection::All);
//! let hottest = heat.rows[0];
//! assert_eq!(nodes.get(hottest.node).printable(), "shop.Parse");
//! assert_eq!((hottest.flat, hottest.cum, heat.total), (9, 9, 10));
//! ```

pub mod analyze;
pub mod audit;
pub mod bench;
pub mod compiler;
pub mod error;
pub mod flame;
pub mod goroutine;
pub mod profile;
pub mod render;
pub mod report;
pub mod review;
pub mod runtime_trace;
pub mod source;
pub mod stats;
pub mod unit;
