//! What the rules about contexts share.

use crate::audit::{Field, Function, Kind, Local, Node};

/// Whether an expression is a `context.Context`.
pub(super) fn is_context(node: Node<'_>) -> bool {
    node.ty().is_some_and(|t| t.is("context.Context"))
}

/// Whether a local is one.
pub(super) fn is_context_local(local: Local<'_>) -> bool {
    local.ty().is_some_and(|t| t.is("context.Context"))
}

/// The context that a function is given, as it is written in it: a parameter, or that of a request.
pub(super) fn given(function: Function<'_>) -> Option<String> {
    if let Some(context) = function.context().filter(|c| c.name() != "_") {
        return Some(context.name().to_string());
    }
    let of_request = |l: &Local<'_>| {
        let ty = l.ty()?.to_string();
        let suffix = match ty.as_str() {
            "*net/http.Request" => ".Context()",
            t if t.starts_with("*github.com/gin-gonic/gin.Context") => ".Request.Context()",
            t if t.starts_with("github.com/labstack/echo") && t.ends_with(".Context") => {
                ".Request().Context()"
            }
            _ => return None,
        };
        (l.name() != "_").then(|| format!("{}{suffix}", l.name()))
    };
    function.parameters().iter().find_map(of_request)
}

/// The context at hand at a node: that of the functions around it, through literals that run as part of them. `None`
/// in goroutines and deferred literals, which may outlive the context.
pub(super) fn at_hand(node: Node<'_>) -> Option<String> {
    for function in node.ancestors().filter_map(Function::of) {
        if let Some(context) = given(function) {
            return Some(context);
        }
        if !function.is_literal() || is_apart(function.node) {
            return None;
        }
    }
    None
}

/// A literal that runs in a goroutine or deferred.
fn is_apart(literal: Node<'_>) -> bool {
    let statement = literal.parent().and_then(Node::parent).map(Node::kind);
    let is_called = literal.field_name() == Field::Function;
    let by_statement = is_called && matches!(statement, Some(Kind::GoStatement | Kind::DeferStatement));
    by_statement || crate::audit::rules::goroutines::common::is_goroutine(literal)
}

/// Whether a node runs apart from the function around it, in a goroutine or deferred.
pub(super) fn runs_apart(node: Node<'_>) -> bool {
    let literals = node
        .ancestors()
        .take_while(|n| !n.kind().is_function() || n.is(Kind::FuncLiteral));
    let by_literal = literals.filter(|n| n.is(Kind::FuncLiteral)).any(is_apart);
    let statement = node.statement();
    by_literal || statement.is_some_and(|s| s.is(Kind::GoStatement) || s.is(Kind::DeferStatement))
}
