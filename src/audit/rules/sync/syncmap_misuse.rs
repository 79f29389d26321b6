//! `syncmap-misuse`: a sync.Map used in two steps.

use crate::audit::{Call, Check, Function, Group, Hits, Measure, Node, Rule, assumed, cpu, heat};

use super::sections::lock_calls;

/// The rule.
pub const RULE: Rule = Rule {
    id: "syncmap-misuse",
    title: "a sync.Map used in two steps, or for what it is bad at",
    group: Group::Sync,
    items: &["GO4"],
    tier: 2,
    listens: &[cpu(&["syncmap", "iface.box"]), heat(Measure::Alloc)],
    saves: &[assumed(Measure::Cpu, 0.20, 0.60)],
    what: "Load and then Store or Delete of the same key of one sync.Map in one function, without a lock around them.",
    why: "Two steps race, each costs a lookup, and Store allocates.",
    limits: "Maps that are mostly written are a matter of the profile.",
    peers: &["syncMapLoadAndDelete"],
    before: r#"
func remember(seen *sync.Map, id string, now time.Time) {
	if _, ok := seen.Load(id); !ok {
		seen.Store(id, now) // want
	}
}"#,
    after: r#"
func remember(seen *sync.Map, id string, now time.Time) {
	seen.LoadOrStore(id, now)
}"#,
    check: Check::Functions(check),
    ..Rule::BASE
};

/// More calls of one function are not compared: no person wrote them.
const MAX_CALLS: usize = 64;

fn check(function: Function<'_>, hits: &mut Hits<'_>) {
    let calls: Vec<Call<'_>> = super::spawns::calls_here(function.body)
        .filter(|c| matches!(c.callee.name, "Load" | "Store" | "Delete") && c.callee.is_method_of("sync.Map"))
        .take(MAX_CALLS)
        .collect();
    if calls.len() < 2 || !lock_calls(function.body).is_empty() {
        return;
    }
    for (at, load) in calls.iter().enumerate().filter(|(_, c)| c.callee.name == "Load") {
        let mut later = calls.iter().skip(at + 1);
        let Some(second) = later
            .find(|c| is_same(load, c))
            .filter(|c| c.callee.name != "Load")
        else {
            continue;
        };
        let instead = if second.callee.name == "Store" {
            "LoadOrStore or CompareAndSwap"
        } else {
            "LoadAndDelete"
        };
        let map = load.operand().map_or("the map", Node::text);
        hits.report(
            second.node,
            format!(
                "{map}.Load and {} of the same key are two steps that race",
                second.callee.name
            ),
        )
        .fix(format!("{map}.{instead}"));
    }
}

fn is_same(one: &Call<'_>, other: &Call<'_>) -> bool {
    let parts = |c: &Call<'_>| Some((c.operand()?.text().to_string(), c.argument(0)?.text().to_string()));
    parts(one).is_some_and(|p| Some(p) == parts(other))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn keys_and_locks() {
        let with = |body: &str| format!("func f(m *sync.Map, mu *sync.Mutex, a, b int) {{ {body} }}");
        fires(&RULE, &with("m.Load(a)\n m.Delete(a) // want\n"));
        silent(&RULE, &with("m.Load(a); m.Store(b, 1)"));
        silent(&RULE, &with("m.Store(a, 1); m.Load(a)"));
        silent(&RULE, &with("mu.Lock(); m.Load(a); m.Store(a, 1); mu.Unlock()"));
        silent(&RULE, "func f(m *store, a int) { m.Load(a); m.Delete(a) }");
    }
}
