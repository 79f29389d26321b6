//! SQL as far as the rules need it: the texts that Go code sends, what they ask, and the schema they ask it of.
//!
//! ```text
//!  literals and sums of Go ──▶ SqlText ──token──▶ Statement (scopes, filters) ─┐
//!  *.sql, CREATE in literals, gorm and bun tags ──▶ Schema ────────────────────┴─▶ rules
//! ```
//! It reads what the common dialects share, and gives up where it does not understand.

mod facts;
mod filter;
mod schema;
mod statement;
mod tags;
mod text;
mod token;

pub use facts::{DatabaseFacts, is_schema_file};
pub use filter::{Column, Filter, How};
pub use schema::{Schema, TableSchema};
pub use statement::{Clause, Scope, Statement, Verb};
pub use text::{Piece, SqlText};
pub use token::{Token, TokenKind, tokens};

#[cfg(test)]
mod tests;
