use super::super::testing::{find, program};
use super::*;

const LIB: &str = "package lib
type ID int
type Row struct { ID ID; Tags []string; next *Row }
type Alias = Row
type Store interface { Load(id ID) (*Row, error) }
func (r *Row) Name() string { return `` }
func New() (*Row, error) { return nil, nil }
func First[T any](xs []T) T { return xs[0] }
func Keep[S ~[]E, E any](s S) S { return s }
";

/// The type of the expression `probe` names in a body with many locals.
fn check(expression: &str, expect: &str) {
    let text = format!(
        "package p
import (\"m/lib\"; \"net/http\"; \"time\"; \"strings\"; \"slices\"; \"maps\")
type outer struct {{ *lib.Row; m map[string][]byte }}
func f(o outer, s lib.Store, c http.Client, ch <-chan int, xs []lib.Row, arr [4]int, v any, fn func() bool, ds ...time.Duration) {{
	resp, err := c.Get(``)
	row, _ := s.Load(1)
	n := len(xs)
	for i, x := range xs {{ for k, b := range o.m {{
		switch w := v.(type) {{ case string: probe({expression}) }}
	}} }}
}}"
    );
    let program = program(&[("lib/lib.go", LIB), ("p/p.go", &text)]);
    let call = program
        .files()
        .flat_map(|f| f.root().calls().collect::<Vec<_>>())
        .find(|c| c.callee.name == "probe");
    let ty = call.unwrap().argument(0).unwrap().ty();
    assert_eq!(
        ty.map_or("unknown".to_string(), |t| t.to_string()),
        expect,
        "{expression}"
    );
}

#[test]
fn expressions() {
    let cases = [
        ("1", "int"),
        ("1.5", "float64"),
        ("`a` + x.Name()", "string"),
        ("resp", "*net/http.Response"),
        ("resp.Body", "io.ReadCloser"),
        ("resp.Header.Get(``)", "string"),
        ("err", "error"),
        ("row", "*m/lib.Row"),
        ("row.ID", "m/lib.ID"),
        ("o.ID", "m/lib.ID"),
        ("o.Name()", "string"),
        ("o.Tags[0]", "string"),
        ("n > 1", "bool"),
        ("i", "int"),
        ("&x", "*m/lib.Row"),
        ("k", "string"),
        ("b[1:]", "[]byte"),
        ("<-ch", "int"),
        ("w", "string"),
        ("v.(error)", "error"),
        ("fn()", "bool"),
        ("ds", "[]time.Duration"),
        ("time.Now().Sub(time.Now())", "time.Duration"),
        ("strings.Split(``, ``)", "[]string"),
        ("make(map[string]lib.ID)", "map[string]m/lib.ID"),
        ("lib.Row{}", "m/lib.Row"),
        ("lib.Alias{}", "m/lib.Row"),
        ("lib.ID(3)", "m/lib.ID"),
        ("[]byte(k)", "[]byte"),
        ("string(b)", "string"),
        ("lib.First(xs)", "m/lib.Row"),
        ("lib.Keep(xs)", "[]m/lib.Row"),
        ("slices.Clone(xs)", "[]m/lib.Row"),
        ("append(xs, x)", "[]m/lib.Row"),
        ("arr[:]", "[]int"),
        ("func() {}", "func"),
        ("unknown", "unknown"),
        ("unknown.f(1)", "unknown"),
        ("unknown(1)", "unknown"),
    ];
    cases
        .iter()
        .for_each(|(expression, expect)| check(expression, expect));
}

#[test]
fn underlying_types_and_sizes() {
    let text = "package p\nimport \"time\"\ntype id int32\ntype s struct { a bool; b id; c string; d [2]time.Time; e bool }\nvar x s\nvar y struct { u other.T }";
    let program = program(&[("a.go", text)]);
    let ty = |name: &str| {
        let package = program.packages().next().unwrap();
        package
            .variable_named(name)
            .unwrap()
            .parent()
            .unwrap()
            .field(crate::audit::Field::Type)
            .unwrap()
            .as_type()
            .unwrap()
    };
    assert_eq!(ty("x").size(), Some(80));
    assert_eq!(
        ty("x").field_type("b").unwrap().underlying().unwrap().to_string(),
        "rune"
    );
    assert!(ty("x").is_struct() && !ty("x").is_integer());
    assert_eq!(ty("y").size(), None);
}

#[test]
fn type_names_that_turn_in_circles_end() {
    let program = program(&[(
        "a.go",
        "package p\ntype a b\ntype b a\ntype c struct { c }\nfunc f(x a, y c) { use(x.z, y.z, y.m()) }",
    )]);
    let call = find(&program, Kind::CallExpression, "use(x.z, y.z, y.m())")
        .call()
        .unwrap();
    assert!(call.arguments().iter().all(|a| a.ty().is_none()));
    assert_eq!(call.argument(0).unwrap().ty(), None);
}
