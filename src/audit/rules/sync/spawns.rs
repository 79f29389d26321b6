//! Literals that run beside the function that starts them.

use crate::audit::{Call, Field, Kind, Node};

/// `go func() {…}()`, `wg.Go(func() {…})`, `g.Go(func() error {…})`.
#[derive(Clone, Copy, Debug)]
pub(in crate::audit::rules) struct Spawn<'a> {
    /// The `go` statement or the call of `Go`.
    pub node: Node<'a>,
    /// What runs.
    pub literal: Node<'a>,
}

/// The literals that a body starts, in source order, without those that they start themselves.
pub(in crate::audit::rules) fn spawns(body: Node<'_>) -> Vec<Spawn<'_>> {
    body.descendants_here().filter_map(spawn).collect()
}

/// The literal that a node starts, if it does.
pub(in crate::audit::rules) fn spawn(node: Node<'_>) -> Option<Spawn<'_>> {
    let is_literal = |n: &Node<'_>| n.is(Kind::FuncLiteral);
    match node.kind() {
        Kind::GoStatement => {
            let literal = node.child(0)?.field(Field::Function).filter(is_literal)?;
            Some(Spawn { node, literal })
        }
        Kind::CallExpression => {
            let literal = node.field(Field::Arguments)?.child(0).filter(is_literal)?;
            let call = node.call().filter(|c| c.callee.name == "Go")?;
            (is_errgroup(&call) || call.is_to("(*sync.WaitGroup).Go")).then_some(Spawn { node, literal })
        }
        _ => None,
    }
}

/// A method of an errgroup.
pub(in crate::audit::rules) fn is_errgroup(call: &Call<'_>) -> bool {
    call.callee.is_method_of("golang.org/x/sync/errgroup.Group")
}

/// A WaitGroup by its type.
pub(in crate::audit::rules) fn is_wait_group(node: Node<'_>) -> bool {
    node.ty().is_some_and(|t| t.is_or_points_to("sync.WaitGroup"))
}

/// The calls of a body, without those in literals.
pub(in crate::audit::rules) fn calls_here(body: Node<'_>) -> impl Iterator<Item = Call<'_>> {
    body.descendants_here()
        .filter(|n| n.is(Kind::CallExpression))
        .filter_map(Node::call)
}

/// Calls that write a line of a log.
pub(in crate::audit::rules) fn is_log(call: &Call<'_>) -> bool {
    let callee = &call.callee;
    let words = [
        "Print", "Printf", "Println", "Debug", "Debugf", "Info", "Infof", "Warn", "Warnf", "Warning",
        "Error", "Errorf", "Log", "Logf", "Errorw", "Warnw", "Infow",
    ];
    let by_package = matches!(callee.package, "log" | "log/slog") || callee.is("fmt.Print|Printf|Println");
    let by_name = || {
        let operand = call.operand().map_or("", Node::text).to_ascii_lowercase();
        operand.ends_with("log") || operand.ends_with("logger") || operand == "klog" || operand == "glog"
    };
    words.contains(&callee.name) && (by_package || by_name())
}

/// Whether what a started literal does to a variable of the function around it can meet another use of that variable:
/// by the same literal on another turn, by another literal, or by the function itself before it waits.
pub(in crate::audit::rules) fn is_shared<'a>(
    spawn: &Spawn<'a>,
    local: crate::audit::Local<'a>,
    all: &[Spawn<'a>],
    body: Node<'a>,
) -> bool {
    let home = local.declaration();
    let after = spawn.node.span().1;
    if let Some(turn) = spawn.node.enclosing_loops().filter(|l| !l.contains(home)).last() {
        return !turn.body().is_some_and(|b| waits_between(b, after, u32::MAX));
    }
    let by_function = local.uses().find(|u| {
        let is_own = all.iter().any(|s| s.literal.contains(*u));
        u.span().0 >= after && !is_own && u.literal_inside(home) == spawn.node.literal_inside(home)
    });
    let by_sibling = local.uses().find(|u| {
        let is_other = all
            .iter()
            .any(|s| s.node != spawn.node && !s.node.contains(spawn.node) && s.literal.contains(*u));
        u.span().0 >= after && is_other
    });
    [by_function, by_sibling]
        .into_iter()
        .flatten()
        .any(|u| !waits_between(body, after, u.span().0))
}

/// Something between two places waits for others: Wait, a receive, a select, a lock.
fn waits_between(body: Node<'_>, from: u32, to: u32) -> bool {
    let is_between = |n: &Node<'_>| (from..to).contains(&n.span().0);
    body.descendants_here()
        .filter(is_between)
        .any(|n| match n.kind() {
            Kind::SelectStatement => true,
            Kind::UnaryExpression => n.text().starts_with("<-"),
            Kind::RangeClause => n
                .field(Field::Right)
                .and_then(Node::ty)
                .is_none_or(|t| t.is_channel()),
            Kind::CallExpression => crate::audit::names::called_name(n)
                .is_some_and(|name| matches!(name, "Wait" | "Lock" | "RLock" | "Join" | "Sleep")),
            _ => false,
        })
}

/// Whether a literal takes a lock, or passes a channel, before a place in it.
pub(in crate::audit::rules) fn is_ordered_before(literal: Node<'_>, place: Node<'_>) -> bool {
    let before = |n: &Node<'_>| n.span().0 < place.span().0;
    literal.descendants().filter(before).any(|n| match n.kind() {
        Kind::UnaryExpression => n.text().starts_with("<-"),
        Kind::SendStatement => true,
        Kind::CallExpression => crate::audit::names::called_name(n).is_some_and(|name| {
            name.to_ascii_lowercase().ends_with("lock") || matches!(name, "Acquire" | "Do")
        }),
        _ => false,
    })
}
