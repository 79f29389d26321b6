//! `pointer-chasing`: a map of pointers to small values.

use super::growth::method_call;
use crate::audit::rules::value::{Goes, MAX_USES, is_changed_at, local_goes};
use crate::audit::{
    Check, Confidence, Field, Group, Hits, Kind, Local, Measure, Node, Rule, Type, assumed, cpu, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "pointer-chasing",
    title: "a map of pointers to small values",
    group: Group::Memory,
    items: &["AR-dod"],
    tier: 3,
    listens: &[heat(Measure::Alloc), cpu(&["gc.mark"])],
    saves: &[assumed(Measure::Alloc, 0.20, 0.60)],
    what: "A local map[K]*T with a T below 128 B whose values are new objects and are only read after they are put in.",
    why: "One allocation and one pointer to mark for each entry, and a cache miss for each that is read.",
    limits: "Silent where the map or a value leaves the function, and where a method or a field is set through the pointer.",
    instead: "map[K]T.",
    before: r#"
type user struct{ age int }

func total(rows []Row) (n int) {
	users := map[int]*user{} // want
	for _, r := range rows {
		users[r.ID] = &user{age: r.Age}
	}
	for _, u := range users {
		n += u.age
	}
	return n
}"#,
    after: r#"
type user struct{ age int }

func total(rows []Row) (n int) {
	users := map[int]user{}
	for _, r := range rows {
		users[r.ID] = user{age: r.Age}
	}
	for _, u := range users {
		n += u.age
	}
	return n
}"#,
    check: Check::Nodes(&[Kind::ShortVarDeclaration, Kind::VarSpec], check),
    ..Rule::BASE
};

/// Larger values are better left behind a pointer.
const MAX_SIZE: u64 = 128;

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let name = if node.is(Kind::VarSpec) {
        node.field(Field::Name)
    } else {
        node.list(Field::Left).first().copied()
    };
    let Some(local) = name.and_then(Node::local).filter(|l| l.definition() == node) else {
        return;
    };
    if !is_map_of_small(local) || local_goes(local) != Goes::Nowhere {
        return;
    }
    let uses: Option<Vec<bool>> = local.uses().map(|u| judge(u, local)).collect();
    if uses.is_some_and(|u| u.contains(&true)) {
        hits.report(
            node,
            format!(
                "each value of {} is an object of its own behind a pointer",
                local.name()
            ),
        )
        .confidence(Confidence::Low)
        .fix("keep values in the map");
    }
}

fn is_map_of_small(local: Local<'_>) -> bool {
    match local.ty().and_then(|t| t.underlying()) {
        Some(Type::Map(_, value)) => match *value {
            Type::Pointer(to) => to.is_struct() && to.size().is_some_and(|n| n < MAX_SIZE),
            _ => false,
        },
        _ => false,
    }
}

/// Whether a use puts a new object in (`true`) or only reads (`false`); `None` for what may set one or share it.
fn judge<'a>(use_: Node<'a>, _map: Local<'a>) -> Option<bool> {
    let parent = use_.parent()?;
    match parent.kind() {
        Kind::RangeClause => {
            let (_, value) = parent.parent()?.range_targets();
            value
                .is_none_or(|v| v.local().is_some_and(is_only_read))
                .then_some(false)
        }
        Kind::IndexExpression => index(parent),
        Kind::ArgumentList => {
            let call = parent.parent().and_then(Node::call)?;
            call.is_to("len|delete|clear").then_some(false)
        }
        _ => None,
    }
}

fn index(index: Node<'_>) -> Option<bool> {
    if index.is_assigned() {
        let value = index.assigned_value()?.unparen();
        let is_new =
            value.is(Kind::UnaryExpression) && value.field(Field::Operand)?.is(Kind::CompositeLiteral);
        return is_new.then_some(true);
    }
    let parent = index.parent()?;
    match parent.kind() {
        Kind::SelectorExpression => (!is_changed_at(index) && method_call(index).is_none()).then_some(false),
        Kind::ExpressionList => {
            let local = index.targets().first()?.local()?;
            is_only_read(local).then_some(false)
        }
        _ => None,
    }
}

/// Only its fields are read.
fn is_only_read(local: Local<'_>) -> bool {
    let is_small = local.uses().nth(MAX_USES).is_none();
    is_small
        && local.uses().all(|u| {
            let is_field =
                u.parent().is_some_and(|p| p.is(Kind::SelectorExpression)) && method_call(u).is_none();
            is_field && !is_changed_at(u)
        })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn near_misses() {
        let with = |text: &str| {
            format!(
                "type u struct {{ n int }}\nfunc f(k int, old *u) *u {{ m := map[int]*u{{}}\n{text}\nreturn nil }}"
            )
        };
        silent(&RULE, &with("m[k] = &u{}; m[k].n++"));
        silent(&RULE, &with("m[k] = &u{}; x := m[k]; x.n = 2"));
        silent(&RULE, &with("m[k] = &u{}; for _, x := range m { x.n = 2 }"));
        silent(&RULE, &with("m[k] = &u{}; return m[k]"));
        silent(&RULE, &with("m[k] = &u{}; m[k].Run()"));
        silent(&RULE, &with("m[k] = old"));
        silent(&RULE, &with("m[k] = &u{}; use(m)"));
    }
}
