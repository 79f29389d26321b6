//! The words: what a [`Document`](document::Document) or a view says, once for all forms of output.

mod audit;
pub mod compare;
pub mod diff;
pub mod document;
mod head;
mod review;
pub mod view;

pub use audit::audit_text;
pub use head::{Head, time_text};
pub use review::{Figure, review_document};
