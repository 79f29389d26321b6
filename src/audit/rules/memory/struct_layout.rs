//! `struct-layout`: fields in an order that wastes padding.

use std::collections::BTreeSet;

use crate::audit::{
    Check, Confidence, Field, Group, Hits, Kind, Measure, Node, Package, Rule, Scope, StructField, Type,
    assumed, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "struct-layout",
    title: "fields in an order that wastes padding",
    group: Group::Memory,
    items: &["AR-dod"],
    tier: 3,
    scope: Scope::Type,
    listens: &[heat(Measure::Alloc), heat(Measure::Inuse)],
    saves: &[
        assumed(Measure::Alloc, 0.10, 0.33),
        assumed(Measure::Inuse, 0.10, 0.33),
    ],
    what: "Another order of a struct's fields saves at least 8 B and 10 %, and the package allocates the type by make, new \
           or &T{…}.",
    why: "Fewer bytes and fewer cache lines for each value.",
    limits: "Silent where a field's size is not known, for types with blank fields, tags of binary layout, cgo, or a comment \
             on their order.",
    peers: &["fieldalignment", "betteralign"],
    before: r#"
type point struct { // want
	set  bool
	x    float64
	last bool
}

func points(n int) []point { return make([]point, n) }"#,
    after: r#"
type point struct {
	x         float64
	set, last bool
}

func points(n int) []point { return make([]point, n) }"#,
    check: Check::Packages(check),
    ..Rule::BASE
};

fn check(package: Package<'_>, hits: &mut Hits<'_>) {
    if package.is_stub() {
        return;
    }
    let wasteful: Vec<(Node<'_>, u64, u64)> = package.types().into_iter().filter_map(waste).collect();
    if wasteful.is_empty() {
        return;
    }
    let made = allocated(package);
    for (spec, now, best) in wasteful {
        let name = spec.field(Field::Name).map_or("", Node::text);
        if made.contains(name) {
            hits.report(
                spec,
                format!("{name} takes {now} B; {best} B would do with its fields in another order"),
            )
            .confidence(Confidence::Medium)
            .fix("put the fields with the largest alignment first");
        }
    }
}

/// A type with its size and the least it could have, where that is worth a change.
fn waste(spec: Node<'_>) -> Option<(Node<'_>, u64, u64)> {
    let written = spec.field(Field::Type).filter(|t| t.is(Kind::StructType))?;
    let ty = written.as_type()?;
    let now = ty.size()?;
    let fields = ty.struct_fields();
    if spec.file().imports("C") || fields.iter().any(|f| f.name == "_") || is_fixed(spec, &fields) {
        return None;
    }
    let best = best_size(&fields)?;
    let saved = now.checked_sub(best)?;
    (saved >= 8 && saved * 10 >= now).then_some((spec, now, best))
}

/// Fields by falling alignment leave padding at the end only.
fn best_size(fields: &[StructField<'_>]) -> Option<u64> {
    let types: Option<Vec<Type<'_>>> = fields.iter().map(StructField::field_type).collect();
    let mut sum = 0_u64;
    let mut largest = 1_u64;
    for ty in &types? {
        sum = sum.checked_add(ty.size()?)?;
        largest = largest.max(ty.alignment()?);
    }
    sum.checked_next_multiple_of(largest)
}

/// A comment or tag speaks of the layout.
fn is_fixed(spec: Node<'_>, fields: &[StructField<'_>]) -> bool {
    let (first, last) = (spec.line(), spec.end_position().0);
    let mut text = (first.saturating_sub(4)..=last).map(|l| spec.file().line_text(l));
    let words = ["align", "order", "layout", "padding", "cache line"];
    let speaks = |line: &str| {
        let comment = line.split_once("//").map_or("", |(_, c)| c).to_ascii_lowercase();
        words.iter().any(|w| comment.contains(w))
    };
    text.any(speaks)
        || fields
            .iter()
            .any(|f| f.node.parent().is_some_and(|p| p.text().contains("`struc")))
}

/// Names of types that the package makes on the heap, perhaps.
fn allocated(package: Package<'_>) -> BTreeSet<&str> {
    let mut names = BTreeSet::new();
    for file in package.files() {
        for node in file.root().descendants() {
            let written = match node.kind() {
                Kind::CompositeLiteral => {
                    let is_pointer = node.parent().is_some_and(|p| p.is(Kind::UnaryExpression));
                    let ty = node.field(Field::Type);
                    if is_pointer {
                        ty
                    } else {
                        ty.filter(|t| t.is(Kind::SliceType) || t.is(Kind::MapType))
                    }
                }
                Kind::CallExpression => node
                    .call()
                    .filter(|c| c.is_to("make|new"))
                    .and_then(|c| c.argument(0)),
                _ => None,
            };
            let inner = written.map(|w| w.descendants().last().unwrap_or(w));
            names.extend(inner.map(Node::text));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn layouts() {
        fires(
            &RULE,
            "type t struct { a bool; b *int; c bool; d string; e bool } // want\nvar x = &t{}",
        );
        silent(
            &RULE,
            "type t struct { a bool; b *int; c bool; d string; e bool }",
        );
        silent(&RULE, "type t struct { a bool; b *int }\nvar x = &t{}");
        silent(
            &RULE,
            "type t struct { a bool; b Unknown; c bool; d int64 }\nvar x = &t{}",
        );
        silent(
            &RULE,
            "// The order is that of the file.\ntype t struct { a bool; b *int; c bool }\nvar x = &t{}",
        );
        silent(
            &RULE,
            "type t struct { a bool; _ [7]byte; b *int; c bool }\nvar x = &t{}",
        );
    }
}
