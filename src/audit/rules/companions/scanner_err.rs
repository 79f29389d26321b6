//! `scanner-err`: for sc.Scan() on a bufio.Scanner without sc.Err() afterwards.

use crate::audit::{Check, Class, Field, Hits, Kind, LocalKind, Node, Rule};

use super::COMPANION;

/// The rule.
pub const RULE: Rule = Rule {
    id: "scanner-err",
    title: "for sc.Scan() on a bufio.Scanner without sc.Err() afterwards",
    items: &["ME1"],
    class: Class::Correctness,
    what: "A loop over Scan of a bufio.Scanner, and Err is never asked.",
    why: "A read error or a line over 64 KB ends the loop like the end of the input.",
    peers: &["scannererr"],
    before: r#"
func f(r io.Reader) {
	sc := bufio.NewScanner(r)
	for sc.Scan() { // want
		use(sc.Text())
	}
}"#,
    after: r#"
func f(r io.Reader) error {
	sc := bufio.NewScanner(r)
	for sc.Scan() {
		use(sc.Text())
	}
	return sc.Err()
}"#,
    check: Check::Nodes(&[Kind::ForStatement], check),
    ..COMPANION
};

fn check(turn: Node<'_>, hits: &mut Hits<'_>) {
    let Some(crate::audit::Loop::Condition(condition)) = turn.as_loop() else {
        return;
    };
    let Some(call) = condition.call().filter(|c| c.is_to("(*bufio.Scanner).Scan")) else {
        return;
    };
    let scanner = call
        .operand()
        .and_then(Node::local)
        .filter(|l| l.kind() == LocalKind::Variable);
    let Some(scanner) = scanner else { return };
    // Any other use than a method may ask for the error.
    let is_asked = |u: Node<'_>| {
        let method = u.parent().filter(|p| p.is(Kind::SelectorExpression));
        method.is_none_or(|m| m.field(Field::Field).is_some_and(|f| f.text() == "Err"))
    };
    if !scanner.reads().any(is_asked) {
        let name = scanner.name();
        hits.report(
            turn,
            format!("the loop ends at an error of {name} as at the end of the input"),
        )
        .fix(format!("test {name}.Err() after the loop"));
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
            r#"func f(sc *bufio.Scanner) { for sc.Scan() { use(sc.Text()) } }"#,
        );
        silent(
            &RULE,
            r#"func f(r io.Reader) { sc := bufio.NewScanner(r); for sc.Scan() { use(1) }; check(sc) }"#,
        );
    }
}
