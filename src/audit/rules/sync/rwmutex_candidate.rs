//! `rwmutex-candidate`: a mutex that mostly guards reads.

use crate::audit::{Check, Group, Hits, Measure, Package, Rule, Scope, assumed, cpu, heat};

use super::guards::{Guarded, guarded};

/// The rule.
pub const RULE: Rule = Rule {
    id: "rwmutex-candidate",
    title: "a mutex that mostly guards reads",
    group: Group::Sync,
    items: &["CC6"],
    scope: Scope::Type,
    listens: &[heat(Measure::Mutex), cpu(&["lock.mutex"])],
    saves: &[
        assumed(Measure::Mutex, 0.30, 0.80),
        assumed(Measure::Cpu, 0.10, 0.50),
    ],
    what: "A struct's sync.Mutex is taken by at least two methods that only read under it, and by at least twice as \
           many of those as of methods that write.",
    why: "Readers wait for readers. Where nobody waits there is no reason to switch: RLock and RUnlock take 16 ns, Lock \
          and Unlock 21.",
    limits: "Whether the readers are the hot ones only a mutex profile tells; an RWMutex pays for long holds and many \
             readers.",
    target: "mutex delay less by 80 %, measured at -cpu 1,4,16",
    instead: "Writes are rare: a copy behind an atomic.Pointer. Writes are frequent: shards.",
    before: r#"
type Registry struct {
	mu    sync.Mutex // want
	items map[string]int
}

func (r *Registry) Get(k string) int { r.mu.Lock(); defer r.mu.Unlock(); return r.items[k] }
func (r *Registry) Len() int         { r.mu.Lock(); defer r.mu.Unlock(); return len(r.items) }
func (r *Registry) Put(k string)     { r.mu.Lock(); defer r.mu.Unlock(); r.items[k]++ }"#,
    after: r#"
type Registry struct {
	mu    sync.RWMutex
	items map[string]int
}

func (r *Registry) Get(k string) int { r.mu.RLock(); defer r.mu.RUnlock(); return r.items[k] }
func (r *Registry) Len() int         { r.mu.RLock(); defer r.mu.RUnlock(); return len(r.items) }
func (r *Registry) Put(k string)     { r.mu.Lock(); defer r.mu.Unlock(); r.items[k]++ }"#,
    check: Check::Packages(check),
    ..Rule::BASE
};

fn check(package: Package<'_>, hits: &mut Hits<'_>) {
    for guard in guarded(package).iter().filter(|g| !g.is_rw) {
        let (reads, writes) = reads_and_writes(guard);
        if is_read_mostly(reads, writes) {
            hits.report(
                guard.lock.node,
                format!(
                    "{}.{} is taken by {reads} reading and {writes} writing methods",
                    guard.name(),
                    guard.lock.name
                ),
            )
            .fix("sync.RWMutex, with RLock and RUnlock in the readers, where a profile shows waiting");
        }
    }
}

/// How many methods only read under the lock, and how many write.
pub(super) fn reads_and_writes(guard: &Guarded<'_>) -> (usize, usize) {
    let writes = guard.methods.iter().filter(|m| guard.is_writer(m)).count();
    (guard.methods.len() - writes, writes)
}

/// At least two readers, and two for each writer.
pub(super) fn is_read_mostly(reads: usize, writes: usize) -> bool {
    reads >= 2 && reads >= 2 * writes
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(methods: &str) -> String {
        format!(
            "type N struct {{ c int }}; type T struct {{\n mu sync.Mutex // want\n m map[int]*N; l *list.List; n int }}
func (t *T) a() int {{ t.mu.Lock(); defer t.mu.Unlock(); return t.n }}
func (t *T) b() int {{ t.mu.Lock(); n := t.n; t.mu.Unlock(); return n }}
{methods}"
        )
    }

    #[test]
    fn readers_and_writers() {
        fires(&RULE, &with(""));
        fires(
            &RULE,
            &with("func (t *T) c() { t.mu.Lock(); t.n++; t.mu.Unlock() }"),
        );
        let two = "func (t *T) c() { t.mu.Lock(); t.n++; t.mu.Unlock() }";
        let silent_with =
            |other: &str| silent(&RULE, &with(&format!("{two}\n{other}")).replace("// want", ""));
        silent_with("func (t *T) d() { t.mu.Lock(); delete(t.m, 1); t.mu.Unlock() }");
        silent_with("func (t *T) d() { t.mu.Lock(); t.l.PushBack(1); t.mu.Unlock() }");
        silent_with("func (t *T) d() { t.mu.Lock(); v := t.m[1]; v.c++; t.mu.Unlock() }");
        silent_with("func (t *T) d() { t.mu.Lock(); t.e(); t.mu.Unlock() }; func (t *T) e() { t.n = 2 }");
    }
}
