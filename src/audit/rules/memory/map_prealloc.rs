//! `map-prealloc`: a map filled once per turn of a counted loop.

use crate::audit::{
    Check, Confidence, Field, Group, Hits, Kind, Local, Measure, Node, Rule, Scope, cpu, heat, measured,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "map-prealloc",
    title: "a map filled once per turn of a counted loop",
    group: Group::Memory,
    items: &["GO6", "ME4"],
    scope: Scope::Func,
    listens: &[cpu(&["map.grow", "map.assign"]), heat(Measure::Alloc)],
    saves: &[
        measured(Measure::Cpu, 0.40, 0.60),
        measured(Measure::Alloc, 0.45, 0.50),
    ],
    what: "make(map[K]V) or map[K]V{} beside a range or three-clause loop whose body sets m[k] = v on every turn, with \
           no use of the map between the two.",
    why: "100 and 10 000 entries: 9.3 to 4.0 µs, 1.49 to 0.85 ms, half the bytes; with 8 entries nothing is gained.",
    limits: "How often keys repeat is not known; maps that count have low confidence.",
    target: "half the bytes of the map's line",
    before: r#"
func index(rows []Row) map[int]Row {
	byID := map[int]Row{} // want
	for _, r := range rows {
		byID[r.ID] = r
	}
	return byID
}"#,
    after: r#"
func index(rows []Row) map[int]Row {
	byID := make(map[int]Row, len(rows))
	for _, r := range rows {
		byID[r.ID] = r
	}
	return byID
}"#,
    check: Check::Nodes(&[Kind::ShortVarDeclaration, Kind::VarSpec], check),
    ..Rule::BASE
};

/// No gain up to so many entries.
const MIN_ENTRIES: u64 = 9;

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let names: Vec<Node<'_>> = if node.is(Kind::VarSpec) {
        node.fields(Field::Name).collect()
    } else {
        node.list(Field::Left)
    };
    let [name] = names.as_slice() else { return };
    let (Some(local), Some(value)) = (name.local(), name.local().and_then(Local::initial_value)) else {
        return;
    };
    if !is_empty_map(value) {
        return;
    }
    let Some(filling) = first_user(node, local).filter(|l| is_known_length(*l)) else {
        return;
    };
    let Some(fill) = fill_of(filling, local) else {
        return;
    };
    let is_count = !fill.is(Kind::AssignmentStatement) || !fill.text().contains(" = ");
    let message = format!(
        "{} starts without room and gets an entry on every turn of a counted loop",
        local.name()
    );
    let hit = hits.report(node, message);
    if is_count {
        hit.confidence(Confidence::Low);
    }
    if let (Some(over), Some(written)) = (filling.ranged(), value.find_all(Kind::MapType).next()) {
        hit.fix(format!(
            "{} := make({}, len({}))",
            local.name(),
            written.text(),
            over.text()
        ));
    }
}

fn is_empty_map(value: Node<'_>) -> bool {
    let is_map = || value.ty().is_some_and(|t| t.is_map());
    match value.kind() {
        Kind::CompositeLiteral => value.body().is_some_and(|b| b.child(0).is_none()) && is_map(),
        Kind::CallExpression => {
            value
                .call()
                .is_some_and(|c| c.is_to("make") && c.arguments().len() == 1)
                && is_map()
        }
        _ => false,
    }
}

/// The statement of the same list that uses the map first, if it is a loop.
fn first_user<'a>(node: Node<'a>, local: Local<'a>) -> Option<Node<'a>> {
    let statement = node.statement()?;
    let mut behind = std::iter::successors(statement.next_sibling(), |n| n.next_sibling());
    behind
        .find(|s| s.uses(local))
        .filter(|s| s.is(Kind::ForStatement))
}

/// Ranges and three-clause loops of more than a few turns; of unknown operands those with two variables.
fn is_known_length(node: Node<'_>) -> bool {
    let (_, value) = node.range_targets();
    let is_call = node.ranged().is_some_and(|r| r.is(Kind::CallExpression));
    let is_few = node.constant_turns().is_some_and(|n| n < MIN_ENTRIES);
    !is_few && node.is_counted().unwrap_or(value.is_some() && !is_call)
}

/// The statement of the loop's body that sets an entry, unconditionally.
fn fill_of<'a>(node: Node<'a>, local: Local<'a>) -> Option<Node<'a>> {
    let sets = |s: &Node<'a>| {
        let target = match s.kind() {
            Kind::AssignmentStatement => s.list(Field::Left).first().copied(),
            Kind::IncStatement => s.child(0),
            _ => None,
        };
        let index = target.filter(|t| t.is(Kind::IndexExpression));
        index.and_then(|i| i.field(Field::Operand)).and_then(Node::local) == Some(local)
    };
    let is_jump = |n: &Node<'a>| matches!(n.kind(), Kind::ContinueStatement | Kind::BreakStatement);
    let body = node.body()?;
    let fill = body.statements().find(sets)?;
    let jumps = body
        .descendants_here()
        .any(|n| is_jump(&n) && n.jump_target() == Some(node));
    (!jumps).then_some(fill)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::Confidence;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn conditions_and_small_loops() {
        let with = |text: &str| {
            format!("func f(xs []int) map[int]int {{ m := make(map[int]int) // want\n{text}\nreturn m }}")
        };
        fires(&RULE, &with("for i := 0; i < 100; i++ { m[i] = i }"));
        silent(&RULE, &with("for i := 0; i < 8; i++ { m[i] = i }"));
        silent(&RULE, &with("for _, x := range xs { if x > 0 { m[x] = 1 } }"));
        silent(
            &RULE,
            &with("for _, x := range xs { if x > 0 { continue }; m[x] = 1 }"),
        );
        silent(&RULE, &with("m[0] = 1\nfor _, x := range xs { m[x] = 1 }"));
        silent(&RULE, &with("for x := range ch { m[x] = 1 }"));
    }

    #[test]
    fn counting_is_doubtful() {
        let found = hits(
            &RULE,
            "func f(xs []int) { m := map[int]int{}; for _, x := range xs { m[x]++ }; use(m) }",
        );
        assert_eq!(found[0].confidence, Confidence::Low);
    }
}
