//! `sprintf-write`: formatted into a string only to be written.

use super::conversion::string_of;
use crate::audit::{Call, Check, Group, Hits, Measure, Node, Rule, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "sprintf-write",
    title: "formatted into a string only to be written",
    group: Group::Strings,
    items: &["GO5"],
    tier: 2,
    listens: &[cpu(&["fmt", "bytes.from_string"]), heat(Measure::Alloc)],
    saves: &[
        assumed(Measure::Cpu, 0.20, 0.60),
        assumed(Measure::Alloc, 1.0, 1.0),
    ],
    what: "w.Write([]byte(fmt.Sprint…)), w.WriteString(fmt.Sprint…), io.WriteString(w, fmt.Sprint…).",
    why: "One string, one copy and two calls too many.",
    limits: "Silent where the receiver is a type of the sources that has WriteString but no Write.",
    peers: &["QF1012", "preferFprint"],
    before: r#"
func answer(w io.Writer, n int) {
	w.Write([]byte(fmt.Sprintf("%d items", n))) // want
}"#,
    after: r#"
func answer(w io.Writer, n int) {
	fmt.Fprintf(w, "%d items", n)
}"#,
    check: Check::Calls(&[".Write|WriteString", "io.WriteString"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let is_function = call.is_to("io.WriteString");
    let Some(value) = call.argument(usize::from(is_function)) else {
        return;
    };
    let text = if call.callee.name == "Write" {
        string_of(value)
    } else {
        Some(value)
    };
    let made = text
        .and_then(Node::call)
        .filter(|c| c.is_to("fmt.Sprint|Sprintf|Sprintln"));
    let writer = if is_function {
        call.argument(0)
    } else {
        call.operand()
    };
    let (Some(made), Some(writer)) = (made, writer) else {
        return;
    };
    let cannot_write = writer
        .ty()
        .is_some_and(|t| t.named().is_some_and(|n| n.spec.is_some()) && t.method("Write").is_none());
    if !cannot_write {
        let name = made.callee.name.replacen("Spr", "Fpr", 1);
        hits.report(
            call.node,
            format!("fmt.{} makes a string only to be written", made.callee.name),
        )
        .fix(format!("fmt.{}({}, …)", name, writer.text()));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn writers() {
        fires(
            &RULE,
            "func f(w io.Writer, n int) { io.WriteString(w, fmt.Sprint(n)) // want\n }",
        );
        fires(
            &RULE,
            "func f(b *strings.Builder, n int) { b.WriteString(fmt.Sprintf(`%d`, n)) // want\n }",
        );
        silent(
            &RULE,
            "func f(w io.Writer, s string) { io.WriteString(w, s); w.Write([]byte(s)) }",
        );
        silent(
            &RULE,
            "type T struct{}; func (T) WriteString(string) {}; func f(t T) { t.WriteString(fmt.Sprint(1)) }",
        );
        let found = hits(
            &RULE,
            "func f(b *strings.Builder, n int) { b.WriteString(fmt.Sprintf(`%d`, n)) }",
        );
        assert_eq!(found[0].fix.as_deref(), Some("fmt.Fprintf(b, …)"));
    }
}
