//! What the rules of this group share: which calls talk to a database, and with what text.

use crate::audit::{Call, DATABASE_PACKAGES, DATABASE_TYPES, Function, Kind, Local, Node, SqlText, is_query};

/// More types that talk to a database.
const MORE_TYPES: [&str; 5] = [
    "github.com/jmoiron/sqlx.NamedStmt",
    "github.com/jmoiron/sqlx.Conn",
    "github.com/jackc/pgx/v5/pgxpool.Conn",
    "github.com/jackc/pgx/v5/pgxpool.Tx",
    "github.com/jackc/pgx/v4.Tx",
];

/// Whether a call is of a method of a database type, whatever it does.
pub(super) fn is_database_call(call: &Call<'_>) -> bool {
    DATABASE_TYPES
        .iter()
        .chain(&MORE_TYPES)
        .any(|t| call.callee.is_method_of(t))
}

/// Whether a call is of this method of a database type, or of an unknown receiver in a file that imports a database
/// package.
pub(super) fn is_database_method(call: &Call<'_>) -> bool {
    let is_bare = call.callee.is_unknown() && call.operand().is_some_and(|o| o.ty().is_none());
    let file = call.node.file();
    is_query(call) || is_database_call(call) || (is_bare && DATABASE_PACKAGES.iter().any(|p| file.imports(p)))
}

/// The argument that holds the SQL text: the first of the first three that is a string.
pub(super) fn sql_argument<'a>(call: &Call<'a>) -> Option<Node<'a>> {
    let is_text = |n: &Node<'a>| n.ty().is_some_and(|t| t.is_string()) || SqlText::of(*n).is_some();
    call.arguments().into_iter().take(3).find(is_text)
}

/// The SQL text of a call.
pub(super) fn sql_text<'a>(call: &Call<'a>) -> Option<SqlText<'a>> {
    SqlText::of(sql_argument(call)?)
}

/// The first word of an SQL text, in capitals; behind `WITH` the verb of the statement itself is not looked for.
pub(super) fn verb_of(text: &SqlText<'_>) -> String {
    let joined = text.joined();
    joined
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_ascii_uppercase()
}

/// Whether a text changes rows.
pub(super) fn is_write(text: &SqlText<'_>) -> bool {
    let words = ["INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "UPSERT"];
    words.contains(&verb_of(text).as_str())
}

/// Whether a file holds migrations or tests.
pub(super) fn is_apart(node: Node<'_>) -> bool {
    let file = node.file();
    file.facts().is_test || file.path().contains("migrat")
}

/// What is written behind a name: `.Rows.Close`.
pub(super) fn chain(use_: Node<'_>) -> String {
    let mut chain = String::new();
    let mut top = use_;
    while let Some(parent) = top.parent().filter(|p| p.is(Kind::SelectorExpression)) {
        let Some(field) = parent.child(1) else { break };
        chain.push('.');
        chain.push_str(field.text());
        top = parent;
    }
    chain
}

/// The call as a whole, with the parentheses around it.
pub(super) fn outermost(mut node: Node<'_>) -> Node<'_> {
    while let Some(parent) = node.parent().filter(|p| p.is(Kind::ParenthesizedExpression)) {
        node = parent;
    }
    node
}

/// Whether a local leaves its function: it is returned, stored in something else, sent or captured; as an argument it
/// leaves only where `by_argument`.
pub(super) fn escapes<'a>(local: Local<'a>, by_argument: bool) -> bool {
    local.uses().any(|use_| {
        if use_.is_assigned() || !chain(use_).is_empty() {
            return false;
        }
        let around = use_.ancestors().find(|n| {
            !matches!(
                n.kind(),
                Kind::ParenthesizedExpression | Kind::ExpressionList | Kind::UnaryExpression
            )
        });
        around.is_some_and(|n| match n.kind() {
            Kind::ArgumentList => by_argument,
            Kind::BinaryExpression | Kind::ExpressionStatement => false,
            Kind::AssignmentStatement | Kind::ShortVarDeclaration => {
                use_.targets().iter().any(|t| t.text() != "_")
            }
            _ => true,
        })
    })
}

/// The loop of which a call is a part of the work: over data or counted, but not over chunks, and not one of few turns.
pub(super) fn data_loop<'a>(node: Node<'a>) -> Option<Node<'a>> {
    let is_step = |l: &Node<'a>| {
        let update = match l.as_loop() {
            Some(crate::audit::Loop::Clause { update, .. }) => update,
            _ => None,
        };
        update.is_some_and(|u| u.is(Kind::IncStatement)) && l.constant_turns().is_none_or(|n| n > 16)
    };
    let is_channel = |l: &Node<'a>| l.ranged().and_then(Node::ty).is_some_and(|t| t.is_channel());
    let is_chunked = |l: &Node<'a>| l.ranged().is_some_and(|r| r.is_call_to("slices.Chunk"));
    node.enclosing_loops()
        .find(|l| (l.is_over_data() || is_step(l)) && !is_channel(l) && !is_chunked(l))
}

/// Whether a statement that holds a node leaves the loop around it with a return.
pub(super) fn is_leaving(node: Node<'_>) -> bool {
    node.statement().is_some_and(|s| s.is(Kind::ReturnStatement))
}

/// The functions around a node, innermost first.
pub(super) fn functions_around<'a>(node: Node<'a>) -> impl Iterator<Item = Function<'a>> {
    node.ancestors().filter_map(Function::of)
}
