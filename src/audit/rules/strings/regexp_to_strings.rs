//! `regexp-to-strings`: a pattern that is only a literal.

use crate::audit::{Call, Check, Group, Hits, Measure, Node, Rule, assumed, cpu};

/// The rule.
pub const RULE: Rule = Rule {
    id: "regexp-to-strings",
    title: "a pattern that is only a literal",
    group: Group::Strings,
    items: &["AR-parser"],
    tier: 2,
    listens: &[cpu(&["regexp.match"])],
    saves: &[assumed(Measure::Cpu, 0.60, 0.95)],
    what: "A constant pattern without metacharacters but ^ before and $ behind, of which only Match, MatchString or the \
           position is asked.",
    why: "The matcher walks its program where one comparison would do.",
    limits: "Silent for flags, and where the regexp is made elsewhere than in a local or package variable.",
    before: r#"
var versionRE = regexp.MustCompile(`^v1\.`)

func isFirst(s string) bool {
	return versionRE.MatchString(s) // want
}"#,
    after: r#"
func isFirst(s string) bool {
	return strings.HasPrefix(s, "v1.")
}"#,
    check: Check::Calls(
        &[
            "(regexp.Regexp).MatchString|Match|FindStringIndex|FindIndex",
            "regexp.MatchString|Match",
        ],
        check,
    ),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let pattern = if call.callee.is_method {
        call.operand().and_then(compiled)
    } else {
        call.argument(0)
    };
    let Some(text) = pattern.and_then(Node::constant_string) else {
        return;
    };
    let Some((literal, starts, ends)) = plain(&text) else {
        return;
    };
    let is_position = call.callee.name.contains("Index");
    let instead = match (starts, ends) {
        (true, true) => "==",
        (true, false) => "HasPrefix",
        (false, true) => "HasSuffix",
        (false, false) if is_position => "Index",
        (false, false) => "Contains",
    };
    hits.report(
        call.node,
        format!("the pattern {text} is only the text {literal:?}"),
    )
    .fix(format!("{instead} with {literal:?}"));
}

/// The pattern of a regexp that is made here, in a local that nothing changes, or in a package variable.
fn compiled(operand: Node<'_>) -> Option<Node<'_>> {
    let operand = operand.unparen();
    let value = match operand.local() {
        Some(local) => local.initial_value().filter(|_| local.is_assigned_once())?,
        None if operand.call().is_some() => operand,
        None => {
            let name = operand.package().variable_named(operand.text())?;
            let spec = name.parent()?;
            spec.list(crate::audit::Field::Value)
                .first()
                .copied()
                .filter(|_| spec.fields(crate::audit::Field::Name).count() == 1)?
        }
    };
    value
        .call()
        .filter(|c| c.is_to("regexp.MustCompile"))?
        .argument(0)
}

/// The text that a pattern stands for, and whether it is bound to the beginning and the end.
fn plain(pattern: &str) -> Option<(String, bool, bool)> {
    let starts = pattern.starts_with('^');
    let inner = pattern.strip_prefix('^').unwrap_or(pattern);
    let ends = inner.ends_with('$') && !inner.ends_with("\\$");
    let inner = if ends { inner.strip_suffix('$')? } else { inner };
    let mut literal = String::new();
    let mut letters = inner.chars();
    while let Some(c) = letters.next() {
        match c {
            '\\' => literal.push(letters.next().filter(char::is_ascii_punctuation)?),
            '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' => return None,
            _ => literal.push(c),
        }
    }
    (!literal.is_empty()).then_some((literal, starts, ends))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn patterns() {
        let with = |pattern: &str| {
            format!(
                "var re = regexp.MustCompile(`{pattern}`)\nfunc f(s string) {{ use(re.MatchString(s)) // want\n }}"
            )
        };
        let check = |pattern: &str, instead: &str| {
            fires(&RULE, &with(pattern));
            assert_eq!(hits(&RULE, &with(pattern))[0].fix.as_deref(), Some(instead));
        };
        check("abc", "Contains with \"abc\"");
        check("^abc$", "== with \"abc\"");
        check(r"\.go$", "HasSuffix with \".go\"");
        for pattern in ["a.c", "(?i)abc", r"a\d", "a|b", "^$", "", "[a]"] {
            silent(&RULE, &with(pattern));
        }
        silent(
            &RULE,
            "var re = regexp.MustCompile(`a`)\nfunc f(s string) { use(re.ReplaceAllString(s, `b`)) }",
        );
    }
}
