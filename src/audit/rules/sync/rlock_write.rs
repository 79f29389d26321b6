//! `rlock-write`: a write under a read lock.

use crate::audit::{Check, Class, Confidence, Field, Function, Group, Hits, Kind, Node, Rule, Severity};

use super::sections::{LockOp, Section, lock_op, root_of, sections};

/// The rule.
pub const RULE: Rule = Rule {
    id: "rlock-write",
    title: "a write under a read lock",
    group: Group::Sync,
    items: &["CC6"],
    tier: 2,
    class: Class::Correctness,
    base: Some(Severity::High),
    what: "Between RLock and RUnlock a field beside the lock is assigned, deleted from, appended to or counted up.",
    why: "Two readers may write at once: a race, and for maps a crash.",
    limits: "Silent where another lock is taken in between, and for what is reached through other variables.",
    before: r#"
type Registry struct {
	mu   sync.RWMutex
	hits int
}

func (r *Registry) touch() {
	r.mu.RLock()
	defer r.mu.RUnlock()
	r.hits++ // want
}"#,
    after: r#"
type Registry struct {
	mu   sync.RWMutex
	hits atomic.Int64
}

func (r *Registry) touch() {
	r.mu.RLock()
	defer r.mu.RUnlock()
	r.hits.Add(1)
}"#,
    check: Check::Functions(check),
    ..Rule::BASE
};

fn check(function: Function<'_>, hits: &mut Hits<'_>) {
    for section in sections(function.body).iter().filter(|s| s.is_read()) {
        let Some(owner) = section.lock().field(Field::Operand) else {
            continue;
        };
        if takes_another(section) {
            continue;
        }
        let written = section.nodes().find_map(|n| written(n, owner).map(|t| (n, t)));
        if let Some((place, target)) = written {
            let lock = section.lock().text();
            let last = lock.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            let is_general = matches!(
                last.as_str(),
                "mu" | "m" | "l" | "lock" | "mutex" | "rw" | "rwmu" | "rwmutex" | "mtx"
            );
            let confidence = if is_general {
                Confidence::High
            } else {
                Confidence::Medium
            };
            hits.report(
                place,
                format!(
                    "{} is written while {lock} is held for reading only",
                    target.text()
                ),
            )
            .confidence(confidence)
            .fix(format!("take {lock}.Lock(), or make the field atomic"));
        }
    }
}

fn takes_another(section: &Section<'_>) -> bool {
    let mut ops = section
        .nodes()
        .filter(|n| n.is(Kind::CallExpression))
        .filter_map(|n| lock_op(&n.call()?));
    ops.any(|(op, _)| op == LockOp::Lock)
}

/// What a node writes of the lock's owner.
fn written<'a>(node: Node<'a>, owner: Node<'a>) -> Option<Node<'a>> {
    let targets = match node.kind() {
        Kind::AssignmentStatement => node.list(Field::Left),
        Kind::IncStatement | Kind::DecStatement => node.child(0).into_iter().collect(),
        Kind::CallExpression => {
            let call = node.call()?;
            let changes = call.callee.package.is_empty() && call.is_to_any(&["delete", "clear"]);
            call.argument(0).filter(|_| changes).into_iter().collect()
        }
        _ => return None,
    };
    let head = format!("{}.", owner.text());
    let is_field =
        |t: &Node<'a>| t.text().starts_with(&head) && root_of(*t).is_some() && is_direct(*t, owner);
    targets.into_iter().find(is_field)
}

/// `r.f` or `r.f[k]` of the owner itself, not of something behind another pointer of it.
fn is_direct(target: Node<'_>, owner: Node<'_>) -> bool {
    let field = match target.kind() {
        Kind::IndexExpression => target.field(Field::Operand),
        _ => Some(target),
    };
    let own = field
        .filter(|f| f.is(Kind::SelectorExpression))
        .and_then(|f| f.field(Field::Operand));
    own.is_some_and(|o| o.text() == owner.text())
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(body: &str) -> String {
        format!(
            "type T struct {{ mu sync.RWMutex; m map[int]int; x *T; n int }}; func (t *T) f(o sync.Mutex) {{ {body} }}"
        )
    }

    #[test]
    fn writes() {
        fires(&RULE, &with("t.mu.RLock()\n t.m[1] = 2 // want\n t.mu.RUnlock()"));
        fires(
            &RULE,
            &with("t.mu.RLock()\n delete(t.m, 1) // want\n t.mu.RUnlock()"),
        );
        silent(
            &RULE,
            &with("t.mu.RLock(); n := t.n; n++; t.mu.RUnlock(); t.n = n"),
        );
        silent(&RULE, &with("t.mu.Lock(); t.n++; t.mu.Unlock()"));
        silent(
            &RULE,
            &with("t.mu.RLock(); o.Lock(); t.n++; o.Unlock(); t.mu.RUnlock()"),
        );
        silent(&RULE, &with("t.mu.RLock(); t.x.n++; t.mu.RUnlock()"));
    }
}
