//! What became of an earlier review and of the budgets, as the verb `check` says it.
//!
//! All forms are views of the new review, which holds both; the gate's lines are those of [`crate::review::CheckGate`].

mod document;
mod github;
mod json;
mod junit;

pub use document::{check_comment, check_document};
pub use github::check_annotations;
pub use json::check_json;
pub use junit::check_junit;
