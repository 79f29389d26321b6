//! `racy-capture`: a go literal writes a captured slice variable (append), map or scalar without a lock while the parent or a sibling uses it (base medium).

use crate::audit::{Check, Class, Function, Hits, Kind, Node, Rule, Severity};

use super::COMPANION;
use crate::audit::rules::sync::spawns::{is_ordered_before, is_shared, spawns};

/// The rule.
pub const RULE: Rule = Rule {
    id: "racy-capture",
    title: "a go literal writes a captured slice variable (append), map or scalar without a lock while the parent or a sibling uses it (base medium)",
    items: &["CC1"],
    class: Class::Correctness,
    base: Some(Severity::Medium),
    what: "A started literal appends to a captured slice, or sets or counts a captured scalar, without a lock while others use it.",
    why: "Writes get lost, and the race detector says so.",
    peers: &["racy-append-to-slice", "datarace"],
    before: r#"
func f(wg *sync.WaitGroup, urls []string) (sizes []int) {
	for _, u := range urls {
		wg.Go(func() {
			sizes = append(sizes, fetch(u)) // want
		})
	}
	wg.Wait()
	return sizes
}"#,
    after: r#"
func f(wg *sync.WaitGroup, urls []string) []int {
	sizes := make([]int, len(urls))
	for i, u := range urls {
		wg.Go(func() {
			sizes[i] = fetch(u)
		})
	}
	wg.Wait()
	return sizes
}"#,
    check: Check::Functions(check),
    ..COMPANION
};

fn check(function: Function<'_>, hits: &mut Hits<'_>) {
    let starts = spawns(function.body);
    for start in &starts {
        let written = start.literal.descendants_here().find_map(|n| {
            let local = n.local().filter(|_| n.is(Kind::Identifier) && n.is_assigned())?;
            let is_outer =
                !start.literal.contains(local.declaration()) && !start.node.contains(local.declaration());
            (is_outer && is_plain(n)).then_some((n, local))
        });
        let Some((place, local)) = written else { continue };
        if !is_ordered_before(start.literal, place) && is_shared(start, local, &starts, function.body) {
            hits.report(
                place,
                format!(
                    "{} is written in a goroutine without a lock while others use it",
                    local.name()
                ),
            )
            .fix("a slot for each goroutine, a lock, or a channel");
        }
    }
}

/// A slice or a scalar.
fn is_plain(node: Node<'_>) -> bool {
    node.ty().is_some_and(|t| {
        t.is_slice() || t.is_integer() || t.is_float() || t.is_bool() || t.is_string() || t.is("error")
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn cases() {
        fires(
            &RULE,
            r#"func f(xs []int) int { n := 0; for range xs { go func() {
 n++ // want
 }() }; return n }"#,
        );
        silent(
            &RULE,
            r#"func f(xs []int, mu *sync.Mutex) int { n := 0; for range xs { go func() { mu.Lock(); n++; mu.Unlock() }() }; return n }"#,
        );
        silent(
            &RULE,
            r#"func f(wg *sync.WaitGroup) error { var err error; wg.Go(func() { err = g() }); wg.Wait(); return err }"#,
        );
        silent(
            &RULE,
            r#"func f(c chan int) error { var err error; go func() { err = g(); close(c) }(); <-c; return err }"#,
        );
        silent(
            &RULE,
            r#"func f(xs []int) { for range xs { go func() { n := 0; n++ }() } }"#,
        );
    }
}
