//! `unsafe-conv`: unsafe.Pointer(uintptr(p) + n) arithmetic; reflect.StringHeader, SliceHeader.

use crate::audit::{Check, Field, GoVersion, Hits, Kind, Node, Rule};

use super::COMPANION;
use super::shapes::sides;

/// The rule.
pub const RULE: Rule = Rule {
    id: "unsafe-conv",
    title: "unsafe.Pointer(uintptr(p) + n) arithmetic; reflect.StringHeader, SliceHeader",
    items: &["AR-unsafe"],
    since: Some(GoVersion(17)),
    what: "Arithmetic on uintptr inside unsafe.Pointer, or reflect.StringHeader or SliceHeader.",
    why: "The collector does not see the pointer in between; the headers are deprecated.",
    peers: &["unsafefuncs"],
    before: r#"
func f(p unsafe.Pointer, n uintptr) unsafe.Pointer {
	return unsafe.Pointer(uintptr(p) + n) // want
}"#,
    after: r#"
func f(p unsafe.Pointer, n uintptr) unsafe.Pointer {
	return unsafe.Add(p, n)
}"#,
    check: Check::Nodes(
        &[
            Kind::CallExpression,
            Kind::QualifiedType,
            Kind::SelectorExpression,
        ],
        check,
    ),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    if node.is(Kind::CallExpression) {
        let function = node
            .field(Field::Function)
            .filter(|f| f.text() == "unsafe.Pointer");
        let value = function
            .and_then(|_| node.field(Field::Arguments))
            .and_then(|a| a.child(0));
        let is_sum = value
            .and_then(|v| sides(v, &["+", "-"]))
            .is_some_and(|(left, _, _)| left.text().starts_with("uintptr("));
        if is_sum && node.file().imports("unsafe") {
            hits.report(node, "a pointer is moved by arithmetic on uintptr")
                .fix("unsafe.Add");
        }
        return;
    }
    let header = matches!(node.text(), "reflect.StringHeader" | "reflect.SliceHeader");
    if header && node.file().imports("reflect") {
        hits.report(node, format!("{} is deprecated", node.text()))
            .fix("unsafe.String, unsafe.Slice, unsafe.StringData");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn cases() {
        fires(
            &RULE,
            r#"func f(s *string) { use((*reflect.StringHeader)(unsafe.Pointer(s))) // want
 }"#,
        );
        silent(
            &RULE,
            r#"func f(p unsafe.Pointer) uintptr { return uintptr(p) + 1 }"#,
        );
    }
}
