//! `body-not-closed`: a response body is not closed on every path.

use crate::audit::{
    Call, Check, Class, Fate, Field, Group, Hits, Kind, Measure, Node, Resource, Rule, Severity, Type, cpu,
    heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "body-not-closed",
    title: "a response body is not closed on every path",
    group: Group::Network,
    items: &["NE4", "GO1", "ME1", "CC1"],
    class: Class::Leak,
    base: Some(Severity::High),
    listens: &[heat(Measure::Leaked), cpu(&["net.dial"])],
    what: "A call gives a *http.Response, or another struct with a Body to close, and some path to a return neither \
           closes the body nor hands it on.",
    why: "The connection is never reused, and two goroutines stay with it.",
    limits: "A function that is given the response is trusted to close it, unless it only reads. Silent for recorders \
             of httptest, HEAD requests and upgraded connections.",
    target: "goroutines constant; reuse above 95 %",
    peers: &["bodyclose"],
    before: r#"
func get(client *http.Client, req *http.Request) error {
	resp, err := client.Do(req) // want
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return errStatus
	}
	defer resp.Body.Close()
	return read(nil)
}"#,
    after: r#"
func get(client *http.Client, req *http.Request) error {
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return errStatus
	}
	return read(nil)
}"#,
    check: Check::Nodes(&[Kind::ExpressionList, Kind::ExpressionStatement], check),
    ..Rule::BASE
};

const BODY: Resource = Resource {
    release: &[".Body.Close"],
    parts: &[".Body"],
    helpers: &["close", "drain"],
    readers: &[
        "io",
        "io/ioutil",
        "encoding/json",
        "encoding/xml",
        "encoding/gob",
        "encoding/csv",
        "bufio",
        "bytes",
        "fmt",
        "log",
        "log/slog",
        "html",
        "golang.org/x/net/html",
        "gopkg.in/yaml.v3",
        "net/http/httputil",
    ],
    any_use: false,
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let is_value =
        node.is(Kind::ExpressionStatement) || matches!(node.field_name(), Field::Right | Field::Value);
    let Some(call) = node
        .child(0)
        .filter(|_| is_value && node.child(1).is_none())
        .and_then(Node::call)
    else {
        return;
    };
    let types = call.node.result_types();
    let Some(at) = types.iter().position(|t| t.as_ref().is_some_and(has_body)) else {
        return;
    };
    if is_exempt(&call) {
        return;
    }
    let message = match BODY.fate(&call, at) {
        Fate::Dropped => "the response is dropped with its body open".to_string(),
        Fate::Open(ends) => open_message(&call, ends.first().copied()),
        _ => return,
    };
    let name = call.node.targets().get(at).map_or("resp", |t| t.text());
    let name = if name == "_" { "resp" } else { name };
    hits.report(call.node, message).fix(format!(
        "defer {name}.Body.Close() right behind the test of the error"
    ));
}

fn open_message(call: &Call<'_>, end: Option<Node<'_>>) -> String {
    let line = end.map_or(0, |e| {
        if e.is(Kind::Block) {
            e.end_position().0
        } else {
            e.line()
        }
    });
    let name = call.node.targets().first().map_or("the response", |t| t.text());
    format!("the body of {name} stays open on the path that ends in line {line}")
}

/// `*http.Response`, or a pointer to a struct of the sources with `Body io.ReadCloser`.
fn has_body(of: &Type<'_>) -> bool {
    let Type::Pointer(to) = of else { return false };
    if to.is("net/http.Response") {
        return true;
    }
    let is_own = to
        .named()
        .is_some_and(|n| n.spec.is_some_and(|s| !s.package().is_stub()));
    is_own
        && to
            .struct_fields()
            .iter()
            .any(|f| f.name == "Body" && f.field_type().is_some_and(|t| t.is("io.ReadCloser")))
}

fn is_exempt(call: &Call<'_>) -> bool {
    let is_head = call.callee.name == "Head" || call.argument(0).is_some_and(|a| asks_for_head(a));
    let is_upgrade = || {
        let body = call.node.function().map_or("", |f| f.body.text());
        body.contains("StatusSwitchingProtocols") || body.contains("Hijack(")
    };
    call.is_to("(*net/http/httptest.ResponseRecorder).Result") || is_head || is_upgrade()
}

/// A request that was made with the method HEAD.
fn asks_for_head(request: Node<'_>) -> bool {
    let Some(local) = request.local() else {
        return false;
    };
    let definition = local.definition();
    definition.text().contains("\"HEAD\"") || definition.text().contains("MethodHead")
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn after(text: &str) -> String {
        format!(
            "func f(c *http.Client, ok bool) error {{\nresp, err := c.Get(`u`) // want\nif err != nil {{ return err }}\n{text}\n}}"
        )
    }

    #[test]
    fn paths() {
        fires(&RULE, &after("return nil"));
        fires(&RULE, &after("if ok { resp.Body.Close() }\nreturn nil"));
        fires(
            &RULE,
            &after(
                "b, err := io.ReadAll(resp.Body)\nif err != nil { return err }\nresp.Body.Close()\nreturn use(b)",
            ),
        );
        fires(&RULE, &after("return json.NewDecoder(resp.Body).Decode(&x)"));
        fires(
            &RULE,
            &after("if err == nil || ok { return nil }\nresp.Body.Close()\nreturn nil"),
        );
        fires(&RULE, "func f() { http.Get(`u`) // want\n }");
        fires(&RULE, "func f() { _, err := http.Get(`u`) // want\n use(err) }");
        fires(
            &RULE,
            "func get() (*http.Response, error) { return http.Get(`u`) }; func f() { r, _ := get() // want\n use(r.Status) }",
        );
        silent(&RULE, &after("resp.Body.Close()\nreturn nil"));
        silent(
            &RULE,
            &after("defer func() { _ = resp.Body.Close() }()\nreturn nil"),
        );
        silent(&RULE, &after("defer closeBody(resp)\nreturn nil"));
        silent(
            &RULE,
            &after("if ok { resp.Body.Close(); return nil }\ndefer resp.Body.Close()\nreturn nil"),
        );
        silent(
            &RULE,
            &after("for { if ok { break } }\nresp.Body.Close()\nreturn nil"),
        );
    }

    #[test]
    fn what_is_handed_on() {
        silent(&RULE, &after("s.resp = resp\nreturn nil"));
        silent(&RULE, &after("return handle(resp)"));
        silent(&RULE, &after("ch <- resp\nreturn nil"));
        silent(
            &RULE,
            "func f(c *http.Client) (*http.Response, error) { resp, err := c.Get(`u`); return resp, err }",
        );
        silent(
            &RULE,
            "func done(r *http.Response) { r.Body.Close() }; func f(c *http.Client) { r, _ := c.Get(`u`); done(r) }",
        );
    }

    #[test]
    fn exemptions() {
        silent(
            &RULE,
            "func f(w *httptest.ResponseRecorder) { r := w.Result(); use(r.StatusCode) }",
        );
        silent(&RULE, "func f() { r, _ := http.Head(`u`); use(r.StatusCode) }");
        silent(
            &RULE,
            &after("if resp == nil { return nil }\nresp.Body.Close()\nreturn nil"),
        );
    }
}
