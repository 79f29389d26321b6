//! `errors-hot`: errors made on the hot path.

use crate::audit::{Call, Check, Field, Group, Hits, Kind, Measure, Node, Rule, cpu, heat, measured};

/// The rule.
pub const RULE: Rule = Rule {
    id: "errors-hot",
    title: "errors made on the hot path",
    group: Group::Interfaces,
    items: &["ME3", "GO8"],
    tier: 2,
    listens: &[cpu(&["fmt"]), heat(Measure::Alloc)],
    saves: &[
        measured(Measure::Cpu, 0.75, 1.0),
        measured(Measure::Alloc, 0.80, 1.0),
    ],
    what: "errors.New of a constant, or fmt.Errorf of a constant without operands, in a loop without leaving it; or \
           fmt.Errorf that wraps an error for each element of a loop.",
    why: "Errorf takes 142 ns, errors.New 33, a package's value none.",
    limits: "An error that is returned ends the loop and is made once a call: silent.",
    peers: &["constErrorNew", "error-format"],
    before: r#"
func check(rows []int) (errs []error) {
	for _, r := range rows {
		if r < 0 {
			errs = append(errs, errors.New("negative row")) // want
		}
	}
	return errs
}"#,
    after: r#"
var errNegative = errors.New("negative row")

func check(rows []int) (errs []error) {
	for _, r := range rows {
		if r < 0 {
			errs = append(errs, errNegative)
		}
	}
	return errs
}"#,
    check: Check::Calls(&["errors.New", "fmt.Errorf"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    if call.node.enclosing_loop().is_none() || leaves(call.node) {
        return;
    }
    let is_constant = call.argument(0).is_some_and(Node::is_constant);
    if !is_constant {
        return;
    }
    let name = format!("{}.{}", call.callee.package, call.callee.name);
    if call.argument(1).is_none() {
        hits.report(
            call.node,
            format!("{name} makes the same error again on every turn"),
        )
        .fix("a variable of the package");
    } else if call.callee.name == "Errorf" {
        hits.report(call.node, format!("{name} formats an error on every turn"))
            .fix("keep the operands in an error type that formats when it is read");
    }
}

/// The statement, or the list around it, ends the loop: a return, a break, a panic.
fn leaves(node: Node<'_>) -> bool {
    let Some(statement) = node.statement() else {
        return true;
    };
    if statement.is(Kind::ReturnStatement) || statement.never_returns() {
        return true;
    }
    let lists = statement
        .ancestors()
        .take_while(|n| !n.kind().is_loop() && !n.kind().is_function());
    let mut lists = lists.filter(|n| n.is(Kind::Block) || n.kind().is_case());
    lists.any(|list| {
        let is_body = list.field_name() == Field::Body;
        let last = list.statements().last();
        let ends = |s: Node<'_>| {
            matches!(
                s.kind(),
                Kind::ReturnStatement | Kind::BreakStatement | Kind::GotoStatement
            ) || s.never_returns()
        };
        !is_body && last.is_some_and(ends)
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn loops() {
        let with = |body: &str| {
            format!(
                "func f(xs []int, err error) error {{ var last error; for _, x := range xs {{ {body} }}; return last }}"
            )
        };
        fires(&RULE, &with("last = fmt.Errorf(`row`) // want\n"));
        fires(&RULE, &with("last = fmt.Errorf(`row %d: %w`, x, err) // want\n"));
        silent(&RULE, &with("if x > 0 { return fmt.Errorf(`row %d`, x) }"));
        silent(&RULE, &with("if x > 0 { last = errors.New(`row`); break }"));
        silent(&RULE, &with("panic(errors.New(`row`))"));
        silent(&RULE, "func f() error { return errors.New(`row`) }");
    }
}
