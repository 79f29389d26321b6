//! `log-in-hot-loop`: a log call in a loop without a level test.

use crate::audit::{Call, Check, Field, Group, Hits, Kind, Measure, Node, Rule, Scope, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "log-in-hot-loop",
    title: "a log call in a loop without a level test",
    group: Group::Strings,
    items: &["ME3"],
    tier: 2,
    scope: Scope::Loop,
    listens: &[cpu(&["log", "fmt", "caller", "syscall"]), heat(Measure::Alloc)],
    saves: &[assumed(Measure::Cpu, 0.50, 1.0)],
    what: "log.Print, fmt.Print, logrus or zap's sugared calls in a loop over data without a test of the level around them.",
    why: "Each line formats, boxes its values and writes by itself.",
    limits: "Silent in branches that leave the loop or handle an error, and in package main.",
    instead: "Typed attributes of slog, a level test, sampling, a buffered writer.",
    before: r#"
func work(batch []Message) {
	for _, m := range batch {
		log.Printf("got %v", m) // want
	}
}"#,
    after: r#"
func work(ctx context.Context, batch []Message) {
	if slog.Default().Enabled(ctx, slog.LevelDebug) {
		slog.Debug("batch", slog.Int("size", len(batch)))
	}
}"#,
    check: Check::Calls(
        &[
            "log.Print|Printf|Println",
            "(log.Logger).Print|Printf|Println",
            "fmt.Print|Printf|Println",
            "github.com/sirupsen/logrus.Debug|Debugf|Info|Infof|Print|Printf|Warn|Warnf",
            "(github.com/sirupsen/logrus.Logger).Debug|Debugf|Info|Infof|Print|Printf",
            "(github.com/sirupsen/logrus.Entry).Debug|Debugf|Info|Infof|Print|Printf",
            "(go.uber.org/zap.SugaredLogger).Debugf|Debugw|Infof|Infow",
        ],
        check,
    ),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some(around) = call.node.enclosing_loop().filter(|l| l.is_over_data()) else {
        return;
    };
    if call.node.package().name() == "main" || is_guarded(call.node, around) {
        return;
    }
    hits.report(
        call.node,
        format!("{} writes a line on every turn of this loop", call.callee.name),
    )
    .fix("test the level before, or log once for all");
}

/// Under a test of a level or an error, or where the loop is left.
fn is_guarded<'a>(node: Node<'a>, around: Node<'a>) -> bool {
    let words = ["err", "debug", "verbose", "level", "enabled", "trace", "log"];
    let leaves = around.leaves();
    let mut inside = node;
    for outer in node.ancestors().take_while(|n| *n != around) {
        let is_branch = outer.is(Kind::Block) && outer.parent() != Some(around) || outer.kind().is_case();
        let condition = outer.field(Field::Condition).filter(|c| *c != inside);
        let text = condition.map_or(String::new(), |c| c.text().to_ascii_lowercase());
        let is_tested = outer.is(Kind::IfStatement) && words.iter().any(|w| text.contains(w));
        if is_tested || (is_branch && leaves.iter().any(|l| outer.contains(*l))) {
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
    fn branches() {
        let with = |text: &str| {
            format!(
                "func f(xs []int, debug bool) error {{ for _, x := range xs {{\n{text}\n}}; return nil }}"
            )
        };
        fires(&RULE, &with("if x > 1 { fmt.Println(x) // want\n }"));
        silent(&RULE, &with("if debug { log.Println(x) }"));
        silent(&RULE, &with("if err := g(x); err != nil { log.Println(err) }"));
        silent(&RULE, &with("if x > 1 { log.Println(x); return bad }"));
        silent(&RULE, "func f() { log.Println(1) }");
        silent(
            &RULE,
            "package main\nimport \"fmt\"\nfunc f(xs []int) { for _, x := range xs { fmt.Println(x) } }",
        );
    }
}
