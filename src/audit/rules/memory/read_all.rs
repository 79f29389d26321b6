//! `read-all`: the whole stream is read to look at a part.

use crate::audit::rules::value::function_text;
use crate::audit::{Call, Check, Field, Group, Hits, Kind, Local, Measure, Node, Rule, cpu, heat, measured};

/// The rule.
pub const RULE: Rule = Rule {
    id: "read-all",
    title: "the whole stream is read to look at a part",
    group: Group::Memory,
    items: &["ME3", "AR-parser"],
    tier: 2,
    listens: &[cpu(&["readall"]), heat(Measure::Alloc)],
    saves: &[
        measured(Measure::Cpu, 0.50, 0.96),
        measured(Measure::Alloc, 0.50, 0.99),
    ],
    what: "What ReadAll or ReadFile gave only goes into json.Unmarshal, bytes.Split, bytes.Contains or a loop over lines; a \
           request's or response's body that is read without a limit in any case.",
    why: "1 MiB: 821 µs, 2.2 MB and 25 allocations against 33 µs into a buffer of the right size.",
    limits: "Silent where the bytes are used in another way as well, and for files in start-up code.",
    target: "allocated bytes about those that are kept",
    instead: "A Decoder, a Scanner, io.Copy, a buffer by the content's length; io.LimitReader or http.MaxBytesReader.",
    peers: &["ioCopy"],
    before: r#"
func decode(req *http.Request, cmd *Command) error {
	raw, err := io.ReadAll(req.Body) // want
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, cmd)
}"#,
    after: r#"
func decode(w http.ResponseWriter, req *http.Request, cmd *Command) error {
	return json.NewDecoder(http.MaxBytesReader(w, req.Body, 1<<20)).Decode(cmd)
}"#,
    check: Check::Calls(
        &["io.ReadAll", "io/ioutil.ReadAll|ReadFile", "os.ReadFile"],
        check,
    ),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some(function) = call.node.function() else {
        return;
    };
    let is_file = call.callee.name == "ReadFile";
    if is_file && function.is_startup() {
        return;
    }
    let consumer = call
        .node
        .targets()
        .first()
        .and_then(|t| t.local())
        .and_then(consumer);
    let is_open = !is_file && is_unlimited(&call);
    let body = call.argument(0).map_or("", Node::text);
    match (consumer, is_open) {
        (Some((name, fix)), _) => {
            let limit = if is_open { ", and without a limit" } else { "" };
            hits.report(call.node, format!("{body} is read whole only for {name}{limit}"))
                .fix(fix);
        }
        (None, true) => {
            hits.report(call.node, format!("{body} is read whole, without a limit"))
                .fix("put an io.LimitReader or http.MaxBytesReader before it");
        }
        _ => {}
    }
}

/// The one thing that is done with the bytes, and what does it without them.
fn consumer(local: Local<'_>) -> Option<(&'static str, &'static str)> {
    let mut reads = local.uses().filter(|u| !is_aside(*u));
    let only = reads.next().filter(|_| reads.next().is_none())?;
    let mut calls = only.ancestors().take_while(|n| !n.kind().is_statement());
    calls.find_map(|n| known(&n.call().filter(|_| n.is(Kind::CallExpression))?))
}

fn known(call: &Call<'_>) -> Option<(&'static str, &'static str)> {
    const DECODE: &str = "decode from the reader: a Decoder over a limited reader";
    const LINES: &str = "read line by line with a bufio.Scanner";
    if call.is_to("encoding/json.Unmarshal") {
        return Some(("json.Unmarshal", DECODE));
    }
    if call.is_to("encoding/xml.Unmarshal") {
        return Some(("xml.Unmarshal", DECODE));
    }
    if call.is_to("bytes.Split|SplitSeq|Lines|FieldsSeq") || call.is_to("strings.Split|SplitSeq|Lines") {
        return Some(("its parts", LINES));
    }
    if call.is_to("bytes.Contains") || call.is_to("strings.Contains") {
        return Some(("a search", LINES));
    }
    call.is_to("bufio.NewScanner")
        .then_some(("a Scanner", "give the reader itself to the Scanner"))
}

/// `len(raw)` and comparisons.
fn is_aside(use_: Node<'_>) -> bool {
    let parent = use_.parent();
    let call = parent.and_then(Node::parent).and_then(Node::call);
    call.is_some_and(|c| c.is_to("len")) || parent.is_some_and(|p| p.is(Kind::BinaryExpression))
}

/// A body of a request or response, as it came.
fn is_unlimited(call: &Call<'_>) -> bool {
    let Some(body) = call.argument(0).filter(|a| a.is(Kind::SelectorExpression)) else {
        return false;
    };
    let owner = body.field(Field::Operand).and_then(Node::ty);
    let is_http = owner
        .is_some_and(|t| t.is_or_points_to("net/http.Request") || t.is_or_points_to("net/http.Response"));
    let is_body = body.field(Field::Field).is_some_and(|f| f.text() == "Body");
    let text = function_text(call.node);
    let has_limit = text.contains("MaxBytesReader") || text.contains("LimitReader");
    is_http && is_body && !has_limit
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn consumers() {
        let with = |text: &str| format!("func f(r io.Reader, path string, v any) {{ {text}\n}}");
        fires(
            &RULE,
            &with("b, _ := io.ReadAll(r) // want\n json.Unmarshal(b, v)"),
        );
        fires(
            &RULE,
            &with(
                "b, _ := os.ReadFile(path) // want\n for _, l := range strings.Split(string(b), `x`) { use(l) }",
            ),
        );
        fires(
            &RULE,
            &with(
                "b, err := io.ReadAll(r) // want\n if err != nil || len(b) == 0 { return }; use(bytes.Contains(b, v))",
            ),
        );
        silent(
            &RULE,
            &with("b, _ := io.ReadAll(r); sign(b); json.Unmarshal(b, v)"),
        );
        silent(&RULE, &with("b, _ := io.ReadAll(r); use(b)"));
        silent(
            &RULE,
            "func LoadConfig(path string, v any) { b, _ := os.ReadFile(path); json.Unmarshal(b, v) }",
        );
    }

    #[test]
    fn bodies_without_a_limit() {
        fires(
            &RULE,
            "func f(r *http.Response) { b, _ := io.ReadAll(r.Body) // want\n keep(b) }",
        );
        silent(
            &RULE,
            "func f(r *http.Response) { b, _ := io.ReadAll(io.LimitReader(r.Body, 9)); keep(b) }",
        );
        silent(
            &RULE,
            "func f(w http.ResponseWriter, r *http.Request) { r.Body = http.MaxBytesReader(w, r.Body, 9); b, _ := io.ReadAll(r.Body); keep(b) }",
        );
    }
}
