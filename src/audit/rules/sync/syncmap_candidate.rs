//! `syncmap-candidate`: a read-mostly cache map behind a lock.

use rustc_hash::FxHashMap;

use crate::audit::{
    Check, Function, Group, Hits, Kind, Measure, Node, Package, Rule, Scope, assumed, heat, measured,
};

use super::guards::{Guarded, guarded, writes};
use super::maps::{MapUse, Uses, map_use, only_fills};
use super::sections::{lock_calls, root_of};

/// The rule.
pub const RULE: Rule = Rule {
    id: "syncmap-candidate",
    title: "a read-mostly cache map behind a lock",
    group: Group::Sync,
    items: &["GO4", "AR-map"],
    scope: Scope::Type,
    listens: &[heat(Measure::Mutex)],
    saves: &[
        assumed(Measure::Mutex, 0.50, 0.90),
        measured(Measure::Cpu, 0.10, 0.30),
    ],
    what: "A struct, or a pair of package variables, of a lock and a map whose functions only get, or get and insert \
           what is absent.",
    why: "Where nobody waits 17 ns against 24 ns; the point is that it scales.",
    limits: "Silent where the length, an iteration, a deletion or other fields under the lock are needed.",
    target: "mutex delay less by 80 %",
    before: r#"
type methods struct {
	mu sync.RWMutex // want
	m  map[string]int
}

func (s *methods) get(k string) int {
	s.mu.RLock()
	v, ok := s.m[k]
	s.mu.RUnlock()
	if !ok {
		v = describe(k)
		s.mu.Lock()
		s.m[k] = v
		s.mu.Unlock()
	}
	return v
}"#,
    after: r#"
type methods struct{ m sync.Map }

func (s *methods) get(k string) int {
	v, ok := s.m.Load(k)
	if !ok {
		v, _ = s.m.LoadOrStore(k, describe(k))
	}
	return v.(int)
}"#,
    check: Check::Packages(check),
    ..Rule::BASE
};

fn check(package: Package<'_>, hits: &mut Hits<'_>) {
    for guard in &guarded(package) {
        let Some((name, uses)) = guarded_map(guard) else {
            continue;
        };
        let others = guard.methods.iter().any(|m| {
            let nodes = m.sections.iter().flat_map(super::sections::Section::nodes);
            nodes
                .filter(|n| writes(*n, m.receiver, None))
                .any(|n| !n.text().contains(&format!(".{name}")))
        });
        if !others && is_cache(&uses) {
            let text = format!(
                "{}.{name} is a map that is only filled and read, behind {}",
                guard.name(),
                guard.lock.name
            );
            report(guard.lock.node, text, hits);
        }
    }
    pairs(package, hits);
}

fn report(place: Node<'_>, text: String, hits: &mut Hits<'_>) {
    hits.report(place, text)
        .fix("sync.Map with Load and LoadOrStore, where a profile shows waiting");
}

/// The only map of a struct, with what each of its locking methods does to it.
pub(super) fn guarded_map<'a>(guard: &Guarded<'a>) -> Option<(&'a str, Vec<Uses<'a>>)> {
    let is_map = |f: &&crate::audit::StructField<'a>| f.field_type().is_some_and(|t| t.is_map());
    let mut maps = guard.fields.iter().filter(is_map);
    let map = maps.next().filter(|_| maps.next().is_none())?;
    let uses = guard.methods.iter().map(|m| {
        let path = format!("{}.{}", m.receiver.name(), map.name);
        let is_it = |n: &Node<'a>| n.is(Kind::SelectorExpression) && n.text() == path;
        m.function.body.descendants().filter(is_it).map(map_use).collect()
    });
    Some((map.name, uses.collect()))
}

/// Gets, and inserts what is absent, in all functions.
fn is_cache(uses: &[Uses<'_>]) -> bool {
    let inserts = uses.iter().flatten().any(|(what, _)| *what == MapUse::Insert);
    inserts && uses.iter().all(only_fills)
}

/// Package variables: a map, and a lock that every function takes that uses it.
fn pairs<'a>(package: Package<'a>, hits: &mut Hits<'_>) {
    let variables = package.variables();
    let has = |v: &Node<'a>, test: fn(&crate::audit::Type<'a>) -> bool| v.ty().is_some_and(|t| test(&t));
    let maps: Vec<Node<'a>> = variables
        .iter()
        .copied()
        .filter(|v| has(v, crate::audit::Type::is_map))
        .collect();
    let locks: Vec<Node<'a>> = variables
        .into_iter()
        .filter(|v| has(v, |t| t.is("sync.Mutex") || t.is("sync.RWMutex")))
        .collect();
    if maps.is_empty() || locks.is_empty() {
        return;
    }
    let uses = uses_of(package, &maps);
    for map in maps {
        let Some(functions) = uses.get(map.text()) else {
            continue;
        };
        let common = locks.iter().find(|lock| {
            functions.iter().all(|(f, _)| {
                let calls = lock_calls(f.body);
                f.name() == "init" || calls.iter().any(|c| c.lock.text() == lock.text())
            })
        });
        let all: Vec<Uses<'a>> = functions.iter().map(|(_, uses)| uses.clone()).collect();
        if let Some(lock) = common.filter(|_| is_cache(&all)) {
            let text = format!(
                "{} is a map that is only filled and read, behind {}",
                map.text(),
                lock.text()
            );
            report(*lock, text, hits);
        }
    }
}

type ByFunction<'a> = Vec<(Function<'a>, Uses<'a>)>;

/// The uses of package maps by name, function by function.
fn uses_of<'a>(package: Package<'a>, maps: &[Node<'a>]) -> FxHashMap<&'a str, ByFunction<'a>> {
    let mut found: FxHashMap<&'a str, ByFunction<'a>> = maps.iter().map(|m| (m.text(), Vec::new())).collect();
    for function in package.functions().into_iter().filter_map(Function::of) {
        for node in function.body.find_all(Kind::Identifier) {
            let Some(list) = found.get_mut(node.text()) else {
                continue;
            };
            if node.local().is_some() || root_of(node).is_none() {
                continue;
            }
            match list.last_mut() {
                Some((last, uses)) if *last == function => uses.push(map_use(node)),
                _ => list.push((function, vec![map_use(node)])),
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(method: &str) -> String {
        format!(
            "type T struct {{\n mu sync.Mutex // want\n m map[string]int; n int }}
func (t *T) get(k string) int {{ t.mu.Lock(); defer t.mu.Unlock(); v, ok := t.m[k]; if !ok {{ v = f(k); t.m[k] = v }}; return v }}
{method}"
        )
    }

    #[test]
    fn methods() {
        fires(&RULE, &with(""));
        let no = |method: &str| silent(&RULE, &with(method).replace("// want", ""));
        no("func (t *T) len() int { t.mu.Lock(); defer t.mu.Unlock(); return len(t.m) }");
        no("func (t *T) drop(k string) { t.mu.Lock(); delete(t.m, k); t.mu.Unlock() }");
        no("func (t *T) put(k string) { t.mu.Lock(); t.m[k] = 1; t.mu.Unlock() }");
        no("func (t *T) add(k string) { t.mu.Lock(); t.m[k]++; t.mu.Unlock() }");
        no("func (t *T) tick(k string) { t.mu.Lock(); t.n++; t.mu.Unlock() }");
    }

    #[test]
    fn package_variables() {
        fires(
            &RULE,
            "var mu sync.Mutex // want\nvar m = map[int]int{}\nfunc f(k int) int { mu.Lock(); defer mu.Unlock(); v, ok := m[k]; if !ok { v = g(k); m[k] = v }; return v }",
        );
        silent(
            &RULE,
            "var mu sync.Mutex\nvar m = map[int]int{}\nfunc f(k int) int { mu.Lock(); defer mu.Unlock(); v, ok := m[k]; if !ok { v = g(k); m[k] = v }; return v }\nfunc n() int { mu.Lock(); defer mu.Unlock(); return len(m) }",
        );
    }
}
