//! `sort-slice-misuse`: the less function of sort.Slice indexes another slice than the one sorted.

use crate::audit::{Call, Check, Class, Function, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::indexed;

/// The rule.
pub const RULE: Rule = Rule {
    id: "sort-slice-misuse",
    title: "the less function of sort.Slice indexes another slice than the one sorted",
    items: &["AR-complexity"],
    class: Class::Correctness,
    what: "The less function of sort.Slice indexes another slice than the one that is sorted.",
    why: "The swaps move one slice, the compares look at another: the order is wrong.",
    peers: &["sortSlice"],
    before: r#"
func f(names, keys []string) {
	sort.Slice(names, func(i, j int) bool { return keys[i] < keys[j] }) // want
}"#,
    after: r#"
func f(names []string) {
	slices.Sort(names)
}"#,
    check: Check::Calls(&["sort.Slice|SliceStable"], check),
    ..COMPANION
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let (Some(sorted), Some(less)) = (call.argument(0), call.argument(1).and_then(Function::of)) else {
        return;
    };
    let Some(local) = sorted.local().filter(|_| sorted.is(Kind::Identifier)) else {
        return;
    };
    let parameters = less.parameters();
    let by_parameter = |n: &Node<'_>| {
        let at = indexed(*n)
            .filter(|(_, i)| i.is(Kind::Identifier))
            .and_then(|(_, i)| i.local());
        at.is_some_and(|l| parameters.contains(&l))
    };
    let lists: Vec<Node<'_>> = less
        .body
        .find_all(Kind::IndexExpression)
        .filter(by_parameter)
        .filter_map(|n| Some(indexed(n)?.0))
        .collect();
    let is_alias = |n: Node<'_>| {
        let other = n.local();
        let value = |l: crate::audit::Local<'_>| l.initial_value().map(|v| v.text().to_string());
        n.local().is_none()
            || other.and_then(value).is_some_and(|v| v.contains(sorted.text()))
            || value(local).is_some_and(|v| v.contains(n.text()))
    };
    let is_other = |n: &&Node<'_>| n.is(Kind::Identifier) && n.local() != Some(local) && !is_alias(**n);
    let all_other = !lists.is_empty() && lists.iter().all(|n| is_other(&n));
    if let Some(other) = lists.first().filter(|_| all_other) {
        hits.report(
            call.node,
            format!("{} is sorted by the elements of {}", sorted.text(), other.text()),
        )
        .fix("slices.SortFunc, whose function gets the elements");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn cases() {
        silent(
            &RULE,
            r#"func f(xs []T) { sort.Slice(xs, func(i, j int) bool { return xs[i].a < xs[j].a }) }"#,
        );
        silent(
            &RULE,
            r#"func f(order, keys []int) { sort.Slice(order, func(i, j int) bool { return keys[order[i]] < keys[order[j]] }) }"#,
        );
        silent(
            &RULE,
            r#"func f(s S) { xs := s.xs; sort.Slice(xs, func(i, j int) bool { return s.xs[i] < s.xs[j] }) }"#,
        );
    }
}
