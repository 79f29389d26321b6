//! `defer-close-before-err`: defer x.Close() of a handle before the error of its opening is tested.

use crate::audit::{Check, Class, Field, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::next_statement;

/// The rule.
pub const RULE: Rule = Rule {
    id: "defer-close-before-err",
    title: "defer x.Close() of a handle before the error of its opening is tested",
    items: &["ME1"],
    class: Class::Correctness,
    what: "A Close is deferred in the statement after the opening, before its error is tested.",
    why: "On an error the handle is nil, or its Close fails for no reason.",
    peers: &["SA5001"],
    before: r#"
func f(name string) error {
	in, err := os.Open(name)
	defer in.Close() // want
	if err != nil {
		return err
	}
	return read(in)
}"#,
    after: r#"
func f(name string) error {
	in, err := os.Open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	return read(in)
}"#,
    check: Check::Nodes(&[Kind::ShortVarDeclaration, Kind::AssignmentStatement], check),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let [handle, error] = node.list(Field::Left)[..] else {
        return;
    };
    let is_error = error.ty().is_none_or(|t| t.is("error")) && error.text() != "_" && error.local().is_some();
    let Some(defer) = next_statement(node).filter(|n| is_error && n.is(Kind::DeferStatement)) else {
        return;
    };
    let closes = defer.call().is_some_and(|c| {
        c.callee.name == "Close"
            && c.operand().is_some_and(|o| o.text() == handle.text())
            && c.argument(0).is_none()
    });
    let asks = next_statement(defer).is_some_and(|n| {
        let condition = n.field(Field::Condition).filter(|_| n.is(Kind::IfStatement));
        condition.is_some_and(|c| c.text() == format!("{} != nil", error.text()))
    });
    if closes && asks {
        let handle = handle.text();
        hits.report(
            defer,
            format!("{handle}.Close is deferred before {} is tested", error.text()),
        )
        .fix("test the error first");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn cases() {
        silent(
            &RULE,
            r#"func f() { a, err := open(); defer b.Close(); if err != nil { return }; use(a) }"#,
        );
        silent(&RULE, r#"func f() { a, n := open(); defer a.Close(); use(n) }"#);
    }
}
