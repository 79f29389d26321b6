//! `defer-hot`: a defer in a tiny hot function.

use crate::audit::{Check, GoVersion, Group, Hits, Kind, Measure, Node, Rule, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "defer-hot",
    title: "a defer in a tiny hot function",
    group: Group::Interfaces,
    items: &["GO7"],
    tier: 3,
    base: None,
    listens: &[cpu(&["defer"])],
    saves: &[assumed(Measure::Cpu, 0.10, 0.50)],
    until: Some(GoVersion(14)),
    what: "A defer in a function of at most 5 statements; reported only with 3 % of the CPU at the line, and for Go \
           before 1.14.",
    why: "Before open-coded defers each cost some 30 ns; since then 3 ns, without a frame of its own.",
    before: r#"// go 1.13
func (c *counter) add() {
	c.mu.Lock()
	defer c.mu.Unlock() // want
	c.n++
}"#,
    after: r#"// go 1.13
func (c *counter) add() {
	c.mu.Lock()
	c.n++
	c.mu.Unlock()
}"#,
    check: Check::Nodes(&[Kind::DeferStatement], check),
    ..Rule::BASE
};

const MAX_STATEMENTS: usize = 5;

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some(function) = node.function().filter(|_| node.enclosing_loop().is_none()) else {
        return;
    };
    if function.body.statements().take(MAX_STATEMENTS + 1).count() <= MAX_STATEMENTS {
        let what = if function.is_literal() {
            "a literal"
        } else {
            function.name()
        };
        hits.report(node, format!("{what} is tiny and pays for a defer on every call"))
            .fix("call it at the end, where a profile shows the defer");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn versions_and_sizes() {
        silent(&RULE, "// go 1.14\nfunc f() { defer g() }");
        silent(
            &RULE,
            "// go 1.13\nfunc f() { defer g(); a(); a(); a(); a(); a() }",
        );
    }
}
