//! `pool-put-value`: a non-pointer is put into a sync.Pool.

use crate::audit::{Call, Check, Group, Hits, Measure, Rule, Type, cpu, heat, measured};

/// The rule.
pub const RULE: Rule = Rule {
    id: "pool-put-value",
    title: "a non-pointer is put into a sync.Pool",
    group: Group::Memory,
    items: &["GO3", "ME2"],
    listens: &[heat(Measure::Alloc), cpu(&["iface.box"])],
    saves: &[
        measured(Measure::Alloc, 1.0, 1.0),
        measured(Measure::Cpu, 0.60, 0.79),
    ],
    what: "Put of a slice, string, struct, array or number into a sync.Pool.",
    why: "The value is boxed on every Put: 69 against 14 ns and 24 B a round, which eats the pool's gain.",
    limits: "Silent for values of unknown type, and for named types that are pointers, maps, channels or functions below.",
    target: "0 allocations per Get and Put",
    peers: &["SA6002", "syncPoolPut"],
    before: r#"
var lines = sync.Pool{New: func() any { return make([]byte, 0, 4096) }}

func size(w io.Writer) int {
	line := lines.Get().([]byte)
	defer lines.Put(line) // want
	return len(line)
}"#,
    after: r#"
var lines = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

func size(w io.Writer) int {
	line := lines.Get().(*[]byte)
	defer lines.Put(line)
	return len(*line)
}"#,
    check: Check::Calls(&["(*sync.Pool).Put"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some(value) = call.argument(0) else { return };
    let Some((ty, below)) = value.ty().and_then(|t| Some((t.clone(), t.underlying()?))) else {
        return;
    };
    let is_boxed = match below {
        Type::Basic(name) => name != "error",
        Type::Slice(_) | Type::Array(..) | Type::Struct(_) => true,
        _ => false,
    };
    if !is_boxed || ty.is("unsafe.Pointer") {
        return;
    }
    let place = if value.line() == call.node.line() {
        call.node
    } else {
        value
    };
    let message = format!(
        "{} is boxed when it is put into the pool: a value of type {ty}",
        value.text()
    );
    hits.report(place, message)
        .fix(format!("keep pointers in the pool: put a *{ty}"));
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn pointers_and_unknown_values_pass() {
        let put = |what: &str| {
            format!(
                "type M map[int]int; func f(p *sync.Pool, b *T, m M, s string, e any) {{ p.Put({what})\n}}"
            )
        };
        for good in ["b", "m", "&s", "e", "unknown()", "func() {}"] {
            silent(&RULE, &put(good));
        }
        fires(
            &RULE,
            "func f(p *sync.Pool, s []string) { p.Put(s[:0]) // want\n}",
        );
        fires(&RULE, "func f(p *sync.Pool, s [4]int) { p.Put(\n s) // want\n}");
    }
}
