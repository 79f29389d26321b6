//! `zero-byte-repeat`: bytes.Repeat([]byte{0}, n).

use crate::audit::{Call, Check, Hits, Rule};

use super::COMPANION;

/// The rule.
pub const RULE: Rule = Rule {
    id: "zero-byte-repeat",
    title: "bytes.Repeat([]byte{0}, n)",
    items: &["GO6"],
    what: "bytes.Repeat of a zero byte.",
    why: "make gives zeroed bytes without copying them.",
    peers: &["zeroByteRepeat"],
    before: r#"
func f(n int) []byte {
	return bytes.Repeat([]byte{0}, n) // want
}"#,
    after: r#"
func f(n int) []byte {
	return make([]byte, n)
}"#,
    check: Check::Calls(&["bytes.Repeat"], check),
    ..COMPANION
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let (Some(what), Some(count)) = (call.argument(0), call.argument(1)) else {
        return;
    };
    let is_zero = matches!(
        what.text(),
        "[]byte{0}" | "[]byte{0x0}" | "[]byte{0x00}" | "[]byte{'\\x00'}"
    );
    if is_zero {
        hits.report(call.node, "bytes.Repeat copies zeroes that make would give")
            .fix(format!("make([]byte, {})", count.text()));
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
            r#"func f(n int) []byte { return bytes.Repeat([]byte{1}, n) }"#,
        );
    }
}
