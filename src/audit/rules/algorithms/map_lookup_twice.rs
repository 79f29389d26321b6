//! `map-lookup-twice`: the same key is looked up twice.

use crate::audit::rules::value::{is_changed_at, is_same, root, short, sides};
use crate::audit::{Call, Check, Field, Group, Hits, Kind, Measure, Node, Rule, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "map-lookup-twice",
    title: "the same key is looked up twice",
    group: Group::Algorithms,
    items: &["AR-complexity"],
    tier: 3,
    listens: &[cpu(&["map.access", "map.assign"])],
    saves: &[assumed(Measure::Cpu, 0.30, 0.50)],
    what: "if _, ok := m[k]; ok { … m[k] … }; m[k] = m[k] + e; a guard before a delete, or before an append to a missing \
           entry.",
    why: "Each of the two hashes the key and probes the table.",
    limits: "Silent where the map or the key is assigned between the two.",
    peers: &["mapAssignOp", "S1033", "S1036"],
    before: r#"
func sum(hits map[string]int, k string) (total int) {
	if _, ok := hits[k]; ok { // want
		total += hits[k]
	}
	return total
}"#,
    after: r#"
func sum(hits map[string]int, k string) (total int) {
	if n, ok := hits[k]; ok {
		total += n
	}
	return total
}"#,
    check: Check::Nodes(&[Kind::IfStatement, Kind::AssignmentStatement], check),
    ..Rule::BASE
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let found = if node.is(Kind::IfStatement) {
        guarded(node)
    } else {
        own_operation(node)
    };
    if let Some((entry, fix)) = found {
        hits.report(node, format!("{} is looked up twice", short(entry)))
            .fix(fix);
    }
}

type Found<'a> = (Node<'a>, &'static str);

fn is_entry(node: Node<'_>) -> bool {
    node.is(Kind::IndexExpression)
        && node
            .field(Field::Operand)
            .and_then(Node::ty)
            .is_some_and(|t| t.is_map())
        && node.descendants().all(|n| !n.is(Kind::CallExpression))
}

/// `m[k] = m[k] + e`.
fn own_operation(node: Node<'_>) -> Option<Found<'_>> {
    let (left, right) = (node.list(Field::Left), node.list(Field::Right));
    let ([target], [value]) = (left.as_slice(), right.as_slice()) else {
        return None;
    };
    if node.field(Field::Operator)?.text() != "="
        || !target.is(Kind::IndexExpression)
        || !value.is(Kind::BinaryExpression)
    {
        return None;
    }
    let operator = value.field(Field::Operator)?.text();
    let has_form = matches!(
        operator,
        "+" | "-" | "*" | "/" | "%" | "|" | "&" | "^" | "<<" | ">>" | "&^"
    );
    let (first, _) = sides(*value, operator)?;
    (has_form && is_same(first, *target) && is_entry(*target)).then_some((*target, "write m[k] op= e"))
}

/// What follows `if _, ok := m[k]; ok`.
fn guarded(node: Node<'_>) -> Option<Found<'_>> {
    let asked = node
        .field(Field::Initializer)
        .filter(|i| i.is(Kind::ShortVarDeclaration))?;
    let left = asked.list(Field::Left);
    let [blank, ok] = left.as_slice() else { return None };
    let entry = asked.list(Field::Right).first()?.unparen();
    if blank.text() != "_" || !is_entry(entry) {
        return None;
    }
    let condition = node.field(Field::Condition)?.unparen();
    let then = node.field(Field::Consequence)?;
    if condition.is(Kind::Identifier) && condition.local() == ok.local() {
        if is_delete_only(then, entry) {
            return Some((
                entry,
                "delete does nothing for a missing key: leave out the guard",
            ));
        }
        return reads_again(then, entry).then_some((entry, "keep the value of the first lookup"));
    }
    let is_missing = condition.is(Kind::UnaryExpression) && condition.text() == format!("!{}", ok.text());
    let next = node.next_sibling();
    let appends = next.is_some_and(|n| is_append(n, entry));
    (is_missing && appends && sets_empty(then, entry))
        .then_some((entry, "append takes a missing entry for nil: leave out the guard"))
}

fn is_delete_only<'a>(then: Node<'a>, entry: Node<'a>) -> bool {
    let mut statements = then.statements();
    let call = statements
        .next()
        .filter(|_| statements.next().is_none())
        .and_then(Node::call);
    let parts = (entry.field(Field::Operand), entry.field(Field::Index));
    let is_it = |c: Call<'a>| {
        let (Some(map), Some(key)) = parts else {
            return false;
        };
        c.is_to("delete")
            && c.argument(0).is_some_and(|a| is_same(a, map))
            && c.argument(1).is_some_and(|a| is_same(a, key))
    };
    call.is_some_and(is_it)
}

/// Whether the branch reads the entry again before anything it is made of is set.
fn reads_again<'a>(then: Node<'a>, entry: Node<'a>) -> bool {
    let text = entry.text();
    for node in then.descendants_here() {
        if node.is(Kind::IndexExpression) && node.text() == text && is_same(node, entry) {
            return !node.is_assigned();
        }
        let names = node.is(Kind::Identifier) && node.local().is_some();
        let is_part = names
            && entry
                .descendants()
                .any(|n| n.is(Kind::Identifier) && n.local() == node.local());
        if is_part && is_changed_at(node) {
            return false;
        }
    }
    false
}

/// `m[k] = append(m[k], …)`.
fn is_append<'a>(statement: Node<'a>, entry: Node<'a>) -> bool {
    let (left, right) = (statement.list(Field::Left), statement.list(Field::Right));
    let call = right.first().and_then(|v| v.call()).filter(|c| c.is_to("append"));
    statement.is(Kind::AssignmentStatement)
        && left.first().is_some_and(|t| is_same(*t, entry))
        && call
            .and_then(|c| c.argument(0))
            .is_some_and(|a| is_same(a, entry))
}

/// `m[k] = nil`, `m[k] = []T{}`.
fn sets_empty<'a>(then: Node<'a>, entry: Node<'a>) -> bool {
    let mut statements = then.statements();
    let Some(only) = statements
        .next()
        .filter(|s| s.is(Kind::AssignmentStatement) && statements.next().is_none())
    else {
        return false;
    };
    let is_it = only
        .list(Field::Left)
        .first()
        .is_some_and(|t| is_same(*t, entry) && root(*t).is_some());
    let value = only.list(Field::Right).first().copied();
    is_it
        && value.is_some_and(|v| {
            let is_empty = v.is(Kind::CompositeLiteral) && v.body().is_some_and(|b| b.child(0).is_none());
            v.is(Kind::Nil) || is_empty
        })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn lookups() {
        let with = |text: &str| {
            format!("func f(m map[string]int, l map[string][]int, k, other string) {{ {text} }}")
        };
        fires(&RULE, &with("m[k] = m[k] + 2 // want\n"));
        fires(&RULE, &with("if _, ok := m[k]; ok { // want\n delete(m, k) }"));
        fires(
            &RULE,
            &with("if _, ok := l[k]; !ok { // want\n l[k] = []int{} }; l[k] = append(l[k], 1)"),
        );
        silent(&RULE, &with("m[k] = m[other] + 2"));
        silent(&RULE, &with("m[k] += 2"));
        silent(&RULE, &with("if v, ok := m[k]; ok { use(v, m[k]) }"));
        silent(&RULE, &with("if _, ok := m[k]; ok { use(m[other]) }"));
        silent(&RULE, &with("if _, ok := m[k]; ok { k = other; use(m[k]) }"));
        silent(&RULE, &with("if _, ok := m[k]; ok { m[k] = 1 }"));
        silent(&RULE, &with("if _, ok := m[k]; !ok { use(m[k]) }"));
    }
}
