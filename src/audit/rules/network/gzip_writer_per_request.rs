//! `gzip-writer-per-request`: a compressor is made per request.

use super::common::{is_for_tests, is_in_handler, is_literal_of, name_of};
use crate::audit::rules::goroutines::common::in_main;
use crate::audit::{
    Call, Check, Field, Group, Hits, Kind, Measure, Node, Rule, Severity, cpu, heat, measured,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "gzip-writer-per-request",
    title: "a compressor is made per request",
    group: Group::Network,
    items: &["NE5", "GO3"],
    base: Some(Severity::Medium),
    listens: &[
        cpu(&["compress", "alloc", "gc.mark", "mem.clear"]),
        heat(Measure::Alloc),
    ],
    saves: &[
        measured(Measure::Cpu, 0.50, 0.99),
        measured(Measure::Alloc, 0.90, 0.99),
    ],
    what: "A writer of gzip, zlib, flate or zstd is made in a handler, a middleware's literal or a loop.",
    why: "608 µs and 1.08 MB for each, against 3.1 µs for one that is reset.",
    limits: "Silent where the writer is kept in a field or made for a pool, and in loops of main of a program.",
    target: "0 allocations of compression tables per request",
    before: r#"
func serve(w http.ResponseWriter, r *http.Request) {
	zw := gzip.NewWriter(w) // want
	defer zw.Close()
	render(zw)
}"#,
    after: r#"
var writers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

func serve(w http.ResponseWriter, r *http.Request) {
	zw := writers.Get().(*gzip.Writer)
	zw.Reset(w)
	defer writers.Put(zw)
	defer zw.Close()
	render(zw)
}"#,
    check: Check::Calls(
        &[
            "compress/gzip.NewWriter|NewWriterLevel",
            "compress/zlib.NewWriter|NewWriterLevel|NewWriterLevelDict",
            "compress/flate.NewWriter|NewWriterDict",
            "github.com/klauspost/compress/gzip.NewWriter|NewWriterLevel",
            "github.com/klauspost/compress/zlib.NewWriter|NewWriterLevel",
            "github.com/klauspost/compress/flate.NewWriter",
            "github.com/klauspost/compress/zstd.NewWriter",
        ],
        check,
    ),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let in_loop = call.node.enclosing_loop().is_some() && !in_main(call.node);
    let in_handler = is_in_handler(call.node);
    if (!in_loop && !in_handler) || is_for_tests(call.node.file()) || is_kept(call.node) {
        return;
    }
    let package = call.callee.package.rsplit('/').next().unwrap_or_default();
    let how_often = if in_handler { "request" } else { "turn" };
    hits.report(
        call.node,
        format!(
            "{package}.{} makes its tables anew for each {how_often}",
            call.callee.name
        ),
    )
    .fix("take the writer from a sync.Pool, and Reset it");
}

/// In a field, a package variable, a result, or what a pool calls.
fn is_kept(node: Node<'_>) -> bool {
    let is_outer =
        |t: &Node<'_>| t.is(Kind::SelectorExpression) || (t.is(Kind::Identifier) && t.local().is_none());
    let target = node.targets().first().copied();
    let by_pool = node
        .ancestors()
        .any(|n| is_literal_of(n, "sync.Pool") || (n.is(Kind::AssignmentStatement) && sets_new(n)));
    target.is_some_and(|t| is_outer(&t) && t.text() != "_")
        || (target.is_none() && name_of(node).is_some())
        || by_pool
}

/// `pool.New = func() …`.
fn sets_new(assignment: Node<'_>) -> bool {
    let left = assignment.list(Field::Left);
    left.first()
        .and_then(|t| t.field(Field::Field))
        .is_some_and(|f| f.text() == "New")
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn places() {
        fires(
            &RULE,
            "func wrap(next http.Handler) http.Handler { return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {\nz := gzip.NewWriter(w) // want\n next.ServeHTTP(&gz{w, z}, r) }) }",
        );
        fires(
            &RULE,
            "func f(xs [][]byte, w io.Writer) { for _, x := range xs {\nz := gzip.NewWriter(w) // want\n z.Write(x) } }",
        );
        silent(&RULE, "func f(w io.Writer) { z := gzip.NewWriter(w); z.Close() }");
        silent(
            &RULE,
            "func f(w http.ResponseWriter, r *http.Request) { s.z = gzip.NewWriter(w) }",
        );
        silent(
            &RULE,
            "func f(w http.ResponseWriter, r *http.Request) { p := sync.Pool{New: func() any { return gzip.NewWriter(nil) }}; use(p) }",
        );
        silent(
            &RULE,
            "package main\nimport \"compress/gzip\"\nfunc main() { for range xs { z := gzip.NewWriter(w); z.Close() } }",
        );
    }
}
