use super::super::names::Function;
use super::super::node::Node;
use super::super::syntax::Kind;
use super::super::testing::{find, program};
use super::*;

const NONE: [u32; 0] = [];

/// The lines of the ends that paths from `start()` reach without `done()`; the body's end as its line.
fn ends(body: &str) -> Vec<u32> {
    let program = program(&[(
        "a.go",
        &format!("package p\nfunc f(ok bool, n int) {{\nstart()\n{body}\n}}"),
    )]);
    let from = find(&program, Kind::ExpressionStatement, "start()");
    let paths = Paths {
        from,
        error: None,
        value: None,
    };
    let is_done = |s: Node<'_>| s.text() == "done()" || s.text() == "defer done()";
    let effect = |s| if is_done(s) { Effect::Done } else { Effect::None };
    let line = |n: &Node<'_>| {
        if n.is(Kind::Block) {
            n.end_position().0
        } else {
            n.line()
        }
    };
    paths.open_ends(effect).iter().map(line).collect()
}

#[test]
fn branches_loops_and_ends() {
    assert_eq!(ends("x()"), [5]);
    assert_eq!(ends("done()"), NONE);
    assert_eq!(ends("if ok { done() }"), [5]);
    assert_eq!(ends("if ok { done() } else { done() }"), NONE);
    assert_eq!(
        ends("if ok { done() } else if n > 0 { return } else { done() }"),
        [4]
    );
    assert_eq!(ends("if ok { panic(1) }; done()"), NONE);
    assert_eq!(ends("for ok { done() }"), [5]);
    assert_eq!(ends("for { done() }"), NONE);
    assert_eq!(ends("for { if ok { break } }; x()"), [5]);
    assert_eq!(ends("for { if ok { return } }"), [4]);
    assert_eq!(ends("select {}"), NONE);
    assert_eq!(ends("defer done(); return"), NONE);
    assert_eq!(ends("{ }\n{ done() }"), NONE);
}

#[test]
fn switches_selects_and_jumps() {
    assert_eq!(ends("switch n { case 1: done(); default: done() }"), NONE);
    assert_eq!(ends("switch n { case 1: done() }"), [5]);
    assert_eq!(
        ends("switch n { case 1: fallthrough; case 2: done(); default: done() }"),
        NONE
    );
    assert_eq!(ends("switch n { case 1: break; default: done() }"), [5]);
    assert_eq!(
        ends("select { case <-c: done(); case v := <-d: use(v); return }"),
        [4]
    );
    assert_eq!(ends("outer: for { for { continue outer } }"), NONE);
    assert_eq!(ends("outer: for { for { break outer } }"), [5]);
    assert_eq!(ends("goto end\nx()\nend: done()"), NONE);
    assert_eq!(ends("switch { case ok: done(); case !ok: done() }"), [5]);
}

#[test]
fn branches_on_one_unchanged_local_are_correlated() {
    assert_eq!(ends("if ok { done() }\nif !ok { done() }"), NONE);
    assert_eq!(ends("if ok { x() }\nif ok { done(); return }\ndone()"), NONE);
    assert_eq!(ends("if ok { done() }; ok = true\nif !ok { done() }"), [6]);
}

fn loop_of(header: &str, ask: impl Fn(Node<'_>) -> String) -> String {
    let text = format!(
        "package p\nfunc f(xs []int, ch chan int, m map[int]int, n int) {{\nfor {header} {{ use(xs) }} }}"
    );
    let program = program(&[("a.go", &text)]);
    let node = program
        .files()
        .next()
        .unwrap()
        .root()
        .find_all(Kind::ForStatement)
        .next()
        .unwrap();
    ask(node)
}

#[test]
fn what_drives_a_loop() {
    let ask = |n: Node<'_>| {
        format!(
            "{:?} {:?} {}",
            n.is_counted(),
            n.constant_turns(),
            n.is_over_data()
        )
    };
    let check = |header: &str, expect: &str| assert_eq!(loop_of(header, ask), expect, "{header}");
    check("_, x := range xs", "Some(true) None true");
    check("range ch", "Some(false) None true");
    check("range 5", "Some(true) Some(5) false");
    check("range []int{1, 2}", "Some(true) Some(2) false");
    check("i := 1; i <= 4; i++", "Some(true) Some(4) false");
    check("i := 0; i < n; i++", "Some(true) None false");
    check("n > 0", "Some(false) None false");
    check("", "Some(false) None false");
    check("range unknown", "None None true");
}

#[test]
fn ways_out_of_a_loop() {
    let text = "package p\nfunc f() { for { for { break }; switch { case a: break }; func() { return }(); if b { return } } }";
    let program = program(&[("a.go", text)]);
    let outer = program
        .files()
        .next()
        .unwrap()
        .root()
        .find_all(Kind::ForStatement)
        .next()
        .unwrap();
    assert_eq!(
        outer.leaves().iter().map(|n| n.kind()).collect::<Vec<_>>(),
        [Kind::ReturnStatement]
    );
    let function = Function::of(outer.enclosing_function().unwrap()).unwrap();
    assert_eq!(function.body.first_statement(), Some(outer));
}
