//! `buffer-no-grow`: a bytes.Buffer filled in a counted loop without Grow.

use super::growth::{countable_filling, fresh};
use crate::audit::{Check, Group, Hits, Kind, Measure, Node, Rule, Scope, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "buffer-no-grow",
    title: "a bytes.Buffer filled in a counted loop without Grow",
    group: Group::Memory,
    items: &["GO5"],
    tier: 2,
    scope: Scope::Func,
    listens: &[cpu(&["slice.grow", "strings"]), heat(Measure::Alloc)],
    saves: &[
        assumed(Measure::Cpu, 0.05, 0.60),
        assumed(Measure::Alloc, 0.20, 0.70),
    ],
    what: "A local bytes.Buffer without Grow is written in a range or three-clause loop, and the length can be told or \
           bounded beforehand.",
    why: "Each time that it is full the buffer doubles and copies what it holds.",
    limits: "Silent for loops of at most 4 turns, where the length is not known, and for buffers from a pool.",
    target: "1 allocation",
    before: r#"
func pack(words [][]byte) []byte {
	var buf bytes.Buffer // want
	for _, w := range words {
		buf.Write(w)
	}
	return buf.Bytes()
}"#,
    after: r#"
func pack(words [][]byte) []byte {
	n := 0
	for _, w := range words {
		n += len(w)
	}
	var buf bytes.Buffer
	buf.Grow(n)
	for _, w := range words {
		buf.Write(w)
	}
	return buf.Bytes()
}"#,
    check: Check::Nodes(&[Kind::VarSpec, Kind::ShortVarDeclaration], check),
    ..Rule::BASE
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some(local) = fresh(node, "bytes.Buffer") else {
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

    #[test]
    fn fresh_buffers_only() {
        let with = |birth: &str| {
            format!(
                "func f(ws []string) {{ {birth} // want\nfor _, w := range ws {{ b.WriteString(w) }}\nuse(b.Len()) }}"
            )
        };
        for birth in [
            "b := new(bytes.Buffer)",
            "b := &bytes.Buffer{}",
            "b := bytes.NewBuffer(nil)",
        ] {
            fires(&RULE, &with(birth));
        }
        silent(&RULE, &with("b := pool.Get().(*bytes.Buffer)"));
        silent(&RULE, &with("b := bytes.NewBuffer(make([]byte, 0, 4096))"));
        silent(
            &RULE,
            "func f(b *bytes.Buffer, ws []string) { for _, w := range ws { b.WriteString(w) } }",
        );
    }
}
