//! `invariant-call-in-loop`: a pure call with unchanged arguments in a loop.

use crate::audit::rules::value::{Trust, is_unchanged, runs_once, short};
use crate::audit::{Call, Check, Confidence, Group, Hits, Kind, Measure, Node, Rule, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "invariant-call-in-loop",
    title: "a pure call with unchanged arguments in a loop",
    group: Group::Algorithms,
    items: &["AR-complexity", "ME3"],
    tier: 2,
    listens: &[cpu(&[]), heat(Measure::Alloc)],
    saves: &[
        assumed(Measure::Cpu, 0.80, 1.0),
        assumed(Measure::Alloc, 0.80, 1.0),
    ],
    what: "strings.ToLower, ToUpper, TrimSpace, Repeat or Split, os.Getenv, fmt.Sprintf, or url.Parse of a constant in a \
           loop's condition or body, with arguments that the loop does not assign.",
    why: "The same work on every turn, and mostly the same allocation.",
    limits: "Silent for fields and package variables, which a call in the loop may change, and for loops of at most 4 turns.",
    instead: "Compute it once before the loop.",
    before: r#"
func has(headers []string, name string) bool {
	for _, h := range headers {
		if h == strings.ToLower(name) { // want
			return true
		}
	}
	return false
}"#,
    after: r#"
func has(headers []string, name string) bool {
	name = strings.ToLower(name)
	for _, h := range headers {
		if h == name {
			return true
		}
	}
	return false
}"#,
    check: Check::Calls(
        &[
            "strings.ToLower|ToUpper|TrimSpace|Repeat|Split",
            "os.Getenv",
            "fmt.Sprintf",
            "net/url.Parse",
        ],
        check,
    ),
    ..Rule::BASE
};

/// Loops of so few turns are not worth it.
const FEW_TURNS: u64 = 4;

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some(around) = turning_loop(call.node) else {
        return;
    };
    let is_few = around.constant_turns().is_some_and(|n| n <= FEW_TURNS);
    let in_body = call.node.enclosing_loop() == Some(around);
    if is_few || (in_body && runs_once(call.node, around)) || is_inner(call.node) {
        return;
    }
    let arguments = call.arguments();
    let same = arguments
        .iter()
        .all(|a| is_unchanged(*a, around, Trust::LocalsOnly));
    let is_plain = match call.callee.name {
        "Parse" => arguments.iter().all(|a| a.is_constant()),
        "Sprintf" => arguments.iter().skip(1).all(|a| is_plain_value(*a)) && !call.is_spread(),
        _ => true,
    };
    if !same || !is_plain {
        return;
    }
    let is_conditional = in_body && is_under_if(call.node, around);
    hits.report(
        call.node,
        format!("{} gives the same on every turn", short(call.node)),
    )
    .confidence(if is_conditional {
        Confidence::Medium
    } else {
        Confidence::High
    })
    .fix("compute it once, before the loop");
}

/// The loop whose body or condition holds the call.
fn turning_loop(node: Node<'_>) -> Option<Node<'_>> {
    let mut inside = node;
    for around in node.ancestors() {
        if around.kind().is_function() {
            return None;
        }
        if around.is(Kind::ForStatement) {
            use crate::audit::{Field, Loop};
            let is_body = inside.field_name() == Field::Body;
            let is_condition = match around.as_loop()? {
                Loop::Condition(condition) => condition.contains(node),
                Loop::Clause {
                    condition, update, ..
                } => [condition, update]
                    .into_iter()
                    .flatten()
                    .any(|c| c.contains(node)),
                _ => false,
            };
            if is_body || is_condition {
                return Some(around);
            }
        }
        inside = around;
    }
    None
}

/// Part of a larger call that is reported by itself.
fn is_inner(node: Node<'_>) -> bool {
    let outer = node
        .parent()
        .filter(|p| p.is(Kind::ArgumentList))
        .and_then(Node::parent);
    outer.is_some_and(|o| o.is_call_to("strings.ToLower|ToUpper|TrimSpace|Repeat|Split"))
}

/// A number, string or bool: what a pointer shows may change.
fn is_plain_value(node: Node<'_>) -> bool {
    node.ty()
        .is_some_and(|t| t.is_string() || t.is_integer() || t.is_float() || t.is_bool())
}

fn is_under_if<'a>(node: Node<'a>, around: Node<'a>) -> bool {
    let mut inside = node;
    for outer in node.ancestors().take_while(|n| *n != around) {
        let is_branch = outer.is(Kind::IfStatement)
            && matches!(
                inside.field_name(),
                crate::audit::Field::Consequence | crate::audit::Field::Alternative
            );
        if is_branch || outer.kind().is_case() {
            return true;
        }
        inside = outer;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn calls() {
        let with = |text: &str| {
            format!("func f(xs []string, name string, n int, p *T) {{ for i, x := range xs {{ {text}\n}} }}")
        };
        fires(&RULE, &with("use(x, fmt.Sprintf(`%s-%d`, name, n)) // want"));
        fires(&RULE, &with("use(x, os.Getenv(`HOME`)) // want"));
        fires(&RULE, &with("use(x, len(strings.Split(name, `,`))) // want"));
        fires(
            &RULE,
            "func f(name string) { for i := 0; i < len(strings.Split(name, `,`)); i++ { // want\n use(i) } }",
        );
        silent(&RULE, &with("use(strings.ToLower(x))"));
        silent(
            &RULE,
            &with("use(x, strings.Split(p.Text(), `,`), fmt.Sprintf(`%s`, next(n)))"),
        );
        silent(&RULE, &with("use(fmt.Sprintf(`%d`, i))"));
        silent(&RULE, &with("use(x, strings.ToLower(p.name))"));
        silent(
            &RULE,
            &with("use(x, strings.ToLower(global))").replace("func f", "var global string\nfunc f"),
        );
        silent(&RULE, &with("name = next(name); use(strings.ToLower(name))"));
        silent(&RULE, &with("if x == `` { panic(fmt.Sprintf(`%s`, name)) }"));
        silent(&RULE, &with("if x == `` { use(strings.ToLower(name)); return }"));
        silent(
            &RULE,
            "func f(name string) { for _, s := range strings.Split(name, `,`) { use(s) } }",
        );
    }
}
