//! What the rules about goroutines, channels and contexts share.

use rustc_hash::FxHashSet;

use crate::audit::{Field, Function, Kind, Local, Node, Package};

/// Bodies of more bytes are not looked into for every `go` statement that starts them.
const MAX_BYTES: u32 = 40_000;

/// Words in the names of channels that tell a goroutine to stop.
const QUIT_WORDS: [&str; 11] = [
    "done", "quit", "stop", "clos", "exit", "shutdown", "cancel", "kill", "term", "abort", "dying",
];

/// What a use of a channel's name does with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit::rules) enum ChannelUse {
    /// `ch <- x`.
    Sends,
    /// `<-ch`.
    Receives,
    /// `for … range ch`.
    Ranges,
    /// `close(ch)`.
    Closes,
    /// `len(ch)`, `ch == nil`.
    Asks,
    /// Anything else: an argument, a result, a field, another value.
    Escapes,
}

/// What the use of a channel at this name does.
pub(in crate::audit::rules) fn channel_use(name: Node<'_>) -> ChannelUse {
    let Some(parent) = name.parent() else {
        return ChannelUse::Escapes;
    };
    match parent.kind() {
        Kind::SendStatement if name.field_name() == Field::Channel => ChannelUse::Sends,
        Kind::UnaryExpression if is_receive(parent) => ChannelUse::Receives,
        Kind::RangeClause if name.field_name() == Field::Right => ChannelUse::Ranges,
        Kind::BinaryExpression => ChannelUse::Asks,
        Kind::ArgumentList => match parent.parent().and_then(Node::call) {
            Some(call) if call.is_to("close") => ChannelUse::Closes,
            Some(call) if call.is_to("len") || call.is_to("cap") => ChannelUse::Asks,
            _ => ChannelUse::Escapes,
        },
        _ => ChannelUse::Escapes,
    }
}

/// `<-x`.
pub(in crate::audit::rules) fn is_receive(node: Node<'_>) -> bool {
    node.is(Kind::UnaryExpression) && node.text().starts_with("<-")
}

/// A send or receive that is a select's case.
pub(in crate::audit::rules) fn is_select_case(node: Node<'_>) -> bool {
    let mut around = std::iter::once(node).chain(node.ancestors());
    around
        .find(|n| n.kind().is_statement() || n.field_name() == Field::Communication)
        .is_some_and(|n| {
            n.field_name() == Field::Communication
                || n.parent().is_some_and(|p| p.is(Kind::CommunicationCase)) && n.is(Kind::ReceiveStatement)
        })
}

/// The `make(chan T)` or `make(chan T, 0)` that this is.
pub(in crate::audit::rules) fn is_unbuffered_make(node: Node<'_>) -> bool {
    let Some(call) = node.call().filter(|c| c.is_to("make")) else {
        return false;
    };
    let is_channel = call
        .argument(0)
        .is_some_and(|t| t.is(Kind::ChannelType) || t.as_type().is_some_and(|t| t.is_channel()));
    is_channel
        && match call.arguments().as_slice() {
            [_] => true,
            [_, size] => size.constant_integer() == Some(0),
            _ => false,
        }
}

/// The last name of an expression: `quit` of `s.quit`, `Done` of `ctx.Done()`.
pub(in crate::audit::rules) fn last_name(node: Node<'_>) -> &str {
    let node = node.unparen();
    match node.kind() {
        Kind::SelectorExpression => node.field(Field::Field).map_or("", Node::text),
        Kind::CallExpression => node.field(Field::Function).map_or("", last_function_name),
        Kind::Identifier => node.text(),
        _ => "",
    }
}

fn last_function_name(function: Node<'_>) -> &str {
    match function.kind() {
        Kind::SelectorExpression => function.field(Field::Field).map_or("", Node::text),
        _ => function.text(),
    }
}

/// Whether a channel's name says that it tells to stop: `done`, `stopCh`, `ctx.Done()`.
pub(in crate::audit::rules) fn is_quit_name(channel: Node<'_>) -> bool {
    let name = last_name(channel).to_ascii_lowercase();
    QUIT_WORDS.iter().any(|word| name.contains(word))
}

/// Whether something in it receives from a channel that tells to stop, literals left out.
pub(in crate::audit::rules) fn listens_to_quit(node: Node<'_>) -> bool {
    node.descendants_here()
        .filter(|n| is_receive(*n))
        .any(|n| n.field(Field::Operand).is_some_and(is_quit_name))
}

/// The function that a `go` statement starts: its literal, or a declaration of the sources.
pub(in crate::audit::rules) fn started_by(go: Node<'_>) -> Option<Function<'_>> {
    let function = go.child(0)?.unparen().field(Field::Function)?.unparen();
    Function::of(function).or_else(|| go.call()?.callee.declaration.and_then(Function::of))
}

/// A literal that a `go` statement starts, or a group's `Go`.
pub(in crate::audit::rules) fn is_goroutine(literal: Node<'_>) -> bool {
    let Some(parent) = literal.parent() else {
        return false;
    };
    match parent.kind() {
        Kind::CallExpression if literal.field_name() == Field::Function => {
            parent.parent().is_some_and(|p| p.is(Kind::GoStatement))
        }
        Kind::ArgumentList => parent.parent().and_then(Node::call).is_some_and(|c| {
            c.is_to("(*sync.WaitGroup).Go") || c.is_to("(*golang.org/x/sync/errgroup.Group).Go|TryGo")
        }),
        _ => false,
    }
}

/// A literal that runs where it stands: called, deferred, or a goroutine.
pub(in crate::audit::rules) fn is_run_in_place(literal: Node<'_>) -> bool {
    let is_called = literal.field_name() == Field::Function
        && literal.parent().is_some_and(|p| p.is(Kind::CallExpression));
    is_called || is_goroutine(literal)
}

/// Every function that a package starts by `go`, with the first such statement; in source order.
pub(in crate::audit::rules) fn goroutines(package: Package<'_>) -> Vec<(Node<'_>, Function<'_>)> {
    let mut seen = FxHashSet::default();
    let mut found = Vec::new();
    for go in package.files().flat_map(|f| f.root().find_all(Kind::GoStatement)) {
        let started =
            started_by(go).filter(|f| !go.is_broken() && f.node.package().folder() == package.folder());
        if let Some(function) = started
            && seen.insert((function.node.file().path(), function.node.span()))
        {
            found.push((go, function));
        }
    }
    found
}

/// Whether a node stands in `main` or `init` of a program, literals passed over.
pub(in crate::audit::rules) fn in_main(node: Node<'_>) -> bool {
    let name = node.enclosing_declaration().and_then(|d| d.field(Field::Name));
    node.package().name() == "main" && name.is_some_and(|n| matches!(n.text(), "main" | "init"))
}

/// Whether a function is small enough to be looked into from each place that starts it.
pub(in crate::audit::rules) fn is_readable(function: Function<'_>) -> bool {
    let (start, stop) = function.body.span();
    stop - start <= MAX_BYTES
}

/// The context that can be seen at a node: a parameter or local of the functions around it, or a field of the
/// receiver; as it is written there.
pub(in crate::audit::rules) fn context_at(node: Node<'_>) -> Option<String> {
    let is_context = |l: &Local<'_>| l.ty().is_some_and(|t| t.is("context.Context"));
    let functions = || node.ancestors().filter_map(Function::of);
    for function in functions() {
        if let Some(local) = function.context() {
            return Some(local.name().to_string());
        }
    }
    for function in functions() {
        if let Some(field) = function.receiver().and_then(context_field) {
            return Some(field);
        }
    }
    let body = functions().last().filter(|f| is_readable(*f))?.body;
    let visible =
        |l: &Local<'_>| l.declaration().span().0 < node.span().0 && l.scope().contains(node) && is_context(l);
    body.locals().find(visible).map(|l| l.name().to_string())
}

/// `s.ctx`, where the receiver has such a field.
fn context_field(receiver: Local<'_>) -> Option<String> {
    let fields = receiver.ty()?.pointed().struct_fields();
    let is_context =
        |f: &&crate::audit::StructField<'_>| f.field_type().is_some_and(|t| t.is("context.Context"));
    let field = fields.iter().find(is_context)?;
    Some(format!("{}.{}", receiver.name(), field.name))
}
