//! `nested-join`: two record slices joined by nested loops.

use super::quadratic_search::searched_by_loop;
use crate::audit::rules::value::{
    Trust, conjuncts, is_same, is_unchanged, literal_length, root, short, sides,
};
use crate::audit::{Check, Field, Group, Hits, Kind, Local, Measure, Node, Rule, Scope, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "nested-join",
    title: "two record slices joined by nested loops",
    group: Group::Algorithms,
    items: &["AR-complexity", "DB4"],
    tier: 2,
    scope: Scope::Loop,
    listens: &[cpu(&[])],
    saves: &[assumed(Measure::Cpu, 0.50, 0.98)],
    what: "Nested ranges over two slices of records, the inner of which compares a field of one with a field of the other \
           and then appends, assigns or counts.",
    why: "Every record of one is compared with every record of the other.",
    limits: "Silent for literals of at most 16 elements and where the inner slice changes; a search that ends at the first \
             match is quadratic-search.",
    instead: "Index the smaller slice by its key in a map, or join in the database.",
    before: r#"
func attach(users []User, orders []Order) {
	for i := range users {
		for _, o := range orders { // want
			if o.User == users[i].ID {
				users[i].Orders = append(users[i].Orders, o)
			}
		}
	}
}"#,
    after: r#"
func attach(users []User, orders []Order) {
	byUser := make(map[int][]Order, len(users))
	for _, o := range orders {
		byUser[o.User] = append(byUser[o.User], o)
	}
	for i := range users {
		users[i].Orders = byUser[users[i].ID]
	}
}"#,
    check: Check::Nodes(&[Kind::ForStatement], check),
    ..Rule::BASE
};

const FEW: usize = 16;

fn check(inner: Node<'_>, hits: &mut Hits<'_>) {
    let Some((over, outer)) = inner.ranged().zip(inner.enclosing_loop()) else {
        return;
    };
    let Some(other) = outer.ranged() else { return };
    if is_same(over, other) || !is_list(over) || !is_list(other) || searched_by_loop(inner).is_some() {
        return;
    }
    if !joins(inner, outer) || !is_unchanged(over, outer, Trust::Fields) {
        return;
    }
    hits.report(
        inner,
        format!(
            "every element of {} is compared with every one of {}",
            short(over),
            short(other)
        ),
    )
    .fix(format!(
        "index {} by its key in a map before the loop",
        short(over)
    ));
}

/// A slice as far as known, and no small literal.
fn is_list(over: Node<'_>) -> bool {
    let is_few = literal_length(over).is_some_and(|n| n <= FEW);
    !is_few && over.ty().is_none_or(|t| t.is_slice()) && !over.is(Kind::CallExpression)
}

/// The inner body is an `if` with `a.f == b.g` that does something.
fn joins<'a>(inner: Node<'a>, outer: Node<'a>) -> bool {
    let Some(body) = inner.body() else { return false };
    let ours = inner.loop_variables();
    let theirs = outer.loop_variables();
    let mut tests = body.statements().filter(|s| s.is(Kind::IfStatement));
    let is_join = |s: Node<'a>| {
        let condition = s.field(Field::Condition);
        let compares = condition.is_some_and(|c| {
            conjuncts(c)
                .into_iter()
                .any(|c| is_key_compare(c, &ours, &theirs))
        });
        compares && s.field(Field::Consequence).is_some_and(does_something)
    };
    tests.any(is_join)
}

fn is_key_compare<'a>(condition: Node<'a>, ours: &[Local<'a>], theirs: &[Local<'a>]) -> bool {
    let Some((left, right)) = sides(condition, "==") else {
        return false;
    };
    let is_field =
        |n: Node<'a>, of: &[Local<'a>]| n.is(Kind::SelectorExpression) && n.uses_any(of) && root(n).is_some();
    (is_field(left, ours) && is_field(right, theirs)) || (is_field(left, theirs) && is_field(right, ours))
}

fn does_something(then: Node<'_>) -> bool {
    then.statements().any(|s| {
        matches!(
            s.kind(),
            Kind::AssignmentStatement | Kind::IncStatement | Kind::DecStatement
        )
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn joins() {
        let with = |text: &str| {
            format!("func f(us []U, os []O) (n int) {{ for _, u := range us {{\n{text}\n}}; return }}")
        };
        fires(
            &RULE,
            &with("for _, o := range os { // want\n if u.ID == o.User { n++ } }"),
        );
        silent(
            &RULE,
            &with("for _, o := range os { if u.ID == o.User { n++; break } }"),
        );
        silent(
            &RULE,
            &with("for _, o := range u.Orders { if u.ID == o.User { n++ } }"),
        );
        silent(&RULE, &with("for _, o := range os { if u.ID < o.User { n++ } }"));
        silent(&RULE, &with("for _, o := range os { if o.User == 7 { n++ } }"));
        silent(&RULE, &with("for _, v := range us { if u.ID == v.Boss { n++ } }"));
    }
}
