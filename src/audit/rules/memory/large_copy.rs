//! `large-copy`: big values are copied by range, parameter or receiver.

use crate::audit::rules::value::short;
use crate::audit::{
    Check, Confidence, Field, Group, Hits, Kind, Measure, Node, Rule, Scope, Type, assumed, cpu,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "large-copy",
    title: "big values are copied by range, parameter or receiver",
    group: Group::Memory,
    items: &["ME3", "AR-dod"],
    scope: Scope::Loop,
    listens: &[cpu(&["mem.copy"]), cpu(&[])],
    saves: &[assumed(Measure::Cpu, 0.10, 0.60)],
    what: "A range whose value is 512 B and more, a range over an array of that size rather than its address, a parameter \
           or receiver of 80 B and more, an argument of more than 512 B in a loop.",
    why: "497 against 447 ns for 256 values of 256 B; it grows with the size and with how much of the value is used.",
    limits: "Silent where the size of a part is not known, and for constructors; the compiler loads only the fields that a \
             loop uses, so smaller range values count only when they are seen in a profile.",
    instead: "Range by index, pass a pointer; a pointer may make the value escape to the heap.",
    peers: &["rangeValCopy", "rangeExprCopy", "hugeParam", "bigArgCopy"],
    before: r#"
type Frame struct {
	data [1024]byte
	size int
}

func total(frames []Frame) (n int) {
	for _, f := range frames { // want
		n += f.size
	}
	return n
}"#,
    after: r#"
type Frame struct {
	data [1024]byte
	size int
}

func total(frames []Frame) (n int) {
	for i := range frames {
		n += frames[i].size
	}
	return n
}"#,
    check: Check::Nodes(
        &[
            Kind::ForStatement,
            Kind::CallExpression,
            Kind::FunctionDeclaration,
            Kind::MethodDeclaration,
        ],
        check,
    ),
    ..Rule::BASE
};

/// Range values, ranged arrays and arguments count from so many bytes.
const MIN_COPY: u64 = 512;
/// Parameters and receivers count from so many bytes.
const MIN_PARAMETER: u64 = 80;

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    match node.kind() {
        Kind::ForStatement => range(node, hits),
        Kind::CallExpression => arguments(node, hits),
        _ => parameters(node, hits),
    }
}

fn range(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some(over) = node.ranged() else { return };
    let (_, Some(value)) = node.range_targets() else {
        return;
    };
    let Some(ty) = over.ty() else { return };
    let of_element = ty.element().and_then(|e| e.size()).filter(|n| *n >= MIN_COPY);
    if let Some(bytes) = of_element {
        hits.report(
            node,
            format!("{} copies {bytes} B on every turn of this range", value.text()),
        )
        .fix(format!("range by index: for i := range {}", short(over)));
        return;
    }
    let is_array = matches!(ty.underlying(), Some(Type::Array(..))) && !over.is(Kind::CompositeLiteral);
    if let Some(bytes) = ty.size().filter(|n| is_array && *n >= MIN_COPY) {
        hits.report(
            node,
            format!("the range copies the array {} of {bytes} B first", short(over)),
        )
        .fix(format!("range over &{} or {}[:]", short(over), short(over)));
    }
}

/// Variables given by value in a loop.
fn arguments(node: Node<'_>, hits: &mut Hits<'_>) {
    if node.enclosing_loop().is_none() {
        return;
    }
    let Some(call) = node.call().filter(|c| !c.is_builtin()) else {
        return;
    };
    // A function of the sources is reported at its parameter.
    if call.callee.declaration.is_some_and(|d| !d.package().is_stub()) {
        return;
    }
    let is_variable = |a: &Node<'_>| {
        matches!(
            a.kind(),
            Kind::Identifier | Kind::SelectorExpression | Kind::IndexExpression
        )
    };
    for argument in call.arguments().into_iter().filter(is_variable) {
        let large = argument
            .ty()
            .filter(is_compound)
            .and_then(|t| t.size())
            .filter(|n| *n > MIN_COPY);
        if let Some(bytes) = large {
            hits.report(
                argument,
                format!("{} is passed by value on every turn: {bytes} B", short(argument)),
            )
            .fix("pass a pointer");
        }
    }
}

fn is_compound(ty: &Type<'_>) -> bool {
    matches!(ty.underlying(), Some(Type::Struct(_) | Type::Array(..)))
}

fn parameters(node: Node<'_>, hits: &mut Hits<'_>) {
    let name = node.field(Field::Name).map_or("", Node::text);
    if node.body().is_none() || name.to_ascii_lowercase().starts_with("new") {
        return;
    }
    let lists = [Field::Receiver, Field::Parameters];
    let declared = lists
        .iter()
        .filter_map(|f| node.field(*f))
        .flat_map(Node::children);
    for parameter in declared.filter(|p| p.is(Kind::ParameterDeclaration)) {
        let ty = parameter.field(Field::Type).and_then(Node::as_type);
        let Some(bytes) = ty
            .filter(is_compound)
            .and_then(|t| t.size())
            .filter(|n| *n >= MIN_PARAMETER)
        else {
            continue;
        };
        let is_receiver = parameter
            .parent()
            .is_some_and(|p| p.field_name() == Field::Receiver);
        let what = if is_receiver { "receiver" } else { "parameter" };
        hits.report(
            parameter,
            format!(
                "every call of {name} copies {bytes} B for its {what} {}",
                parameter.text()
            ),
        )
        .confidence(Confidence::Medium)
        .heat_at(node)
        .fix("pass a pointer");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    const T: &str = "type Big struct{ b [512]byte }; type Mid struct { a, b, c, d, e string }; type Open struct { u Unknown; b [512]byte }\n";

    #[test]
    fn ranges() {
        fires(
            &RULE,
            &format!("{T}func f(xs []Big) {{ for _, x := range xs {{ // want\n use(x.b[0]) }} }}"),
        );
        fires(
            &RULE,
            &format!("{T}func f() {{ var xs [100]int\n for _, x := range xs {{ // want\n use(x) }} }}"),
        );
        silent(
            &RULE,
            &format!("{T}func f() {{ var xs [100]int\n for _, x := range &xs {{ use(x) }} }}"),
        );
        silent(
            &RULE,
            &format!("{T}func f() {{ var xs [100]int\n for i := range xs {{ use(i) }} }}"),
        );
        silent(
            &RULE,
            &format!(
                "{T}func f(xs []Mid, ys []Open, zs []*Big) {{ for _, x := range xs {{ use(x) }}; for _, y := range ys {{ use(y) }}; for _, z := range zs {{ use(z) }} }}"
            ),
        );
    }

    #[test]
    fn parameters_and_arguments() {
        fires(
            &RULE,
            &format!("{T}func f(x Mid) int {{ // want\n return len(x.a) }}"),
        );
        fires(
            &RULE,
            &format!("{T}func (x Mid) f() int {{ // want\n return len(x.a) }}"),
        );
        fires(
            &RULE,
            &format!(
                "{T}type Huge struct {{ a, b Big }}; func f(p *Huge) {{ for i := 0; i < 9; i++ {{ other.Use(*p, p.a)\n use(p.b.b, x) }} \n var h Huge\n for {{ other.Use(h) // want\n }} }}"
            ),
        );
        silent(&RULE, &format!("{T}func newX(x Mid) int {{ return len(x.a) }}"));
        silent(&RULE, &format!("{T}func f(x *Mid, t time.Time, o Open) {{}}"));
    }
}
