//! `bytes-string-conv`: bytes and strings converted for nothing.

use super::conversion::{Conversion, conversion, outside};
use crate::audit::{
    Call, Check, Confidence, Field, GoVersion, Group, Hits, Kind, Measure, Node, Rule, cpu, heat, measured,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "bytes-string-conv",
    title: "bytes and strings converted for nothing",
    group: Group::Strings,
    items: &["AR-unsafe", "GO5"],
    listens: &[
        cpu(&["string.from_bytes", "bytes.from_string"]),
        heat(Measure::Alloc),
    ],
    saves: &[
        measured(Measure::Cpu, 0.80, 1.0),
        measured(Measure::Alloc, 1.0, 1.0),
    ],
    what: "string(b) or []byte(s) is given to a function of strings, bytes, regexp, utf8, bufio, os or maphash that has a \
           twin for the other type, to copy, append or len, or is converted back; a buffer's String or Bytes likewise; an \
           unchanged operand is converted on every turn of a loop.",
    why: "About 20 ns + 0.8 ns per byte: 25, 70, 800 ns for 8, 64, 1024 B, and an allocation each.",
    limits: "Silent where the compiler converts without a copy: lookups m[string(b)], comparisons, ranges, sums, and from \
             Go 1.22 on []byte(s) that is only read.",
    peers: &["mirror", "S1030", "QF1010", "indexAlloc", "stringXbytes"],
    before: r#"
func isGet(line []byte) bool {
	return strings.HasPrefix(string(line), "GET ") // want
}"#,
    after: r#"
func isGet(line []byte) bool {
	return bytes.HasPrefix(line, []byte("GET "))
}"#,
    check: Check::Nodes(&[Kind::CallExpression, Kind::TypeConversionExpression], check),
    ..Rule::BASE
};

/// Functions of strings and bytes that give no text.
const TEXT: [&str; 18] = [
    "Compare",
    "Contains",
    "ContainsAny",
    "ContainsFunc",
    "ContainsRune",
    "Count",
    "EqualFold",
    "HasPrefix",
    "HasSuffix",
    "Index",
    "IndexAny",
    "IndexByte",
    "IndexFunc",
    "IndexRune",
    "LastIndex",
    "LastIndexAny",
    "LastIndexByte",
    "LastIndexFunc",
];
/// What takes a string, and its twin that takes bytes.
const TO_BYTES: [(&str, &str); 18] = [
    ("(regexp.Regexp).MatchString", "Match"),
    ("(regexp.Regexp).FindStringIndex", "FindIndex"),
    ("(regexp.Regexp).FindStringSubmatchIndex", "FindSubmatchIndex"),
    ("(regexp.Regexp).FindAllStringIndex", "FindAllIndex"),
    (
        "(regexp.Regexp).FindAllStringSubmatchIndex",
        "FindAllSubmatchIndex",
    ),
    ("regexp.MatchString", "regexp.Match"),
    ("unicode/utf8.RuneCountInString", "utf8.RuneCount"),
    ("unicode/utf8.DecodeRuneInString", "utf8.DecodeRune"),
    ("unicode/utf8.DecodeLastRuneInString", "utf8.DecodeLastRune"),
    ("unicode/utf8.FullRuneInString", "utf8.FullRune"),
    ("unicode/utf8.ValidString", "utf8.Valid"),
    ("(bufio.Writer).WriteString", "Write"),
    ("(bufio.ReadWriter).WriteString", "Write"),
    ("(bytes.Buffer).WriteString", "Write"),
    ("(strings.Builder).WriteString", "Write"),
    ("(os.File).WriteString", "Write"),
    ("(hash/maphash.Hash).WriteString", "Write"),
    ("hash/maphash.String", "maphash.Bytes"),
];
/// What takes bytes and lets them escape, and its twin that takes a string.
const TO_STRING: [(&str, &str); 7] = [
    ("(regexp.Regexp).Match", "MatchString"),
    ("(regexp.Regexp).FindIndex", "FindStringIndex"),
    ("(regexp.Regexp).FindSubmatchIndex", "FindStringSubmatchIndex"),
    ("(regexp.Regexp).FindAllIndex", "FindAllStringIndex"),
    ("regexp.Match", "regexp.MatchString"),
    ("(os.File).Write", "WriteString"),
    ("hash/maphash.Bytes", "maphash.String"),
];
/// The same of functions that only read, which costs nothing since Go 1.22.
const TO_STRING_READ: [(&str, &str); 5] = [
    ("unicode/utf8.RuneCount", "utf8.RuneCountInString"),
    ("unicode/utf8.DecodeRune", "utf8.DecodeRuneInString"),
    ("unicode/utf8.DecodeLastRune", "utf8.DecodeLastRuneInString"),
    ("unicode/utf8.FullRune", "utf8.FullRuneInString"),
    ("unicode/utf8.Valid", "utf8.ValidString"),
];
const FREE_SINCE: GoVersion = GoVersion(22);

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    if let Some(found) = conversion(node) {
        converted(node, found, hits);
    } else if let Some(call) = node.call()
        && call.is_to("(bytes.Buffer).String")
    {
        buffer_text(&call, hits);
    }
}

fn converted<'a>(node: Node<'a>, found: Conversion<'a>, hits: &mut Hits<'_>) {
    let place = outside(node);
    let Some(parent) = place.parent() else { return };
    let (operand, is_text) = match found {
        Conversion::ToString(bytes) => (bytes, true),
        Conversion::ToBytes(string) => (string, false),
    };
    if let Some(instead) = back_and_forth(operand, is_text) {
        hits.report(node, format!("{} converts there and back", short(node)))
            .fix(instead);
        return;
    }
    if let Some(compared) = empty_text(parent, place).filter(|_| is_text) {
        hits.report(
            parent,
            format!("{} is made a string to see whether it is empty", operand.text()),
        )
        .fix(format!("len({}) {compared} 0", operand.text()));
        return;
    }
    if is_free(place, parent) {
        return;
    }
    if let Some((instead, is_free_now)) =
        argument_of(place, parent).and_then(|c| twin(&c, is_text, hits.go()))
    {
        let hit = hits.report(
            node,
            format!(
                "{} is converted although {instead} takes it as it is",
                operand.text()
            ),
        );
        hit.fix(format!("use {instead} and drop the conversion"));
        if is_free_now {
            hit.confidence(Confidence::Medium);
        }
    } else if is_invariant(node, operand, is_text) {
        hits.report(
            node,
            format!(
                "{} converts an unchanged value on every turn of this loop",
                short(node)
            ),
        )
        .fix("convert once before the loop");
    }
}

fn short(node: Node<'_>) -> &str {
    node.text().lines().next().unwrap_or_default()
}

/// `[]byte(string(b))`, `string([]byte(s))`, `[]byte(buf.String())`, `string(buf.Bytes())`.
fn back_and_forth(operand: Node<'_>, is_text: bool) -> Option<String> {
    let inner = conversion(operand);
    let buffer = |name: &str| {
        let call = operand
            .call()
            .filter(|c| c.is_to("(bytes.Buffer).String|Bytes") && c.callee.name == name)?;
        call.operand().map(Node::text)
    };
    match (is_text, inner) {
        (false, Some(Conversion::ToString(bytes))) => Some(format!("bytes.Clone({})", bytes.text())),
        (true, Some(Conversion::ToBytes(string))) => {
            Some(format!("strings.Clone({}) where a copy is wanted", string.text()))
        }
        (false, _) => buffer("String").map(|b| format!("{b}.Bytes(), as long as the buffer is not written")),
        (true, _) => buffer("Bytes").map(|b| format!("{b}.String()")),
    }
}

/// `string(b) == ""`: the operator.
fn empty_text<'a>(parent: Node<'a>, place: Node<'a>) -> Option<&'a str> {
    if !parent.is(Kind::BinaryExpression) {
        return None;
    }
    let operator = parent.field(Field::Operator)?.text();
    let other = parent.children().find(|c| *c != place && c.kind().is_string())?;
    let is_empty = matches!(other.text(), "\"\"" | "``");
    (is_empty && matches!(operator, "==" | "!=")).then_some(operator)
}

/// Where the compiler makes no copy.
fn is_free(place: Node<'_>, parent: Node<'_>) -> bool {
    match parent.kind() {
        Kind::BinaryExpression | Kind::RangeClause | Kind::ExpressionSwitchStatement => true,
        Kind::IndexExpression => place.field_name() == Field::Index && !outside(parent).is_assigned(),
        _ => false,
    }
}

/// The call whose argument it is; `x...` too.
fn argument_of<'a>(place: Node<'a>, parent: Node<'a>) -> Option<Call<'a>> {
    let list = if parent.is(Kind::VariadicArgument) {
        parent.parent()?
    } else {
        parent
    };
    let _ = place;
    list.parent()
        .filter(|_| list.is(Kind::ArgumentList))
        .and_then(Node::call)
}

/// What takes the operand without a conversion, and whether this conversion costs nothing in this version.
fn twin(call: &Call<'_>, is_text: bool, go: GoVersion) -> Option<(String, bool)> {
    let name = call.callee.name;
    let of = |table: &[(&str, &str)]| {
        let row = table.iter().find(|(from, _)| call.is_to(from))?;
        Some(row.1.to_string())
    };
    if is_text {
        let is_twin = call.is_to(&format!("strings.{name}")) && TEXT.contains(&name);
        let is_len = call.is_builtin() && name == "len";
        return is_twin
            .then(|| format!("bytes.{name}"))
            .or(is_len.then(|| "len".into()))
            .or_else(|| of(&TO_BYTES))
            .map(|t| (t, false));
    }
    let is_free_now = go >= FREE_SINCE;
    if call.is_builtin() && matches!(name, "copy" | "append") {
        return Some((name.to_string(), is_free_now)).filter(|_| name == "copy" || call.is_spread());
    }
    if let Some(twin) = of(&TO_STRING) {
        return Some((twin, false));
    }
    let is_twin = call.is_to(&format!("bytes.{name}")) && TEXT.contains(&name);
    let twin = is_twin
        .then(|| format!("strings.{name}"))
        .or_else(|| of(&TO_STRING_READ));
    twin.filter(|_| !is_free_now).map(|t| (t, false))
}

/// `strings.Contains(buf.String(), …)`, `w.Write…` of it.
fn buffer_text(call: &Call<'_>, hits: &mut Hits<'_>) {
    let place = outside(call.node);
    let Some(outer) = place.parent().and_then(|p| argument_of(place, p)) else {
        return;
    };
    let is_writer = outer.is_to("io.WriteString") && outer.argument(1) == Some(place);
    let buffer = call.operand().map_or("", Node::text);
    let instead = if is_writer {
        Some("w.Write".to_string())
    } else {
        twin(&outer, true, hits.go()).map(|t| t.0).filter(|t| t != "len")
    };
    if let Some(instead) = instead {
        hits.report(
            call.node,
            format!("the bytes of {buffer} are copied into a string although {instead} takes them"),
        )
        .fix(format!("use {instead} with {buffer}.Bytes()"));
    }
}

/// A local from outside the loop that nothing in the loop can change.
fn is_invariant<'a>(node: Node<'a>, operand: Node<'a>, is_text: bool) -> bool {
    let Some(around) = node.enclosing_loop() else {
        return false;
    };
    let Some(local) = operand
        .unparen()
        .local()
        .filter(|_| operand.unparen().is(Kind::Identifier))
    else {
        return false;
    };
    let is_leaving = node.statement().is_some_and(|s| s.is(Kind::ReturnStatement));
    if around.contains(local.declaration()) || is_leaving || local.is_captured() {
        return false;
    }
    let inside = |use_: &Node<'a>| around.contains(*use_);
    if !is_text {
        return !local.writes().any(|w| inside(&w));
    }
    local
        .uses()
        .filter(inside)
        .all(|use_| !use_.is_assigned() && only_reads(use_))
}

/// `string(b)`, `len(b)`, `range b`, `b[i]` that is not assigned to.
fn only_reads(use_: Node<'_>) -> bool {
    let Some(parent) = use_.parent() else { return false };
    match parent.kind() {
        Kind::RangeClause => true,
        Kind::IndexExpression => !outside(parent).is_assigned(),
        Kind::ArgumentList => parent
            .parent()
            .is_some_and(|c| conversion(c).is_some() || c.is_call_to("len")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(text: &str) -> String {
        format!(
            "func f(b, dst []byte, s string, re *regexp.Regexp, buf *bytes.Buffer, m map[string]int, w io.Writer) {{\n{text}\n}}"
        )
    }

    #[test]
    fn twins() {
        fires(&RULE, &with("use(strings.Contains(string(b), s)) // want"));
        fires(&RULE, &with("use(re.MatchString(string(b))) // want"));
        fires(&RULE, &with("use(re.Match([]byte(s))) // want"));
        fires(&RULE, &with("use(utf8.RuneCountInString(string(b))) // want"));
        fires(&RULE, &with("copy(dst, []byte(s)) // want"));
        fires(&RULE, &with("dst = append(dst, []byte(s)...) // want"));
        fires(&RULE, &with("use(len(string(b))) // want"));
        fires(
            &RULE,
            &with("if string(b) == `` { return } // want")
                .replace(" { return } // want", " { // want\n return }"),
        );
        fires(&RULE, &with("use([]byte(string(b))) // want"));
        fires(&RULE, &with("use([]byte(buf.String())) // want"));
        fires(&RULE, &with("use(strings.Index(buf.String(), s)) // want"));
        fires(&RULE, &with("buf.WriteString(string(b)) // want"));
        fires(
            &RULE,
            &format!(
                "// go 1.21\n{}",
                with("use(bytes.Contains(b, []byte(s))) // want")
            ),
        );
    }

    #[test]
    fn what_costs_nothing() {
        let texts = [
            "use(m[string(b)])",
            "switch string(b) { case `a`: }",
            "use(string(b) == s)",
            "use(`a` + string(b))",
            "for range []byte(s) {}",
            "dst = append(b, s...)",
            "use(bytes.Contains(b, []byte(s)))",
            "use(bytes.Contains(b, []byte(`x`)))",
            "use(strings.TrimSpace(string(b)))",
            "use(string(b))",
            "use(len(buf.String()))",
        ];
        texts.iter().for_each(|text| silent(&RULE, &with(text)));
    }

    #[test]
    fn on_every_turn() {
        fires(&RULE, &with("for range m {\n use(string(b)) // want\n }"));
        fires(&RULE, &with("for range m {\n w.Write([]byte(s)) // want\n }"));
        silent(&RULE, &with("for range m { w.Write(b); use(string(b)) }"));
        silent(&RULE, &with("for range m { s = next(s); use([]byte(s)) }"));
        silent(&RULE, &with("for range m { b := get(); use(string(b)) }"));
    }
}
