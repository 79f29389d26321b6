//! `aos-soa`: many small objects behind pointers.

use crate::audit::rules::value::{MAX_USES, outermost};
use crate::audit::{
    Call, Check, Confidence, Group, Hits, Kind, Local, Measure, Node, Rule, Type, assumed, cpu, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "aos-soa",
    title: "many small objects behind pointers",
    group: Group::Memory,
    items: &["AR-dod", "AR-arena"],
    tier: 3,
    listens: &[heat(Measure::Alloc), cpu(&["gc.mark", "alloc"])],
    saves: &[
        assumed(Measure::Alloc, 0.20, 0.60),
        assumed(Measure::Cpu, 0.20, 0.60),
    ],
    what: "A loop appends &T{…} with a T below 128 B to a local []*T, which is ranged more often than it is built.",
    why: "One allocation and one pointer to mark for each, and a cache miss for each that is read.",
    limits: "Whether the pointers are shared or may be nil is not known: low confidence.",
    instead: "A slice of values, or one slice per field where loops read one field.",
    before: r#"
type point struct{ x, y float64 }

func spread(xs []float64) (sum float64) {
	var pts []*point
	for _, x := range xs {
		pts = append(pts, &point{x: x}) // want
	}
	for _, p := range pts {
		sum += p.x
	}
	for _, p := range pts {
		sum -= p.y
	}
	return sum
}"#,
    after: r#"
type point struct{ x, y float64 }

func spread(xs []float64) (sum float64) {
	pts := make([]point, len(xs))
	for i, x := range xs {
		pts[i].x = x
	}
	for i := range pts {
		sum += pts[i].x
	}
	for i := range pts {
		sum -= pts[i].y
	}
	return sum
}"#,
    check: Check::Calls(&["append"], check),
    ..Rule::BASE
};

/// Larger objects are not small.
const MAX_SIZE: u64 = 128;

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some(local) = call.argument(0).and_then(Node::local) else {
        return;
    };
    let arguments = call.arguments();
    let is_new = arguments.iter().skip(1).all(|a| is_new_object(*a)) && arguments.len() > 1;
    if call.node.enclosing_loop().is_none() || !is_new || !is_small_pointers(local) {
        return;
    }
    let built = local.uses().filter(|u| is_append(*u, local)).count();
    let ranged = local
        .uses()
        .filter(|u| u.parent().is_some_and(|p| p.is(Kind::RangeClause)))
        .count();
    if ranged > built.max(1) {
        hits.report(
            call.node,
            format!(
                "each element of {} is an object of its own behind a pointer",
                local.name()
            ),
        )
        .confidence(Confidence::Low)
        .fix("keep values in the slice");
    }
}

/// `&T{…}`.
fn is_new_object(argument: Node<'_>) -> bool {
    let mut inner = argument.descendants().filter(|n| n.is(Kind::CompositeLiteral));
    inner
        .next()
        .is_some_and(|l| outermost(l) == argument && l != argument)
}

fn is_small_pointers(local: Local<'_>) -> bool {
    if local.uses().nth(MAX_USES).is_some() {
        return false;
    }
    match local.ty().and_then(|t| t.element()) {
        Some(Type::Pointer(to)) => to.is_struct() && to.size().is_some_and(|n| n < MAX_SIZE),
        _ => false,
    }
}

fn is_append<'a>(use_: Node<'a>, local: Local<'a>) -> bool {
    let call = use_.parent().and_then(Node::parent).and_then(Node::call);
    call.is_some_and(|c| c.is_to("append") && c.argument(0).and_then(Node::local) == Some(local))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn near_misses() {
        let with = |text: &str| {
            format!(
                "type p struct {{ a int }}\ntype big struct {{ b [200]byte }}\nfunc f(n int, old *p) {{ {text} }}"
            )
        };
        silent(
            &RULE,
            &with("var x []*p; for i := 0; i < n; i++ { x = append(x, &p{i}) }; for range x {}"),
        );
        silent(
            &RULE,
            &with(
                "var x []*p; for i := 0; i < n; i++ { x = append(x, old) }; for range x {}; for range x {}",
            ),
        );
        silent(
            &RULE,
            &with(
                "var x []*big; for i := 0; i < n; i++ { x = append(x, &big{}) }; for range x {}; for range x {}",
            ),
        );
    }
}
