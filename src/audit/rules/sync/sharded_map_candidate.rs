//! `sharded-map-candidate`: a write-heavy map behind one contended lock.

use crate::audit::{Check, Group, Hits, Measure, Package, Rule, Scope, assumed, heat};

use super::guards::guarded;
use super::maps::{MapUse, only_fills};
use super::syncmap_candidate::guarded_map;

/// The rule.
pub const RULE: Rule = Rule {
    id: "sharded-map-candidate",
    title: "a write-heavy map behind one contended lock",
    group: Group::Sync,
    items: &["GO4", "AR-map", "AR-shard"],
    tier: 2,
    base: None,
    scope: Scope::Type,
    listens: &[heat(Measure::Mutex)],
    saves: &[assumed(Measure::Mutex, 0.60, 0.95)],
    what: "A struct of a lock and a map whose methods write or delete on their normal path; reported only with a mutex \
           profile in which the type has 25 % of the delay.",
    why: "One lock serialises all cores; shards, four times as many as cores and each on cache lines of its own, divide \
          the waiting.",
    limits: "Silent where the length, an iteration or several keys at once are needed.",
    target: "mutex delay below 2 %",
    before: r#"
type sessions struct {
	mu sync.Mutex // want
	m  map[string]int
}

func (s *sessions) put(k string, n int) { s.mu.Lock(); s.m[k] = n; s.mu.Unlock() }
func (s *sessions) get(k string) int    { s.mu.Lock(); defer s.mu.Unlock(); return s.m[k] }"#,
    after: r#"
type shard struct {
	m sync.Map
	_ [48]byte
}

type sessions [64]shard

func (s *sessions) put(k string, n int) { s[hash(k)&63].m.Store(k, n) }"#,
    check: Check::Packages(check),
    ..Rule::BASE
};

fn check(package: Package<'_>, hits: &mut Hits<'_>) {
    for guard in &guarded(package) {
        let Some((name, uses)) = guarded_map(guard) else {
            continue;
        };
        let is_whole = uses.iter().flatten().any(|(what, _)| *what == MapUse::Whole);
        let is_one = |keys: Vec<&str>| keys.windows(2).all(|pair| pair[0] == pair[1]);
        let by_key = uses.iter().all(|u| {
            is_one(
                u.iter()
                    .filter_map(|(_, k)| k.map(crate::audit::Node::text))
                    .collect(),
            )
        });
        if !is_whole && by_key && !uses.iter().all(only_fills) {
            hits.report(
                guard.lock.node,
                format!(
                    "{}.{} serialises all writes to {name}",
                    guard.name(),
                    guard.lock.name
                ),
            )
            .fix("shards by a hash of the key, each with a lock of its own");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn whole_maps_and_caches() {
        let with = |method: &str| format!("type T struct {{ mu sync.Mutex; m map[string]int }}; {method}");
        silent(
            &RULE,
            &with(
                "func (t *T) f(k string) int { t.mu.Lock(); defer t.mu.Unlock(); t.m[k] = 1; return len(t.m) }",
            ),
        );
        silent(
            &RULE,
            &with("func (t *T) f(a, b string) { t.mu.Lock(); t.m[a] = 1; t.m[b] = 2; t.mu.Unlock() }"),
        );
        silent(
            &RULE,
            &with("func (t *T) f(k string) int { t.mu.Lock(); defer t.mu.Unlock(); return t.m[k] }"),
        );
    }
}
