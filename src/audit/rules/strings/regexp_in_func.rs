//! `regexp-in-func`: a pattern is compiled on every call.

use crate::audit::{Call, Check, Group, Hits, Kind, Measure, Node, Rule, Severity, cpu, heat, measured};

/// The rule.
pub const RULE: Rule = Rule {
    id: "regexp-in-func",
    title: "a pattern is compiled on every call",
    group: Group::Strings,
    items: &["GO5", "AR-parser"],
    listens: &[cpu(&["regexp.compile"]), heat(Measure::Alloc)],
    saves: &[
        measured(Measure::Cpu, 0.95, 1.0),
        measured(Measure::Alloc, 0.95, 1.0),
    ],
    what: "regexp.Compile or MustCompile of a constant pattern inside a function that runs more than once; \
           regexp.Match and its kin with a constant pattern anywhere, with any pattern in a loop.",
    why: "Compiling takes 3.2 µs, 2.7 KB and 35 allocations, matching 90 ns.",
    limits: "Silent in init, main, TestMain, literals given to sync.Once, and where the result goes into a package \
             variable or, in a constructor, into a field.",
    instead: "A package variable; sync.OnceValue where many patterns slow the start.",
    peers: &["SA6000"],
    before: r#"
func valid(code string) bool {
	return regexp.MustCompile(`^[A-Z]{3}\d+$`).MatchString(code) // want
}"#,
    after: r#"
var codeRE = regexp.MustCompile(`^[A-Z]{3}\d+$`)

func valid(code string) bool { return codeRE.MatchString(code) }"#,
    check: Check::Calls(
        &[
            "regexp.Compile|MustCompile|CompilePOSIX|MustCompilePOSIX",
            "regexp.Match|MatchString|MatchReader",
        ],
        check,
    ),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some(pattern) = call.argument(0) else { return };
    let Some(function) = call.node.function() else {
        return;
    };
    let in_loop = call.node.enclosing_loop().is_some();
    let is_match = call.callee.name.starts_with("Match");
    let is_fixed = is_constant_pattern(pattern);
    let is_repeated = is_match && in_loop;
    if !is_fixed && !is_repeated {
        return;
    }
    if !is_match && (runs_once(call.node) || is_kept(call.node)) {
        return;
    }
    let severity = if in_loop || function.is_request_path() {
        Severity::Medium
    } else {
        Severity::Low
    };
    let what = if is_fixed { pattern.text() } else { "a pattern" };
    hits.report(
        call.node,
        format!("regexp.{} compiles {what} on every call", call.callee.name),
    )
    .severity(severity);
}

/// A literal, a constant, or an exported name of another package.
fn is_constant_pattern(pattern: Node<'_>) -> bool {
    let is_foreign = pattern.is(Kind::SelectorExpression)
        && pattern.child(0).and_then(Node::imported_path).is_some()
        && pattern
            .child(1)
            .is_some_and(|f| f.text().starts_with(char::is_uppercase));
    pattern.is_constant() || is_foreign
}

/// In `init`, `main`, `TestMain`, or a literal that sync.Once or its kin calls.
fn runs_once(node: Node<'_>) -> bool {
    let by_once = |literal: &Node<'_>| {
        let list = literal.parent().filter(|p| p.is(Kind::ArgumentList));
        let call = list.and_then(Node::parent).and_then(Node::call);
        call.is_some_and(|c| c.is_to("(*sync.Once).Do") || c.is_to("sync.OnceFunc|OnceValue|OnceValues"))
    };
    let name = node
        .enclosing_declaration()
        .and_then(|d| d.field(crate::audit::Field::Name));
    name.is_some_and(|n| matches!(n.text(), "init" | "main" | "TestMain"))
        || node
            .ancestors()
            .filter(|n| n.is(Kind::FuncLiteral))
            .any(|l| by_once(&l))
}

/// The result goes into a package variable, or into a field in a constructor.
fn is_kept(node: Node<'_>) -> bool {
    let is_constructor = node.function().is_some_and(|f| f.name().starts_with("New"));
    let in_literal = node
        .ancestors()
        .take_while(|n| !n.kind().is_statement())
        .any(|n| n.is(Kind::KeyedElement));
    let is_global = |t: &Node<'_>| t.is(Kind::Identifier) && t.local().is_none() && t.text() != "_";
    let is_field = |t: &Node<'_>| t.is(Kind::SelectorExpression);
    let targets = node.targets();
    targets
        .first()
        .is_some_and(|t| is_global(t) || (is_constructor && is_field(t)))
        || (is_constructor && in_literal)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn what_is_kept_or_runs_once_is_fine() {
        silent(
            &RULE,
            "func init() { re = regexp.MustCompile(`a`) }; var re *regexp.Regexp",
        );
        silent(
            &RULE,
            "var re *regexp.Regexp; func load() { re = regexp.MustCompile(`a`) }",
        );
        silent(
            &RULE,
            "type T struct{ re *regexp.Regexp }; func NewT() *T { return &T{re: regexp.MustCompile(`a`)} }",
        );
        silent(
            &RULE,
            "var one sync.Once; func f() { one.Do(func() { x := regexp.MustCompile(`a`); use(x) }) }",
        );
        silent(
            &RULE,
            "func f(p string) *regexp.Regexp { return regexp.MustCompile(p) }",
        );
    }

    #[test]
    fn names_are_looked_up() {
        silent(
            &RULE,
            "type re struct{}; func (re) MustCompile(string) {}; func f(regexp re) { regexp.MustCompile(`a`) }",
        );
        fires(&RULE, "package p\nimport rx \"regexp\"\nconst p = `a`\nfunc f() { rx.MustCompile(p).String()\n _ = 1\n rx.MatchString(p, p) // want\n }".replace("String()\n", "String() // want\n").as_str());
    }

    #[test]
    fn any_pattern_in_a_loop_counts_for_match() {
        fires(
            &RULE,
            "func f(ps []string) { for _, p := range ps {\n regexp.MatchString(p, p) // want\n } }",
        );
        silent(&RULE, "func f(p string) { regexp.MatchString(p, p) }");
    }
}
