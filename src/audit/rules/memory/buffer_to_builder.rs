//! `buffer-to-builder`: a bytes.Buffer that only becomes a string.

use super::growth::{fresh, method_call};
use crate::audit::rules::value::outermost;
use crate::audit::{Check, Group, Hits, Kind, Local, Measure, Node, Rule, Scope, cpu, heat, measured};

/// The rule.
pub const RULE: Rule = Rule {
    id: "buffer-to-builder",
    title: "a bytes.Buffer that only becomes a string",
    group: Group::Memory,
    items: &["GO5"],
    tier: 3,
    scope: Scope::Func,
    listens: &[heat(Measure::Alloc), cpu(&["string.from_bytes", "slice.grow"])],
    saves: &[measured(Measure::Alloc, 0.25, 0.62)],
    what: "A fresh local bytes.Buffer that is written, given to fmt.Fprint and its kin, and read by one String() at the end.",
    why: "The Builder saves the last copy when it is grown first: 1000 pieces 24.5 to 9.5 KB.",
    limits: "Without Grow a Builder grows more often and may be slower (13 to 36 µs): change both together.",
    peers: &["stringsBuilder"],
    before: r#"
func list(parts []string) string {
	var buf bytes.Buffer // want
	for _, p := range parts {
		buf.WriteString(p)
	}
	return buf.String()
}"#,
    after: r#"
func list(parts []string, total int) string {
	var b strings.Builder
	b.Grow(total)
	for _, p := range parts {
		b.WriteString(p)
	}
	return b.String()
}"#,
    check: Check::Nodes(&[Kind::VarSpec, Kind::ShortVarDeclaration], check),
    ..Rule::BASE
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some(local) = fresh(node, "bytes.Buffer") else {
        return;
    };
    if becomes_a_string(local) {
        hits.report(
            node,
            format!(
                "{} only becomes a string, which copies it once more",
                local.name()
            ),
        )
        .fix("a strings.Builder, grown first");
    }
}

/// Writes, and one String() behind them.
fn becomes_a_string(local: Local<'_>) -> bool {
    let (mut strings, mut writes) = (0, 0);
    for use_ in local.uses() {
        match method_call(use_).map(|c| c.callee.name) {
            Some("String") if strings == 0 && use_.enclosing_loop().is_none() => strings += 1,
            Some("Write" | "WriteString" | "WriteByte" | "WriteRune") if strings == 0 => writes += 1,
            Some("Grow") if strings == 0 => {}
            None if strings == 0 && is_printed_to(use_) => writes += 1,
            _ => return false,
        }
    }
    strings == 1 && writes > 0
}

/// `fmt.Fprintf(&b, …)`.
fn is_printed_to(use_: Node<'_>) -> bool {
    let argument = outermost(use_);
    let call = argument.parent().and_then(Node::parent).and_then(Node::call);
    call.is_some_and(|c| c.is_to("fmt.Fprint|Fprintf|Fprintln") && c.argument(0) == Some(argument))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn uses() {
        let with = |text: &str| format!("func f(n int) {{ var b bytes.Buffer // want\n{text} }}");
        fires(&RULE, &with("fmt.Fprintf(&b, `%d`, n); use(b.String())"));
        silent(&RULE, &with("b.WriteByte(1); io.Copy(w, &b); use(b.String())"));
        silent(&RULE, &with("b.WriteByte(1); use(b.String()); b.Reset()"));
        silent(&RULE, &with("b.WriteByte(1); use(b.String()); use(b.String())"));
        silent(&RULE, &with("b.WriteByte(1); use(b.Bytes())"));
        silent(&RULE, &with("fill(&b); use(b.String())"));
        silent(&RULE, &with("for { b.WriteByte(1); use(b.String()) }"));
    }
}
