//! `trim-prefix`: if strings.HasPrefix(s, p) { s = s[len(p):] }, HasPrefix followed by TrimPrefix.

use crate::audit::{Check, Field, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::{assignment, only, same, sides};

/// The rule.
pub const RULE: Rule = Rule {
    id: "trim-prefix",
    title: "if strings.HasPrefix(s, p) { s = s[len(p):] }, HasPrefix followed by TrimPrefix",
    items: &["AR-parser"],
    what: "HasPrefix or HasSuffix is asked before the same text is cut off by its length or by Trim.",
    why: "TrimPrefix does nothing where there is no prefix; CutPrefix says whether there was one.",
    peers: &["stringscutprefix", "trim"],
    before: r#"
func f(s, p string) string {
	if strings.HasPrefix(s, p) { // want
		s = s[len(p):]
	}
	return s
}"#,
    after: r#"
func f(s, p string) string {
	return strings.TrimPrefix(s, p)
}"#,
    check: Check::Nodes(&[Kind::IfStatement], check),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let asked = node.field(Field::Condition).and_then(Node::call);
    let Some(asked) =
        asked.filter(|c| c.is_to_any(&["strings.HasPrefix|HasSuffix", "bytes.HasPrefix|HasSuffix"]))
    else {
        return;
    };
    let (Some(text), Some(part)) = (asked.argument(0), asked.argument(1)) else {
        return;
    };
    let is_head = asked.callee.name == "HasPrefix";
    let first = node.field(Field::Consequence).and_then(|c| c.statements().next());
    let Some((target, _, value)) = first.and_then(assignment) else {
        return;
    };
    let end = if is_head { "Prefix" } else { "Suffix" };
    let trims = value.call().is_some_and(|c| {
        let is_trim =
            c.callee.package == asked.callee.package && c.callee.name.strip_prefix("Trim") == Some(end);
        is_trim
            && c.argument(0).is_some_and(|a| same(a, text))
            && c.argument(1).is_some_and(|a| same(a, part))
    });
    if trims || cuts(value, text, part, is_head) {
        let package = asked.callee.package;
        let is_own = same(target, text) && only(node.field(Field::Consequence)).is_some();
        let name = if is_own && node.field(Field::Alternative).is_none() {
            "Trim"
        } else {
            "Cut"
        };
        hits.report(
            node,
            format!(
                "{} is asked for {} and then cut by hand",
                text.text(),
                part.text()
            ),
        )
        .fix(format!("{package}.{name}{end}"));
    }
}

/// `s[len(p):]`, `s[:len(s)-len(p)]`, or a number that is the length of a constant.
fn cuts(value: Node<'_>, text: Node<'_>, part: Node<'_>, is_head: bool) -> bool {
    let of = value
        .field(Field::Operand)
        .filter(|_| value.is(Kind::SliceExpression));
    let (start, end) = (value.field(Field::Start), value.field(Field::End));
    let length = part.constant_string().and_then(|s| i64::try_from(s.len()).ok());
    let is_length = |n: Node<'_>| {
        n.text() == format!("len({})", part.text()) || (length.is_some() && n.constant_integer() == length)
    };
    let by_end = || {
        let of_text = format!("len({})", text.text());
        end.and_then(|e| sides(e, &["-"]))
            .is_some_and(|(l, _, r)| l.text() == of_text && is_length(r))
    };
    let fits = if is_head {
        end.is_none() && start.is_some_and(is_length)
    } else {
        start.is_none() && by_end()
    };
    of.is_some_and(|o| same(o, text)) && fits
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn cases() {
        fires(
            &RULE,
            r#"func f(s string) { if strings.HasPrefix(s, `ab`) { // want
 s = strings.TrimPrefix(s, `ab`); use(s) } }"#,
        );
        fires(
            &RULE,
            r#"func f(s string) { if strings.HasSuffix(s, `ab`) { // want
 t := s[:len(s)-2]; use(t) } }"#,
        );
        silent(
            &RULE,
            r#"func f(s string) { if strings.HasPrefix(s, `ab`) { s = s[3:] }; if strings.HasPrefix(s, `ab`) { use(s) } }"#,
        );
    }
}
