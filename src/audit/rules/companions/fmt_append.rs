//! `fmt-append`: append(b, strconv.Itoa(i)...), append(b, t.Format(l)...); []byte(fmt.Sprintf(…)).

use crate::audit::{Call, Check, Field, GoVersion, Hits, Kind, Node, Rule};

use super::COMPANION;

/// The rule.
pub const RULE: Rule = Rule {
    id: "fmt-append",
    title: "append(b, strconv.Itoa(i)...), append(b, t.Format(l)...); []byte(fmt.Sprintf(…))",
    items: &["GO5"],
    since: Some(GoVersion(19)),
    what: "A string is formatted only to be appended to bytes, or to become bytes.",
    why: "The string in between is an allocation and a copy.",
    peers: &["fmtappendf", "appendAPI"],
    before: r#"
func f(b []byte, n int) []byte {
	return append(b, strconv.Itoa(n)...) // want
}"#,
    after: r#"
func f(b []byte, n int) []byte {
	return strconv.AppendInt(b, int64(n), 10)
}"#,
    check: Check::Nodes(&[Kind::CallExpression, Kind::TypeConversionExpression], check),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    if node.is(Kind::TypeConversionExpression) {
        let is_bytes = node.field(Field::Type).is_some_and(|t| t.text() == "[]byte");
        let formatted = node
            .field(Field::Operand)
            .filter(|o| is_bytes && o.is_call_to("fmt.Sprintf|Sprint|Sprintln"));
        if let Some(call) = formatted.and_then(Node::call) {
            let name = call.callee.name.trim_start_matches("Sprint");
            hits.report(
                node,
                format!("fmt.{} formats a string that becomes bytes", call.callee.name),
            )
            .fix(format!("fmt.Append{name}(nil, …)"));
        }
        return;
    }
    let Some(call) = node.call().filter(|c| c.is_to("append") && c.is_spread()) else {
        return;
    };
    let arguments = call.arguments();
    let [slice, spread] = arguments.as_slice() else {
        return;
    };
    let inner = spread.child(0).and_then(Node::call);
    if let Some(instead) = inner
        .and_then(|c| appender(&c))
        .filter(|_| slice.ty().is_some_and(|t| t.is_bytes()))
    {
        hits.report(
            node,
            format!(
                "{} is formatted only to be appended",
                inner.map_or("", |c| c.callee.name)
            ),
        )
        .fix(instead);
    }
}

/// The function that appends what a call formats.
fn appender(call: &Call<'_>) -> Option<&'static str> {
    let found = [
        ("strconv.Itoa|FormatInt", "strconv.AppendInt"),
        ("strconv.FormatUint", "strconv.AppendUint"),
        ("strconv.FormatFloat", "strconv.AppendFloat"),
        ("strconv.FormatBool", "strconv.AppendBool"),
        ("strconv.Quote", "strconv.AppendQuote"),
        ("(time.Time).Format", "Time.AppendFormat"),
        ("fmt.Sprintf", "fmt.Appendf"),
        ("fmt.Sprint", "fmt.Append"),
        ("fmt.Sprintln", "fmt.Appendln"),
    ];
    found
        .iter()
        .find(|(pattern, _)| call.is_to(pattern))
        .map(|(_, instead)| *instead)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn cases() {
        fires(
            &RULE,
            r#"func f(n int) []byte { return []byte(fmt.Sprintf(`%d`, n)) // want
 }"#,
        );
        fires(
            &RULE,
            r#"func f(b []byte, t time.Time) []byte { return append(b, t.Format(time.RFC3339)...) // want
 }"#,
        );
        silent(
            &RULE,
            r#"func f(b []byte, s string) []byte { use([]byte(s)); return append(b, s...) }"#,
        );
    }
}
