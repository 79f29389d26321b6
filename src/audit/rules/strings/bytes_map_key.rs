//! `bytes-map-key`: a byte key is turned into a string before lookups.

use super::conversion::{bytes_of, outside};
use crate::audit::{Check, Field, Group, Hits, Kind, Local, Measure, Node, Rule, Scope, cpu, heat, measured};

/// The rule.
pub const RULE: Rule = Rule {
    id: "bytes-map-key",
    title: "a byte key is turned into a string before lookups",
    group: Group::Strings,
    items: &["ME5"],
    tier: 2,
    scope: Scope::Func,
    listens: &[cpu(&["string.from_bytes"]), heat(Measure::Alloc)],
    saves: &[
        measured(Measure::Cpu, 0.58, 0.97),
        measured(Measure::Alloc, 1.0, 1.0),
    ],
    what: "k := string(b) of a byte slice, where every later use of k looks it up in a map.",
    why: "The compiler looks up m[string(b)] without a copy: 30 to 13, 85 to 13, 1037 to 28 ns at 8, 64, 1024 B.",
    limits: "Silent with any other use of k, also one assignment m[k] = v.",
    peers: &["SA6001"],
    before: r#"
func kind(kinds map[string]int, tok []byte) int {
	name := string(tok) // want
	return kinds[name]
}"#,
    after: r#"
func kind(kinds map[string]int, tok []byte) int {
	return kinds[string(tok)]
}"#,
    check: Check::Nodes(&[Kind::CallExpression], check),
    ..Rule::BASE
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some(bytes) = bytes_of(node) else { return };
    let targets = outside(node).targets();
    let Some(local) = targets.first().and_then(|t| t.local()).filter(|l| is_key(*l)) else {
        return;
    };
    if local.initial_value().map(Node::unparen) == Some(node) {
        let name = local.name();
        hits.report(
            node,
            format!("{name} is copied from {} only to be looked up", bytes.text()),
        )
        .fix(format!(
            "write string({}) inside the brackets of the lookup",
            bytes.text()
        ));
    }
}

/// Every use is the index of a lookup.
fn is_key(local: Local<'_>) -> bool {
    let is_lookup = |u: Node<'_>| {
        let index = u
            .parent()
            .filter(|p| p.is(Kind::IndexExpression) && u.field_name() == Field::Index);
        index.is_some_and(|p| {
            let is_map = p
                .field(Field::Operand)
                .and_then(Node::ty)
                .is_some_and(|t| t.is_map());
            is_map && !outside(p).is_assigned()
        })
    };
    let uses: Vec<_> = local.uses().collect();
    !uses.is_empty() && uses.into_iter().all(is_lookup)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn uses() {
        let with = |text: &str| {
            format!("func f(m map[string]int, b []byte, xs []int) {{ k := string(b) // want\n {text} }}")
        };
        fires(&RULE, &with("if v, ok := m[k]; ok { use(v) }; use(m[k])"));
        silent(&RULE, &with("m[k] = 1"));
        silent(&RULE, &with("m[k]++"));
        silent(&RULE, &with("use(m[k], k)"));
        silent(&RULE, &with("other[k] = 2"));
        silent(
            &RULE,
            "func f(m map[string]int, s fmt.Stringer) { k := string(s.String()); use(m[k]) }",
        );
    }
}
