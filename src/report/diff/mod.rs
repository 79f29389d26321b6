//! Two sides of profiles, side by side: `perfplan diff`.
//!
//! ```text
//!  Delta ─▶ DiffView (the schema perfplan.diff/1) ─▶ JSON
//!              ├─ layout: rows and columns in words ─▶ text · document (Markdown)
//!              └─ csv
//! ```

mod csv;
mod folded;
mod layout;
mod view;
mod words;

pub use folded::folded_diff;
pub use view::{DiffOptions, DiffView, diff};
pub use words::{delta_warnings, gate_lines, undecided_lines};
