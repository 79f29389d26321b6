//! `alloc-in-loop`: the same allocation or set-up on every turn.

use crate::audit::rules::value::{
    Goes, Trust, goes, is_unchanged, new_value_goes, outermost, runs_once, short,
};
use crate::audit::{
    Call, Check, Confidence, Field, Group, Hits, Kind, Measure, Node, Rule, Type, assumed, cpu, heat,
    measured,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "alloc-in-loop",
    title: "the same allocation or set-up on every turn",
    group: Group::Memory,
    items: &["ME3"],
    listens: &[
        heat(Measure::Alloc),
        cpu(&["alloc", "rand.seed", "regexp.compile"]),
    ],
    saves: &[
        assumed(Measure::Alloc, 0.80, 1.0),
        measured(Measure::Cpu, 0.80, 1.0),
    ],
    what: "In a loop a make, &T{…}, []T{…}, reader, replacer, time zone, template, certificate, random source or pattern is \
           made from arguments that the loop does not change, and the value is not appended, stored, sent or captured.",
    why: "15.5 µs and 5.4 KB for a random source; a time zone is read from a file.",
    limits: "Whether the value must be fresh on each turn is not known where a function gets it: low confidence there. \
             Silent for what the compiler keeps on the stack.",
    target: "0 allocations per turn",
    instead: "Where the value only must be empty: clear(m), s = s[:0], Reset.",
    before: r#"
func drain(src io.Reader, size int) {
	for {
		chunk := make([]byte, size) // want
		if _, err := src.Read(chunk); err != nil {
			return
		}
	}
}"#,
    after: r#"
func drain(src io.Reader, size int) {
	chunk := make([]byte, size)
	for {
		if _, err := src.Read(chunk); err != nil {
			return
		}
	}
}"#,
    check: Check::Nodes(&[Kind::CallExpression, Kind::CompositeLiteral], check),
    ..Rule::BASE
};

/// Loops of so few turns are not worth it.
const FEW_TURNS: u64 = 4;
/// A make of constant size up to this lives on the stack while it goes nowhere.
const MAX_ON_STACK: i64 = 64 << 10;

/// Set-up whose result can be shared between turns.
const SETUP: [&str; 8] = [
    "strings.NewReplacer",
    "time.LoadLocation",
    "text/template.Must|ParseFiles|ParseGlob",
    "html/template.Must|ParseFiles|ParseGlob",
    "crypto/x509.ParseCertificate|ParseCertificates|ParsePKCS1PrivateKey|ParsePKCS8PrivateKey|ParseECPrivateKey|SystemCertPool",
    "math/rand.New",
    "math/rand/v2.New",
    "regexp.Compile|MustCompile|CompilePOSIX|MustCompilePOSIX",
];

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some(around) = node.enclosing_loop() else {
        return;
    };
    let found = if node.is(Kind::CompositeLiteral) {
        literal(node, around)
    } else {
        node.call().and_then(|c| made_by(&c, around))
    };
    let Some((fix, confidence)) = found else { return };
    let is_few = around.constant_turns().is_some_and(|n| n <= FEW_TURNS);
    if is_few || runs_once(node, around) || is_in_other(node) {
        return;
    }
    let node = outermost(node);
    hits.report(
        node,
        format!("{} is made anew on every turn, always the same", short(node)),
    )
    .confidence(confidence)
    .fix(fix);
}

type Found = (&'static str, Confidence);

/// Part of an expression that is looked at as a whole: an element of a literal, the argument of a set-up.
fn is_in_other(node: Node<'_>) -> bool {
    let mut above = node.ancestors().take_while(|n| !n.kind().is_statement());
    above.any(|n| {
        let is_literal = n.is(Kind::CompositeLiteral);
        is_literal || (n.is(Kind::CallExpression) && n.call().is_some_and(|c| c.is_to_any(&SETUP)))
    })
}

fn made_by<'a>(call: &Call<'a>, around: Node<'a>) -> Option<Found> {
    match call.callee.name {
        "make" if call.is_builtin() => make(call, around),
        "NewReader" if call.is_to("bytes.NewReader|NewBuffer") || call.is_to("strings.NewReader") => {
            let same = are_unchanged(call, around) && new_value_goes(call.node) == Goes::Nowhere;
            same.then_some((
                "make it before the loop and Reset it on each turn",
                Confidence::Medium,
            ))
        }
        _ => setup(call, around),
    }
}

fn are_unchanged<'a>(call: &Call<'a>, around: Node<'a>) -> bool {
    call.arguments()
        .into_iter()
        .all(|a| is_unchanged(a, around, Trust::FieldsOfQuietOwners))
}

fn make<'a>(call: &Call<'a>, around: Node<'a>) -> Option<Found> {
    let ty = call.argument(0)?.as_type()?;
    if new_value_goes(call.node) != Goes::Nowhere || is_given_back(call.node) || !are_unchanged(call, around)
    {
        return None;
    }
    if ty.is_map() {
        return Some((
            "make it before the loop and clear it on each turn",
            Confidence::Medium,
        ));
    }
    let sizes: Option<Vec<i64>> = call
        .arguments()
        .into_iter()
        .skip(1)
        .map(Node::constant_integer)
        .collect();
    let is_small = sizes.is_some_and(|s| s.iter().all(|n| *n <= MAX_ON_STACK));
    let is_heavy = !is_small || goes_to_interface(call.node);
    (ty.is_slice() && is_heavy).then_some((
        "make it before the loop; where it must be empty, cut it to [:0] on each turn",
        Confidence::High,
    ))
}

/// A variable that was there before gets it: it is made only sometimes, or wanted after the loop.
fn is_given_back(node: Node<'_>) -> bool {
    let targets = outermost(node).targets();
    let is_known = |t: &Node<'_>| t.local().is_some_and(|l| l.declaration() != *t);
    targets.first().is_some_and(is_known)
}

/// A method of an interface gets it, which makes it escape.
fn goes_to_interface(node: Node<'_>) -> bool {
    let local = outermost(node).targets().first().and_then(|t| t.local());
    let is_interface_call = |use_: Node<'_>| {
        let call = use_
            .ancestors()
            .take(3)
            .find(|n| n.is(Kind::CallExpression))
            .and_then(Node::call);
        let operand = call.and_then(|c| c.operand()).and_then(Node::ty);
        operand.is_some_and(|t| t.is_interface())
    };
    local.is_some_and(|l| l.uses().take(64).any(is_interface_call))
}

fn setup<'a>(call: &Call<'a>, around: Node<'a>) -> Option<Found> {
    let is_parse = call.callee.name == "Parse" && call.operand().is_some_and(is_new_template);
    // A constant pattern is another rule's.
    let is_constant_pattern =
        call.callee.package == "regexp" && call.argument(0).is_some_and(Node::is_constant);
    if !(is_parse || call.is_to_any(&SETUP)) || is_constant_pattern {
        return None;
    }
    let same = call.arguments().into_iter().all(|a| is_same_setup(a, around));
    (same && new_value_goes(call.node) != Goes::Away)
        .then_some(("make it once, before the loop", Confidence::High))
}

/// An unchanged argument, or set-up of its own such as `rand.NewSource(1)` or `template.New("x").Parse(…)`.
fn is_same_setup<'a>(argument: Node<'a>, around: Node<'a>) -> bool {
    const INNER: &str = "math/rand.NewSource";
    const INNER_V2: &str = "math/rand/v2.NewPCG|NewChaCha8";
    match argument
        .call()
        .filter(|c| c.is_to(INNER) || c.is_to(INNER_V2) || c.callee.name == "Parse")
    {
        Some(inner) => inner
            .arguments()
            .into_iter()
            .all(|a| is_seed(a) || is_unchanged(a, around, Trust::FieldsOfQuietOwners)),
        None => is_unchanged(argument, around, Trust::FieldsOfQuietOwners),
    }
}

/// `time.Now().UnixNano()`: another seed each time, but one source would do.
fn is_seed(node: Node<'_>) -> bool {
    node.text().starts_with("time.Now().Unix")
}

/// `template.New(…)` with what is chained to it.
fn is_new_template(node: Node<'_>) -> bool {
    let mut node = node.unparen();
    while let Some(call) = node.call() {
        if call.is_to("text/template.New") || call.is_to("html/template.New") {
            return true;
        }
        let Some(operand) = call.operand() else {
            return false;
        };
        node = operand.unparen();
    }
    false
}

/// `&T{…}` and `[]T{…}` as arguments of functions that are not known.
fn literal<'a>(node: Node<'a>, around: Node<'a>) -> Option<Found> {
    let whole = outermost(node);
    let is_pointer = whole != node;
    let parent = whole.parent()?;
    let is_argument = parent.is(Kind::ArgumentList) && goes(whole) == Goes::Passed;
    if !is_argument {
        return None;
    }
    let ty = node.ty()?;
    let is_shape = if is_pointer {
        ty.is_struct()
    } else {
        matches!(ty, Type::Slice(_))
    };
    let has_parts = node.body()?.child(0).is_some();
    let in_defer = parent
        .parent()
        .and_then(Node::parent)
        .is_some_and(|p| p.is(Kind::DeferStatement));
    let values = node.field(Field::Body)?;
    (is_shape && has_parts && !in_defer && is_unchanged(values, around, Trust::FieldsOfQuietOwners))
        .then_some((
            "make it once, before the loop, if the function does not keep or change it",
            Confidence::Low,
        ))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn in_loop(text: &str) -> String {
        format!(
            "type T struct{{ a int }}; func f(xs []int, size int, pat string, r io.Reader) {{ var keep []byte; for i, x := range xs {{\n{text}\n}}; use(keep) }}"
        )
    }

    #[test]
    fn the_same_each_turn() {
        for text in [
            "b := make([]byte, size); r.Read(b) // want",
            "b := make([]byte, 16); r.Read(b) // want",
            "m := make(map[int]bool); m[x] = true // want",
            "rep := strings.NewReplacer(`a`, `b`); use(rep) // want",
            "loc, _ := time.LoadLocation(`UTC`); use(loc) // want",
            "rng := rand.New(rand.NewSource(time.Now().UnixNano())); use(rng.Intn(x)) // want",
            "re := regexp.MustCompile(pat); use(re) // want",
            "t := template.Must(template.New(`x`).Parse(`y`)); use(t) // want",
            "call(x, &T{a: 1}) // want",
            "call(x, []string{`a`, `b`}) // want",
        ] {
            fires(&RULE, &in_loop(text));
        }
    }

    #[test]
    fn fresh_or_different() {
        for text in [
            "b := make([]byte, x); r.Read(b)",
            "b := make([]byte, size); all = append(all, b)",
            "b := make([]byte, size); ch <- b",
            "b := make([]byte, size); go func() { use(b) }()",
            "b := make([]byte, 16); b[0] = 1",
            "keep = make([]byte, size)",
            "if x > 2 { b := make([]byte, size); r.Read(b); return }",
            "call(x, &T{a: x})",
            "size++; b := make([]byte, size); r.Read(b)",
            "ch := make(chan int, size); use(len(ch))",
            "re := regexp.MustCompile(`constant`); use(re)",
            "store(T{a: 1})",
        ] {
            silent(&RULE, &in_loop(text));
        }
        silent(
            &RULE,
            "func f(size int, r io.Reader) { for i := 0; i < 3; i++ { b := make([]byte, size); r.Read(b) } }",
        );
    }
}
