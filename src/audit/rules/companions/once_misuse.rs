//! `once-misuse`: sync.OnceFunc(f)() and its kin called where they are made: every call runs f.

use crate::audit::{Check, Class, Field, Hits, Kind, Node, Rule};

use super::COMPANION;

/// The rule.
pub const RULE: Rule = Rule {
    id: "once-misuse",
    title: "sync.OnceFunc(f)() and its kin called where they are made: every call runs f",
    items: &["AR-once"],
    class: Class::Correctness,
    what: "sync.OnceFunc, OnceValue or OnceValues is called and its result called at once.",
    why: "Every call makes a new Once and runs the function.",
    peers: &["badSyncOnceFunc"],
    before: r#"
func load() {
	sync.OnceFunc(read)() // want
}"#,
    after: r#"
var readOnce = sync.OnceFunc(read)

func load() {
	readOnce()
}"#,
    check: Check::Nodes(&[Kind::CallExpression], check),
    ..COMPANION
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let inner = node
        .field(Field::Function)
        .map(Node::unparen)
        .filter(|f| f.is(Kind::CallExpression));
    let once = inner
        .and_then(Node::call)
        .filter(|c| c.is_to("sync.OnceFunc|OnceValue|OnceValues"));
    if let Some(once) = once.filter(|_| node.enclosing_function().is_some()) {
        hits.report(
            node,
            format!(
                "the result of sync.{} is called where it is made: every call runs it",
                once.callee.name
            ),
        )
        .fix("keep the returned function in a variable of the package or a field");
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
            r#"var x = sync.OnceValue(g)(); func f() { h := sync.OnceFunc(g); h() }"#,
        );
    }
}
