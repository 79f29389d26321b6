//! `rcu-candidate`: a map or a config that is read always and replaced rarely.

use crate::audit::{
    Check, Field, GoVersion, Group, Hits, Kind, Measure, Node, Package, Rule, Scope, assumed, cpu, heat,
};

use super::guards::{Guarded, Method, guarded, writes};
use super::rwmutex_candidate::{is_read_mostly, reads_and_writes};

/// The rule.
pub const RULE: Rule = Rule {
    id: "rcu-candidate",
    title: "a map or a config that is read always and replaced rarely",
    group: Group::Sync,
    items: &["CC6", "AR-rcu"],
    tier: 2,
    scope: Scope::Type,
    listens: &[heat(Measure::Mutex), cpu(&["lock.mutex", "lock.rwmutex"])],
    saves: &[
        assumed(Measure::Mutex, 0.70, 1.0),
        assumed(Measure::Cpu, 0.50, 0.95),
    ],
    since: Some(GoVersion(19)),
    what: "A struct's lock is taken by at least two reading methods and by one that writes, which replaces whole fields \
           and is called at the start, by Reload or Set functions or by a ticker's loop only.",
    why: "Readers share no written cache line: an atomic load takes about 1 ns and scales.",
    limits: "Writes in place, such as one key of a map, want a sync.Map or shards instead. Callers in other packages are \
             not seen.",
    target: "no mutex delay at the type",
    before: r#"
type Source struct {
	mu    sync.RWMutex // want
	limit int
	rates map[string]int
}

func (s *Source) Limit() int         { s.mu.RLock(); defer s.mu.RUnlock(); return s.limit }
func (s *Source) Rate(k string) int  { s.mu.RLock(); defer s.mu.RUnlock(); return s.rates[k] }
func (s *Source) Reload(limit int)   { s.mu.Lock(); s.limit = limit; s.mu.Unlock() }"#,
    after: r#"
type Source struct{ conf atomic.Pointer[Conf] }

func (s *Source) Limit() int        { return s.conf.Load().limit }
func (s *Source) Rate(k string) int { return s.conf.Load().rates[k] }
func (s *Source) Reload(c *Conf)    { s.conf.Store(c) }"#,
    check: Check::Packages(check),
    ..Rule::BASE
};

fn check(package: Package<'_>, hits: &mut Hits<'_>) {
    for guard in &guarded(package) {
        let (reads, count) = reads_and_writes(guard);
        let Some(writer) = guard.methods.iter().find(|m| guard.is_writer(m)) else {
            continue;
        };
        if count == 1 && is_read_mostly(reads, count) && replaces_whole(writer) && is_rare(writer, package) {
            let name = writer.function.name();
            hits.report(
                guard.lock.node,
                format!("{} is read by {reads} methods and replaced by {name} alone", of(guard)),
            )
            .fix("keep the fields in a struct behind an atomic.Pointer, and let the writer store a changed copy");
        }
    }
}

fn of(guard: &Guarded<'_>) -> String {
    format!("what {}.{} guards", guard.name(), guard.lock.name)
}

/// Everything that the writer changes is a field of the receiver itself, by plain assignment.
fn replaces_whole(writer: &Method<'_>) -> bool {
    let nodes = writer.sections.iter().flat_map(super::sections::Section::nodes);
    let mut changes = nodes.filter(|n| writes(*n, writer.receiver, None)).peekable();
    changes.peek().is_some()
        && changes.all(|n| {
            let is_plain =
                n.is(Kind::AssignmentStatement) && n.field(Field::Operator).is_some_and(|o| o.text() == "=");
            let is_field = |t: &Node<'_>| {
                let owner = t.field(Field::Operand).and_then(Node::local);
                t.is(Kind::SelectorExpression) && owner == Some(writer.receiver)
            };
            is_plain && n.list(Field::Left).iter().all(is_field)
        })
}

/// It is named for reloading, or all its callers in the package run rarely.
fn is_rare(writer: &Method<'_>, package: Package<'_>) -> bool {
    let name = writer.function.name();
    if ["Reload", "reload", "Refresh", "refresh"]
        .iter()
        .any(|w| name.starts_with(w))
    {
        return true;
    }
    let is_call = |n: &Node<'_>| {
        n.is(Kind::CallExpression)
            && crate::audit::names::called_name(*n) == Some(name)
            && n.call().and_then(|c| c.callee.declaration) == Some(writer.function.node)
    };
    let functions = package.functions();
    let mut callers = functions
        .iter()
        .filter(|f| f.descendants().any(|n| is_call(&n)))
        .peekable();
    callers.peek().is_some() && callers.all(|f| is_rare_caller(*f))
}

fn is_rare_caller(function: Node<'_>) -> bool {
    let name = function.field(Field::Name).map_or("", Node::text);
    let is_named = matches!(name, "init" | "main")
        || ["New", "new", "Reload", "reload", "Set", "set"]
            .iter()
            .any(|w| name.starts_with(w));
    is_named || function.calls().any(|c| c.is_to("time.NewTicker|Tick"))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(writer: &str) -> String {
        format!(
            "type T struct {{\n mu sync.Mutex // want\n n int; m map[int]int }}
func (t *T) a() int {{ t.mu.Lock(); defer t.mu.Unlock(); return t.n }}
func (t *T) b() int {{ t.mu.Lock(); n := t.n; t.mu.Unlock(); return n }}
{writer}"
        )
    }

    #[test]
    fn writers() {
        fires(
            &RULE,
            &with(
                "func (t *T) put(n int) { t.mu.Lock(); t.n = n; t.mu.Unlock() }; func NewT() { t.put(1) }; var t *T",
            ),
        );
        let no = |writer: &str| silent(&RULE, &with(writer).replace("// want", ""));
        no("func (t *T) Reload(n int) { t.mu.Lock(); t.m[1] = n; t.mu.Unlock() }");
        no("func (t *T) Reload(n int) { t.mu.Lock(); t.n++; t.mu.Unlock() }");
        no("func (t *T) put(n int) { t.mu.Lock(); t.n = n; t.mu.Unlock() }; func serve(t *T) { t.put(1) }");
        no("");
    }
}
