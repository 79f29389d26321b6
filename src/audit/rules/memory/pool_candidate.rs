//! `pool-candidate`: a short-lived object of the same shape on every call.

use crate::audit::rules::value::{Goes, new_value_goes, outermost, short};
use crate::audit::{
    Call, Check, Confidence, Function, Group, Hits, Kind, Measure, Node, Rule, cpu, heat, measured,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "pool-candidate",
    title: "a short-lived object of the same shape on every call",
    group: Group::Memory,
    items: &["GO3", "ME2", "ME3", "ME6", "AR-pool", "AR-arena"],
    base: None,
    listens: &[
        heat(Measure::Alloc),
        cpu(&["alloc", "gc.mark", "gc.assist", "gc.sweep"]),
    ],
    saves: &[
        measured(Measure::Alloc, 0.80, 0.99),
        measured(Measure::Cpu, 0.80, 0.99),
    ],
    what: "A function makes a buffer, a compressor, a buffered reader or writer, an encoder, a hash or a struct of 256 B \
           and more, which does not leave it by return, store, send or goroutine.",
    why: "4 KiB 1862 to 14 ns, a gzip writer 608 to 3 µs, 64 B 89 to 14 ns.",
    limits: "Counts only with a heap profile or an escape note: what does not escape lives on the stack and costs nothing. \
             Silent for start-up code and for buffers of constant size that are not passed on.",
    target: "0 to 1 allocations per operation; the collector's share -50 %",
    instead: "A pool keeps its objects for two collections at most; drop large ones on Put (over 64 KiB), reset before \
              Put, and never put back what escaped.",
    before: r#"
func render(w io.Writer, page Page) error {
	buf := new(bytes.Buffer) // want
	page.writeTo(buf)
	_, err := w.Write(buf.Bytes())
	return err
}"#,
    after: r#"
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func render(w io.Writer, page Page) error {
	buf := buffers.Get().(*bytes.Buffer)
	buf.Reset()
	defer buffers.Put(buf)
	page.writeTo(buf)
	_, err := w.Write(buf.Bytes())
	return err
}"#,
    check: Check::Nodes(&[Kind::CallExpression, Kind::CompositeLiteral], check),
    ..Rule::BASE
};

/// Buffers of constant size count from so many bytes.
const MIN_BUFFER: i64 = 1024;
/// Larger ones of constant size do not live on the stack.
const MAX_ON_STACK: i64 = 64 << 10;
/// Structs count from so many bytes.
const MIN_STRUCT: u64 = 256;

const COMPRESSORS: [&str; 3] = [
    "compress/gzip.NewWriter|NewWriterLevel|NewReader",
    "compress/zlib.NewWriter|NewWriterLevel|NewWriterLevelDict|NewReader",
    "compress/flate.NewWriter|NewWriterDict|NewReader",
];
const OTHERS: [&str; 5] = [
    "bytes.NewBuffer",
    "bufio.NewReader|NewReaderSize|NewWriter|NewWriterSize",
    "crypto/sha256.New",
    "crypto/hmac.New",
    "encoding/json.NewEncoder|NewDecoder",
];

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some(function) = node.function().filter(|f| !is_once(*f)) else {
        return;
    };
    let is_compressor = node.call().is_some_and(|c| c.is_to_any(&COMPRESSORS));
    // The compiler makes no slice for `append(b, make([]byte, n)...)`.
    let is_padding = node.parent().is_some_and(|p| p.is(Kind::VariadicArgument));
    let Some(what) = shape(node).filter(|_| !is_in_pool(node) && !is_padding) else {
        return;
    };
    let way = new_value_goes(node);
    let on_stack = way == Goes::Nowhere && is_small_constant(node);
    if way == Goes::Away || on_stack {
        return;
    }
    let name = function.name();
    let message = if name.is_empty() {
        format!(
            "{what} is made on every call and may not outlive it: {}",
            short(outermost(node))
        )
    } else {
        format!(
            "{what} is made on every call of {name} and may not outlive it: {}",
            short(outermost(node))
        )
    };
    let hit = hits.report(outermost(node), message).confidence(Confidence::Low);
    hit.fix("take it from a sync.Pool, reset it, and put it back while it is not too large");
    if is_compressor && function.is_request_path() {
        hit.confidence(Confidence::High).tag("handler");
    }
}

/// Start-up code runs once.
fn is_once(function: Function<'_>) -> bool {
    function.is_startup()
}

/// The constructor of a pool or of a `sync.Once`.
fn is_in_pool(node: Node<'_>) -> bool {
    let literal = node.enclosing_function().filter(|f| f.is(Kind::FuncLiteral));
    literal.is_some_and(|l| {
        let is_new = l
            .ancestors()
            .take(3)
            .any(|n| n.is(Kind::KeyedElement) && n.text().starts_with("New"));
        let argument_of = l
            .parent()
            .filter(|p| p.is(Kind::ArgumentList))
            .and_then(Node::parent);
        is_new
            || argument_of
                .is_some_and(|c| c.is_call_to(".Do") || c.is_call_to("sync.OnceValue|OnceFunc|OnceValues"))
    })
}

/// What is made, in a word.
fn shape(node: Node<'_>) -> Option<&'static str> {
    if node.is(Kind::CompositeLiteral) {
        return struct_shape(node);
    }
    let call = node.call()?;
    if call.is_to("make") {
        return is_buffer(&call).then_some("a buffer");
    }
    if call.is_to("new") {
        let ty = call.argument(0)?.as_type()?;
        let is_large = ty.is_struct() && ty.size().is_some_and(|n| n >= MIN_STRUCT);
        return match ty.is("bytes.Buffer") {
            true => Some("a bytes.Buffer"),
            false => is_large.then_some("a large struct"),
        };
    }
    if call.is_to_any(&COMPRESSORS) {
        return Some("a compressor");
    }
    if call.is_to("encoding/json.NewEncoder|NewDecoder") {
        let is_buffer = call.argument(0)?.ty()?.is_or_points_to("bytes.Buffer");
        return is_buffer.then_some("an encoder");
    }
    if call.is_to("bytes.NewBuffer") {
        return Some("a bytes.Buffer");
    }
    call.is_to_any(&OTHERS).then_some("a reader, writer or hash")
}

fn struct_shape(literal: Node<'_>) -> Option<&'static str> {
    let ty = literal.ty()?;
    if ty.is("bytes.Buffer") {
        return Some("a bytes.Buffer");
    }
    let is_pointer = outermost(literal) != literal;
    let is_large = is_pointer && ty.is_struct() && ty.size().is_some_and(|n| n >= MIN_STRUCT);
    is_large.then_some("a large struct")
}

/// `make([]byte, n)` with an n that is large or not known.
fn is_buffer(call: &Call<'_>) -> bool {
    let is_bytes = || {
        call.argument(0)
            .and_then(Node::as_type)
            .is_some_and(|t| t.is_bytes())
    };
    largest(call).is_none_or(|n| n >= MIN_BUFFER) && call.arguments().len() > 1 && is_bytes()
}

/// The larger of length and capacity, where both are constant.
fn largest(call: &Call<'_>) -> Option<i64> {
    let sizes = call.arguments().into_iter().skip(1).map(Node::constant_integer);
    sizes.collect::<Option<Vec<i64>>>()?.into_iter().max()
}

/// What the compiler keeps on the stack while it goes nowhere.
fn is_small_constant(node: Node<'_>) -> bool {
    if node.is(Kind::CompositeLiteral) {
        return true;
    }
    node.call().is_some_and(|c| match c.callee.name {
        "make" => largest(&c).is_some_and(|n| n <= MAX_ON_STACK),
        "new" => true,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn what_leaves_or_stays_on_the_stack_is_no_candidate() {
        let with = |text: &str| {
            format!("func f(n int, w io.Writer, ch chan []byte) []byte {{ {text}\nreturn nil }}")
        };
        silent(&RULE, &with("b := make([]byte, n); return b"));
        silent(&RULE, &with("b := make([]byte, n); ch <- b"));
        silent(&RULE, &with("b := make([]byte, n); s.b = b"));
        silent(&RULE, &with("b := make([]byte, n); go use(b)"));
        silent(&RULE, &with("b := make([]byte, n); return b[:1]"));
        silent(&RULE, &with("b := new(bytes.Buffer); fill(b); return b.Bytes()"));
        silent(
            &RULE,
            &with("b := make([]byte, 0, 64*1024); b = append(b, 1); return append([]byte(nil), b...)"),
        );
        silent(&RULE, &with("b := make([]byte, 512); use(b)"));
        silent(&RULE, &with("return fill(make([]byte, n))"));
        silent(&RULE, &with("b := append(w.b, make([]byte, n)...); use(b)"));
        silent(&RULE, "var b = make([]byte, 4096)");
        silent(&RULE, "func NewX(n int) { b := make([]byte, n); use(b) }");
        silent(
            &RULE,
            "var p = sync.Pool{New: func() any { b := make([]byte, 4096); return &b }}",
        );
    }

    #[test]
    fn shapes() {
        let with = |text: &str| {
            format!("type T struct{{ b [300]byte }}; func f(n int, w io.Writer) {{ {text} // want\n}}")
        };
        for text in [
            "b := make([]byte, n); use(b)",
            "b := make([]byte, 4096); use(b)",
            "z := gzip.NewWriter(w); z.Close()",
            "r := bufio.NewWriter(w); r.Flush()",
            "h := sha256.New(); h.Write(nil)",
            "use(&T{})",
        ] {
            fires(&RULE, &with(text));
        }
    }

    #[test]
    fn compressors_in_handlers_count_without_evidence() {
        let found = hits(
            &RULE,
            "func f(w http.ResponseWriter, r *http.Request) { z := gzip.NewWriter(w); z.Close() }",
        );
        assert_eq!(found[0].tags, ["handler"]);
    }
}
