//! The words: what a [`Document`](document::Document) or a view says, once for all forms of output.

pub mod check;
pub mod compare;
pub mod diff;
pub mod document;
mod head;
mod review;
pub mod view;

pub use head::{Head, time_text};
pub use review::review_document;
