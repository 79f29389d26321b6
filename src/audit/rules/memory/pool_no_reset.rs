//! `pool-no-reset`: a pooled object is used with its old content.

use super::growth::method_call;
use super::pools::{got, is_reset, pool_name, reset_at_put};
use crate::audit::rules::value::{Goes, is_changed_at, local_goes};
use crate::audit::{
    Check, Class, Field, File, Group, Hits, Kind, Local, Measure, Node, Rule, Severity, Type, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "pool-no-reset",
    title: "a pooled object is used with its old content",
    group: Group::Memory,
    items: &["ME2"],
    tier: 2,
    class: Class::Correctness,
    base: Some(Severity::Medium),
    listens: &[heat(Measure::Inuse)],
    what: "A buffer from a sync.Pool is written, a pooled slice appended to or a field of a pooled struct read, without \
           Reset, *x = T{}, clear or x[:0], here or before the package's Puts.",
    why: "What another request left becomes part of this one; its pointers keep garbage alive.",
    limits: "Silent where the object leaves the function, where a helper gets it that may reset it, and for structs whose \
             fields are all set.",
    before: r#"
var scratch = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func label(name string) int {
	b := scratch.Get().(*bytes.Buffer) // want
	defer scratch.Put(b)
	b.WriteString(name)
	return b.Len()
}"#,
    after: r#"
var scratch = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func label(name string) int {
	b := scratch.Get().(*bytes.Buffer)
	defer scratch.Put(b)
	b.Reset()
	b.WriteString(name)
	return b.Len()
}"#,
    check: Check::Files(check),
    ..Rule::BASE
};

fn check(file: File<'_>, hits: &mut Hits<'_>) {
    if !file.root().text().contains(".Get()") {
        return;
    }
    let gets = file
        .root()
        .calls()
        .filter(|c| !c.node.is_broken() && c.is_to("(*sync.Pool).Get"));
    // Which pools get their objects back as new is asked once a file, and only where it matters.
    let mut cared_for = None;
    for call in gets {
        let Some((local, _)) = got(&call).filter(|(local, ty)| is_soiled(*local, ty)) else {
            continue;
        };
        if local_goes(local) == Goes::Away || local.uses().any(is_reset) {
            continue;
        }
        let pool = call.operand().map_or("", pool_name);
        if cared_for
            .get_or_insert_with(|| reset_at_put(file.package()))
            .contains(pool)
        {
            continue;
        }
        let name = local.name();
        hits.report(
            call.node,
            format!("{name} still holds what its last user left in it"),
        )
        .fix(format!("reset {name} after Get, or before Put"));
    }
}

/// Whether what the object holds comes to matter.
fn is_soiled(local: Local<'_>, ty: &Type<'_>) -> bool {
    if ty.is_or_points_to("bytes.Buffer") || ty.is_or_points_to("strings.Builder") {
        return local.uses().any(|u| method_call(u).is_some());
    }
    if ty.pointed().is_slice() {
        return local.uses().any(is_appended);
    }
    is_read_before_set(local, ty)
}

/// `append(x, …)`, `append(*x, …)`.
fn is_appended(use_: Node<'_>) -> bool {
    let value = use_
        .parent()
        .filter(|p| p.is(Kind::UnaryExpression))
        .unwrap_or(use_);
    let call = value.parent().and_then(Node::parent).and_then(Node::call);
    call.is_some_and(|c| c.is_to("append") && c.argument(0) == Some(value))
}

/// Of a struct of the sources: one of its fields is read that is not set before, no method of it is called and no
/// function gets it, which might set them.
fn is_read_before_set(local: Local<'_>, ty: &Type<'_>) -> bool {
    let fields = ty.pointed().struct_fields();
    let is_own = ty
        .named()
        .and_then(|n| n.spec)
        .is_some_and(|s| !s.package().is_stub());
    if fields.is_empty() || !is_own {
        return false;
    }
    let mut set = Vec::new();
    let mut reads = false;
    for use_ in local.uses() {
        let is_put = || {
            let call = use_.parent().and_then(Node::parent).and_then(Node::call);
            call.is_some_and(|c| c.is_to(".Put"))
        };
        let Some(selector) = use_.parent().filter(|p| p.is(Kind::SelectorExpression)) else {
            if is_put() {
                continue;
            }
            return false;
        };
        let name = selector.field(Field::Field).map_or("", Node::text);
        if method_call(use_).is_some() && !fields.iter().any(|f| f.name == name) {
            return false;
        }
        let is_plain = selector.is_assigned()
            && selector
                .statement()
                .is_some_and(|s| s.field(Field::Operator).is_some_and(|o| o.text() == "="));
        let value = selector.assigned_value();
        let is_fresh = is_plain && value.is_none_or(|v| !v.text().contains(selector.text()));
        if is_fresh {
            set.push(name);
        } else if !set.contains(&name) && !is_changed_at(use_) {
            reads = true;
        } else if !set.contains(&name) {
            reads |= selector.statement().is_some_and(|s| s.text().contains("append("));
        }
    }
    reads && !fields.iter().all(|f| set.contains(&f.name))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(text: &str) -> String {
        format!(
            "type item struct {{ n int; parts []string }}\nvar pool sync.Pool\nfunc f(s string) {{ {text}\n}}"
        )
    }

    #[test]
    fn old_content() {
        fires(
            &RULE,
            &with("x := pool.Get().(*item) // want\n x.parts = append(x.parts, s); use(x.n); pool.Put(x)"),
        );
        fires(
            &RULE,
            &with("x := pool.Get().(*[]byte) // want\n *x = append(*x, s...); pool.Put(x)"),
        );
    }

    #[test]
    fn a_reset_for_another_use_does_not_count() {
        let other =
            "\nfunc g() { b := pool.Get().(*bytes.Buffer); b.Reset(); defer pool.Put(b); b.WriteByte(1) }";
        let own = with("b := pool.Get().(*bytes.Buffer) // want\n b.WriteString(s); pool.Put(b)");
        fires(&RULE, &format!("{own}{other}"));
        let last = other.replace(
            "defer pool.Put(b); b.WriteByte(1)",
            "b.WriteByte(1); b.Reset(); pool.Put(b)",
        );
        silent(&RULE, &format!("{own}{last}"));
    }

    #[test]
    fn resets() {
        silent(
            &RULE,
            &with("x := pool.Get().(*[]byte); *x = append((*x)[:0], s...); pool.Put(x)"),
        );
        silent(
            &RULE,
            &with("x := pool.Get().(*[]byte); io.CopyBuffer(w, r, *x); pool.Put(x)"),
        );
        silent(
            &RULE,
            &with("x := pool.Get().(*item); *x = item{}; x.parts = append(x.parts, s); pool.Put(x)"),
        );
        silent(
            &RULE,
            &with("x := pool.Get().(*item); x.n = 1; x.parts = nil; use(x.n); pool.Put(x)"),
        );
        silent(
            &RULE,
            &with("x := pool.Get().(*item); x.start(s); use(x.n); pool.Put(x)"),
        );
        silent(
            &RULE,
            &with("b := pool.Get().(*bytes.Buffer); b.WriteString(s); resetBuffer(b); pool.Put(b)"),
        );
        silent(&RULE, &with("b := pool.Get().(*bytes.Buffer); return b"));
        silent(
            &RULE,
            "type srv struct{ pool sync.Pool }
func (s *srv) use() { b := s.pool.Get().(*bytes.Buffer); b.WriteByte(1); s.give(b) }
func (p *srv) give(b *bytes.Buffer) { b.Reset(); p.pool.Put(b) }",
        );
    }
}
