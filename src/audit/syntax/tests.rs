use super::*;

fn tree(text: &str) -> Tree {
    parse(text).unwrap()
}

fn kinds(tree: &Tree) -> Vec<Kind> {
    (0..tree.node_count()).map(|id| tree.kind(id)).collect()
}

#[test]
fn wrappers_comments_and_tokens_are_hidden() {
    let tree = tree("package p\nfunc f() { /* c */ x = 1 }\n");
    use Kind::*;
    let expect = [
        SourceFile,
        PackageClause,
        PackageIdentifier,
        FunctionDeclaration,
        Identifier,
        ParameterList,
        Block,
        AssignmentStatement,
        ExpressionList,
        Identifier,
        Other,
        ExpressionList,
        IntLiteral,
    ];
    assert_eq!(kinds(&tree), expect);
    assert_eq!(tree.comments().collect::<Vec<_>>(), [(2, "/* c */")]);
}

#[test]
fn descendants_are_the_ids_up_to_the_end() {
    let tree = tree("package p\nvar a, b = 1, 2\n");
    for id in 0..tree.node_count() {
        for child in tree.children(id) {
            assert_eq!(tree.parent(child), Some(id));
            assert!(tree.end(child) <= tree.end(id));
        }
    }
    assert_eq!(tree.end(0), tree.node_count());
}

#[test]
fn lines_and_columns_count_from_one_in_bytes() {
    let tree = tree("package p\n\nvar ä = 1\n");
    let one = (0..tree.node_count())
        .find(|id| tree.kind(*id) == Kind::IntLiteral)
        .unwrap();
    let (start, _) = tree.span(one);
    assert_eq!((tree.line_of(start), tree.column_of(start)), (3, 10));
    assert_eq!(tree.line_text(3), "var ä = 1");
    assert_eq!(tree.line_text(99), "");
}

fn broken(text: &str) -> (u32, Vec<String>) {
    let tree = tree(text);
    let ids = (0..tree.node_count()).filter(|id| tree.is_broken(*id));
    let top = ids.filter(|id| !tree.parent(*id).is_some_and(|p| tree.is_broken(p)));
    let texts = top.map(|id| tree.node_text(id).to_string()).collect();
    (tree.broken_count(), texts)
}

#[test]
fn an_error_costs_its_statement_only() {
    let (count, texts) = broken("package p\nfunc f() {\n\ta := 1\n\tb := a +* / 2\n\tc := 3\n}\n");
    assert_eq!(count, 1);
    assert!(
        texts
            .iter()
            .all(|t| !t.contains("a := 1") && !t.contains("c := 3")),
        "{texts:?}"
    );
}

#[test]
fn newer_grammar_is_no_error() {
    for value in [
        "1 + 2",
        "g(1)",
        "`a`",
        "-1",
        "a.b(c) + 1",
        "[]int",
        "map[string]int",
        "struct{}",
        "T[int]{}",
    ] {
        let text = format!("package p\nfunc f() {{ g(new({value}), 2); x := 1 }}\n");
        assert_eq!(broken(&text), (0, vec![]), "{value}");
        assert_eq!(tree(&text).text(), text);
    }
    assert_eq!(
        broken("package p\nfunc (s Set[T]) Map[U any](f func(T) U) Set[U] { return nil }\n").0,
        0
    );
}

#[test]
fn limits() {
    let deep = format!("package p\nvar x = {}1{}\n", "(".repeat(3000), ")".repeat(3000));
    assert_eq!(parse(&deep).unwrap_err(), Unparsed::TooDeep);
    let large = format!("package p\n//{}\n", "x".repeat(MAX_BYTES));
    assert_eq!(parse(&large).unwrap_err(), Unparsed::TooLarge);
}

#[test]
fn garbage_ends() {
    for text in [
        "",
        "\0\0",
        "{{{{",
        "))))",
        "package",
        "func (",
        "`",
        "\"\\",
        "package p\nfunc f() { for {",
    ] {
        let tree = tree(text);
        assert!(tree.node_count() > 0, "{text:?}");
    }
    // What the parser cannot recover from ends by its number of steps.
    let hard = "func f( { [ ".repeat(20_000);
    let _ = parse(&hard);
    let hard = "{".repeat(200_000);
    let _ = parse(&hard);
}
