//! `finalizer-use`: a finalizer on per-request objects.

use crate::audit::{Call, Check, Function, Group, Hits, Measure, Node, Rule, assumed, cpu, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "finalizer-use",
    title: "a finalizer on per-request objects",
    group: Group::Memory,
    items: &["ME1"],
    tier: 3,
    listens: &[cpu(&["finalizer"]), heat(Measure::Alloc)],
    saves: &[assumed(Measure::Cpu, 0.80, 1.0)],
    what: "runtime.SetFinalizer in a function other than init, main and constructors.",
    why: "71 % of the CPU in a program that did little else; the objects live one collection longer.",
    limits: "As a safety net on rare handles it costs nothing that matters.",
    instead: "An explicit Close; runtime.AddCleanup from Go 1.24.",
    before: r#"
func open(fd int) *handle {
	h := &handle{fd: fd}
	runtime.SetFinalizer(h, (*handle).close) // want
	return h
}"#,
    after: r#"
func open(fd int) *handle {
	return &handle{fd: fd}
}"#,
    check: Check::Calls(&["runtime.SetFinalizer"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let removes = call.argument(1).is_some_and(|a| a.text() == "nil");
    if removes || call.node.function().is_none_or(Function::is_startup) {
        return;
    }
    let object = call.argument(0).map_or("", Node::text);
    let hit = hits.report(
        call.node,
        format!("each {object} gets a finalizer and lives one collection longer"),
    );
    hit.fix("let the owner defer a Close");
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn constructors_and_removal() {
        silent(&RULE, "func NewHandle() { runtime.SetFinalizer(h, close) }");
        silent(&RULE, "func (h *H) Close() { runtime.SetFinalizer(h, nil) }");
    }
}
