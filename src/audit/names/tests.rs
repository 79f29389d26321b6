use super::super::syntax::Kind;
use super::super::testing::{find, last_name, program};

/// The line of the declaration that the last use of `x` means; 0 for none.
fn declared(body: &str) -> u32 {
    let program = program(&[("a.go", body)]);
    last_name(&program, "x")
        .local()
        .map_or(0, |l| l.declaration().line())
}

#[test]
fn scopes_of_go() {
    assert_eq!(declared("package p\nfunc f(x int) {\n use(x) }"), 2);
    assert_eq!(declared("package p\nfunc f(x int) { {\n x := x\n use(x) } }"), 3);
    assert_eq!(
        declared("package p\nfunc f(x int) {\n { x := 1; use(x) }\n use(x) }"),
        2
    );
    assert_eq!(
        declared("package p\nfunc f(x int) {\n if x := 1; x > 0 { }\n use(x) }"),
        2
    );
    assert_eq!(
        declared("package p\nfunc f(x int) {\n for x := range 3 {\n use(x) } }"),
        3
    );
    assert_eq!(
        declared("package p\nfunc f() {\n switch x := y.(type) {\n case int: use(x) } }"),
        3
    );
    assert_eq!(
        declared("package p\nfunc f() {\n select {\n case x := <-c:\n use(x) } }"),
        4
    );
    assert_eq!(
        declared("package p\nfunc f() {\n go func(x int) {\n use(x) }(1) }"),
        3
    );
    assert_eq!(declared("package p\nvar x int\nfunc f() { use(x) }"), 0);
    assert_eq!(
        declared("package p\nfunc f() { var x int }\nfunc g() { use(x) }"),
        0
    );
    assert_eq!(declared("package p\nfunc (x *T) f() {\n use(x) }"), 2);
}

#[test]
fn a_value_is_computed_before_its_name_is_known() {
    assert_eq!(declared("package p\nfunc f(x int) { {\n x :=\n x } }"), 2);
}

#[test]
fn a_second_short_declaration_assigns() {
    let program = program(&[(
        "a.go",
        "package p\nfunc f() { a, err := g(); b, err := h(); use(a, b, err) }",
    )]);
    let err = last_name(&program, "err").local().unwrap();
    assert_eq!(err.writes().count(), 1);
    assert!(!err.is_assigned_once());
    assert!(last_name(&program, "a").local().unwrap().is_assigned_once());
}

#[test]
fn keys_of_structs_are_no_uses() {
    let program = program(&[(
        "a.go",
        "package p\nfunc f(x int) { _ = T{x: 1}; _ = map[int]int{x: 2} }",
    )]);
    let x = find(&program, Kind::Identifier, "x").local().unwrap();
    assert_eq!(x.uses().count(), 1);
}

#[test]
fn used_after_and_captured() {
    let text = "package p\nfunc f(x, y, z int) { for { use(x); call(); }; y = 1; go func() { use(z) }() }";
    let program = program(&[("a.go", text)]);
    let call = find(&program, Kind::ExpressionStatement, "call()");
    let local = |name: &str| find(&program, Kind::Identifier, name).local().unwrap();
    assert!(local("x").is_used_after(call), "in the next turn");
    assert!(local("y").is_used_after(call));
    assert!(local("z").is_captured() && !local("x").is_captured());
}

#[test]
fn callees_by_canonical_names() {
    let text = "package p
import (
	\"net/http\"
	db \"database/sql\"
	. \"strings\"
)
type T struct { *db.DB; c http.Client }
func (t *T) own() {}
func local() {}
func f(t *T, http2 int) {
	http.Get(``)
	t.Query(``)
	t.c.Do(nil)
	t.own()
	local()
	Repeat(``, 1)
	len(``)
	unknown.Close()
	func(http T2) { http.Get() }(nil)
}";
    let program = program(&[("q/a.go", text)]);
    let check = |call: &str, pattern: &str| {
        let node = find(&program, Kind::CallExpression, call);
        let callee = node.call().unwrap().callee;
        assert!(callee.is(pattern), "{call}: {callee:?}");
    };
    check("http.Get(``)", "net/http.Post|Get");
    check("t.Query(``)", "(*database/sql.DB).Query");
    check("t.c.Do(nil)", "(*net/http.Client).Do");
    check("t.own()", "(m/q.T).own");
    check("local()", "m/q.local");
    check("Repeat(``, 1)", "strings.Repeat");
    check("len(``)", "len");
    check("unknown.Close()", ".Close");
    let shadowed = find(&program, Kind::CallExpression, "http.Get()").call().unwrap();
    assert!(!shadowed.is_to("net/http.Get") && shadowed.is_to(".Get"));
}

#[test]
fn functions_as_profiles_name_them() {
    let text = "package main
var g = func() { a() }
type T struct{}
func (t *T) M() { run(func() { run(func() { b() }); run(func() { c() }) }); go func() { d() }() }
func (t T) V() { e() }
func init() { run(func() { h() }) }
func main() { i() }";
    let program = program(&[("cmd/x/a.go", text)]);
    let check = |call: &str, expect: &str| {
        let node = find(&program, Kind::CallExpression, call);
        assert_eq!(node.function().unwrap().profile_name(), expect);
    };
    check("a()", "main.init.func1");
    check("b()", "main.(*T).M.func1.1");
    check("c()", "main.(*T).M.func1.2");
    check("d()", "main.(*T).M.func2");
    check("e()", "main.T.V");
    check("h()", "main.init.0.func1");
    check("i()", "main.main");
}

#[test]
fn constants() {
    let text = "package p\nconst n = 1 << 10\nconst s = \"a\\tb\" + `c`\nfunc f(v int) { use(n*2, s, v, -0x1F, 017) }";
    let program = program(&[("a.go", text)]);
    let call = program.files().next().unwrap().root().calls().next().unwrap();
    let argument = |at: usize| call.argument(at).unwrap();
    assert_eq!(argument(0).constant_integer(), Some(2048));
    assert_eq!(argument(1).constant_string().as_deref(), Some("a\tbc"));
    assert_eq!(
        (argument(3).constant_integer(), argument(4).constant_integer()),
        (Some(-31), Some(15))
    );
    assert!(argument(0).is_constant() && !argument(2).is_constant());
}
