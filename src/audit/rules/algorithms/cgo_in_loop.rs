//! `cgo-in-loop`: a C call per element.

use crate::audit::rules::value::{runs_once, short};
use crate::audit::{Call, Check, Group, Hits, Kind, Measure, Node, Rule, Scope, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "cgo-in-loop",
    title: "a C call per element",
    group: Group::Algorithms,
    items: &["AR-complexity"],
    tier: 2,
    scope: Scope::Loop,
    listens: &[cpu(&["cgo"])],
    saves: &[assumed(Measure::Cpu, 0.50, 0.95)],
    what: "C.f(…) inside a loop.",
    why: "30 to 60 ns for each crossing, and a thread while it blocks.",
    limits: "Conversions to C types are told from calls by their names. Silent for loops of at most 16 constant turns.",
    instead: "Hand over an array and loop in C, or do it in Go.",
    before: r#"
import "C"

func scale(ys, xs []float64) {
	for i := range xs {
		ys[i] = float64(C.scale(C.double(xs[i]))) // want
	}
}"#,
    after: r#"
import "C"

func scale(ys, xs []float64) {
	C.scale_all((*C.double)(&ys[0]), (*C.double)(&xs[0]), C.size_t(len(xs)))
}"#,
    check: Check::Nodes(&[Kind::CallExpression], check),
    ..Rule::BASE
};

/// Constant turns that are a handful.
const FEW_TURNS: u64 = 16;

const C_TYPES: [&str; 19] = [
    "char",
    "schar",
    "uchar",
    "short",
    "ushort",
    "int",
    "uint",
    "long",
    "ulong",
    "longlong",
    "ulonglong",
    "float",
    "double",
    "bool",
    "_Bool",
    "GoBytes",
    "GoString",
    "GoStringN",
    "sizeof",
];

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some(around) = node.enclosing_loop() else {
        return;
    };
    let Some(call) = node
        .call()
        .filter(|c| c.callee.package == "C" && !c.callee.is_method)
    else {
        return;
    };
    let is_few = around.constant_turns().is_some_and(|n| n <= FEW_TURNS);
    if is_few || is_conversion(&call) || runs_once(node, around) {
        return;
    }
    hits.report(node, format!("{} crosses into C on every turn", short(node)))
        .fix("hand the whole array to one C call");
}

/// `C.int(x)`, `C.size_t(x)`, and by its form `C.GLfloat(x)`.
fn is_conversion(call: &Call<'_>) -> bool {
    let name = call.callee.name;
    let is_type = C_TYPES.contains(&name)
        || name.ends_with("_t")
        || name.starts_with("struct_")
        || name.starts_with("enum_");
    let is_used = !call
        .node
        .parent()
        .is_some_and(|p| p.is(Kind::ExpressionStatement));
    let looks_like_type = name.starts_with(|c: char| c.is_uppercase())
        && call.arguments().len() == 1
        && name != "CString"
        && name != "CBytes";
    is_type || (is_used && looks_like_type)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn calls_and_conversions() {
        let with =
            |text: &str| format!("import \"C\"\nfunc f(xs []int) {{ for _, x := range xs {{ {text}\n}} }}");
        fires(&RULE, &with("C.put(C.int(x)) // want"));
        silent(&RULE, &with("use(C.int(x), C.size_t(x), C.GLfloat(x))"));
        silent(&RULE, &with("if x > 1 { C.put(C.int(x)); return }"));
        silent(
            &RULE,
            "import \"C\"\nfunc f() { C.put(1); for i := 0; i < 4; i++ { C.put(2) } }",
        );
        silent(&RULE, "func f(xs []int) { for range xs { c.put(1) } }");
    }
}
