//! `unbounded-cache`: a map that only grows.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::audit::rules::value::is_changed_at;
use crate::audit::{
    Check, Class, Confidence, Field, Function, Group, Hits, Kind, Measure, Node, Package, Rule, Severity,
    Type, assumed, cpu, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "unbounded-cache",
    title: "a map that only grows",
    group: Group::Memory,
    items: &["ME1"],
    tier: 2,
    class: Class::Leak,
    base: Some(Severity::Medium),
    listens: &[heat(Measure::Inuse), cpu(&["map.assign", "map.grow"])],
    saves: &[assumed(Measure::Inuse, 0.50, 0.99)],
    what: "A package's map, or a map field of a struct with a lock, that code other than start-up inserts into, while \
           nothing in the package deletes from it, clears, replaces or measures it, or hands it to a function.",
    why: "A leak with a hash table in front of it; and a map never gives back the room of entries that go.",
    limits: "Silent for constant keys and keys of a small set: bools, bytes, integer types of the package, types.",
    target: "bytes in use flat over time",
    instead: "A bound by count or age, and a fresh map now and then.",
    before: r#"
var results = map[string]Result{} // want

func remember(key string, r Result) { results[key] = r }"#,
    after: r#"
var results = map[string]Result{}

func remember(key string, r Result) {
	if len(results) >= 10000 {
		clear(results)
	}
	results[key] = r
}"#,
    check: Check::Packages(check),
    ..Rule::BASE
};

/// A map by its owner (empty for the package) and name.
type Key<'a> = (&'a str, &'a str);

/// What the package does with a map.
struct Cache<'a> {
    declared: Node<'a>,
    inserted: Option<Node<'a>>,
    is_bounded: bool,
}

fn check(package: Package<'_>, hits: &mut Hits<'_>) {
    if package.is_stub() {
        return;
    }
    let mut caches: FxHashMap<Key<'_>, Cache<'_>> = FxHashMap::default();
    variables(package, &mut caches);
    fields(package, &mut caches);
    if caches.is_empty() {
        return;
    }
    let names: FxHashSet<&str> = caches.keys().map(|(_, name)| *name).collect();
    for file in package.files().filter(|f| !f.facts().is_test) {
        for node in file.root().descendants() {
            look(node, &names, &mut caches);
        }
    }
    let mut found: Vec<_> = caches.into_values().filter(|c| !c.is_bounded).collect();
    found.sort_by_key(|c| (c.declared.file().path().to_string(), c.declared.span()));
    for cache in found {
        let Some(insert) = cache.inserted else { continue };
        let is_field = cache.declared.is(Kind::FieldIdentifier);
        let place = if is_field {
            cache.declared
        } else {
            cache.declared.parent().unwrap_or(cache.declared)
        };
        hits.report(
            place,
            format!(
                "{} gets entries at line {} and never loses one",
                cache.declared.text(),
                insert.line()
            ),
        )
        .confidence(if is_field {
            Confidence::Low
        } else {
            Confidence::Medium
        })
        .heat_at(insert)
        .fix("bound it by count or age, or delete what is no longer needed");
    }
}

fn is_growing_map(ty: &Type<'_>) -> bool {
    let Some(Type::Map(key, _)) = ty.underlying() else {
        return false;
    };
    let small = ["bool", "byte", "int8"];
    let is_type = key.is("reflect.Type") || key.is("reflect.Kind");
    let is_enum = key.named().is_some_and(|n| key.is_integer() && n.spec.is_some());
    !is_type && !is_enum && !small.iter().any(|s| key.is(s))
}

fn variables<'a>(package: Package<'a>, caches: &mut FxHashMap<Key<'a>, Cache<'a>>) {
    for name in package.variables() {
        if name.ty().is_some_and(|t| is_growing_map(&t)) {
            caches.insert(("", name.text()), new_cache(name));
        }
    }
}

fn new_cache(declared: Node<'_>) -> Cache<'_> {
    Cache {
        declared,
        inserted: None,
        is_bounded: declared.file().facts().is_test,
    }
}

/// Map fields of structs that several goroutines share, as their lock tells.
fn fields<'a>(package: Package<'a>, caches: &mut FxHashMap<Key<'a>, Cache<'a>>) {
    for spec in package.types() {
        let Some(owner) = spec.field(Field::Name) else {
            continue;
        };
        let Some(ty) = spec.declared_type() else { continue };
        let fields = ty.struct_fields();
        let is_lock = |t: Type<'a>| t.is_or_points_to("sync.Mutex") || t.is_or_points_to("sync.RWMutex");
        if !fields.iter().any(|f| f.field_type().is_some_and(is_lock)) {
            continue;
        }
        for field in fields.iter().filter(|f| !f.is_embedded) {
            if field.field_type().is_some_and(|t| is_growing_map(&t)) {
                caches.insert((owner.text(), field.name), new_cache(field.node));
            }
        }
    }
}

/// Notes what a use of a map does to it.
fn look<'a>(node: Node<'a>, names: &FxHashSet<&str>, caches: &mut FxHashMap<Key<'a>, Cache<'a>>) {
    match node.kind() {
        Kind::Identifier if node.local().is_none() => {
            if let Some(cache) = caches.get_mut(&("", node.text())).filter(|c| c.declared != node) {
                note(node, cache);
            }
        }
        Kind::SelectorExpression => {
            let Some(field) = node.field(Field::Field) else {
                return;
            };
            if !names.contains(field.text()) {
                return;
            }
            let owner = node
                .field(Field::Operand)
                .and_then(Node::ty)
                .and_then(|t| t.named());
            match owner {
                Some(owner) => {
                    if let Some(cache) = caches.get_mut(&(owner.name, field.text())) {
                        note(node, cache);
                    }
                }
                // Of whom is not known: it may be any.
                None => bound_all(field.text(), caches),
            }
        }
        _ => {}
    }
}

#[expect(clippy::iter_over_hash_type, reason = "each is marked by itself")]
fn bound_all<'a>(name: &str, caches: &mut FxHashMap<Key<'a>, Cache<'a>>) {
    for ((owner, field), cache) in caches {
        cache.is_bounded |= !owner.is_empty() && *field == name;
    }
}

fn note<'a>(map: Node<'a>, cache: &mut Cache<'a>) {
    let Some(parent) = map.parent() else { return };
    match parent.kind() {
        Kind::IndexExpression if map.field_name() == Field::Operand => {
            if is_changed_at(parent) && parent.is_assigned() {
                let is_late = map.function().is_some_and(|f| !is_filling(f));
                let key = parent.field(Field::Index);
                let is_insert = is_late && key.is_some_and(|k| !k.is_constant());
                cache.inserted = cache.inserted.or(is_insert.then_some(parent));
            }
        }
        Kind::RangeClause | Kind::SelectorExpression if map.field_name() != Field::Left => {}
        Kind::BinaryExpression if parent.text().contains("nil") => {}
        // `m = map[K]V{}` while it is nil, or in a constructor, takes nothing away.
        Kind::ExpressionList if map.is_assigned() => {
            let is_first = map.function().is_some_and(is_filling) || is_lazy(map);
            cache.is_bounded |= !is_first;
        }
        _ => cache.is_bounded = true,
    }
}

/// Inside `if m == nil { … }`.
fn is_lazy(map: Node<'_>) -> bool {
    let around = map
        .enclosing(Kind::IfStatement)
        .and_then(|i| i.field(Field::Condition));
    around.is_some_and(|c| c.text().contains("== nil") && c.text().contains(map.text()))
}

/// Start-up code, constructors and registration.
fn is_filling(function: Function<'_>) -> bool {
    let declared = function
        .node
        .enclosing_declaration()
        .and_then(Function::of)
        .unwrap_or(function);
    let lower = declared.name().to_ascii_lowercase();
    let words = ["new", "init", "register", "setup", "must", "load"];
    declared.is_startup() || declared.name().is_empty() || words.iter().any(|w| lower.starts_with(w))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn fields_of_shared_structs() {
        let with = |text: &str| {
            format!(
                "type store struct {{\n mu sync.Mutex\n byKey map[string]int // want\n}}\nfunc (s *store) set(k string) {{ s.byKey[k] = 1 }}\n{text}"
            )
        };
        fires(
            &RULE,
            &with("func (s *store) get(k string) int { return s.byKey[k] }"),
        );
        fires(
            &RULE,
            &with("func (s *store) first() { if s.byKey == nil { s.byKey = map[string]int{} } }"),
        );
        silent(
            &RULE,
            &with("func (s *store) drop(k string) { delete(s.byKey, k) }"),
        );
        silent(&RULE, &with("func (s *store) reset() { s.byKey = nil }"));
        silent(
            &RULE,
            &with("func (s *store) full() bool { return len(s.byKey) > 9 }"),
        );
        silent(&RULE, &with("func (s *store) evict() { evict(s.byKey) }"));
        silent(
            &RULE,
            "type plain struct { m map[string]int }\nfunc (p *plain) set(k string) { p.m[k] = 1 }",
        );
    }

    #[test]
    fn fixed_keys_and_registration() {
        silent(&RULE, "var m = map[string]int{}\nfunc f() { m[`a`] = 1 }");
        silent(
            &RULE,
            "var m = map[string]int{}\nfunc Register(k string) { m[k] = 1 }",
        );
        silent(
            &RULE,
            "var m = map[string]int{}\nfunc init() { for _, k := range names { m[k] = 1 } }",
        );
        silent(
            &RULE,
            "type kind int\nvar m = map[kind]int{}\nfunc f(k kind) { m[k] = 1 }",
        );
        silent(
            &RULE,
            "var m = map[string]int{}\nfunc f(k string) int { return m[k] }",
        );
        silent(&RULE, "func f(k string) { m := map[string]int{}; m[k] = 1 }");
    }
}
