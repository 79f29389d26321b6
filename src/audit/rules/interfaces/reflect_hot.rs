//! `reflect-hot`: reflection on a hot path.

use crate::audit::{Call, Check, Group, Hits, Measure, Rule, cpu, heat, measured};

/// The rule.
pub const RULE: Rule = Rule {
    id: "reflect-hot",
    title: "reflection on a hot path",
    group: Group::Interfaces,
    items: &["GO8"],
    base: None,
    listens: &[cpu(&["reflect", "binary.reflect"]), heat(Measure::Alloc)],
    saves: &[
        measured(Measure::Cpu, 0.50, 0.97),
        measured(Measure::Alloc, 0.50, 1.0),
    ],
    what: "Calls of the package reflect, of binary.Read, Write and Size, of templates' Execute and of mapstructure; \
           reported only where reflection is 1 % of the CPU below the line, or of the allocated bytes.",
    why: "DeepEqual takes 152 ns and 2 allocations against 5 ns for slices.Equal, binary.Read 120 against 2.2 ns.",
    limits: "Silent in start-up code.",
    target: "reflection below 2 % of the CPU",
    instead: "==, slices.Equal and maps.Equal; binary.LittleEndian.Uint32 on a buffer; generated code.",
    peers: &["reflectDeepEqual", "binaryWrite", "reflectType", "reflecttypefor"],
    before: r#"
func changed(old, cur []int) bool {
	return !reflect.DeepEqual(old, cur) // want
}"#,
    after: r#"
func changed(old, cur []int) bool {
	return !slices.Equal(old, cur)
}"#,
    check: Check::Calls(&CALLS, check),
    ..Rule::BASE
};

const CALLS: [&str; 7] = [
    "reflect.DeepEqual|ValueOf|TypeOf|New|MakeSlice|MakeMap|MakeFunc|Append|Copy|Indirect|Zero|Swapper",
    "(reflect.Value).Call|Field|FieldByName|Method|MethodByName|Set|Index|MapIndex|MapKeys|MapRange|Interface|Convert|SetMapIndex",
    "encoding/binary.Read|Write|Size",
    "(*text/template.Template).Execute|ExecuteTemplate",
    "(*html/template.Template).Execute|ExecuteTemplate",
    "github.com/mitchellh/mapstructure.Decode|WeakDecode",
    "github.com/go-viper/mapstructure/v2.Decode|WeakDecode",
];

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    if call
        .node
        .function()
        .is_none_or(crate::audit::Function::is_startup)
    {
        return;
    }
    let name = call.callee.name;
    let owner = match (call.callee.receiver, call.callee.package) {
        ("", package) => package.rsplit('/').next().unwrap_or_default(),
        (receiver, _) => receiver,
    };
    let hit = hits.report(call.node, format!("{owner}.{name} works by reflection"));
    match name {
        "DeepEqual" => hit.fix("==, slices.Equal or maps.Equal"),
        "Read" | "Write" | "Size" => hit.fix("binary.LittleEndian or BigEndian on a buffer"),
        _ => hit,
    };
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn calls() {
        fires(
            &RULE,
            "func f(r io.Reader, x *int) { binary.Read(r, nil, x) // want\n }",
        );
        fires(&RULE, "func f(v reflect.Value) { v.FieldByName(`a`) // want\n }");
        fires(
            &RULE,
            "import \"html/template\"; func f(t *template.Template, w io.Writer) { t.Execute(w, nil) // want\n }",
        );
        silent(&RULE, "func init() { use(reflect.TypeOf(1)) }");
        silent(
            &RULE,
            "func f(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }",
        );
    }
}
