//! `lock-copied`: a value that holds a lock is copied.

use crate::audit::{Check, Class, Field, Group, Hits, Kind, Node, Rule, Severity, Type};

/// The rule.
pub const RULE: Rule = Rule {
    id: "lock-copied",
    title: "a value that holds a lock is copied",
    group: Group::Sync,
    items: &["CC2", "CC5"],
    tier: 2,
    class: Class::Correctness,
    base: Some(Severity::Medium),
    what: "A parameter, receiver, assignment, range variable, argument, return or literal copies a type that is or \
           holds a lock, a WaitGroup, a Once, a Cond, a Pool, a sync.Map or an atomic value.",
    why: "The copy has its own lock and its own counter: neither guards nor waits for the original.",
    limits: "Zero values and the results of calls are no copies. Types of other modules are not looked into.",
    peers: &["copylocks"],
    before: r#"
type Registry struct {
	mu    sync.Mutex
	items []int
}

func report(r Registry) int { return len(r.items) } // want"#,
    after: r#"
type Registry struct {
	mu    sync.Mutex
	items []int
}

func report(r *Registry) int { return len(r.items) }"#,
    check: Check::Nodes(
        &[
            Kind::ParameterDeclaration,
            Kind::ExpressionList,
            Kind::RangeClause,
            Kind::ArgumentList,
            Kind::LiteralElement,
        ],
        check,
    ),
    ..Rule::BASE
};

const LOCKS: [&str; 7] = ["Mutex", "RWMutex", "WaitGroup", "Once", "Cond", "Pool", "Map"];
const MAX_DEPTH: usize = 6;

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    match node.kind() {
        Kind::ParameterDeclaration => parameter(node, hits),
        Kind::RangeClause => range(node, hits),
        Kind::ArgumentList => {
            let is_builtin = node
                .parent()
                .and_then(Node::call)
                .is_none_or(|c| c.is_builtin() || c.callee.package == "unsafe");
            if !is_builtin {
                node.children().for_each(|value| copy(value, hits));
            }
        }
        Kind::LiteralElement if node.field_name() != Field::Key => {
            node.children().for_each(|value| copy(value, hits));
        }
        Kind::ExpressionList => {
            let is_value = matches!(node.field_name(), Field::Right | Field::Value)
                || node.parent().is_some_and(|p| p.is(Kind::ReturnStatement));
            if is_value {
                node.children()
                    .filter(|v| !is_dropped(*v))
                    .for_each(|value| copy(value, hits));
            }
        }
        _ => {}
    }
}

/// `_ = x` copies nothing.
fn is_dropped(value: Node<'_>) -> bool {
    let targets = value.targets();
    !targets.is_empty() && targets.iter().all(|t| t.text() == "_")
}

/// Parameters and receivers of functions with a body; results are judged where they are returned.
fn parameter(node: Node<'_>, hits: &mut Hits<'_>) {
    let list = node.parent();
    let is_own = list
        .and_then(Node::parent)
        .is_some_and(|f| f.kind().is_function() && f.body().is_some());
    let is_result = list.is_some_and(|l| l.field_name() == Field::Result);
    let Some(written) = node.field(Field::Type).filter(|_| is_own && !is_result) else {
        return;
    };
    if let Some(lock) = written.as_type().and_then(|t| lock_in(&t)) {
        let what = if list.is_some_and(|l| l.field_name() == Field::Receiver) {
            "the receiver"
        } else {
            "a parameter"
        };
        hits.report(
            node,
            format!("{what} of type {} copies its {lock}", written.text()),
        )
        .fix(format!("take a *{}", written.text()));
    }
}

fn range(node: Node<'_>, hits: &mut Hits<'_>) {
    let value = node.list(Field::Left).get(1).copied().filter(|v| v.text() != "_");
    let element = node
        .field(Field::Right)
        .and_then(Node::ty)
        .and_then(|t| t.element());
    if let (Some(value), Some(lock)) = (value, element.and_then(|t| lock_in(&t))) {
        hits.report(
            value,
            format!("{} copies the {lock} of each element", value.text()),
        )
        .fix("range over the index, and use a pointer to the element");
    }
}

/// A variable, field, element or what a pointer points to; calls and literals make new values.
fn copy(value: Node<'_>, hits: &mut Hits<'_>) {
    let value = value.unparen();
    let is_copy = match value.kind() {
        Kind::Identifier => value.local().is_some() || value.package().variable_named(value.text()).is_some(),
        Kind::SelectorExpression | Kind::IndexExpression => true,
        Kind::UnaryExpression => value.text().starts_with('*'),
        _ => false,
    };
    if let Some(lock) = Some(value)
        .filter(|_| is_copy)
        .and_then(Node::ty)
        .and_then(|t| lock_in(&t))
    {
        hits.report(value, format!("{} is copied with its {lock}", value.text()))
            .fix("use a pointer");
    }
}

/// The first lock that a value of this type holds.
fn lock_in(of: &Type<'_>) -> Option<String> {
    let mut level = vec![of.clone()];
    for _ in 0..MAX_DEPTH {
        if let Some(lock) = level.iter().find_map(own_lock) {
            return Some(lock);
        }
        level = level.iter().flat_map(parts).take(256).collect();
    }
    None
}

fn own_lock(of: &Type<'_>) -> Option<String> {
    let Type::Named(named) = of else { return None };
    let is_lock = match named.path {
        "sync" => LOCKS.contains(&named.name),
        "sync/atomic" => true,
        _ => named.name == "noCopy",
    };
    let package = named.path.rsplit('/').next().unwrap_or_default();
    is_lock.then(|| format!("{package}.{}", named.name))
}

fn parts<'a>(of: &Type<'a>) -> Vec<Type<'a>> {
    match of.underlying() {
        Some(Type::Array(_, element)) => vec![*element],
        Some(Type::Struct(_)) => of
            .struct_fields()
            .iter()
            .filter_map(crate::audit::StructField::field_type)
            .collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    const TYPES: &str =
        "type T struct { inner }; type inner struct { a [2]box }; type box struct { mu sync.RWMutex };";

    #[test]
    fn copies() {
        let fires_in = |text: &str| fires(&RULE, &format!("{TYPES} {text}"));
        fires_in("func (t T) f() {} // want");
        fires_in("func f(p *T) { x := *p // want\n use(&x) }");
        fires_in("func f(ts []T) { for _, t := range ts { // want\n use(&t) } }");
        fires_in("func f(p *T) { use(*p) // want\n }");
        fires_in("func f(p *T) T {\n return *p // want\n }");
        fires_in("func f(b box) {} // want");
        fires(&RULE, "type C struct{ n atomic.Int64 }; func f(c C) {} // want");
    }

    #[test]
    fn no_copies() {
        let silent_in = |text: &str| silent(&RULE, &format!("{TYPES} {text}"));
        silent_in("func f(p *T) { x := T{}; y := p; z := make2(); use(&x, y, &z); _ = *p }");
        silent_in("func f(ts []*T) { for _, t := range ts { use(t) } }");
        silent_in("func f(ts []T) { for i := range ts { use(&ts[i]) }; n := len(ts); use(n) }");
        silent_in("type U struct{ t *T }; func f(u U) {}");
    }
}
