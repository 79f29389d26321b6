//! `ctx-cancel-lost`: a context's cancel function is dropped or not called on every path.

use crate::audit::{Call, Check, Class, Fate, Group, Hits, Measure, Resource, Rule, Severity, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "ctx-cancel-lost",
    title: "a context's cancel function is dropped or not called on every path",
    group: Group::Goroutines,
    items: &["GO9", "CC1", "CC3", "ME1"],
    class: Class::Leak,
    base: Some(Severity::Medium),
    listens: &[heat(Measure::Inuse), heat(Measure::Leaked)],
    what: "The cancel function of context.WithCancel, WithTimeout or WithDeadline is assigned to _, or some path to a \
           return never uses it.",
    why: "The timer and the child's entry in its parent live until the parent ends.",
    limits: "Any use counts: a call, a defer, passing it on. Silent for named results, package variables and fields.",
    target: "contexts in use constant over time",
    peers: &["lostcancel", "G118"],
    before: r#"
func get(ctx context.Context, id int) error {
	sub, _ := context.WithTimeout(ctx, 2*time.Second) // want
	return fetch(sub, id)
}"#,
    after: r#"
func get(ctx context.Context, id int) error {
	sub, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return fetch(sub, id)
}"#,
    check: Check::Calls(
        &["context.WithCancel|WithTimeout|WithDeadline|WithCancelCause|WithTimeoutCause|WithDeadlineCause"],
        check,
    ),
    ..Rule::BASE
};

const CANCEL: Resource = Resource {
    release: &[],
    parts: &[],
    helpers: &[],
    readers: &[],
    any_use: true,
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let targets = call.node.targets();
    let [_, cancel] = targets.as_slice() else { return };
    let name = call.callee.name;
    match CANCEL.fate(&call, 1) {
        Fate::Dropped => {
            hits.report(
                call.node,
                format!("the cancel function of context.{name} is dropped"),
            )
            .fix("keep it, and defer its call");
        }
        Fate::Open(ends) => {
            let line = ends.first().map_or(0, |e| {
                if e.is(crate::audit::Kind::Block) {
                    e.end_position().0
                } else {
                    e.line()
                }
            });
            hits.report(
                call.node,
                format!(
                    "{} is not used on every path: not on the one that ends in line {line}",
                    cancel.text()
                ),
            )
            .fix(format!("defer {}()", cancel.text()));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn after(text: &str) -> String {
        format!(
            "func f(p context.Context, ok bool) error {{\nc, cancel := context.WithCancel(p) // want\n{text}\n}}"
        )
    }

    #[test]
    fn every_path_must_use_it() {
        fires(&RULE, &after("if ok { return use(c) }\ncancel()\nreturn nil"));
        fires(&RULE, &after("if ok { cancel() }\nreturn use(c)"));
        fires(&RULE, &after("_ = cancel\nreturn use(c)"));
        fires(
            &RULE,
            &after("switch { case ok: cancel(); case c != nil: return nil; default: cancel() }\nreturn nil"),
        );
        silent(
            &RULE,
            &after("if ok { cancel(); return nil }\ndefer cancel()\nreturn use(c)"),
        );
        silent(&RULE, &after("go func() { defer cancel() }()\nreturn use(c)"));
        silent(&RULE, &after("keep(cancel)\nreturn use(c)"));
        silent(&RULE, &after("if ok { panic(1) }\ncancel()\nreturn nil"));
        silent(&RULE, &after("for { use(c) }"));
        silent(&RULE, &after("return &T{c, cancel}"));
    }

    #[test]
    fn elsewhere_is_not_followed() {
        silent(
            &RULE,
            "func f(p context.Context) (c context.Context, cancel func()) { c, cancel = context.WithCancel(p); return }",
        );
        silent(
            &RULE,
            "func (t *T) f(p context.Context) { t.c, t.cancel = context.WithCancel(p) }",
        );
    }

    #[test]
    fn branches_on_one_local_go_together() {
        silent(
            &RULE,
            "func f(p context.Context, ok bool) { if ok { _, cancel := context.WithCancel(p); g = cancel } }",
        );
        silent(
            &RULE,
            &after("if ok { cancel() }\nif !ok { cancel() }\nreturn nil"),
        );
    }
}
