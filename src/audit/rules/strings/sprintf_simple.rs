//! `sprintf-simple`: fmt formats a single plain value.

use crate::audit::{Call, Check, Group, Hits, Measure, Node, Rule, Type, cpu, heat, measured};

/// The rule.
pub const RULE: Rule = Rule {
    id: "sprintf-simple",
    title: "fmt formats a single plain value",
    group: Group::Strings,
    items: &["GO5", "GO8"],
    listens: &[cpu(&["fmt"]), heat(Measure::Alloc)],
    saves: &[
        measured(Measure::Cpu, 0.55, 0.82),
        measured(Measure::Alloc, 0.0, 1.0),
    ],
    what: "fmt.Sprintf with one verb as the whole format, of an integer, string, bool or bytes; fmt.Sprint of one such \
           value; a format without verbs; text with one to three %s of strings.",
    why: "An integer 78 to 30 ns, appended 14 ns and nothing allocated; two strings 89 to 39; hex 143 to 51; Errorf 142 \
          to 33.",
    limits: "Silent for types with methods of their own or of unknown make, and for widths, flags and precisions.",
    target: "1 allocation or none",
    peers: &[
        "perfsprint",
        "S1025",
        "S1038",
        "S1039",
        "redundantSprint",
        "unnecessary-format",
    ],
    before: r#"
func key(n int) string {
	return fmt.Sprintf("%d", n) // want
}"#,
    after: r#"
func key(n int) string {
	return strconv.Itoa(n)
}"#,
    check: Check::Calls(&["fmt.Sprintf|Sprint|Errorf"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    if call.is_spread() {
        return;
    }
    let arguments = call.arguments();
    let instead = match (call.callee.name, arguments.as_slice()) {
        ("Sprint", [value]) => plain(*value, 'v'),
        ("Errorf", [format]) => no_verbs(*format).map(|()| format!("errors.New({})", format.text())),
        ("Sprintf", [format]) => without_operands(*format),
        ("Sprintf", [format, values @ ..]) => formatted(*format, values),
        _ => None,
    };
    if let Some(instead) = instead {
        hits.report(
            call.node,
            format!(
                "fmt.{} formats what {instead} gives at less cost",
                call.callee.name
            ),
        )
        .fix(instead);
    }
}

fn no_verbs(format: Node<'_>) -> Option<()> {
    let text = format.constant_string().filter(|_| format.kind().is_string())?;
    (!text.contains('%')).then_some(())
}

/// `fmt.Sprintf(s)`: a string by itself.
fn without_operands(format: Node<'_>) -> Option<String> {
    let is_plain = match format.constant_string() {
        Some(text) => !text.contains('%'),
        None => format.ty().is_some_and(|t| t.is("string")),
    };
    is_plain.then(|| format.text().to_string())
}

fn formatted(format: Node<'_>, values: &[Node<'_>]) -> Option<String> {
    let text = format.constant_string()?.replace("%[1]", "%");
    if let ([value], Some(verb)) = (values, text.strip_prefix('%')) {
        let mut letters = verb.chars();
        if let (Some(verb), None) = (letters.next(), letters.next()) {
            return plain(*value, verb);
        }
    }
    sum(&text, values)
}

/// What gives the same for one value under one verb.
fn plain(value: Node<'_>, verb: char) -> Option<String> {
    let ty = value.ty().filter(|t| !t.may_format_itself())?;
    let text = value.text();
    match verb {
        'd' | 'v' if ty.is_integer() => Some(integer(text, &ty)),
        's' | 'v' if ty.is_string() => Some(if ty.is("string") {
            text.to_string()
        } else {
            format!("string({text})")
        }),
        't' | 'v' if ty.is_bool() => Some(format!("strconv.FormatBool({text})")),
        'x' if ty.is_bytes() => Some(format!("hex.EncodeToString({text})")),
        'x' if is_byte_array(&ty) && value.local().is_some() => {
            Some(format!("hex.EncodeToString({text}[:])"))
        }
        _ => None,
    }
}

fn integer(text: &str, ty: &Type<'_>) -> String {
    let is_unsigned = ty
        .underlying()
        .is_some_and(|t| t.is("byte") || t.to_string().starts_with("uint"));
    match (ty.is("int"), is_unsigned) {
        (true, _) => format!("strconv.Itoa({text})"),
        (_, true) if ty.is("uint64") => format!("strconv.FormatUint({text}, 10)"),
        (_, true) => format!("strconv.FormatUint(uint64({text}), 10)"),
        _ if ty.is("int64") => format!("strconv.FormatInt({text}, 10)"),
        _ => format!("strconv.FormatInt(int64({text}), 10)"),
    }
}

fn is_byte_array(ty: &Type<'_>) -> bool {
    matches!(ty.underlying(), Some(Type::Array(_, of)) if of.is("byte"))
}

/// Text with one to three `%s`, all strings and not all constants, as a sum.
fn sum(format: &str, values: &[Node<'_>]) -> Option<String> {
    let pieces: Vec<&str> = format.split("%s").collect();
    let is_simple = pieces.len() == values.len() + 1 && (1..=3).contains(&values.len());
    let is_clean = pieces.iter().all(|p| !p.contains('%'));
    let are_strings = values
        .iter()
        .all(|v| v.ty().is_some_and(|t| t.is_string() && !t.may_format_itself()));
    let all_constant = values.iter().all(|v| v.is_constant());
    if !(is_simple && is_clean && are_strings) || all_constant {
        return None;
    }
    let mut parts = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        if !piece.is_empty() {
            parts.push(format!("{piece:?}"));
        }
        parts.extend(values.get(at).map(|v| v.text().to_string()));
    }
    Some(parts.join(" + "))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, hits, silent};

    fn with(call: &str) -> String {
        format!("type id int; type S string; func (S) String() string {{ return `` }};
func f(n int, u uint8, s, t string, b []byte, h [4]byte, ok bool, k id, x S, e error, d time.Duration, a any) {{\nuse({call}) // want\n}}")
    }

    #[test]
    fn one_plain_value() {
        let check = |call: &str, expect: &str| {
            fires(&RULE, &with(call));
            assert_eq!(hits(&RULE, &with(call))[0].fix.as_deref(), Some(expect));
        };
        check("fmt.Sprintf(`%d`, n)", "strconv.Itoa(n)");
        check("fmt.Sprintf(`%[1]d`, n)", "strconv.Itoa(n)");
        check("fmt.Sprintf(`%v`, u)", "strconv.FormatUint(uint64(u), 10)");
        check("fmt.Sprintf(`%d`, k)", "strconv.FormatInt(int64(k), 10)");
        check("fmt.Sprint(s)", "s");
        check("fmt.Sprintf(`%t`, ok)", "strconv.FormatBool(ok)");
        check("fmt.Sprintf(`%x`, b)", "hex.EncodeToString(b)");
        check("fmt.Sprintf(`%x`, h)", "hex.EncodeToString(h[:])");
        check("fmt.Sprintf(s)", "s");
        check("fmt.Errorf(`no`)", "errors.New(`no`)");
        check("fmt.Sprintf(`a %s`, s)", "\"a \" + s");
        check("fmt.Sprintf(`%s:%s`, s, t)", "s + \":\" + t");
    }

    #[test]
    fn what_may_format_itself_or_is_padded() {
        let calls = [
            "fmt.Sprintf(`%08d`, n)",
            "fmt.Sprintf(`%v`, x)",
            "fmt.Sprintf(`%v`, e)",
            "fmt.Sprintf(`%v`, d)",
            "fmt.Sprintf(`%v`, a)",
            "fmt.Sprintf(`%q`, s)",
            "fmt.Sprintf(`%s %d`, s, n)",
            "fmt.Sprintf(`%s`, unknown)",
            "fmt.Sprintf(`%x`, n)",
            "fmt.Sprint(s, t)",
            "fmt.Errorf(`%w`, e)",
            "fmt.Sprintf(`100%%`)",
            "fmt.Sprintf(`%s`, b)",
        ];
        calls.iter().for_each(|call| silent(&RULE, &with(call)));
    }
}
