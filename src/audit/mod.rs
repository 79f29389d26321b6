//! Go source against the checklist, by syntax alone: no Go toolchain, no build, no network.
//!
//! ```text
//!  text ──syntax──▶ Tree ──program──▶ Program (files, packages, names, signatures) ──rules──▶ Hit
//! ```
//! [`audit`] does all of it. A [`Node`] is a place in the source, and everything that can be asked about one is a
//! method of it: [`Node::call`] whom it calls, [`Node::ty`] its type, [`Node::local`] which variable, [`Node::as_loop`],
//! [`Node::successors`] where the program goes next. [`rules`] tells how a rule is written.
//!
//! The policy that keeps false reports rare: what is not known is `None`, and a rule is then silent.
//!
//! This layer knows no heat: it says what and where; the review says how much it matters.

mod fingerprint;
mod flow;
mod graph;
mod hit;
mod names;
mod node;
mod places;
mod program;
mod rule;
pub mod rules;
mod run;
mod sql;
mod syntax;
#[cfg(test)]
mod testing;
mod types;

pub use fingerprint::{fingerprint, statement_text};
pub use flow::{Edge, Effect, Fate, Loop, Paths, Resource, nilness};
pub use graph::{DATABASE_PACKAGES, DATABASE_TYPES, GENERIC, Reach, is_query};
pub use hit::{Hit, Hits};
pub use names::{Call, Callee, Function, Local, LocalKind};
pub use node::Node;
pub use places::{Declared, Lines};
pub use program::{Facts, File, GoVersion, Import, Module, Package, Program, Suppression};
pub use rule::{
    Check, Class, Confidence, Group, Listens, Measure, Rule, Saving, Scope, Severity, assumed, cpu, heat,
    measured,
};
pub use run::{Audit, Options, Skipped, SourceText, audit};
pub use sql::{
    Clause, Column, DatabaseFacts, Filter, How, Piece, Schema, Scope as SqlScope, SqlText, Statement,
    TableSchema, Token, TokenKind, Verb, tokens,
};
pub use syntax::{Field, Kind, MAX_BYTES, MAX_DEPTH, Tree, Unparsed, parse};
pub use types::{Named, StructField, Type};

#[cfg(test)]
mod tests;
