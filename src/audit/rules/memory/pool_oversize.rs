//! `pool-oversize`: buffers of any size go back into the pool.

use crate::audit::rules::value::function_text;
use crate::audit::{Call, Check, Confidence, Group, Hits, Measure, Rule, assumed, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "pool-oversize",
    title: "buffers of any size go back into the pool",
    group: Group::Memory,
    items: &["ME6"],
    tier: 2,
    base: None,
    listens: &[heat(Measure::Inuse)],
    saves: &[assumed(Measure::Inuse, 0.50, 0.95)],
    what: "Put of a bytes.Buffer or byte slice in a function that never asks for its length or capacity.",
    why: "One large request pins its buffer for all the small ones.",
    limits: "Counts only with a heap profile in which the pool's buffers hold 10 % of the bytes in use.",
    before: r#"
func release(buf *bytes.Buffer) {
	buf.Reset()
	scratch.Put(buf) // want
}

var scratch = sync.Pool{New: func() any { return new(bytes.Buffer) }}"#,
    after: r#"
func release(buf *bytes.Buffer) {
	if buf.Cap() > 64<<10 {
		return
	}
	buf.Reset()
	scratch.Put(buf)
}

var scratch = sync.Pool{New: func() any { return new(bytes.Buffer) }}"#,
    check: Check::Calls(&["(*sync.Pool).Put"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some(value) = call.argument(0) else { return };
    let is_buffer = value
        .ty()
        .is_some_and(|t| t.is_or_points_to("bytes.Buffer") || t.pointed().is_bytes());
    let text = function_text(call.node).to_ascii_lowercase();
    let asks = text.contains("cap(") || text.contains("len(");
    if !is_buffer || asks || text.is_empty() {
        return;
    }
    hits.report(
        call.node,
        format!(
            "{} goes back into the pool however large it has grown",
            value.text()
        ),
    )
    .confidence(Confidence::Medium)
    .fix("put it back only while its capacity is at most 64 KiB");
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn buffers_without_a_test() {
        fires(&RULE, "func f(p *sync.Pool, b *[]byte) { p.Put(b) // want\n }");
        silent(
            &RULE,
            "func f(p *sync.Pool, b *[]byte) { if cap(*b) < 9999 { p.Put(b) } }",
        );
        silent(&RULE, "func f(p *sync.Pool, b *T) { p.Put(b) }");
    }
}
