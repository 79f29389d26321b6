//! What rules of several groups ask about values: where does one go, does a loop leave it unchanged, does it run once.

use crate::audit::{Call, Field, Kind, Local, LocalKind, Node, Type};

/// How far a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Goes {
    /// It is read and written where it is.
    Nowhere,
    /// A function that is not known gets it.
    Passed,
    /// It is returned, stored, sent, captured or given another name.
    Away,
}

/// Locals with more uses are taken for changed and gone, so that a file of one function is not walked again and again.
pub const MAX_USES: usize = 500;

/// Blocks and functions of more bytes are not searched, for the same reason.
const MAX_TEXT: usize = 64 << 10;

/// Packages whose functions keep nothing of what they are given, but for those that make readers and writers.
const READERS: [&str; 18] = [
    "fmt",
    "io",
    "os",
    "log",
    "strings",
    "bytes",
    "strconv",
    "encoding/binary",
    "encoding/hex",
    "encoding/base64",
    "encoding/json",
    "unicode/utf8",
    "sort",
    "slices",
    "maps",
    "math",
    "regexp",
    "crypto/rand",
];
const READING_METHODS: &str =
    ".Read|Write|ReadAt|WriteAt|ReadString|WriteString|ReadFrom|WriteTo|Scan|Decode|Encode|Sum|Put";
/// Methods whose result is the receiver's own memory.
const ALIASING: [&str; 5] = ["Bytes", "Next", "Peek", "Buffer", "AvailableBuffer"];

/// How far a new value goes: the expression itself, or the local to which it is given.
pub fn new_value_goes(node: Node<'_>) -> Goes {
    let node = outermost(node);
    let targets = node.targets();
    match targets.first() {
        None => goes(node),
        Some(target) if target.text() == "_" => Goes::Nowhere,
        Some(target) => match target.local() {
            Some(local) if target.is(Kind::Identifier) && local.kind() != LocalKind::Result => {
                local_goes(local)
            }
            _ => Goes::Away,
        },
    }
}

/// The farthest way of any use of a local.
pub fn local_goes(local: Local<'_>) -> Goes {
    if local.uses().nth(MAX_USES).is_some() {
        return Goes::Away;
    }
    let one = |use_: Node<'_>| match use_.literal_inside(local.declaration()) {
        Some(literal) if !is_deferred(literal) => Goes::Away,
        _ => goes(use_),
    };
    local.uses().map(one).max().unwrap_or(Goes::Nowhere)
}

/// `defer func() { … }()`.
fn is_deferred(literal: Node<'_>) -> bool {
    let call = literal.parent().filter(|p| p.is(Kind::CallExpression));
    call.and_then(Node::parent)
        .is_some_and(|p| p.is(Kind::DeferStatement))
}

/// The expression with the parentheses and the `&` around it.
pub fn outermost(mut node: Node<'_>) -> Node<'_> {
    while let Some(parent) = node.parent().filter(|p| {
        p.is(Kind::ParenthesizedExpression) || (p.is(Kind::UnaryExpression) && p.text().starts_with('&'))
    }) {
        node = parent;
    }
    node
}

/// Where the value of an expression goes from the place where it stands.
pub fn goes(mut node: Node<'_>) -> Goes {
    while let Some(parent) = node.parent() {
        match parent.kind() {
            Kind::ParenthesizedExpression | Kind::TypeAssertionExpression | Kind::VariadicArgument => {
                node = parent;
            }
            Kind::UnaryExpression if parent.text().starts_with('&') => node = parent,
            Kind::SliceExpression if node.field_name() == Field::Operand => node = parent,
            Kind::SelectorExpression => match selected(parent) {
                Some(alias) => node = alias,
                None => return Goes::Nowhere,
            },
            Kind::ArgumentList => return argument_goes(node, parent),
            Kind::ExpressionList => {
                let is_blank =
                    || !node.targets().is_empty() && node.targets().iter().all(|t| t.text() == "_");
                return if node.is_assigned() || is_blank() {
                    Goes::Nowhere
                } else {
                    Goes::Away
                };
            }
            Kind::TypeConversionExpression => return conversion_goes(parent),
            Kind::UnaryExpression
            | Kind::SliceExpression
            | Kind::IndexExpression
            | Kind::BinaryExpression
            | Kind::RangeClause
            | Kind::ExpressionStatement
            | Kind::IncStatement
            | Kind::DecStatement
            | Kind::IfStatement
            | Kind::ForStatement
            | Kind::ForClause
            | Kind::ExpressionSwitchStatement
            | Kind::TypeSwitchStatement => return Goes::Nowhere,
            _ => return Goes::Away,
        }
    }
    Goes::Away
}

/// Of `x.f`: the expression that is `x` still, a call of an aliasing method.
fn selected(selector: Node<'_>) -> Option<Node<'_>> {
    let call = selector.parent().filter(|p| p.is(Kind::CallExpression))?;
    let name = selector.field(Field::Field).map_or("", Node::text);
    (selector.field_name() == Field::Function && ALIASING.contains(&name)).then_some(call)
}

/// `string(b)` and `[]byte(s)` copy.
fn conversion_goes(conversion: Node<'_>) -> Goes {
    let copies = conversion.ty().is_some_and(|t| t.is_string() || t.is_bytes());
    if copies { Goes::Nowhere } else { Goes::Away }
}

fn argument_goes(argument: Node<'_>, list: Node<'_>) -> Goes {
    let Some(node) = list.parent() else {
        return Goes::Away;
    };
    let is_conversion = node
        .field(Field::Function)
        .is_some_and(|f| !f.is(Kind::SelectorExpression) && f.as_type().is_some());
    if is_conversion {
        return conversion_goes(node);
    }
    let Some(call) = node.call() else {
        return Goes::Away;
    };
    if node.parent().is_some_and(|p| p.is(Kind::GoStatement)) {
        return Goes::Away;
    }
    if call.is_builtin() {
        return builtin_goes(&call, argument);
    }
    let name = call.callee.name;
    let makes = name.starts_with("New") || name.ends_with("Reader") || name.ends_with("Writer");
    let reads = READERS.contains(&call.callee.package) && !makes;
    if reads || call.is_to(READING_METHODS) {
        Goes::Nowhere
    } else if may_come_back(node) {
        Goes::Away
    } else {
        Goes::Passed
    }
}

/// `return f(x)` of a function that may hand its argument back.
fn may_come_back(call: Node<'_>) -> bool {
    let list = call.parent().filter(|p| p.is(Kind::ExpressionList));
    let is_returned = list
        .and_then(Node::parent)
        .is_some_and(|p| p.is(Kind::ReturnStatement));
    let results = call.result_types();
    let is_plain = |t: &Option<Type<'_>>| {
        t.as_ref()
            .is_some_and(|t| t.is("error") || t.is_integer() || t.is_bool() || t.is_float())
    };
    is_returned && (results.is_empty() || !results.iter().all(is_plain))
}

fn builtin_goes(call: &Call<'_>, argument: Node<'_>) -> Goes {
    match call.callee.name {
        "panic" => Goes::Away,
        "append" if call.argument(0) == Some(argument) => {
            let own = |t: &Node<'_>| is_same(*t, argument);
            let back = outermost(call.node).targets();
            if back.first().is_some_and(own) {
                Goes::Nowhere
            } else {
                goes(call.node)
            }
        }
        "append" if !argument.is(Kind::VariadicArgument) => Goes::Away,
        _ => Goes::Nowhere,
    }
}

/// Whether two expressions are the same path from the same variable, as written.
pub fn is_same(a: Node<'_>, b: Node<'_>) -> bool {
    let (a, b) = (a.unparen(), b.unparen());
    a.text() == b.text() && root_declaration(a) == root_declaration(b)
}

fn root_declaration(node: Node<'_>) -> Option<Node<'_>> {
    root(node).and_then(Node::local).map(Local::declaration)
}

/// The identifier at the start of `x.f[i].g`.
pub fn root(node: Node<'_>) -> Option<Node<'_>> {
    let mut node = node.unparen();
    loop {
        node = match node.kind() {
            Kind::Identifier => return Some(node),
            Kind::SelectorExpression
            | Kind::IndexExpression
            | Kind::SliceExpression
            | Kind::UnaryExpression => node.field(Field::Operand)?.unparen(),
            _ => return None,
        };
    }
}

/// Whether a use is changed as a whole or in a part: `x = …`, `x.f = …`, `x[i]++`, or its address is taken.
pub fn is_changed_at(use_: Node<'_>) -> bool {
    let mut node = use_;
    loop {
        if node.is_assigned() {
            return true;
        }
        let Some(parent) = node.parent() else { return false };
        let is_part = matches!(
            parent.kind(),
            Kind::SelectorExpression
                | Kind::IndexExpression
                | Kind::ParenthesizedExpression
                | Kind::SliceExpression
        ) && matches!(node.field_name(), Field::Operand | Field::None);
        if !is_part {
            let is_set_through = || parent.text().starts_with('*') && parent.is_assigned();
            return parent.is(Kind::UnaryExpression) && (parent.text().starts_with('&') || is_set_through());
        }
        node = parent;
    }
}

/// What of an expression may change behind the loop's back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Fields and package variables change only where the loop says so.
    Fields,
    /// Fields change where the loop calls a method of their owner as well.
    FieldsOfQuietOwners,
    /// Any call may change them.
    LocalsOnly,
}

/// Calls in an expression that give the same result for the same arguments.
const PURE: [&str; 4] = [
    "len|cap|min|max",
    "strings.ToLower|ToUpper|TrimSpace|TrimPrefix|TrimSuffix|Trim|Repeat|Join|Split|Fields|Replace|ReplaceAll",
    "strconv.Itoa|Quote|FormatInt",
    "regexp.QuoteMeta",
];

/// Whether an expression has the same value on every turn of a loop: no name in it is declared or given another
/// value there, and it calls nothing but pure functions.
pub fn is_unchanged<'a>(node: Node<'a>, around: Node<'a>, trust: Trust) -> bool {
    std::iter::once(node)
        .chain(node.descendants())
        .all(|n| match n.kind() {
            Kind::Identifier => is_unchanged_name(n, around, trust),
            Kind::CallExpression => is_pure(n),
            Kind::FuncLiteral => false,
            Kind::UnaryExpression => !n.text().starts_with("<-"),
            Kind::SelectorExpression | Kind::IndexExpression if trust == Trust::LocalsOnly => {
                let operand = n.field(Field::Operand);
                n.is_constant() || operand.is_some_and(|o| o.imported_path().is_some()) || is_callee(n)
            }
            _ => true,
        })
}

fn is_callee(node: Node<'_>) -> bool {
    node.field_name() == Field::Function
}

fn is_pure(call: Node<'_>) -> bool {
    let is_conversion = call
        .field(Field::Function)
        .is_some_and(|f| !f.is(Kind::SelectorExpression) && f.as_type().is_some());
    is_conversion || call.call().is_some_and(|c| c.is_to_any(&PURE))
}

fn is_unchanged_name<'a>(name: Node<'a>, around: Node<'a>, trust: Trust) -> bool {
    let Some(local) = name.local() else {
        let is_variable = || name.package().variable_named(name.text()).is_some();
        return trust != Trust::LocalsOnly || !is_variable();
    };
    match local.kind() {
        LocalKind::Constant | LocalKind::Type => return true,
        _ if around.contains(local.declaration()) => return false,
        _ => {}
    }
    let changes = |use_: Node<'a>| {
        let is_here = around.contains(use_);
        let is_owner = || trust == Trust::FieldsOfQuietOwners && is_operand(name) && calls_method(use_);
        (is_here && (is_changed_at(use_) || is_owner()))
            || (use_.is_assigned() && use_.literal_inside(local.declaration()).is_some())
    };
    local.uses().nth(MAX_USES).is_none() && !local.uses().any(changes)
}

/// `x` of `x.f`.
fn is_operand(name: Node<'_>) -> bool {
    name.parent().is_some_and(|p| p.is(Kind::SelectorExpression))
}

/// `x` of `x.f(…)`.
fn calls_method(use_: Node<'_>) -> bool {
    let selector = use_.parent().filter(|p| p.is(Kind::SelectorExpression));
    selector.is_some_and(|s| s.field_name() == Field::Function)
}

/// Whether a place in a loop's body is reached at most once, because the way from there leaves the loop.
pub fn runs_once<'a>(node: Node<'a>, around: Node<'a>) -> bool {
    let leaves = |last: Node<'a>| match last.kind() {
        Kind::ReturnStatement => true,
        Kind::BreakStatement => last.jump_target().is_some_and(|t| t.contains(around)),
        _ => last.never_returns(),
    };
    let in_loop = node.ancestors().take_while(|n| *n != around);
    let mut blocks =
        in_loop.filter(|n| (n.is(Kind::Block) || n.kind().is_case()) && n.text().len() <= MAX_TEXT);
    node.statement()
        .is_some_and(|s| s.is(Kind::ReturnStatement) || s.never_returns())
        || blocks.any(|b| b.statements().last().is_some_and(leaves))
}

/// How many elements a slice, array or map has by its literal: its own, that of an unchanged local, or that of a
/// package variable.
pub fn literal_length(node: Node<'_>) -> Option<usize> {
    let node = node.unparen();
    let value = match node.kind() {
        Kind::CompositeLiteral => Some(node),
        Kind::Identifier => match node.local() {
            Some(local) => local.initial_value().filter(|_| local.is_assigned_once()),
            None => {
                let name = node.package().variable_named(node.text())?;
                name.parent()?.list(Field::Value).into_iter().next()
            }
        },
        _ => None,
    };
    let literal = value.filter(|v| v.is(Kind::CompositeLiteral))?;
    Some(literal.body()?.children().count())
}

/// Of `a == b` the two sides.
pub fn sides<'a>(node: Node<'a>, operator: &str) -> Option<(Node<'a>, Node<'a>)> {
    let node = node.unparen();
    let is_it = node.is(Kind::BinaryExpression) && node.field(Field::Operator)?.text() == operator;
    is_it.then_some((
        node.field(Field::Left)?.unparen(),
        node.field(Field::Right)?.unparen(),
    ))
}

/// The conditions that `&&` ties together.
pub fn conjuncts(node: Node<'_>) -> Vec<Node<'_>> {
    let (mut work, mut found) = (vec![node], Vec::new());
    while let Some(node) = work.pop() {
        match sides(node, "&&") {
            Some((left, right)) => work.extend([right, left]),
            None => found.push(node.unparen()),
        }
    }
    found
}

/// The text of the declaration or literal around a node, to be searched for a word; empty for huge ones.
pub fn function_text(node: Node<'_>) -> &str {
    let around = node.enclosing_declaration().or_else(|| node.enclosing_function());
    around
        .map(Node::text)
        .filter(|t| t.len() <= MAX_TEXT)
        .unwrap_or_default()
}

/// One line of source for a message.
pub fn short(node: Node<'_>) -> &str {
    node.text().lines().next().unwrap_or_default()
}
