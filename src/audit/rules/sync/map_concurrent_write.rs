//! `map-concurrent-write`: a map is written by goroutines without a lock.

use crate::audit::{Check, Class, Field, Function, Group, Hits, Kind, Local, Node, Rule, Severity};

use super::spawns::{is_ordered_before, is_shared, spawns};

/// The rule.
pub const RULE: Rule = Rule {
    id: "map-concurrent-write",
    title: "a map is written by goroutines without a lock",
    group: Group::Sync,
    items: &["GO4", "AR-noshare"],
    tier: 2,
    class: Class::Correctness,
    base: Some(Severity::High),
    what: "A literal that is started by go, wg.Go or g.Go assigns to or deletes from a captured map without a lock, and \
           the same literal on another turn, another one or the function itself uses the map meanwhile.",
    why: "The runtime ends the process when it notices.",
    limits: "Only maps in variables of the function around it; a receive, a send or a lock before the write is taken for \
             an order.",
    peers: &["racy-write-to-map", "datarace"],
    before: r#"
func sizes(wg *sync.WaitGroup, urls []string) map[string]int {
	found := map[string]int{}
	for _, u := range urls {
		wg.Go(func() {
			found[u] = fetch(u) // want
		})
	}
	wg.Wait()
	return found
}"#,
    after: r#"
func sizes(wg *sync.WaitGroup, urls []string) []int {
	found := make([]int, len(urls))
	for i, u := range urls {
		wg.Go(func() { found[i] = fetch(u) })
	}
	wg.Wait()
	return found
}"#,
    check: Check::Functions(check),
    ..Rule::BASE
};

fn check(function: Function<'_>, hits: &mut Hits<'_>) {
    let starts = spawns(function.body);
    for start in &starts {
        let written = start.literal.descendants_here().find_map(|n| {
            let (place, map) = written_map(n)?;
            let is_outer = !start.literal.contains(map.declaration());
            (is_outer && map.ty().is_some_and(|t| t.is_map())).then_some((place, map))
        });
        let Some((place, map)) = written else { continue };
        if !is_ordered_before(start.literal, place) && is_shared(start, map, &starts, function.body) {
            let name = map.name();
            hits.report(
                place,
                format!("{name} is written in a goroutine without a lock while others use it"),
            )
            .fix("a lock around it, or a slot for each goroutine that the function puts together");
        }
    }
}

/// The map that a node writes to.
fn written_map(node: Node<'_>) -> Option<(Node<'_>, Local<'_>)> {
    let map = match node.kind() {
        Kind::IndexExpression if node.is_assigned() => node.field(Field::Operand),
        Kind::CallExpression => node.call().filter(|c| c.is_to("delete"))?.argument(0),
        _ => None,
    };
    let map = map?.unparen();
    Some((node, map.local().filter(|_| map.is(Kind::Identifier))?))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(body: &str) -> String {
        format!(
            "func f(xs []int, wg *sync.WaitGroup, mu *sync.Mutex, done chan int) int {{ m := map[int]int{{}}; {body} }}"
        )
    }

    #[test]
    fn who_shares() {
        fires(&RULE, &with("go func() {\n m[1] = 2 // want\n }(); return m[1]"));
        fires(
            &RULE,
            &with("go func() {\n delete(m, 1) // want\n }(); go func() { use(m) }(); return 1"),
        );
        silent(&RULE, &with("wg.Go(func() { m[1] = 2 }); wg.Wait(); return m[1]"));
        silent(
            &RULE,
            &with("go func() { m[1] = 2; close(done) }(); <-done; return m[1]"),
        );
        silent(
            &RULE,
            &with("for _, x := range xs { wg.Go(func() { mu.Lock(); m[x] = x; mu.Unlock() }) }; return 1"),
        );
        silent(
            &RULE,
            &with("for _, x := range xs { go func() { n := map[int]int{}; n[x] = 1 }() }; return m[1]"),
        );
        silent(
            &RULE,
            &with("for range xs { m := map[int]int{}; go func() { m[1] = 1 }() }; return 1"),
        );
        silent(&RULE, &with("func() { m[1] = 2 }(); return m[1]"));
    }
}
