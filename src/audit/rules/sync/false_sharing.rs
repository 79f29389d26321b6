//! `false-sharing`: counters of several cores on one cache line.

use rustc_hash::FxHashSet;

use crate::audit::{
    Check, Field, Group, Hits, Kind, Node, Package, Rule, Scope, StructField, Type, assumed, cpu,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "false-sharing",
    title: "counters of several cores on one cache line",
    group: Group::Sync,
    items: &["CC5", "AR-dod", "AR-noshare"],
    tier: 2,
    scope: Scope::Type,
    listens: &[cpu(&[])],
    saves: &[assumed(crate::audit::Measure::Cpu, 0.30, 0.80)],
    what: "Two or more atomic integers, or integers that sync/atomic counts, stand side by side in a struct; or an array \
           or slice has elements under 64 bytes of nothing but atomic integers.",
    why: "Each write takes the cache line from the other cores.",
    limits: "Nothing of the runtime shows it: it matters where hot lines update them from several goroutines; counters \
             that one goroutine updates together are fine.",
    before: r#"
type stats struct { // want
	hits, misses atomic.Int64
}"#,
    after: r#"
type stats struct {
	hits   atomic.Int64
	_      [56]byte
	misses atomic.Int64
	_      [56]byte
}"#,
    check: Check::Packages(check),
    ..Rule::BASE
};

const LINE: u64 = 64;

fn check(package: Package<'_>, hits: &mut Hits<'_>) {
    let counted = counted_fields(package);
    for spec in package.types() {
        let Some(declared) = spec.declared_type().filter(|_| spec.is(Kind::TypeSpec)) else {
            continue;
        };
        let name = spec.field(Field::Name).map_or("", Node::text);
        let fields = declared.struct_fields();
        let is_counter = |f: &StructField<'_>| {
            let by_type = f.field_type().is_some_and(|t| is_atomic(&t));
            by_type || counted.contains(&(name, f.name))
        };
        let pair = fields.windows(2).find(|w| w.iter().all(is_counter));
        if let Some([one, other]) = pair {
            let text = format!("{name}.{} and {} share a cache line", one.name, other.name);
            hits.report(spec, text)
                .fix("56 bytes of padding behind each, where several cores count");
        } else if let Some(field) = fields.iter().find(|f| is_packed(f)) {
            let text = format!(
                "the elements of {name}.{} are counters that share cache lines",
                field.name
            );
            hits.report(spec, text).fix("pad each element to 64 bytes");
        }
    }
}

fn is_atomic(of: &Type<'_>) -> bool {
    let counters = ["Int32", "Int64", "Uint32", "Uint64"];
    matches!(of, Type::Named(n) if n.path == "sync/atomic" && counters.contains(&n.name))
}

/// A list of small structs that hold nothing but counters.
fn is_packed(field: &StructField<'_>) -> bool {
    let of = match field.field_type() {
        Some(Type::Slice(of) | Type::Array(_, of)) => of,
        _ => return false,
    };
    let inner = of.struct_fields();
    let all = !inner.is_empty()
        && inner
            .iter()
            .all(|f| f.field_type().is_some_and(|t| is_atomic(&t)));
    all && inner.len() < usize::try_from(LINE / 8).unwrap_or(8)
}

/// Fields, with the name of their type, that the functions of sync/atomic add to.
fn counted_fields(package: Package<'_>) -> FxHashSet<(&str, &str)> {
    if !package.files().any(|f| f.imports("sync/atomic")) {
        return FxHashSet::default();
    }
    let functions = package.functions().into_iter();
    let calls = functions.flat_map(Node::calls);
    calls
        .filter(|c| c.is_to("sync/atomic.AddInt32|AddInt64|AddUint32|AddUint64"))
        .filter_map(|c| {
            let field = c.argument(0)?.unparen().field(Field::Operand)?;
            let owner = field.field(Field::Operand)?.ty()?.named()?;
            Some((owner.name, field.field(Field::Field)?.text()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn neighbours() {
        fires(
            &RULE,
            "type T struct { // want\n a, b int64 }; func (t *T) f() { atomic.AddInt64(&t.a, 1); atomic.AddInt64(&t.b, 1) }",
        );
        fires(
            &RULE,
            "type C struct { n atomic.Int64 }; type T struct { // want\n cs [8]C }",
        );
        silent(
            &RULE,
            "type T struct { a atomic.Int64; s string; b atomic.Int64 }",
        );
        silent(&RULE, "type T struct { a, b int64 }");
        silent(&RULE, "type T struct { a atomic.Int64; b atomic.Bool }");
    }
}
