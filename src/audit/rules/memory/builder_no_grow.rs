//! `builder-no-grow`: a strings.Builder filled in a counted loop without Grow.

use super::growth::{countable_filling, fresh};
use crate::audit::{Check, Group, Hits, Kind, Measure, Node, Rule, Scope, cpu, heat, measured};

/// The rule.
pub const RULE: Rule = Rule {
    id: "builder-no-grow",
    title: "a strings.Builder filled in a counted loop without Grow",
    group: Group::Memory,
    items: &["GO5"],
    tier: 2,
    scope: Scope::Func,
    listens: &[cpu(&["slice.grow", "strings"]), heat(Measure::Alloc)],
    saves: &[
        measured(Measure::Cpu, 0.05, 0.73),
        measured(Measure::Alloc, 0.20, 0.72),
    ],
    what: "A local strings.Builder without Grow is written in a range or three-clause loop, and the length can be told or \
           bounded beforehand: bytes, constants, numbers, strings that the loop ranges over.",
    why: "1000 pieces 36 to 9.8 µs and 34 to 9.5 KB; 100 pieces 832 to 806 ns.",
    limits: "Silent for loops of at most 4 turns, where the length is not known, and where the builder is passed on.",
    target: "1 allocation",
    before: r#"
func join(words []string) string {
	var b strings.Builder // want
	for _, w := range words {
		b.WriteString(w)
	}
	return b.String()
}"#,
    after: r#"
func join(words []string) string {
	n := 0
	for _, w := range words {
		n += len(w)
	}
	var b strings.Builder
	b.Grow(n)
	for _, w := range words {
		b.WriteString(w)
	}
	return b.String()
}"#,
    check: Check::Nodes(&[Kind::VarSpec, Kind::ShortVarDeclaration], check),
    ..Rule::BASE
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some(local) = fresh(node, "strings.Builder") else {
        return;
    };
    if countable_filling(local).is_some() {
        let name = local.name();
        hits.report(
            node,
            format!("{name} grows step by step although the loop's bytes can be counted before it"),
        )
        .fix(format!("sum the lengths first and call {name}.Grow"));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(text: &str) -> String {
        format!(
            "func f(ws []string, m map[string]T, n int, sep string) string {{ var b strings.Builder // want\n{text}\nreturn b.String() }}"
        )
    }

    #[test]
    fn lengths_that_can_be_told() {
        for text in [
            "for i := 0; i < n; i++ { b.WriteByte('x') }",
            "for i, w := range ws { if i > 0 { b.WriteString(sep) }; b.WriteString(w) }",
            "for k, v := range m { b.WriteString(k); b.WriteString(v.Name) }",
            "for i := range ws { b.WriteString(ws[i]); b.WriteString(strconv.Itoa(i)) }",
        ] {
            fires(&RULE, &with(text));
        }
    }

    #[test]
    fn near_misses() {
        for text in [
            "b.Grow(n); for _, w := range ws { b.WriteString(w) }",
            "for _, w := range ws { b.WriteString(render(w)) }",
            "for _, w := range ws { s := render(w); b.WriteString(s) }",
            "for _, w := range ws { fmt.Fprintf(&b, `%s`, w) }",
            "for n > 0 { n--; b.WriteByte('x') }",
            "for i := 0; i < 3; i++ { b.WriteByte('x') }",
            "b.WriteString(sep)",
            "emit(&b); for _, w := range ws { b.WriteString(w) }",
        ] {
            silent(&RULE, &with(text));
        }
    }
}
