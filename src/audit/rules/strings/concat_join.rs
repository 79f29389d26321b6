//! `concat-join`: strings.Join of a literal list with an empty separator.

use crate::audit::{Call, Check, Group, Hits, Kind, Measure, Node, Rule, assumed, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "concat-join",
    title: "strings.Join of a literal list with an empty separator",
    group: Group::Strings,
    items: &["GO5"],
    tier: 3,
    listens: &[heat(Measure::Alloc)],
    saves: &[assumed(Measure::Cpu, 0.20, 0.50)],
    what: "strings.Join of a literal list of at most 5 elements with a constant separator.",
    why: "A slice and a call for what + does in one allocation.",
    peers: &["stringConcatSimplify"],
    before: r#"
func key(ns, id string) string {
	return strings.Join([]string{ns, ":", id}, "") // want
}"#,
    after: r#"
func key(ns, id string) string {
	return ns + ":" + id
}"#,
    check: Check::Calls(&["strings.Join"], check),
    ..Rule::BASE
};

/// Longer lists read better as a list.
const MAX_ELEMENTS: usize = 5;

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let (Some(list), Some(separator)) = (call.argument(0), call.argument(1)) else {
        return;
    };
    let Some(between) = separator
        .constant_string()
        .filter(|_| list.is(Kind::CompositeLiteral))
    else {
        return;
    };
    let elements: Vec<Node<'_>> = list.body().map_or(Vec::new(), |b| b.children().collect());
    if elements.is_empty()
        || elements.len() > MAX_ELEMENTS
        || elements.iter().any(|e| e.is(Kind::KeyedElement))
    {
        return;
    }
    let glue = if between.is_empty() {
        " + ".to_string()
    } else {
        format!(" + {} + ", separator.text())
    };
    let parts: Vec<&str> = elements.iter().map(|e| e.text()).collect();
    hits.report(call.node, "a list is made and joined at once")
        .fix(parts.join(&glue));
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn lists() {
        let with = |call: &str| format!("func f(a, b string, xs []string) {{ use({call}) // want\n }}");
        fires(&RULE, &with("strings.Join([]string{a, b}, `/`)"));
        silent(&RULE, &with("strings.Join(xs, ``)"));
        silent(&RULE, &with("strings.Join([]string{a, b}, a)"));
        silent(&RULE, &with("strings.Join([]string{a, b, a, b, a, b}, ``)"));
        let found = hits(&RULE, &with("strings.Join([]string{a, b}, `/`)"));
        assert_eq!(found[0].fix.as_deref(), Some("a + `/` + b"));
    }
}
