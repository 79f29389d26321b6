//! What the rules about SQL texts share.

use crate::audit::{Clause, Column, Kind, Node, SqlScope, SqlText, Statement, Token};

/// Where SQL texts begin.
pub(super) const LITERALS: &[Kind] = &[Kind::InterpretedStringLiteral, Kind::RawStringLiteral];

/// The statement that begins with a literal; `None` in migrations and tests.
pub(super) fn statement(literal: Node<'_>) -> Option<(SqlText<'_>, Statement)> {
    let text = SqlText::starting_at(literal).filter(|_| !super::calls::is_apart(literal))?;
    let statement = Statement::of(&text);
    Some((text, statement))
}

/// The tokens of a clause by their number.
pub(super) fn clause(scope: &SqlScope, clause: Clause) -> Vec<&Token> {
    scope.clause(clause).collect()
}

/// Whether words stand side by side somewhere in a list.
pub(super) fn has_run(tokens: &[&Token], words: &[&str]) -> bool {
    tokens
        .windows(words.len())
        .any(|w| w.iter().zip(words).all(|(t, word)| t.text == *word))
}

/// `users.name`, or `name`.
pub(super) fn name_of(column: &Column) -> String {
    if column.qualifier.is_empty() {
        column.name.clone()
    } else {
        format!("{}.{}", column.qualifier, column.name)
    }
}
