//! `split-alloc`: a whole slice of parts for one part, or to loop once.

use super::conversion::outside;
use crate::audit::{
    Call, Check, Field, GoVersion, Group, Hits, Kind, Local, Measure, Node, Rule, Scope, cpu, heat, measured,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "split-alloc",
    title: "a whole slice of parts for one part, or to loop once",
    group: Group::Strings,
    items: &["AR-parser"],
    tier: 2,
    scope: Scope::Loop,
    listens: &[cpu(&["strings"]), heat(Measure::Alloc)],
    saves: &[
        measured(Measure::Cpu, 0.74, 0.89),
        measured(Measure::Alloc, 1.0, 1.0),
    ],
    since: Some(GoVersion(18)),
    what: "Split is indexed with 0 or 1, or SplitN(s, sep, 2) taken apart; or a range over Split or Fields that does not use \
           the index, also through a local without another use (Go 1.24).",
    why: "First part 72 to 8 ns; a range over a long line 2355 to 601 ns, 1 KB to nothing.",
    limits: "Part 1 of several is the part before the next separator: Cut gives all that is left.",
    peers: &["stringscut", "splitseq", "fieldsseq"],
    before: r#"
func host(addr string) string {
	return strings.Split(addr, ":")[0] // want
}"#,
    after: r#"
func host(addr string) string {
	host, _, _ := strings.Cut(addr, ":")
	return host
}"#,
    check: Check::Calls(
        &["strings.Split|SplitN|Fields", "bytes.Split|SplitN|Fields"],
        check,
    ),
    ..Rule::BASE
};

const SEQUENCES: GoVersion = GoVersion(24);

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let name = call.callee.name;
    let package = call.callee.package;
    let place = outside(call.node);
    if let Some(index) = taken(place, name, &call) {
        let text = call.argument(0).map_or("", Node::text);
        let separator = call.argument(1).map_or("", Node::text);
        hits.report(
            call.node,
            format!("{package}.{name} makes a slice of all parts for part {index}"),
        )
        .fix(format!("{package}.Cut({text}, {separator})"));
        return;
    }
    if name == "SplitN" || hits.go() < SEQUENCES {
        return;
    }
    if let Some(around) = ranged_by(place) {
        hits.report(
            call.node,
            format!("{package}.{name} makes a slice only to be ranged over"),
        )
        .fix(format!("range over {package}.{name}Seq"))
        .heat_at(around);
    }
}

/// `Split(…)[0]`, `SplitN(…, 2)[i]`, or a local of `SplitN(…, 2)` that is only indexed.
fn taken(place: Node<'_>, name: &str, call: &Call<'_>) -> Option<i64> {
    let is_two = name == "SplitN" && call.argument(2)?.constant_integer() == Some(2);
    if name == "Fields" || (name == "SplitN" && !is_two) {
        return None;
    }
    let index = |p: Node<'_>| {
        p.field(Field::Index)?
            .constant_integer()
            .filter(|n| (0..=1).contains(n))
    };
    let parent = place.parent()?;
    if parent.is(Kind::IndexExpression) && place.field_name() == Field::Operand {
        return index(parent);
    }
    let local = place
        .targets()
        .first()?
        .local()
        .filter(|l| is_two && l.is_assigned_once())?;
    let is_part = |u: Node<'_>| {
        let parent = u.parent();
        parent.is_some_and(|p| p.is(Kind::IndexExpression) && index(p).is_some() && !p.is_assigned())
            || parent.and_then(Node::parent).is_some_and(|c| c.is_call_to("len"))
    };
    let uses: Vec<_> = local.uses().collect();
    (!uses.is_empty() && uses.into_iter().all(is_part)).then_some(1)
}

/// The loop whose range this is, where it does not use the index.
fn ranges_without_index(node: Node<'_>) -> Option<Node<'_>> {
    let is_range = |p: &Node<'_>| p.is(Kind::RangeClause) && node.field_name() == Field::Right;
    let around = node.parent().filter(is_range)?.parent()?;
    around.range_targets().0.is_none().then_some(around)
}

/// The loop that ranges over it without its index.
fn ranged_by(place: Node<'_>) -> Option<Node<'_>> {
    if let Some(found) = ranges_without_index(place) {
        return Some(found);
    }
    let local = place
        .targets()
        .first()?
        .local()
        .filter(|l| Local::is_assigned_once(*l))?;
    let mut uses = local.uses();
    let only = uses.next().filter(|_| uses.next().is_none())?;
    // In a loop the parts are ranged over again and again.
    ranges_without_index(only)
        .filter(|l| l.enclosing_loop() == place.enclosing_loop() && !local.is_captured())
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(text: &str) -> String {
        format!("func f(s string, b []byte) {{\n{text}\n}}")
    }

    #[test]
    fn parts() {
        fires(&RULE, &with("use(strings.Split(s, `,`)[1]) // want"));
        fires(&RULE, &with("use(bytes.SplitN(b, b, 2)[0]) // want"));
        fires(
            &RULE,
            &with("p := strings.SplitN(s, `=`, 2) // want\n if len(p) == 2 { use(p[0], p[1]) }"),
        );
        silent(&RULE, &with("use(strings.Split(s, `,`)[2])"));
        silent(&RULE, &with("p := strings.SplitN(s, `=`, 2); use(p)"));
        silent(&RULE, &with("p := strings.SplitN(s, `=`, 3); use(p[0])"));
    }

    #[test]
    fn ranges() {
        fires(
            &RULE,
            &with("for _, p := range strings.Split(s, `,`) { // want\n use(p) }"),
        );
        fires(
            &RULE,
            &with("ps := strings.Fields(s) // want\n for _, p := range ps { use(p) }"),
        );
        silent(
            &RULE,
            &with("for i, p := range strings.Split(s, `,`) { use(i, p) }"),
        );
        silent(
            &RULE,
            &with("ps := strings.Fields(s); for _, p := range ps { use(p) }; use(ps)"),
        );
        silent(
            &RULE,
            &with("ps := strings.Fields(s); for { for _, p := range ps { use(p) } }"),
        );
        silent(
            &RULE,
            &format!(
                "// go 1.23\n{}",
                with("for _, p := range strings.Split(s, `,`) { use(p) }")
            ),
        );
    }
}
