//! `chan-oversized`: a very large channel buffer.

use crate::audit::{Call, Check, Group, Hits, Measure, Rule, assumed, heat};

/// So many items are suspect whatever they are.
const MAX_ITEMS: i64 = 10_000;
/// So many bytes at once are.
const MAX_BYTES: u64 = 1 << 20;

/// The rule.
pub const RULE: Rule = Rule {
    id: "chan-oversized",
    title: "a very large channel buffer",
    group: Group::Channels,
    items: &["GO2", "CC4"],
    tier: 3,
    listens: &[heat(Measure::Inuse)],
    saves: &[assumed(Measure::Inuse, 0.50, 0.99)],
    what: "A channel is made with constant room for at least 10 000 items, or for more than 1 MiB.",
    why: "The whole buffer is allocated at once, and so long a queue hides that the consumer is too slow.",
    limits: "Sizes from configuration are not looked at.",
    target: "a bound that the consumer empties in under a second",
    before: r#"
func start() {
	audit := make(chan Entry, 1_000_000) // want
	consume(audit)
}"#,
    after: r#"
func start() {
	audit := make(chan Entry, 1024)
	consume(audit)
}"#,
    check: Check::Calls(&["make"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let arguments = call.arguments();
    let [of, room] = arguments.as_slice() else { return };
    let is_written = of.is(crate::audit::Kind::ChannelType);
    let ty = of.as_type();
    if !is_written && !ty.as_ref().is_some_and(crate::audit::Type::is_channel) {
        return;
    }
    let Some(items) = room.constant_integer() else {
        return;
    };
    let size = ty.and_then(|t| t.element()).and_then(|e| e.size());
    let bytes = size
        .zip(u64::try_from(items).ok())
        .and_then(|(s, n)| s.checked_mul(n));
    if items < MAX_ITEMS && bytes.is_none_or(|b| b <= MAX_BYTES) {
        return;
    }
    let memory = bytes.map_or(String::new(), |b| format!(", {} KiB", b / 1024));
    hits.report(call.node, format!("room for {items} items at once{memory}"))
        .fix("less room; when it is full slow the producer down, or drop and count");
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn sizes() {
        fires(
            &RULE,
            "const n = 1 << 14; func f() { g(make(chan T, n)) // want\n }",
        );
        fires(&RULE, "func f() { g(make(chan [4096]byte, 1000)) // want\n }");
        silent(&RULE, "func f() { g(make(chan int, 9999)) }");
        silent(&RULE, "func f(n int) { g(make(chan int, n)) }");
        silent(&RULE, "func f() { g(make([]int, 100000)) }");
        silent(&RULE, "func f() { g(make(chan int)) }");
    }
}
