//! `atomic-candidate`: a mutex around one number, flag or pointer.

use crate::audit::{
    Check, Field, GoVersion, Group, Hits, Kind, Measure, Node, Package, Rule, Scope, Type, assumed, cpu,
    heat, measured,
};

use super::guards::{Guarded, Method, guarded};

/// The rule.
pub const RULE: Rule = Rule {
    id: "atomic-candidate",
    title: "a mutex around one number, flag or pointer",
    group: Group::Sync,
    items: &["CC5", "AR-lockfree"],
    tier: 2,
    scope: Scope::Type,
    listens: &[cpu(&["lock.mutex", "lock.rwmutex"]), heat(Measure::Mutex)],
    saves: &[
        measured(Measure::Cpu, 0.40, 0.60),
        assumed(Measure::Mutex, 0.50, 1.0),
    ],
    since: Some(GoVersion(19)),
    what: "A struct of a lock and one integer, bool or pointer, and under the lock the methods only count, set or \
           return it.",
    why: "21 ns against 9.5 ns, and no queue.",
    limits: "Fields that are used together with others need the lock.",
    before: r#"
type tally struct {
	mu sync.Mutex // want
	n  int64
}

func (t *tally) add()       { t.mu.Lock(); t.n++; t.mu.Unlock() }
func (t *tally) get() int64 { t.mu.Lock(); defer t.mu.Unlock(); return t.n }"#,
    after: r#"
type tally struct{ n atomic.Int64 }

func (t *tally) add()       { t.n.Add(1) }
func (t *tally) get() int64 { return t.n.Load() }"#,
    check: Check::Packages(check),
    ..Rule::BASE
};

fn check(package: Package<'_>, hits: &mut Hits<'_>) {
    for guard in &guarded(package) {
        let Some(value) = only_value(guard) else { continue };
        let is_simple = |m: &Method<'_>| {
            let field = format!("{}.{value}", m.receiver.name());
            m.sections
                .iter()
                .all(|s| s.statements().iter().all(|n| is_step(*n, &field)))
        };
        if !guard.methods.is_empty() && guard.methods.iter().all(is_simple) {
            hits.report(
                guard.lock.node,
                format!("{}.{} guards nothing but {value}", guard.name(), guard.lock.name),
            )
            .fix(format!("make {value} an atomic value and drop the lock"));
        }
    }
}

/// The one other field, where it fits an atomic type.
fn only_value<'a>(guard: &Guarded<'a>) -> Option<&'a str> {
    let others: Vec<_> = guard
        .fields
        .iter()
        .filter(|f| f.name != guard.lock.name)
        .collect();
    let [one] = others.as_slice() else { return None };
    let ty = one.field_type()?;
    let fits = ty.is_integer() || ty.is_bool() || matches!(ty, Type::Pointer(_));
    fits.then_some(one.name)
}

/// `x++`, `x += e`, `x = e`, `return x`, `v := x`, with nothing else of the struct in them.
fn is_step(statement: Node<'_>, field: &str) -> bool {
    let is_field = |n: Option<Node<'_>>| n.is_some_and(|n| n.text() == field);
    match statement.kind() {
        Kind::IncStatement | Kind::DecStatement => is_field(statement.child(0)),
        Kind::AssignmentStatement => {
            let operator = statement.field(Field::Operator).map_or("", Node::text);
            let left = statement.list(Field::Left);
            let right = statement.list(Field::Right);
            let reads = right.len() == 1 && is_field(right.first().copied());
            let writes =
                matches!(operator, "=" | "+=" | "-=") && left.len() == 1 && is_field(left.first().copied());
            let again = right.iter().any(|r| r.text().contains(field));
            reads || (writes && !again)
        }
        Kind::ShortVarDeclaration => {
            let right = statement.list(Field::Right);
            right.len() == 1 && is_field(right.first().copied())
        }
        Kind::ReturnStatement => is_field(statement.child(0)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(fields: &str, methods: &str) -> String {
        format!("type T struct {{\n mu sync.RWMutex // want\n {fields} }}; {methods}")
    }

    #[test]
    fn fields_and_steps() {
        fires(
            &RULE,
            &with(
                "p *T",
                "func (t *T) set(p *T) { t.mu.Lock(); t.p = p; t.mu.Unlock() }",
            ),
        );
        let no = |fields: &str, methods: &str| silent(&RULE, &with(fields, methods).replace("// want", ""));
        no(
            "n int; m int",
            "func (t *T) add() { t.mu.Lock(); t.n++; t.mu.Unlock() }",
        );
        no(
            "n int",
            "func (t *T) add() { t.mu.Lock(); if t.n > 0 { t.n++ }; t.mu.Unlock() }",
        );
        no(
            "n int",
            "func (t *T) add() { t.mu.Lock(); t.n = t.n * 2; t.mu.Unlock() }",
        );
        no(
            "s string",
            "func (t *T) set(s string) { t.mu.Lock(); t.s = s; t.mu.Unlock() }",
        );
        no("n int", "");
    }
}
