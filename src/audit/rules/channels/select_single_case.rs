//! `select-single-case`: a select with one case.

use crate::audit::{Check, Group, Hits, Kind, Measure, Node, Rule, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "select-single-case",
    title: "a select with one case",
    group: Group::Channels,
    items: &["GO2"],
    tier: 3,
    listens: &[cpu(&["chan.select"])],
    saves: &[assumed(Measure::Cpu, 0.30, 0.60)],
    what: "A select with exactly one case and no default.",
    why: "It says that there is a choice where there is none; a plain send or receive does the same and is read at \
          once.",
    peers: &["S1000"],
    before: r#"
func next(in chan int) {
	select { // want
	case v := <-in:
		use(v)
	}
}"#,
    after: r#"
func next(in chan int) {
	v := <-in
	use(v)
}"#,
    check: Check::Nodes(&[Kind::SelectStatement], check),
    ..Rule::BASE
};

fn check(select: Node<'_>, hits: &mut Hits<'_>) {
    let cases: Vec<Node<'_>> = select.children().filter(|c| c.kind().is_case()).collect();
    let [case] = cases.as_slice() else { return };
    if !case.is(Kind::CommunicationCase) {
        return;
    }
    let is_receive = case.text().contains("<-") && !case.child(0).is_some_and(|c| c.is(Kind::SendStatement));
    let around = select
        .enclosing_loop()
        .filter(|l| l.is_endless() && l.body() == select.parent());
    let is_whole = around
        .and_then(Node::body)
        .is_some_and(|b| b.statements().count() == 1);
    let fix = match (is_receive, is_whole) {
        (true, true) => "range over the channel",
        (true, false) => "receive without a select",
        _ => "send without a select",
    };
    hits.report(select, "this select has one case").fix(fix);
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn one_case() {
        fires(
            &RULE,
            "func f(ctx context.Context) {\nselect { // want\n case <-ctx.Done(): } }",
        );
        silent(&RULE, "func f(c chan int) { select { case <-c: default: } }");
        silent(&RULE, "func f(c, d chan int) { select { case <-c: case <-d: } }");
        silent(&RULE, "func f() { select { default: } }");
        silent(&RULE, "func f() { select { } }");
    }

    #[test]
    fn advice() {
        let fix = |source: &str| hits(&RULE, source)[0].fix.clone().unwrap_or_default();
        assert_eq!(
            fix("func f(c chan int) { for { select { case v := <-c: use(v) } } }"),
            "range over the channel"
        );
        assert_eq!(
            fix("func f(c chan int) { select { case c <- 1: } }"),
            "send without a select"
        );
    }
}
