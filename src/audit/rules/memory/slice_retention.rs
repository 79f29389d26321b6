//! `slice-retention`: a small sub-slice keeps a big array alive.

use crate::audit::rules::value::MAX_USES;
use crate::audit::{
    Check, Class, Confidence, Field, Group, Hits, Kind, Local, LocalKind, Measure, Node, Rule, assumed, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "slice-retention",
    title: "a small sub-slice keeps a big array alive",
    group: Group::Memory,
    items: &["ME1", "ME4"],
    tier: 2,
    class: Class::Leak,
    listens: &[heat(Measure::Inuse)],
    saves: &[assumed(Measure::Inuse, 0.50, 0.99)],
    what: "A slice with constant bounds of a []byte or string parameter or of what ReadAll gave is returned or stored in a \
           field, map or package variable; or a part that Cut or Split found in it is stored so.",
    why: "The collector sees one array: a few bytes keep all of it.",
    limits: "Silent where the rest is used as well. How large the whole is, the heap profile tells.",
    target: "bytes in use about those that are kept",
    before: r#"
func (r *record) read(line []byte) {
	r.id = line[:8] // want
}"#,
    after: r#"
func (r *record) read(line []byte) {
	r.id = bytes.Clone(line[:8])
}"#,
    check: Check::Nodes(&[Kind::SliceExpression, Kind::CallExpression], check),
    ..Rule::BASE
};

/// Slices of so many bytes and more are no small part.
const MAX_KEPT: i64 = 4096;

const PARTS: [&str; 2] = [
    "bytes.Cut|Split|SplitN|Fields|TrimPrefix|TrimSuffix|TrimSpace|Trim",
    "strings.Cut|Split|SplitN|Fields",
];

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let is_slice = node.is(Kind::SliceExpression);
    let source = if is_slice {
        cut(node)
    } else {
        node.call()
            .filter(|c| c.is_to_any(&PARTS))
            .and_then(|c| c.argument(0))
    };
    let Some(local) = source.and_then(Node::local).filter(|l| is_big(*l)) else {
        return;
    };
    let is_kept = is_stored(node) || (is_slice && is_returned(node));
    if !is_kept || is_used_besides(local, node) {
        return;
    }
    let is_bytes = local.ty().is_some_and(|t| t.is_bytes());
    let is_text = is_slice && is_bytes;
    let fix = if is_bytes {
        "bytes.Clone the part"
    } else {
        "strings.Clone the part"
    };
    hits.report(
        node,
        format!("the part that is kept holds all of {} in memory", local.name()),
    )
    .confidence(if is_text {
        Confidence::Medium
    } else {
        Confidence::Low
    })
    .fix(fix);
}

/// `x` of `x[i:j]` with constants of which the last says how much is kept.
fn cut(node: Node<'_>) -> Option<Node<'_>> {
    let end = node.field(Field::End)?.constant_integer()?;
    let start = match node.field(Field::Start) {
        None => 0,
        Some(start) => start.constant_integer()?,
    };
    let kept = end.checked_sub(start)?;
    let operand = node.field(Field::Operand)?.unparen();
    ((1..MAX_KEPT).contains(&kept) && operand.is(Kind::Identifier)).then_some(operand)
}

/// A parameter of bytes or text, or what a whole stream or file gave.
fn is_big(local: Local<'_>) -> bool {
    let is_text = local.ty().is_some_and(|t| {
        t.is_string() || matches!(t.underlying(), Some(crate::audit::Type::Slice(_))) && t.is_bytes()
    });
    let is_parameter = local.kind() == LocalKind::Parameter;
    let definition = local.definition();
    let is_read = || {
        definition.is(Kind::ShortVarDeclaration)
            && definition.list(Field::Right).first().is_some_and(|v| {
                v.is_call_to("io.ReadAll") || v.is_call_to("io/ioutil.ReadAll") || v.is_call_to("os.ReadFile")
            })
    };
    is_text && (is_parameter || is_read())
}

/// Whether it is the whole of a returned value.
fn is_returned(node: Node<'_>) -> bool {
    let list = node.parent();
    let statement = list.and_then(Node::parent);
    [list, statement]
        .into_iter()
        .flatten()
        .any(|n| n.is(Kind::ReturnStatement))
}

/// Whether a field, an element of a map or a package variable gets it, or a composite literal's field.
fn is_stored(node: Node<'_>) -> bool {
    let is_place = |t: &Node<'_>| match t.kind() {
        Kind::SelectorExpression => true,
        Kind::IndexExpression => t
            .field(Field::Operand)
            .and_then(Node::ty)
            .is_some_and(|o| o.is_map()),
        Kind::Identifier => {
            t.text() != "_" && t.local().is_none() && t.package().variable_named(t.text()).is_some()
        }
        _ => false,
    };
    node.targets().iter().any(is_place)
}

/// Whether the rest is wanted too: any use of the whole but tests of its length and of its elements.
fn is_used_besides<'a>(local: Local<'a>, part: Node<'a>) -> bool {
    let is_test = |use_: Node<'a>| {
        let parent = use_.parent();
        let call = parent.and_then(Node::parent).and_then(Node::call);
        call.is_some_and(|c| c.is_to("len"))
            || parent.is_some_and(|p| p.is(Kind::BinaryExpression) || p.is(Kind::IndexExpression))
    };
    local.uses().nth(MAX_USES).is_some() || local.uses().any(|u| !part.contains(u) && !is_test(u))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn parts_that_are_kept() {
        fires(
            &RULE,
            "func head(big []byte) []byte { if len(big) < 4 { return nil }; return big[:4] // want\n}",
        );
        fires(
            &RULE,
            "func f(r io.Reader, m map[string][]byte) { all, _ := io.ReadAll(r); m[`x`] = all[4:12] // want\n}",
        );
        fires(
            &RULE,
            "func (r *T) f(b []byte) { r.key, r.value, _ = bytes.Cut(b, sep) // want\n}",
        );
    }

    #[test]
    fn parts_that_are_not() {
        silent(&RULE, "func head(big []byte, n int) []byte { return big[:n] }");
        silent(
            &RULE,
            "func head(big []byte) ([]byte, []byte) { return big[:4], big[4:] }",
        );
        silent(
            &RULE,
            "func head(big []byte) []byte { return bytes.Clone(big[:4]) }",
        );
        silent(&RULE, "func head(big []byte) string { return string(big[:4]) }");
        silent(&RULE, "func head(big []byte) { x := big[:4]; use(x) }");
        silent(&RULE, "func head(s string) string { return s[1:] }");
        silent(&RULE, "func head(xs []int) []int { return xs[:4] }");
    }
}
