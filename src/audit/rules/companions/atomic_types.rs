//! `atomic-types`: an integer variable that is used only through the functions of sync/atomic.

use crate::audit::{Call, Check, Field, GoVersion, Hits, Kind, LocalKind, Node, Package, Rule};

use super::COMPANION;
use rustc_hash::FxHashSet;

/// The rule.
pub const RULE: Rule = Rule {
    id: "atomic-types",
    title: "an integer variable that is used only through the functions of sync/atomic",
    items: &["CC5"],
    since: Some(GoVersion(19)),
    what: "A local or a field of an integer type is used only through the functions of sync/atomic.",
    why: "The types of sync/atomic cannot be read or written without it, and are aligned by themselves.",
    peers: &["atomictypes"],
    before: r#"
func f(done func()) int64 {
	var n int64 // want
	go func() { atomic.AddInt64(&n, 1); done() }()
	return atomic.LoadInt64(&n)
}"#,
    after: r#"
func f(done func()) int64 {
	var n atomic.Int64
	go func() { n.Add(1); done() }()
	return n.Load()
}"#,
    check: Check::Packages(check),
    ..COMPANION
};

fn check(package: Package<'_>, hits: &mut Hits<'_>) {
    if !package.files().any(|f| f.imports("sync/atomic")) {
        return;
    }
    let functions = package.functions();
    let calls = functions.iter().flat_map(|f| f.calls());
    let used: Vec<Node<'_>> = calls
        .filter(|c| is_atomic(c))
        .filter_map(|c| addressed(c.argument(0)?))
        .collect();
    locals(&used, hits);
    fields(package, &used, hits);
}

fn is_atomic(call: &Call<'_>) -> bool {
    call.callee.package == "sync/atomic" && !call.callee.is_method
}

/// `x` of `&x`.
fn addressed(node: Node<'_>) -> Option<Node<'_>> {
    let node = node.unparen();
    let is_address = node.is(Kind::UnaryExpression) && node.text().starts_with('&');
    node.field(Field::Operand)
        .filter(|_| is_address)
        .map(Node::unparen)
}

/// Whether a use is `&x` as the first argument of such a function.
fn is_atomic_use(node: Node<'_>) -> bool {
    let address = node
        .parent()
        .filter(|p| p.is(Kind::UnaryExpression) && p.text().starts_with('&'));
    let call = address
        .and_then(Node::parent)
        .and_then(Node::parent)
        .and_then(Node::call);
    call.is_some_and(|c| is_atomic(&c) && c.argument(0) == address)
}

fn locals(used: &[Node<'_>], hits: &mut Hits<'_>) {
    let mut seen = FxHashSet::default();
    for local in used
        .iter()
        .filter(|n| n.is(Kind::Identifier))
        .filter_map(|n| n.local())
    {
        let name = local.declaration();
        let is_number = local.ty().is_some_and(|t| t.is_integer());
        let is_new = seen.insert((name.file, name.id));
        if is_new && is_number && local.kind() == LocalKind::Variable && local.uses().all(is_atomic_use) {
            report(name, local.name(), hits);
        }
    }
}

fn report(place: Node<'_>, name: &str, hits: &mut Hits<'_>) {
    hits.report(
        place,
        format!("{name} is used only through the functions of sync/atomic"),
    )
    .fix("atomic.Int64 or one of its kin");
}

/// Fields by the name of their type and their own.
fn fields<'a>(package: Package<'a>, used: &[Node<'a>], hits: &mut Hits<'_>) {
    let owner = |n: Node<'a>| {
        let named = n.field(Field::Operand)?.ty()?.named()?;
        (named.path == package.path()).then_some((named.name, n.field(Field::Field)?.text()))
    };
    let selectors = used.iter().filter(|n| n.is(Kind::SelectorExpression));
    let mut atomic: FxHashSet<(&str, &str)> = selectors.filter_map(|n| owner(*n)).collect();
    let names: FxHashSet<&str> = atomic.iter().map(|(_, field)| *field).collect();
    for node in package.files().flat_map(|f| f.root().descendants()) {
        let plain = match node.kind() {
            Kind::SelectorExpression => {
                let is_named = node.field(Field::Field).is_some_and(|f| names.contains(f.text()));
                if is_named && !is_atomic_use(node) {
                    owner(node)
                } else {
                    None
                }
            }
            Kind::KeyedElement => {
                // A literal sets it: of whatever type, to be careful.
                let key = node.field(Field::Key).map_or("", Node::text);
                atomic.retain(|(_, field)| *field != key);
                None
            }
            _ => None,
        };
        if let Some(plain) = plain {
            atomic.remove(&plain);
        }
    }
    for spec in package.types() {
        let name = spec.field(Field::Name).map_or("", Node::text);
        let own = spec.declared_type().map_or(Vec::new(), |t| t.struct_fields());
        for field in own.iter().filter(|f| atomic.contains(&(name, f.name))) {
            if field.field_type().is_some_and(|t| t.is_integer()) {
                report(field.node, field.name, hits);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn cases() {
        fires(
            &RULE,
            r#"type T struct {
 n int64 // want
 m int64 }; func (t *T) f() { atomic.AddInt64(&t.n, 1); atomic.AddInt64(&t.m, 1); t.m = 2 }"#,
        );
        silent(
            &RULE,
            r#"func f() int64 { var n int64; atomic.AddInt64(&n, 1); return n }"#,
        );
    }
}
