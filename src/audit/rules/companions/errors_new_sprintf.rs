//! `errors-new-sprintf`: errors.New(fmt.Sprintf(…)).

use crate::audit::{Call, Check, Hits, Rule};

use super::COMPANION;

/// The rule.
pub const RULE: Rule = Rule {
    id: "errors-new-sprintf",
    title: "errors.New(fmt.Sprintf(…))",
    items: &["GO5"],
    what: "errors.New of a fmt.Sprintf.",
    why: "fmt.Errorf does both at once.",
    peers: &["S1028", "use-errors-new", "sprintfError"],
    before: r#"
func f(n int) error {
	return errors.New(fmt.Sprintf("no row %d", n)) // want
}"#,
    after: r#"
func f(n int) error {
	return fmt.Errorf("no row %d", n)
}"#,
    check: Check::Calls(&["errors.New"], check),
    ..COMPANION
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    if call.argument(0).is_some_and(|a| a.is_call_to("fmt.Sprintf")) {
        hits.report(call.node, "errors.New of a fmt.Sprintf")
            .fix("fmt.Errorf");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn cases() {
        silent(
            &RULE,
            r#"func f(n int) error { return errors.New(`a` + fmt.Sprint(n)) }"#,
        );
    }
}
