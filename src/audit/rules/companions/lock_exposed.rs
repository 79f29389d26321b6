//! `lock-exposed`: an exported struct type embeds a Mutex or RWMutex.

use crate::audit::{Check, Class, Field, Hits, Kind, Node, Rule};

use super::COMPANION;

/// The rule.
pub const RULE: Rule = Rule {
    id: "lock-exposed",
    title: "an exported struct type embeds a Mutex or RWMutex",
    items: &["CC5"],
    class: Class::Safety,
    what: "An exported struct type embeds a Mutex or RWMutex.",
    why: "Lock and Unlock become part of its interface: anyone may take it and never give it back.",
    peers: &["exposedSyncMutex"],
    before: r#"
type Registry struct { // want
	sync.Mutex
	items map[string]int
}"#,
    after: r#"
type Registry struct {
	mu    sync.Mutex
	items map[string]int
}"#,
    check: Check::Nodes(&[Kind::TypeSpec], check),
    ..COMPANION
};

fn check(spec: Node<'_>, hits: &mut Hits<'_>) {
    let name = spec.field(Field::Name).map_or("", Node::text);
    let is_exported = name.chars().next().is_some_and(char::is_uppercase);
    let is_outer = spec.enclosing_function().is_none() && spec.package().name() != "main";
    if !is_exported || !is_outer {
        return;
    }
    let fields = spec.declared_type().map_or(Vec::new(), |t| t.struct_fields());
    let is_lock =
        |t: crate::audit::Type<'_>| t.is_or_points_to("sync.Mutex") || t.is_or_points_to("sync.RWMutex");
    let lock = fields
        .iter()
        .find(|f| f.is_embedded && f.field_type().is_some_and(is_lock));
    if let Some(lock) = lock {
        hits.report(
            spec,
            format!("{name} embeds a {}: everyone can take its lock", lock.name),
        )
        .fix("a field that is not exported");
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn cases() {
        silent(
            &RULE,
            r#"type registry struct { sync.Mutex }; type R struct { mu sync.Mutex }"#,
        );
    }
}
