//! `body-not-drained`: a body is closed before it is read to its end.

use crate::audit::{
    Check, Effect, Field, GoVersion, Group, Hits, Kind, Local, LocalKind, Measure, Node, Paths, Rule,
    assumed, cpu,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "body-not-drained",
    title: "a body is closed before it is read to its end",
    group: Group::Network,
    items: &["NE1", "NE4"],
    tier: 2,
    listens: &[cpu(&["net.dial", "net.tls"])],
    saves: &[assumed(Measure::Cpu, 0.30, 0.95)],
    until: Some(GoVersion(27)),
    what: "The status of a response is tested, and some path closes the body without any read of it.",
    why: "A body that was not read costs the connection.",
    limits: "From Go 1.27 on Close drains up to 256 KiB or 50 ms by itself. Bodies that are known to be long are better \
             left.",
    before: r#"
// go 1.26
func ping(c *http.Client, req *http.Request) error {
	resp, err := c.Do(req) // want
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errStatus
	}
	return nil
}"#,
    after: r#"
// go 1.26
func ping(c *http.Client, req *http.Request) error {
	resp, err := c.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, 256<<10)); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return errStatus
	}
	return nil
}"#,
    check: Check::Nodes(&[Kind::ShortVarDeclaration, Kind::AssignmentStatement], check),
    ..Rule::BASE
};

fn check(statement: Node<'_>, hits: &mut Hits<'_>) {
    let right = statement.list(Field::Right);
    let [value] = right.as_slice() else { return };
    let Some(call) = value.call() else { return };
    let types = call.node.result_types();
    let is_response =
        |t: &Option<crate::audit::Type<'_>>| t.as_ref().is_some_and(|t| t.is("*net/http.Response"));
    let Some(at) = types.iter().position(is_response) else {
        return;
    };
    let targets = statement.list(Field::Left);
    let local = |at: usize| targets.get(at).and_then(|t| t.local());
    let Some(response) = local(at).filter(|l| l.kind() == LocalKind::Variable && is_tested_and_closed(*l))
    else {
        return;
    };
    let uses: Vec<Node<'_>> = response.uses().filter(|u| is_read(*u)).collect();
    let done: Vec<Node<'_>> = uses
        .iter()
        .filter_map(|u| outside(*u, response).flow_statement())
        .collect();
    let paths = Paths {
        from: statement,
        error: local(at + 1),
        value: Some(response),
    };
    let open = paths.open_ends(|s| {
        if done.contains(&s) {
            Effect::Done
        } else {
            Effect::None
        }
    });
    if let Some(end) = open.first() {
        let line = if end.is(Kind::Block) {
            end.end_position().0
        } else {
            end.line()
        };
        hits.report(
            call.node,
            format!("the body is not read on the path that ends in line {line}"),
        )
        .fix("io.Copy(io.Discard, io.LimitReader(resp.Body, 256<<10)) before it is closed");
    }
}

fn outside<'a>(use_: Node<'a>, local: Local<'a>) -> Node<'a> {
    use_.literal_inside(local.declaration()).unwrap_or(use_)
}

/// Its StatusCode is asked for in a condition, and its body is closed.
fn is_tested_and_closed(response: Local<'_>) -> bool {
    let is_tested = |u: Node<'_>| {
        selected(u) == Some("StatusCode") && u.ancestors().any(|n| n.field_name() == Field::Condition)
    };
    response.uses().any(is_tested) && response.uses().any(is_close)
}

fn selected(use_: Node<'_>) -> Option<&str> {
    let parent = use_.parent().filter(|p| p.is(Kind::SelectorExpression))?;
    parent.field(Field::Field).map(Node::text)
}

/// `resp.Body.Close`.
fn is_close(use_: Node<'_>) -> bool {
    let body = use_.parent().filter(|_| selected(use_) == Some("Body"));
    body.and_then(selected) == Some("Close")
}

/// Reads the body, or hands it or the response on.
fn is_read(use_: Node<'_>) -> bool {
    match selected(use_) {
        Some("Body") => !is_close(use_),
        Some(_) => false,
        None => !use_.is_assigned() && !use_.parent().is_some_and(|p| p.is(Kind::BinaryExpression)),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn after(text: &str) -> String {
        format!(
            "// go 1.26\npackage p\nimport (\"net/http\"; \"io\")\nfunc f(c *http.Client) error {{\nresp, err := c.Get(`u`) // want\nif err != nil {{ return err }}\ndefer resp.Body.Close()\n{text}\n}}"
        )
    }

    #[test]
    fn paths() {
        fires(
            &RULE,
            &after(
                "if resp.StatusCode != 200 { return errStatus }\n_, err = io.ReadAll(resp.Body)\nreturn err",
            ),
        );
        silent(
            &RULE,
            &after("b, _ := io.ReadAll(resp.Body)\nif resp.StatusCode != 200 { return fail(b) }\nreturn nil"),
        );
        silent(
            &RULE,
            &after("if resp.StatusCode != 200 { return fail(resp) }\nreturn read(resp.Body)"),
        );
        silent(&RULE, &after("return nil"));
        silent(
            &RULE,
            &after("if resp.StatusCode != 200 { return errStatus }\nreturn nil")
                .replace("go 1.26", "go 1.27"),
        );
    }
}
