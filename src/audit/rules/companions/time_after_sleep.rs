//! `time-after-sleep`: <-time.After(d) as a statement; a select with that as its only case.

use crate::audit::{Check, Field, Hits, Kind, Node, Rule};

use super::COMPANION;

/// The rule.
pub const RULE: Rule = Rule {
    id: "time-after-sleep",
    title: "<-time.After(d) as a statement; a select with that as its only case",
    items: &["GO1"],
    what: "A receive from time.After as a statement, or as the only case of a select.",
    why: "A timer and a channel are made to do what time.Sleep does.",
    peers: &["S1037"],
    before: r#"
func f() {
	<-time.After(time.Second) // want
}"#,
    after: r#"
func f() {
	time.Sleep(time.Second)
}"#,
    check: Check::Nodes(&[Kind::ExpressionStatement, Kind::SelectStatement], check),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let receive = match node.kind() {
        Kind::SelectStatement => {
            let mut cases = node.children().filter(|c| c.kind().is_case());
            let one = cases.next().filter(|_| cases.next().is_none());
            one.and_then(|c| c.field(Field::Communication))
                .and_then(|c| c.field(Field::Right).or(c.child(0)))
        }
        _ => node.child(0),
    };
    let is_after = receive.is_some_and(|r| {
        let from = r.field(Field::Operand).filter(|_| r.text().starts_with("<-"));
        from.is_some_and(|o| o.is_call_to("time.After"))
    });
    if is_after {
        hits.report(node, "a timer with a channel only to sleep")
            .fix("time.Sleep");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn cases() {
        fires(
            &RULE,
            r#"func f() {
 select { // want
 case <-time.After(1): } }"#,
        );
        silent(
            &RULE,
            r#"func f(c chan int) { select { case <-time.After(1): case <-c: }; t := <-time.After(1); use(t) }"#,
        );
    }
}
