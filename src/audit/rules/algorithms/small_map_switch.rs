//! `small-map-switch`: a constant little map that is only read.

use rustc_hash::FxHashMap;

use crate::audit::{Check, Confidence, Field, Group, Hits, Kind, Measure, Node, Package, Rule, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "small-map-switch",
    title: "a constant little map that is only read",
    group: Group::Algorithms,
    items: &["AR-map"],
    tier: 3,
    base: None,
    listens: &[cpu(&["map.access", "hash"])],
    saves: &[assumed(Measure::Cpu, 0.30, 0.80)],
    what: "A package's map literal of at most 8 constant keys that is looked into and never written.",
    why: "A lookup hashes its key and calls into the runtime; a switch compares.",
    limits: "Counts only where a profile shows 3 % of the CPU in its lookups.",
    instead: "A switch, or an array for dense integers.",
    before: r#"
var width = map[byte]int{'i': 4, 'l': 8} // want

func of(c byte) int { return width[c] }"#,
    after: r#"
func of(c byte) int {
	switch c {
	case 'i':
		return 4
	case 'l':
		return 8
	}
	return 0
}"#,
    check: Check::Packages(check),
    ..Rule::BASE
};

/// Larger maps are worth their hash.
const MAX_KEYS: usize = 8;

fn check(package: Package<'_>, hits: &mut Hits<'_>) {
    if package.is_stub() {
        return;
    }
    let little = package.variables().into_iter().filter(|v| is_little(*v));
    // Whether it is only read, and the first lookup.
    let mut maps: FxHashMap<&str, (Node<'_>, bool, Option<Node<'_>>)> =
        little.map(|v| (v.text(), (v, true, None))).collect();
    if maps.is_empty() {
        return;
    }
    for file in package.files() {
        let names = file
            .root()
            .find_all(Kind::Identifier)
            .filter(|n| n.local().is_none());
        for name in names {
            if let Some((declared, is_read, first)) = maps.get_mut(name.text()) {
                if *declared == name {
                    continue;
                }
                match lookup(name) {
                    Some(found) => *first = first.or(Some(found)),
                    None => *is_read = false,
                }
            }
        }
    }
    let mut found: Vec<_> = maps.into_values().collect();
    found.sort_by_key(|(declared, ..)| (declared.file().path().to_string(), declared.span()));
    for (declared, is_read, first) in found {
        let Some(first) = first.filter(|_| is_read) else {
            continue;
        };
        hits.report(
            declared.parent().unwrap_or(declared),
            format!("{} has few constant keys and is only read", declared.text()),
        )
        .confidence(Confidence::Medium)
        .heat_at(first)
        .fix("a switch, or an array for dense integers");
    }
}

fn is_little(variable: Node<'_>) -> bool {
    let Some(spec) = variable.parent().filter(|p| p.fields(Field::Name).count() == 1) else {
        return false;
    };
    let values = spec.list(Field::Value);
    let Some(literal) = values.first().filter(|v| v.is(Kind::CompositeLiteral)) else {
        return false;
    };
    let Some(body) = literal
        .body()
        .filter(|_| literal.ty().is_some_and(|t| t.is_map()))
    else {
        return false;
    };
    let keys: Vec<Node<'_>> = body.children().collect();
    let is_constant = |k: &Node<'_>| {
        k.field(Field::Key)
            .and_then(|k| k.child(0))
            .is_some_and(Node::is_constant)
    };
    (1..=MAX_KEYS).contains(&keys.len()) && keys.iter().all(is_constant)
}

/// The statement's node of `m[k]` that is read.
fn lookup(name: Node<'_>) -> Option<Node<'_>> {
    let index = name.parent().filter(|p| p.is(Kind::IndexExpression))?;
    (name.field_name() == Field::Operand && !index.is_assigned()).then_some(index)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn near_misses() {
        let lookup = "func of(c byte) int { return m[c] }\n";
        silent(
            &RULE,
            &format!("{lookup}var m = map[byte]int{{1: 1}}\nfunc g() {{ m[2] = 2 }}"),
        );
        silent(
            &RULE,
            &format!("{lookup}var m = map[byte]int{{1: 1}}\nfunc g() {{ use(m) }}"),
        );
        silent(
            &RULE,
            &format!("{lookup}var m = map[byte]int{{1:1,2:1,3:1,4:1,5:1,6:1,7:1,8:1,9:1}}"),
        );
        silent(&RULE, &format!("{lookup}var m = map[byte]int{{}}"));
        silent(&RULE, "var m = map[byte]int{1: 1}");
    }
}
