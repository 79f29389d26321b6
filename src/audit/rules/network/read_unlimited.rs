//! `read-unlimited`: a remote body is read without a limit.

use super::common::{is_for_tests, text_around};
use crate::audit::{
    Call, Check, Class, Confidence, Field, Group, Hits, Kind, Local, Measure, Node, Rule, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "read-unlimited",
    title: "a remote body is read without a limit",
    group: Group::Network,
    items: &["NE3", "ME3"],
    tier: 2,
    class: Class::Safety,
    listens: &[heat(Measure::Alloc)],
    what: "io.ReadAll of the body of a request or response, or io.Copy from a gzip or zlib reader.",
    why: "One peer decides how much memory is used.",
    limits: "Silent where a LimitReader, MaxBytesReader or CopyN is in the function.",
    peers: &["G110"],
    before: r#"
func raw(resp *http.Response) ([]byte, error) {
	return io.ReadAll(resp.Body) // want
}"#,
    after: r#"
func raw(resp *http.Response) ([]byte, error) {
	return io.ReadAll(io.LimitReader(resp.Body, 10<<20))
}"#,
    check: Check::Calls(&["io.ReadAll|Copy", "io/ioutil.ReadAll"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let around = text_around(call.node);
    let is_limited = ["LimitReader(", "LimitedReader{", "MaxBytesReader(", "CopyN("]
        .iter()
        .any(|w| around.contains(w));
    if is_limited || is_for_tests(call.node.file()) {
        return;
    }
    let message = match call.callee.name {
        "Copy" => call
            .argument(1)
            .filter(|_| !is_discarded(&call))
            .and_then(decompressed),
        _ => call.argument(0).and_then(body),
    };
    if let Some((message, confidence)) = message {
        hits.report(call.node, message)
            .confidence(confidence)
            .fix("read through io.LimitReader");
    }
}

/// `resp.Body` or `req.Body`.
fn body(source: Node<'_>) -> Option<(String, Confidence)> {
    let source = source.unparen();
    let field = source
        .field(Field::Field)
        .filter(|f| source.is(Kind::SelectorExpression) && f.text() == "Body")?;
    let owner = source.field(Field::Operand)?.ty()?;
    let is_remote = owner.is("*net/http.Response") || owner.is("*net/http.Request");
    is_remote.then(|| {
        (
            format!(
                "all of {field} is read, however long it is",
                field = field.parent().map_or("", Node::text)
            ),
            Confidence::High,
        )
    })
}

fn is_discarded(call: &Call<'_>) -> bool {
    call.argument(0).is_some_and(|a| a.text().ends_with(".Discard"))
}

/// A gzip or zlib reader.
fn decompressed(source: Node<'_>) -> Option<(String, Confidence)> {
    let is_gzip = source.ty().is_some_and(|t| t.is("*compress/gzip.Reader"));
    let made = source
        .local()
        .map(Local::definition)
        .and_then(|d| d.calls().next());
    let is_zlib =
        made.is_some_and(|c| c.is_to("compress/zlib.NewReader") || c.is_to("compress/flate.NewReader"));
    (is_gzip || is_zlib).then(|| {
        (
            "what this decompresses may be of any length".to_string(),
            Confidence::Medium,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn sources() {
        fires(
            &RULE,
            "func f(w http.ResponseWriter, r *http.Request) { b, _ := io.ReadAll(r.Body) // want\n use(b) }",
        );
        fires(
            &RULE,
            "func f(w io.Writer, z *gzip.Reader) { io.Copy(w, z) // want\n }",
        );
        silent(&RULE, "func f(r io.Reader) { io.ReadAll(r) }");
        silent(
            &RULE,
            "func f(w io.Writer, r *http.Response) { io.Copy(w, r.Body) }",
        );
        silent(
            &RULE,
            "func f(w http.ResponseWriter, r *http.Request) { r.Body = http.MaxBytesReader(w, r.Body, 9); io.ReadAll(r.Body) }",
        );
        silent(&RULE, "func f(z *gzip.Reader) { io.Copy(io.Discard, z) }");
    }
}
