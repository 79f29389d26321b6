//! `json-any`: JSON decoded into any or a map of any.

use crate::audit::{
    Call, Check, Confidence, Group, Hits, Local, Measure, Node, Rule, Type, cpu, heat, measured,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "json-any",
    title: "JSON decoded into any or a map of any",
    group: Group::Interfaces,
    items: &["GO8"],
    listens: &[cpu(&["json"]), heat(Measure::Alloc)],
    saves: &[
        measured(Measure::Cpu, 0.50, 0.71),
        measured(Measure::Alloc, 0.80, 0.95),
    ],
    what: "json.Unmarshal or a Decoder's Decode into a variable whose type is any, map[string]any, []any or a name of \
           one of those.",
    why: "1051 ns, 448 B and 12 allocations against 302 ns, 24 B and 1 for the same document into a struct.",
    limits: "Whether the code only forwards arbitrary documents it cannot know; a second decoding into a struct lowers \
             the confidence.",
    instead: "A struct, generated decoders, encoding/json/v2 from Go 1.27.",
    before: r#"
func name(raw []byte) (any, error) {
	var doc map[string]any
	err := json.Unmarshal(raw, &doc) // want
	return doc["name"], err
}"#,
    after: r#"
func name(raw []byte) (string, error) {
	var doc struct {
		Name string `json:"name"`
	}
	err := json.Unmarshal(raw, &doc)
	return doc.Name, err
}"#,
    check: Check::Calls(
        &["encoding/json.Unmarshal", "(*encoding/json.Decoder).Decode"],
        check,
    ),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let at = if call.callee.is_method { 0 } else { 1 };
    let Some(target) = call.argument(at).map(Node::unparen) else {
        return;
    };
    let Some(ty) = target.ty().filter(|t| is_loose(t)) else {
        return;
    };
    let local = target
        .descendants()
        .chain(std::iter::once(target))
        .find_map(Node::local);
    if local.is_some_and(|l| is_forwarded(l)) {
        return;
    }
    let again = local.is_some_and(|l| is_marshalled(l, call.node));
    let confidence = if again {
        Confidence::Low
    } else {
        Confidence::Medium
    };
    hits.report(
        call.node,
        format!("JSON is decoded into {}: a box for each value", ty.pointed()),
    )
    .confidence(confidence)
    .fix("decode into a struct with the fields that are used");
}

/// A pointer to any, a map of strings to any or a slice of any, below its names.
fn is_loose(of: &Type<'_>) -> bool {
    let Type::Pointer(to) = of else {
        return of.is_map() && is_loose_value(of);
    };
    is_loose_value(to)
}

fn is_loose_value(of: &Type<'_>) -> bool {
    match of.underlying() {
        Some(Type::Any) => true,
        Some(Type::Map(key, value)) => *value == Type::Any && key.is_string(),
        Some(Type::Slice(element)) => *element == Type::Any,
        _ => false,
    }
}

/// A parameter of the function: what is decoded into, the caller decides.
fn is_forwarded(local: Local<'_>) -> bool {
    matches!(local.kind(), crate::audit::LocalKind::Parameter)
}

/// It is written out as JSON again.
fn is_marshalled<'a>(local: Local<'a>, call: Node<'a>) -> bool {
    let is_out = |u: Node<'a>| {
        let outer = u.ancestors().take(3).filter_map(Node::call).next();
        outer.is_some_and(|c| c.callee.package == "encoding/json" && c.node != call)
    };
    local.uses().any(is_out)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn targets() {
        let with = |body: &str| {
            format!(
                "type doc map[string]interface{{}}; type S struct {{ a int }}; func f(raw []byte, r io.Reader, v any) {{ {body} }}"
            )
        };
        fires(
            &RULE,
            &with("var x any\n json.Unmarshal(raw, &x) // want\n use(x)"),
        );
        fires(
            &RULE,
            &with("x := doc{}\n json.NewDecoder(r).Decode(&x) // want\n use(x)"),
        );
        fires(
            &RULE,
            &with("x := make(map[string]any)\n json.Unmarshal(raw, &x) // want\n use(x)"),
        );
        fires(
            &RULE,
            &with("var x []any\n json.Unmarshal(raw, &x) // want\n use(x)"),
        );
        silent(&RULE, &with("var x S; json.Unmarshal(raw, &x)"));
        silent(&RULE, &with("var x map[string]int; json.Unmarshal(raw, &x)"));
        silent(&RULE, &with("json.Unmarshal(raw, v)"));
        silent(&RULE, &with("json.Unmarshal(raw, &v)"));
        silent(&RULE, &with("json.Unmarshal(raw, unknown())"));
    }
}
