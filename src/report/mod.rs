//! The words: what a [`Document`](document::Document) or a view says, once for all forms of output.

mod audit;
mod audit_forms;
pub mod check;
pub mod compare;
pub mod diff;
pub mod document;
mod explain;
mod head;
mod policy_template;
mod review;
pub mod view;

pub use audit::audit_text;
pub use audit_forms::{
    audit_github, audit_json, audit_rdjson, audit_sarif, baseline_json, message, read_baseline,
};
pub use explain::{explain_document, explain_list};
pub use head::{Head, time_text};
pub use policy_template::{Found, policy_template};
pub use review::review_document;
