//! `explicit-gc`: the program forces collections.

use crate::audit::rules::value::function_text;
use crate::audit::{Call, Check, Group, Hits, Measure, Node, Rule, Severity, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "explicit-gc",
    title: "the program forces collections",
    group: Group::Memory,
    items: &["ME3"],
    tier: 2,
    base: Some(Severity::Medium),
    listens: &[cpu(&["gc.forced", "gc.mark"])],
    saves: &[assumed(Measure::Cpu, 1.0, 1.0)],
    what: "runtime.GC, debug.FreeOSMemory, or runtime.ReadMemStats in a loop or handler.",
    why: "Each call is a whole collection that its caller waits for; ReadMemStats stops every goroutine.",
    limits: "Silent in main, in benchmarks, and where a heap profile is written.",
    target: "0 forced collections",
    instead: "GOGC or GOMEMLIMIT; runtime/metrics for figures.",
    peers: &["call-to-gc"],
    before: r#"
func (s *server) afterBatch() {
	s.flush()
	runtime.GC() // want
}"#,
    after: r#"
func (s *server) afterBatch() {
	s.flush()
}"#,
    check: Check::Calls(&["runtime.GC|ReadMemStats", "runtime/debug.FreeOSMemory"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some(function) = call.node.function() else {
        return;
    };
    let declared = call.node.enclosing_declaration().unwrap_or(function.node);
    let name = declared.field(crate::audit::Field::Name).map_or("", Node::text);
    let is_measuring = ["WriteHeapProfile", "pprof.Lookup", "testing.B"]
        .iter()
        .any(|w| function_text(call.node).contains(w));
    if (name == "main" && call.node.package().name() == "main")
        || name.starts_with("Benchmark")
        || is_measuring
    {
        return;
    }
    if call.callee.name == "ReadMemStats" {
        if call.node.enclosing_loop().is_some() || function.is_request_path() {
            hits.report(call.node, "every ReadMemStats stops all goroutines")
                .fix("read runtime/metrics");
        }
        return;
    }
    hits.report(
        call.node,
        format!("{} forces a whole collection", call.callee.name),
    )
    .fix("leave it out; set GOGC or GOMEMLIMIT");
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn where_it_counts() {
        fires(
            &RULE,
            "func f(w http.ResponseWriter, r *http.Request) { var m runtime.MemStats; runtime.ReadMemStats(&m) // want\n }",
        );
        fires(&RULE, "func f() { debug.FreeOSMemory() // want\n }");
        silent(
            &RULE,
            "func f() { var m runtime.MemStats; runtime.ReadMemStats(&m) }",
        );
        silent(
            &RULE,
            "func f(w io.Writer) { runtime.GC(); pprof.WriteHeapProfile(w) }",
        );
        silent(
            &RULE,
            "package main\nimport \"runtime\"\nfunc main() { runtime.GC() }",
        );
    }
}
