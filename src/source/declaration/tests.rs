use super::*;

/// `name:type` of parameters, then of results.
#[track_caller]
fn check(text: &str, receiver: Option<&str>, name: &str, expect: &str) {
    let file = format!("package x\n\n{text}\n");
    let file = GoFile::new(&file);
    let found = file.signature(receiver, name);
    let list = |params: &[Param]| {
        let one = |p: &Param| {
            let dots = if p.variadic { "..." } else { "" };
            format!("{}:{dots}{}", p.name, p.kind)
        };
        params.iter().map(one).collect::<Vec<_>>().join(" | ")
    };
    let told = found.map_or("none".to_string(), |s| {
        format!("{} -> {}", list(&s.params), list(&s.results))
    });
    assert_eq!(told, expect, "{text}");
}

#[test]
fn signatures_are_read_as_go_reads_them() {
    check("func F() {", None, "F", " -> ");
    check(
        "func F(a, b int, s string) error {",
        None,
        "F",
        "a:int | b:int | s:string -> :error",
    );
    check(
        "func F(int, string) (int, error) {",
        None,
        "F",
        ":int | :string -> :int | :error",
    );
    check(
        "func F(pkg.T, *List[int]) {",
        None,
        "F",
        ":pkg.T | :*List[int] -> ",
    );
    check(
        "func F(List[int], map[string]int) {",
        None,
        "F",
        ":List[int] | :map[string]int -> ",
    );
    check(
        "func F(xs [4]int, m List[K]) {",
        None,
        "F",
        "xs:[4]int | m:List[K] -> ",
    );
    check(
        "func F(_ int, args ...any) (n int, err error) {",
        None,
        "F",
        "_:int | args:...any -> n:int | err:error",
    );
    check("func F(...pkg.T) {", None, "F", ":...pkg.T -> ");
    check(
        "func F(f func(a, b int) (int, error), c <-chan int) chan<- int {",
        None,
        "F",
        "f:func(a, b int) (int, error) | c:<-chan int -> :chan<- int",
    );
    check("func F() interface{ A() } {", None, "F", " -> :interface{ A() }");
    check(
        "func F() map[string]struct{} {",
        None,
        "F",
        " -> :map[string]struct{}",
    );
    check(
        "func F() func(int) struct{} {",
        None,
        "F",
        " -> :func(int) struct{}",
    );
    check(
        "func F(p unsafe.Pointer) uint32\n\nfunc G() {",
        None,
        "F",
        "p:unsafe.Pointer -> :uint32",
    );
    check("func F(x []byte)\n\nfunc G() {}", None, "F", "x:[]byte -> ");
}

#[test]
fn lists_over_several_lines_lose_their_comments() {
    check(
        "func F(\n\tctx context.Context, // who asks\n\to struct {\n\t\ta int\n\t\tb, c string\n\t},\n) (\n\t[]int, /* ) */\n\terror,\n) {",
        None,
        "F",
        "ctx:context.Context | o:struct { a int; b, c string } -> :[]int | :error",
    );
}

#[test]
fn methods_are_told_from_functions_and_from_each_other() {
    let text = "func (a *A) F(x int) {}\nfunc (b B) F(y string) {}\nfunc F() {}\nvar s = `\nfunc G() {`";
    check(text, Some("A"), "F", "x:int -> ");
    check(text, Some("B"), "F", "y:string -> ");
    check(text, None, "F", " -> ");
    check(text, Some("C"), "F", "none");
    check(text, None, "G", "none");
    check("func F(a int", None, "F", "none");
}

#[test]
fn type_parameters_come_with_their_constraints() {
    let text = "package x\ntype List[T cmp.Ordered] struct{}\nfunc (l *List[E]) Add(v E) {}\n\
                func Map[T any, S ~[]T](s S) []T {\n";
    let file = GoFile::new(text);
    let add = file.signature(Some("List"), "Add").unwrap();
    assert_eq!(
        (add.type_params[0].name.as_str(), add.type_params[0].kind.as_str()),
        ("E", "cmp.Ordered")
    );
    assert!(add.receiver.unwrap().pointer);
    let map = file.signature(None, "Map").unwrap();
    let kinds: Vec<&str> = map.type_params.iter().map(|p| p.kind.as_str()).collect();
    assert_eq!(kinds, ["any", "~[]T"]);
}

#[test]
fn heads_of_files_are_read() {
    let text = "// A.\n\n//go:build linux\n\npackage cart\n\nimport \"fmt\"\nimport (\n\trnd \"math/rand/v2\"\n\t_ `embed`\n)\n\nvar x = 1\n";
    let file = GoFile::new(text);
    assert_eq!(file.package(), Some("cart"));
    assert_eq!(file.build_constraint(), Some("//go:build linux"));
    assert_eq!(
        file.imports(),
        [("", "fmt"), ("rnd", "math/rand/v2"), ("_", "embed")]
    );
    assert!(GoFile::new("").package().is_none() && GoFile::new("x").imports().is_empty());
}

#[test]
fn qualifiers_are_packages_and_not_fields() {
    assert_eq!(qualifiers("map[a.K]*b.V{a.X.Y, \"c.d\"} // e.f"), ["a", "b"]);
    assert_eq!(words("~[]T | pkg.Int"), ["T", "pkg", "Int"]);
}

#[test]
fn any_text_is_survived() {
    for text in [
        "func",
        "func (",
        "func (x",
        "func (x) F",
        "package",
        "import (",
        "func F[",
        "func F(((",
        "func F() func",
    ] {
        let file = GoFile::new(text);
        let _ = (
            file.package(),
            file.imports(),
            file.signature(None, "F"),
            file.signature(Some("x"), "F"),
        );
    }
}
