//! `wg-add-in-goroutine`: WaitGroup.Add runs inside the goroutine that it counts.

use crate::audit::{Call, Check, Class, Field, Group, Hits, Kind, Node, Rule, Severity};

/// The rule.
pub const RULE: Rule = Rule {
    id: "wg-add-in-goroutine",
    title: "WaitGroup.Add runs inside the goroutine that it counts",
    group: Group::Sync,
    items: &["CC2"],
    class: Class::Correctness,
    base: Some(Severity::High),
    what: "The first statement of a go literal is x.Add(n) of a sync.WaitGroup from outside, or an Add stands before \
           its Done in the literal while none stands before the go.",
    why: "Wait may run before Add and return too early.",
    limits: "A group that belongs to the literal itself is fine.",
    peers: &["SA2000", "waitgroup"],
    before: r#"
func crawlAll(urls []string) {
	var wg sync.WaitGroup
	for _, u := range urls {
		go func() {
			wg.Add(1) // want
			defer wg.Done()
			crawl(u)
		}()
	}
	wg.Wait()
}"#,
    after: r#"
func crawlAll(urls []string) {
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Add(1)
		go func() {
			defer wg.Done()
			crawl(u)
		}()
	}
	wg.Wait()
}"#,
    check: Check::Nodes(&[Kind::GoStatement], check),
    ..Rule::BASE
};

fn check(go: Node<'_>, hits: &mut Hits<'_>) {
    let literal = go
        .child(0)
        .and_then(|c| c.field(Field::Function))
        .filter(|f| f.is(Kind::FuncLiteral));
    let Some(body) = literal.and_then(Node::body) else {
        return;
    };
    let adds: Vec<Call<'_>> = here(body)
        .filter(|c| c.callee.name == "Add" && is_outer_group(c, go))
        .collect();
    let first = body.statements().next().and_then(Node::call);
    for add in adds {
        let group = add.operand().map_or("", Node::text);
        let is_first = first.is_some_and(|f| f.node == add.node);
        let is_before_done = here(body).any(|c| {
            c.callee.name == "Done" && c.operand().is_some_and(|o| o.text() == group) && is_after(&c, &add)
        });
        if is_first || (is_before_done && !is_added_before(go, group)) {
            hits.report(
                add.node,
                format!("{group}.Add runs in the goroutine that it counts: Wait may come first"),
            )
            .fix(format!("call {group}.Add(1) before the go statement"));
            return;
        }
    }
}

fn here<'a>(body: Node<'a>) -> impl Iterator<Item = Call<'a>> {
    body.descendants_here()
        .filter(|n| n.is(Kind::CallExpression))
        .filter_map(Node::call)
}

fn is_after(call: &Call<'_>, other: &Call<'_>) -> bool {
    call.node.span() > other.node.span() || call.node.parent().is_some_and(|p| p.is(Kind::DeferStatement))
}

/// A WaitGroup by its type, or of unknown type by its name, that the literal does not declare.
fn is_outer_group(call: &Call<'_>, go: Node<'_>) -> bool {
    let Some(operand) = call.operand() else {
        return false;
    };
    let is_group = match operand.ty() {
        Some(ty) => ty.is_or_points_to("sync.WaitGroup"),
        None => {
            let name = operand
                .text()
                .rsplit('.')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            name == "wg" || name.contains("waitgroup")
        }
    };
    let root = std::iter::once(operand)
        .chain(operand.descendants())
        .find(|n| n.is(Kind::Identifier));
    let is_inner = root
        .and_then(Node::local)
        .is_some_and(|l| go.contains(l.declaration()));
    is_group && !is_inner
}

/// Whether an Add of the group stands before the `go` in the function around it.
fn is_added_before(go: Node<'_>, group: &str) -> bool {
    let Some(outer) = go.function() else { return false };
    here(outer.body).any(|c| {
        c.callee.name == "Add" && c.operand().is_some_and(|o| o.text() == group) && c.node.span() < go.span()
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn groups() {
        fires(
            &RULE,
            "func f() { go func() { work()\n wg.Add(1) // want\n work(); wg.Done() }(); }",
        );
        silent(
            &RULE,
            "func f() { wg.Add(1); go func() { work(); wg.Add(1); go g(); wg.Done() }() }",
        );
        silent(
            &RULE,
            "func f() { go func() { var wg sync.WaitGroup; wg.Add(1); go g(&wg); wg.Wait() }() }",
        );
        silent(
            &RULE,
            "func f() { go func() { counter.Add(1); counter.Done() }() }",
        );
    }
}
