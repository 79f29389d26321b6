//! `body-defer-before-err`: a close is deferred before the error is tested.

use crate::audit::{Check, Class, Field, Group, Hits, Kind, Local, Node, Rule, Severity};

/// How many statements lie between the call and the defer, at most.
const MAX_BETWEEN: usize = 8;

/// The rule.
pub const RULE: Rule = Rule {
    id: "body-defer-before-err",
    title: "a close is deferred before the error is tested",
    group: Group::Network,
    items: &["NE4"],
    tier: 2,
    class: Class::Correctness,
    base: Some(Severity::Medium),
    what: "defer x.Body.Close() or x.Close() stands between the call that gave x with an error, and the first use of \
           that error.",
    why: "Where the call fails x is nil, and the deferred call panics.",
    peers: &["httpresponse", "SA5001"],
    before: r#"
func get(req *http.Request) error {
	resp, err := http.DefaultClient.Do(req)
	defer resp.Body.Close() // want
	if err != nil {
		return err
	}
	return read(resp.Body)
}"#,
    after: r#"
func get(req *http.Request) error {
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	return read(resp.Body)
}"#,
    check: Check::Nodes(&[Kind::DeferStatement], check),
    ..Rule::BASE
};

fn check(defer: Node<'_>, hits: &mut Hits<'_>) {
    let Some(call) = defer
        .call()
        .filter(|c| c.callee.name == "Close" && c.callee.is_method)
    else {
        return;
    };
    let Some(handle) = call.operand().and_then(root_local) else {
        return;
    };
    let mut before = defer;
    for _ in 0..MAX_BETWEEN {
        let Some(statement) = before.previous_sibling() else {
            return;
        };
        before = statement;
        if let Some(error) = error_beside(statement, handle) {
            let is_tested_later = error.uses().any(|u| u.span().0 > defer.span().0);
            let is_tested_between = error
                .uses()
                .any(|u| u.span().0 > statement.span().1 && u.span().0 < defer.span().0);
            if is_tested_later && !is_tested_between {
                hits.report(
                    defer,
                    format!(
                        "{} may be nil here: {} is not tested yet",
                        handle.name(),
                        error.name()
                    ),
                )
                .fix(format!("defer it behind the test of {}", error.name()));
            }
            return;
        }
    }
}

/// `x` of `x.Body`.
fn root_local(node: Node<'_>) -> Option<Local<'_>> {
    let node = node.unparen();
    match node.kind() {
        Kind::Identifier => node.local(),
        Kind::SelectorExpression => node.field(Field::Operand)?.local(),
        _ => None,
    }
}

/// The error that a statement gives together with the handle.
fn error_beside<'a>(statement: Node<'a>, handle: Local<'a>) -> Option<Local<'a>> {
    if !matches!(
        statement.kind(),
        Kind::ShortVarDeclaration | Kind::AssignmentStatement
    ) {
        return None;
    }
    let left = statement.list(Field::Left);
    let right = statement.list(Field::Right);
    let [first, .., last] = left.as_slice() else {
        return None;
    };
    let is_call = right.len() == 1 && right.first().is_some_and(|r| r.call().is_some());
    let error = last
        .local()
        .filter(|_| is_call && first.local() == Some(handle))?;
    error.ty().is_none_or(|t| t.is("error")).then_some(error)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn order() {
        fires(
            &RULE,
            "func f() error { f, err := os.Open(`n`)\ndefer f.Close() // want\nif err != nil { return err }; return nil }",
        );
        fires(
            &RULE,
            "func f(d *sql.DB) error { rows, err := d.Query(`q`)\nuse()\ndefer rows.Close() // want\nreturn err }",
        );
        silent(
            &RULE,
            "func f() error { f, err := os.Open(`n`); if err != nil { return err }; defer f.Close(); return err }",
        );
        silent(&RULE, "func f() { f, _ := os.Open(`n`); defer f.Close() }");
        silent(&RULE, "func f(f *os.File) { defer f.Close() }");
        silent(
            &RULE,
            "func f() error { f := open(); defer f.Close(); err := g(); return err }",
        );
    }
}
