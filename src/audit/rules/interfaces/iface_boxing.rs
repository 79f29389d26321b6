//! `iface-boxing`: values are boxed into interfaces in a loop.

use crate::audit::{
    Call, Check, Field, Function, Group, Hits, Kind, Measure, Node, Rule, Type, cpu, heat, measured,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "iface-boxing",
    title: "values are boxed into interfaces in a hot loop",
    group: Group::Interfaces,
    items: &["GO8", "AR-boxing"],
    listens: &[cpu(&["iface.box"]), heat(Measure::Alloc)],
    saves: &[
        measured(Measure::Cpu, 0.80, 1.0),
        measured(Measure::Alloc, 0.80, 1.0),
    ],
    what: "In a loop a number, string, slice or struct is assigned, appended, sent or passed where any is wanted: by \
           functions of the sources, fmt, log and the containers.",
    why: "23 ns and 8 B for an integer, 144 ns and 80 B for a struct of 80 B.",
    limits: "Silent for constants, single bytes and bools, pointers, maps, channels and functions, on error paths, for \
             what reports errors or progress by its name, and for formatting in start-up code.",
    target: "0 allocations per turn",
    instead: "Generics, a typed function, strconv.Append and its kin, typed attributes of slog.",
    before: r#"
func emit(v any) { sink = v }

func emitAll(samples []int64) {
	for _, v := range samples {
		emit(v) // want
	}
}"#,
    after: r#"
func emitInt(v int64) { total += v }

func emitAll(samples []int64) {
	for _, v := range samples {
		emitInt(v)
	}
}"#,
    check: Check::Nodes(
        &[
            Kind::CallExpression,
            Kind::AssignmentStatement,
            Kind::SendStatement,
            Kind::CompositeLiteral,
        ],
        check,
    ),
    ..Rule::BASE
};

/// Packages whose functions are known to box what they are given; functions of the sources are as well.
const BOXING: [&str; 5] = ["fmt", "log", "log/slog", "container/heap", "container/list"];
const BOXING_METHODS: [&str; 3] = [
    "(*sync.Map).Store|LoadOrStore|Swap",
    "(*sync/atomic.Value).Store",
    "context.WithValue",
];

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    if node.enclosing_loop().is_none() || is_error_path(node) {
        return;
    }
    let boxed = match node.kind() {
        Kind::CallExpression => node.call().and_then(|c| boxed_argument(&c)),
        Kind::AssignmentStatement => boxed_assignment(node),
        Kind::SendStatement => boxed_send(node),
        _ => boxed_element(node),
    };
    if let Some((value, ty)) = boxed {
        hits.report(
            value,
            format!(
                "{} is boxed into an interface on every turn: a value of type {ty}",
                short(value)
            ),
        );
    }
}

type Boxed<'a> = (Node<'a>, Type<'a>);

fn short(value: Node<'_>) -> &str {
    value.text().lines().next().unwrap_or_default()
}

/// Whether putting the value into an interface allocates.
fn boxes(value: Node<'_>) -> Option<Boxed<'_>> {
    let value = value.unparen();
    if value.is_constant() {
        return None;
    }
    let ty = value.ty()?;
    let is_small = ty.underlying().is_some_and(|t| t.is("byte") || t.is("int8"));
    let is_heavy = ty.is_integer() || ty.is_float() || ty.is_string() || ty.is_slice() || ty.is_struct();
    (is_heavy && !is_small && ty.size() != Some(0)).then_some((value, ty))
}

fn boxed_argument<'a>(call: &Call<'a>) -> Option<Boxed<'a>> {
    if call.is_spread() {
        return None;
    }
    if call.is_to("append") {
        let is_any = call.argument(0)?.ty()?.element()? == Type::Any;
        return call
            .arguments()
            .into_iter()
            .skip(1)
            .filter(|_| is_any)
            .find_map(boxes);
    }
    if is_report(call) {
        return None;
    }
    let declaration = call.callee.declaration?;
    let is_own = !declaration.package().is_stub();
    if !is_own && !BOXING.contains(&call.callee.package) && !call.is_to_any(&BOXING_METHODS) {
        return None;
    }
    let wanted = wanted_types(declaration);
    let last = wanted.last().copied();
    let is_any = |at: usize| {
        wanted
            .get(at)
            .copied()
            .or(last.filter(|l| l.1))
            .is_some_and(|w| w.0)
    };
    let arguments = call.arguments().into_iter().enumerate();
    arguments
        .filter(|(at, _)| is_any(*at))
        .find_map(|(_, a)| boxes(a))
}

/// Reports of errors and progress, which have rules of their own; and formatting in start-up code, where nothing is hot.
fn is_report(call: &Call<'_>) -> bool {
    let name = call.callee.name.to_ascii_lowercase();
    let words = [
        "error", "err", "fatal", "warn", "panic", "skip", "debug", "log", "trace", "info", "usage", "fail",
    ];
    let is_print = name.starts_with("print") || name == "addf";
    let formats = matches!(call.callee.package, "fmt" | "log");
    is_print
        || words.iter().any(|w| name.contains(w))
        || (formats && call.node.function().is_none_or(Function::is_startup))
}

/// For each parameter: is it `any`, and is it variadic.
fn wanted_types(declaration: Node<'_>) -> Vec<(bool, bool)> {
    let Some(list) = declaration.field(Field::Parameters) else {
        return Vec::new();
    };
    let mut wanted = Vec::new();
    for parameter in list.children() {
        let count = parameter.fields(Field::Name).count().max(1);
        let is_any = parameter.field(Field::Type).and_then(Node::as_type) == Some(Type::Any);
        let is_variadic = parameter.is(Kind::VariadicParameterDeclaration);
        wanted.extend(std::iter::repeat_n((is_any, is_variadic), count));
    }
    wanted
}

fn boxed_assignment(node: Node<'_>) -> Option<Boxed<'_>> {
    let pairs = node.list(Field::Left).into_iter().zip(node.list(Field::Right));
    let is_any = |target: Node<'_>| target.ty() == Some(Type::Any);
    pairs.filter(|(t, _)| is_any(*t)).find_map(|(_, v)| boxes(v))
}

fn boxed_send(node: Node<'_>) -> Option<Boxed<'_>> {
    let element = node.field(Field::Channel)?.ty()?.element()?;
    boxes(node.field(Field::Value)?).filter(|_| element == Type::Any)
}

/// `map[string]any{…}` and `[]any{…}`.
fn boxed_element(node: Node<'_>) -> Option<Boxed<'_>> {
    if node.ty()?.element()? != Type::Any {
        return None;
    }
    let values: Vec<Node<'_>> = node.body()?.children().collect();
    for value in values {
        let inner = if value.is(Kind::KeyedElement) {
            value.field(Field::Value)
        } else {
            Some(value)
        };
        if let Some(found) = inner.and_then(|v| v.child(0)).and_then(boxes) {
            return Some(found);
        }
    }
    None
}

/// In a return or panic, which ends the loop, or inside `if err != nil { … return … }`.
fn is_error_path(node: Node<'_>) -> bool {
    if node
        .statement()
        .is_some_and(|s| s.is(Kind::ReturnStatement) || s.never_returns())
    {
        return true;
    }
    let mut inside = node;
    for around in node.ancestors().take_while(|n| Function::of(*n).is_none()) {
        let is_then = around.is(Kind::IfStatement) && inside.field_name() == Field::Consequence;
        let condition = around.field(Field::Condition).filter(|_| is_then);
        let asks = condition.is_some_and(|c| c.text().contains("!= nil"));
        if asks
            && inside
                .statements()
                .last()
                .is_some_and(|s| s.is(Kind::ReturnStatement))
        {
            return true;
        }
        inside = around;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn in_loop(text: &str) -> String {
        format!(
            "type T struct{{ a, b int }}; func emit(n int, v ...any) {{}}; var sink any;
func f(n int, xs []any, ch chan any, t T, p *T, err error) error {{ for i := 0; i < n; i++ {{\n{text}\n}}; return nil }}"
        )
    }

    #[test]
    fn targets() {
        fires(&RULE, &in_loop("sink = i + 1000 // want"));
        fires(&RULE, &in_loop("emit(i, p, t) // want"));
        fires(&RULE, &in_loop("xs = append(xs, t) // want"));
        fires(&RULE, &in_loop("ch <- i // want"));
        fires(&RULE, &in_loop("use(map[string]any{`n`: i}) // want"));
        fires(&RULE, &in_loop("use(fmt.Sprint(t.a)) // want"));
        silent(&RULE, &in_loop("fmt.Println(t.a); log.Printf(`%d`, i)"));
        silent(&RULE, &in_loop("emit(i)"));
        silent(&RULE, &in_loop("emit(i, p, 7, `x`)"));
        silent(&RULE, &in_loop("sink = p; sink = true; sink = byte(i)"));
        silent(&RULE, &in_loop("if err != nil { fmt.Println(i); return err }"));
        silent(
            &RULE,
            &in_loop("if n > 1 { return fmt.Errorf(`%d`, i) }; if n > 2 { panic(fmt.Sprint(i)) }"),
        );
        silent(&RULE, &in_loop("unknown(i)"));
        silent(&RULE, "func f(i int) { fmt.Println(i) }");
    }
}
