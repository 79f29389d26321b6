//! `pool-get-no-put`: an object is taken from a pool and never returned.

use super::growth::method_call;
use super::pools::got;
use crate::audit::rules::value::{Goes, goes, local_goes};
use crate::audit::{Call, Check, Group, Hits, Kind, Local, Measure, Node, Rule, assumed, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "pool-get-no-put",
    title: "an object is taken from a pool and never returned",
    group: Group::Memory,
    items: &["ME2"],
    tier: 2,
    listens: &[heat(Measure::Alloc)],
    saves: &[assumed(Measure::Alloc, 0.50, 0.99)],
    what: "The object of a Get stays in the function and no way from there puts it back.",
    why: "The pool makes a new one each time: its cost without its gain.",
    limits: "Silent where the object is returned, stored or sent, and where a function or method gets it that may put it \
             back.",
    before: r#"
func measure(name string) int {
	b := scratch.Get().(*bytes.Buffer) // want
	b.Reset()
	b.WriteString(name)
	return b.Len()
}

var scratch = sync.Pool{New: func() any { return new(bytes.Buffer) }}"#,
    after: r#"
func measure(name string) int {
	b := scratch.Get().(*bytes.Buffer)
	defer scratch.Put(b)
	b.Reset()
	b.WriteString(name)
	return b.Len()
}

var scratch = sync.Pool{New: func() any { return new(bytes.Buffer) }}"#,
    check: Check::Calls(&["(*sync.Pool).Get"], check),
    ..Rule::BASE
};

const GIVING_BACK: [&str; 8] = [
    "put", "release", "free", "recycle", "close", "done", "return", "give",
];

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some((local, _)) = got(&call) else { return };
    if local_goes(local) == Goes::Away || local.uses().any(may_give_back) || !is_used(local) {
        return;
    }
    hits.report(
        call.node,
        format!("{} is taken from the pool and never put back", local.name()),
    )
    .fix(format!("defer the Put of {} right after Get", local.name()));
}

fn is_used(local: Local<'_>) -> bool {
    local.uses().next().is_some()
}

/// A Put, a method or function of such a name, or a function that is not known to keep its hands off.
fn may_give_back(use_: Node<'_>) -> bool {
    let says_so = |name: &str| {
        let name = name.to_ascii_lowercase();
        GIVING_BACK.iter().any(|w| name.contains(w))
    };
    if let Some(call) = method_call(use_) {
        return says_so(call.callee.name);
    }
    let mut around = use_.ancestors().take(4).take_while(|n| !n.kind().is_statement());
    let call = around.find(|n| n.is(Kind::CallExpression)).and_then(Node::call);
    call.is_some_and(|c| says_so(c.callee.name)) || goes(use_) == Goes::Passed
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn ways_back() {
        for text in [
            "b := p.Get().(*T); b.n++; p.Put(b)",
            "b := p.Get().(*T); defer func() { p.Put(b) }(); b.n++",
            "b := p.Get().(*T); b.n++; putT(b)",
            "b := p.Get().(*T); b.run(); b.Close()",
            "b := p.Get().(*T); return b",
            "b := p.Get().(*T); s.b = b",
            "b := p.Get().(*T); ch <- b",
            "b := p.Get().(*T); handle(b)",
            "res = p.Get().(*T); res.n++; return",
        ] {
            silent(
                &RULE,
                &format!("func f(p *sync.Pool, ch chan *T) (res *T) {{ {text}\nreturn nil }}"),
            );
        }
    }
}
