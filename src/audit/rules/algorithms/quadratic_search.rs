//! `quadratic-search`: a linear search inside a loop over data.

use crate::audit::rules::value::{Trust, conjuncts, is_unchanged, literal_length, runs_once, short, sides};
use crate::audit::{Call, Check, Field, Group, Hits, Kind, Local, Measure, Node, Rule, Scope, cpu, measured};

/// The rule.
pub const RULE: Rule = Rule {
    id: "quadratic-search",
    title: "a linear search inside a loop over data",
    group: Group::Algorithms,
    items: &["AR-complexity"],
    scope: Scope::Loop,
    listens: &[cpu(&[])],
    saves: &[measured(Measure::Cpu, 0.50, 0.98)],
    what: "In a loop over data another loop, slices.Contains or Index, or a helper of such a name looks for an element in a \
           slice that the loop does not change.",
    why: "274 ns a probe among 1000 elements against 6.6 ns in a set; break-even at 20 to 30 integers, 8 to 10 strings.",
    limits: "Silent for literals of at most 16 elements and for channels. How long the slice is, the profile tells.",
    target: "O(n+m)",
    instead: "A set or a map of the slice, made once before the loop.",
    before: r#"
func keep(orders []Order, blocked []string) (out []Order) {
	for _, o := range orders {
		if slices.Contains(blocked, o.User) { // want
			continue
		}
		out = append(out, o)
	}
	return out
}"#,
    after: r#"
func keep(orders []Order, blocked []string) (out []Order) {
	stop := make(map[string]struct{}, len(blocked))
	for _, u := range blocked {
		stop[u] = struct{}{}
	}
	for _, o := range orders {
		if _, hit := stop[o.User]; hit {
			continue
		}
		out = append(out, o)
	}
	return out
}"#,
    check: Check::Nodes(&[Kind::ForStatement, Kind::CallExpression], check),
    ..Rule::BASE
};

/// Literals of so few elements are searched fast enough.
const FEW: usize = 16;

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some(outer) = node.enclosing_loop().filter(|o| is_over_much(*o)) else {
        return;
    };
    let searched = if node.is(Kind::ForStatement) {
        searched_by_loop(node)
    } else {
        node.call().and_then(|c| searched_by_call(&c))
    };
    let Some(list) = searched else { return };
    let is_short = literal_length(list).is_some_and(|n| n <= FEW) || is_short_array(list);
    let is_channel = list.ty().is_some_and(|t| t.is_channel() || t.is_map());
    if is_short || is_channel || runs_once(node, outer) || !is_unchanged(list, outer, Trust::Fields) {
        return;
    }
    hits.report(
        node,
        format!(
            "{} is searched from its start on every turn of the loop around it",
            short(list)
        ),
    )
    .fix(format!("put {} into a map or set before the loop", short(list)));
}

/// Loops over data and counted loops; a constant bound of at most 16 is none.
fn is_over_much(outer: Node<'_>) -> bool {
    let is_stream = outer
        .ranged()
        .is_some_and(|o| o.ty().is_some_and(|t| t.is_channel()));
    let is_few = outer.constant_turns().is_some_and(|n| n <= 16);
    !is_stream && !is_few && (outer.is_over_data() || outer.is_counted() == Some(true))
}

fn is_short_array(list: Node<'_>) -> bool {
    match list.ty().and_then(|t| t.underlying()) {
        Some(crate::audit::Type::Array(Some(n), _)) => usize::try_from(n).is_ok_and(|n| n <= FEW),
        _ => false,
    }
}

/// What a loop searches whose whole body is `if a == b { … }` that ends the search.
pub(super) fn searched_by_loop(inner: Node<'_>) -> Option<Node<'_>> {
    let over = inner.ranged()?;
    let mut statements = inner.body()?.statements();
    let only = statements.next().filter(|s| s.is(Kind::IfStatement))?;
    if statements.next().is_some() || only.field(Field::Alternative).is_some() {
        return None;
    }
    let variables = inner.loop_variables();
    let condition = only.field(Field::Condition)?;
    let compares = conjuncts(condition)
        .into_iter()
        .any(|c| is_compare(c, &variables));
    let then = only.field(Field::Consequence)?;
    let ends = then.statements().any(|s| ends_search(s, inner));
    (compares && ends && !over.ty().is_some_and(|t| t.is_integer())).then_some(over)
}

/// `a == b`, one side of the inner loop and the other not.
fn is_compare<'a>(condition: Node<'a>, variables: &[Local<'a>]) -> bool {
    sides(condition, "==").is_some_and(|(left, right)| {
        let is_nil = left.is(Kind::Nil) || right.is(Kind::Nil);
        !is_nil && left.uses_any(variables) != right.uses_any(variables)
    })
}

fn ends_search<'a>(statement: Node<'a>, inner: Node<'a>) -> bool {
    match statement.kind() {
        Kind::ReturnStatement => true,
        Kind::BreakStatement | Kind::ContinueStatement => {
            let leaves =
                |t: Node<'a>| t.contains(inner) && (t != inner || statement.is(Kind::BreakStatement));
            statement.jump_target().is_some_and(leaves)
        }
        Kind::AssignmentStatement => {
            let right = statement.list(Field::Right);
            right.first().is_some_and(|v| v.is(Kind::True)) && right.len() == 1
        }
        _ => false,
    }
}

/// The slice in which a call looks.
fn searched_by_call<'a>(call: &Call<'a>) -> Option<Node<'a>> {
    if call.is_to("slices.Contains|Index|ContainsFunc|IndexFunc") {
        return call.argument(0);
    }
    if call.is_to("strings.Contains") {
        let text = call.argument(0)?;
        let value = text.local().and_then(Local::initial_value)?;
        return value.is_call_to("strings.Join").then_some(text);
    }
    if !is_search_name(call.callee.name) || call.callee.is_method {
        return None;
    }
    let is_slice = |a: &Node<'a>| a.ty().is_some_and(|t| t.is_slice());
    let is_list =
        |a: &Node<'a>| matches!(a.kind(), Kind::Identifier | Kind::SelectorExpression) && is_slice(a);
    let is_own = call.callee.declaration.is_some_and(|d| !d.package().is_stub());
    let is_helper = is_own || call.callee.is_unknown();
    call.arguments().into_iter().find(|a| is_helper && is_list(a))
}

fn is_search_name(name: &str) -> bool {
    const WORDS: [&str; 5] = ["contains", "indexof", "find", "exists", "inslice"];
    let lower = name.to_ascii_lowercase();
    let rest = WORDS
        .iter()
        .find_map(|w| lower.strip_prefix(w).map(|_| name.get(w.len()..)));
    // `findAll` and `contains_x` are other words than `finding`.
    matches!(rest, Some(Some(r)) if r.is_empty() || r.starts_with(|c: char| c.is_uppercase() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn nested(text: &str) -> String {
        format!(
            "func f(xs, ys []int, m map[int]int, ch chan int) (n int, found bool) {{ for _, x := range xs {{\n{text}\n}}; return }}\nfunc contains(xs []int, x int) bool {{ return false }}"
        )
    }

    #[test]
    fn searches() {
        for text in [
            "for _, y := range ys { // want\n if x == y { n++; break } }",
            "for i := range ys { // want\n if ys[i] == x { found = true } }",
            "for _, y := range ys { // want\n if x == y && x > 0 { return 1, true } }",
            "if contains(ys, x) { n++ } // want",
            "n += slices.Index(ys, x) // want",
            "n += slices.IndexFunc(ys, func(y int) bool { return x == y }) // want",
        ] {
            fires(&RULE, &nested(text));
        }
        fires(
            &RULE,
            "func f(xs []string, parts []string) { all := strings.Join(parts, `,`); for _, x := range xs { use(strings.Contains(all, x)) // want\n } }",
        );
    }

    #[test]
    fn near_misses() {
        for text in [
            "for _, y := range ys { if x == y { n++ } }",
            "for _, y := range ys { if x < y { n++; break } }",
            "for _, y := range ys { n++; if x == y { break } }",
            "for y := range ch { if x == y { break } }",
            "for _, y := range []int{1, 2, 3} { if x == y { n++; break } }",
            "ys = append(ys, x); for _, y := range ys { if x == y { n++; break } }",
            "zs := load(x); if slices.Contains(zs, x) { n++ }",
            "if slices.Contains([]int{1, 2}, x) { n++ }",
            "if x > 3 { use(slices.Contains(ys, x)); return }",
            "use(strings.Contains(name, `x`))",
            "use(bytes.Contains(name, `x`), bytes.IndexByte(load(ys), 1))",
        ] {
            silent(&RULE, &nested(text));
        }
        silent(
            &RULE,
            "var small = []int{1, 2, 3}\nfunc f(xs []int) { for _, x := range xs { use(slices.Contains(small, x)) } }",
        );
        silent(&RULE, "func f(ys []int, x int) { use(slices.Contains(ys, x)) }");
    }
}
