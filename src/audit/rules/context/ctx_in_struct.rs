//! `ctx-in-struct`: a context is kept in a struct.

use crate::audit::{Check, Class, Field, Group, Hits, Kind, Node, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    id: "ctx-in-struct",
    title: "a context is kept in a struct",
    group: Group::Context,
    items: &["GO9"],
    tier: 3,
    class: Class::Safety,
    what: "A field of a struct, embedded or not, is a context.Context.",
    why: "It is unclear whose deadline it is, and it is passed on after its end.",
    limits: "Structs of options that live as long as one call, known by their names, are fine.",
    peers: &["containedctx"],
    before: r#"
type job struct {
	ctx context.Context // want
	id  int
}"#,
    after: r#"
type job struct {
	id int
}

func (j *job) run(ctx context.Context) error { return work(ctx, j.id) }"#,
    check: Check::Nodes(&[Kind::FieldDeclaration], check),
    ..Rule::BASE
};

fn check(field: Node<'_>, hits: &mut Hits<'_>) {
    let Some(ty) = field.field(Field::Type).filter(|t| t.text().ends_with("Context")) else {
        return;
    };
    let owner = field
        .enclosing(Kind::TypeSpec)
        .and_then(|s| s.field(Field::Name))
        .map_or("", Node::text);
    let is_short = [
        "Options", "Opt", "Opts", "Params", "Args", "options", "opts", "params", "args",
    ]
    .iter()
    .any(|w| owner.ends_with(w));
    if is_short || !ty.as_type().is_some_and(|t| t.is("context.Context")) {
        return;
    }
    let what = if owner.is_empty() { "this struct" } else { owner };
    hits.report(field, format!("{what} keeps a context"))
        .fix("give the context to the methods that need it, as their first parameter");
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn fields() {
        fires(&RULE, "type T struct {\ncontext.Context // want\n}");
        fires(
            &RULE,
            "package p\nimport std \"context\"\ntype T struct {\nc std.Context // want\n}",
        );
        silent(&RULE, "type callOptions struct { ctx context.Context }");
        silent(&RULE, "type T struct { c Context }; type Context struct { }");
        silent(&RULE, "type T struct { f func(context.Context) }");
    }
}
