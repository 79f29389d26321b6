//! Lines whose better twin is known by their form alone.

use std::sync::LazyLock;

use regex::Regex;

/// A line, the rule of its finding, and the lines above it.
struct Line<'a, F> {
    text: &'a str,
    rule: &'a str,
    above: F,
}

/// The better twin of a line; `above` gives the lines before it within its function, nearest first.
pub(super) fn rewritten(text: &str, rule: &str, above: impl Fn() -> Vec<String>) -> Option<String> {
    if text.is_empty() || text.contains('\n') {
        return None;
    }
    let line = Line { text, rule, above };
    compiled_once(text)
        .or_else(|| equal_fold(text))
        .or_else(|| formatted(text))
        .or_else(|| encoded(text))
        .or_else(|| cut(text))
        .or_else(|| written(text))
        .or_else(|| concatenated(&line))
        .or_else(|| appended(&line))
        .or_else(|| sized(text))
        .or_else(|| sorted(text))
        .or_else(|| timed(text))
        .or_else(|| deferred(&line))
        .or_else(|| buffered(text))
}

/// A pattern that is part of the program.
macro_rules! pattern {
    ($text:literal) => {{
        static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new($text).ok());
        PATTERN.as_ref()
    }};
}

/// `re := regexp.MustCompile("…")` with a literal.
fn compiled_once(text: &str) -> Option<String> {
    let found =
        pattern!(r#"regexp\.(?:MustCompile|Compile)\(("(?:[^"\\]|\\.)*"|`[^`]*`)\)"#)?.captures(text)?;
    let (call, literal) = (found.get(0)?.as_str(), found.get(1)?.as_str());
    let assigned = pattern!(r"^(\w+)(?:, \w+)? :?= ")?.captures(text);
    let used = match assigned {
        Some(of) => format!(
            "// and no more in the function: use pattern in place of {}",
            of.get(1)?.as_str()
        ),
        None => text.replacen(call, "pattern", 1),
    };
    Some(format!(
        "var pattern = regexp.MustCompile({literal}) // at package level: compiled once\n\n{used}"
    ))
}

fn equal_fold(text: &str) -> Option<String> {
    let found = pattern!(
        r"strings\.To(?:Lower|Upper)\(([\w.\[\]]+)\) (==|!=) strings\.To(?:Lower|Upper)\(([\w.\[\]]+)\)"
    )?
    .captures(text)?;
    let not = if found.get(2)?.as_str() == "!=" { "!" } else { "" };
    let twin = format!(
        "{not}strings.EqualFold({}, {})",
        found.get(1)?.as_str(),
        found.get(3)?.as_str()
    );
    Some(text.replacen(found.get(0)?.as_str(), &twin, 1))
}

/// One verb and one plain operand.
fn formatted(text: &str) -> Option<String> {
    let found = pattern!(r#"fmt\.Sprintf\("%([dsxq])", ([\w.\[\]]+)\)"#)?.captures(text)?;
    let (call, operand) = (found.get(0)?.as_str(), found.get(2)?.as_str());
    let (twin, remark) = match found.get(1)?.as_str() {
        "d" => (
            format!("strconv.FormatInt(int64({operand}), 10)"),
            format!("strconv.Itoa({operand}) where it is an int"),
        ),
        "x" => (
            format!("hex.EncodeToString({operand})"),
            "where it is a []byte".to_string(),
        ),
        "q" => (
            format!("strconv.Quote({operand})"),
            "where it is a string".to_string(),
        ),
        _ => (operand.to_string(), "where it is a string already".to_string()),
    };
    Some(format!("{} // {remark}", text.replacen(call, &twin, 1)))
}

/// A document in a slice of its own that is then written.
fn encoded(text: &str) -> Option<String> {
    let found = pattern!(r"^(\w+), err :?= json\.Marshal\(([\w.&]+)\)$")?.captures(text)?;
    let [out, value] = [found.get(1)?.as_str(), found.get(2)?.as_str()];
    Some(format!(
        "err := json.NewEncoder(w).Encode({value}) // w: where {out} is written; {value} a struct, not a map of any"
    ))
}

/// `strings.Split(s, sep)[0]`, and a loop over the parts.
fn cut(text: &str) -> Option<String> {
    if let Some(found) = pattern!(r#"strings\.Split\(([\w.]+), ("[^"]*"|[\w.]+)\)\[0\]"#)?.captures(text) {
        let head = format!(
            "head, _, _ := strings.Cut({}, {})",
            found.get(1)?.as_str(),
            found.get(2)?.as_str()
        );
        return Some(format!(
            "{head}\n{}",
            text.replacen(found.get(0)?.as_str(), "head", 1)
        ));
    }
    let found = pattern!(r"^for _, (\w+) := range strings\.(Split|Fields)\((.*)\) \{$")?.captures(text)?;
    let [part, of, args] = [1, 2, 3].map(|n| found.get(n).map_or("", |m| m.as_str()));
    Some(format!(
        "for {part} := range strings.{of}Seq({args}) {{ // since Go 1.24: no slice of all parts"
    ))
}

/// Conversions for which a twin takes the other type.
fn written(text: &str) -> Option<String> {
    if let Some(found) = pattern!(r"(\w[\w.]*)\.Write\(\[\]byte\(([\w.]+)\)\)")?.captures(text) {
        let twin = format!(
            "io.WriteString({}, {})",
            found.get(1)?.as_str(),
            found.get(2)?.as_str()
        );
        return Some(text.replacen(found.get(0)?.as_str(), &twin, 1));
    }
    let found =
        pattern!(r#"strings\.(Contains|HasPrefix|HasSuffix|Index)\(string\(([\w.]+)\), ("[^"]*"|\w+)\)"#)?
            .captures(text)?;
    let [of, bytes, other] = [1, 2, 3].map(|n| found.get(n).map_or("", |m| m.as_str()));
    Some(text.replacen(
        found.get(0)?.as_str(),
        &format!("bytes.{of}({bytes}, []byte({other}))"),
        1,
    ))
}

/// `s += x` where strings are concatenated.
fn concatenated<F>(line: &Line<'_, F>) -> Option<String> {
    if line.rule != "string.concat" {
        return None;
    }
    let found = pattern!(r"^([\w.]+) (?:\+= (.+)|= ([\w.]+) \+ (.+))$")?.captures(line.text)?;
    let to = found.get(1)?.as_str();
    let added = match found.get(2) {
        Some(added) => added.as_str(),
        None if found.get(3)?.as_str() == to => found.get(4)?.as_str(),
        None => return None,
    };
    let parts: Vec<&str> = added.split(" + ").collect();
    // A quoted plus would be split as well.
    let quoted = parts
        .iter()
        .any(|p| p.matches('"').count() % 2 == 1 || p.matches('(').count() != p.matches(')').count());
    let writes: Vec<String> = match quoted {
        true => vec![format!("b.WriteString({added})")],
        false => parts.iter().map(|p| format!("b.WriteString({p})")).collect(),
    };
    Some(format!(
        "var b strings.Builder // before the loop\nb.Grow(n)             // n: the length that is expected\n{}\n\
         {to} = b.String() // after the loop",
        writes.join("\n")
    ))
}

/// `out = append(out, …)`: with the declaration and the loop above, where these are found.
fn appended<F: Fn() -> Vec<String>>(line: &Line<'_, F>) -> Option<String> {
    let found = pattern!(r"^(\w+) = append\((\w+), ")?.captures(line.text)?;
    let out = found.get(1)?.as_str();
    if found.get(2)?.as_str() != out {
        return None;
    }
    let above = (line.above)();
    let trimmed = || above.iter().map(|l| l.trim());
    let kind = trimmed().find_map(|l| declared(l, out));
    let over = trimmed().find_map(|l| {
        let range = pattern!(r"^for .*:= range ([\w.]+) \{$")?.captures(l)?;
        Some(range.get(1)?.as_str().to_string())
    });
    let (kind, known) = match kind {
        Some(kind) => (kind, true),
        None => ("[]T".to_string(), false),
    };
    let (size, remark) = match over.filter(|_| known) {
        Some(over) => (
            format!("len({over})"),
            "one for each turn of the loop".to_string(),
        ),
        None => ("n".to_string(), "n: how many are expected".to_string()),
    };
    Some(format!(
        "{out} := make({kind}, 0, {size}) // before the loop; {remark}\n{}",
        line.text
    ))
}

/// The slice type with which a name is declared on a line.
fn declared(line: &str, name: &str) -> Option<String> {
    let rest = line
        .strip_prefix("var ")
        .and_then(|r| r.strip_prefix(name))
        .and_then(|r| r.strip_prefix(" []"));
    if let Some(kind) = rest {
        return is_type(kind).then(|| format!("[]{kind}"));
    }
    let rest = line.strip_prefix(name)?.strip_prefix(" := ")?;
    let kind = rest
        .strip_suffix("{}")
        .or_else(|| rest.strip_prefix("make(")?.strip_suffix(", 0)"))?;
    kind.strip_prefix("[]")
        .filter(|k| is_type(k))
        .map(|_| kind.to_string())
}

fn is_type(kind: &str) -> bool {
    !kind.is_empty() && kind.chars().all(|c| c.is_alphanumeric() || "_.*[]{}".contains(c))
}

/// A map or slice that is made without size.
fn sized(text: &str) -> Option<String> {
    if let Some(found) = pattern!(r"make\((map\[[\w.*]+\][\w.*\[\]{}]+)\)")?.captures(text) {
        let twin = format!("make({}, n)", found.get(1)?.as_str());
        let line = text.replacen(found.get(0)?.as_str(), &twin, 1);
        return Some(format!(
            "{line} // n: how many entries are expected, from about 100 on"
        ));
    }
    if let Some(found) = pattern!(r"(map\[[\w.*]+\][\w.*\[\]]+)\{\}")?.captures(text) {
        let twin = format!("make({}, n)", found.get(1)?.as_str());
        let line = text.replacen(found.get(0)?.as_str(), &twin, 1);
        return Some(format!(
            "{line} // n: how many entries are expected, from about 100 on"
        ));
    }
    let found = pattern!(r"make\((\[\][\w.*\[\]]+), 0\)")?.captures(text)?;
    let twin = format!("make({}, 0, n)", found.get(1)?.as_str());
    let line = text.replacen(found.get(0)?.as_str(), &twin, 1);
    Some(format!("{line} // n: how many elements are expected"))
}

/// `sort.Slice(xs, func(i, j int) bool { … })`.
fn sorted(text: &str) -> Option<String> {
    let found =
        pattern!(r"sort\.Slice(Stable)?\(([\w.]+), func\((\w+), (\w+) int\) bool \{(.*)$")?.captures(text)?;
    let xs = found.get(2)?.as_str();
    let stable = if found.get(1).is_some() {
        "SortStableFunc"
    } else {
        "SortFunc"
    };
    let [i, j] = [found.get(3)?.as_str(), found.get(4)?.as_str()];
    let key = by_key(found.get(5)?.as_str(), xs, [i, j]);
    let (key, remark) = match key {
        Some(key) => (key, String::new()),
        None => (".Key".to_string(), " and Key with what is compared".to_string()),
    };
    Some(format!(
        "slices.{stable}({xs}, func(a, b T) int {{ return cmp.Compare(a{key}, b{key}) }}) // T: the type of an element{remark}"
    ))
}

/// What follows `xs[i]` in `return xs[i].Key < xs[j].Key`.
fn by_key(body: &str, xs: &str, [i, j]: [&str; 2]) -> Option<String> {
    let (left, right) = body.trim().strip_prefix("return ")?.split_once(" < ")?;
    let right = right.trim().trim_end_matches(['}', ')', ' ']);
    let left = left.strip_prefix(&format!("{xs}[{i}]"))?;
    (right.strip_prefix(&format!("{xs}[{j}]"))? == left).then(|| left.to_string())
}

/// A timer for each wait.
fn timed(text: &str) -> Option<String> {
    let found = pattern!(r"<-time\.After\(([^()]*(?:\([^()]*\))?[^()]*)\)")?.captures(text)?;
    let line = text.replacen(found.get(0)?.as_str(), "<-timer.C", 1);
    let wait = found.get(1)?.as_str();
    Some(format!(
        "timer := time.NewTimer({wait}) // before the loop\ndefer timer.Stop()\n\ntimer.Reset({wait}) // in each turn\n{line}"
    ))
}

/// A `defer` in a loop.
fn deferred<F: Fn() -> Vec<String>>(line: &Line<'_, F>) -> Option<String> {
    let in_loop = || {
        (line.above)()
            .iter()
            .any(|l| l.trim().starts_with("for ") || l.trim() == "for {")
    };
    if !line.text.starts_with("defer ") || line.text.ends_with('{') || !in_loop() {
        return None;
    }
    Some(format!(
        "func() {{ // if the loop is around it: a function for each turn, at whose end it runs\n    {}\n    \
         // what the turn does\n}}()",
        line.text
    ))
}

/// A buffer for each call.
fn buffered(text: &str) -> Option<String> {
    let found = pattern!(r"^(\w+) := (?:bytes\.NewBuffer\(nil\)|new\(bytes\.Buffer\)|&bytes\.Buffer\{\})$")?
        .captures(text)?;
    let name = found.get(1)?.as_str();
    Some(format!(
        "var buffers = sync.Pool{{New: func() any {{ return new(bytes.Buffer) }}}} // at package level\n\n\
         {name} := buffers.Get().(*bytes.Buffer)\n{name}.Reset()\ndefer buffers.Put({name}) // nothing may refer to its bytes after"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, rule: &str, above: &[&str], expect: &str) {
        let above = || above.iter().map(|l| (*l).to_string()).collect::<Vec<_>>();
        assert_eq!(rewritten(line, rule, above).unwrap_or_default(), expect, "{line}");
    }

    #[test]
    fn known_lines_have_their_twins() {
        check(
            r#"re := regexp.MustCompile("^a(b)$")"#,
            "regexp.compile",
            &[],
            "var pattern = regexp.MustCompile(\"^a(b)$\") // at package level: compiled once\n\n\
             // and no more in the function: use pattern in place of re",
        );
        check(
            "if regexp.MustCompile(`x`).MatchString(s) {",
            "regexp.compile",
            &[],
            "var pattern = regexp.MustCompile(`x`) // at package level: compiled once\n\nif pattern.MatchString(s) {",
        );
        check(
            "if strings.ToLower(a.B) != strings.ToLower(c) {",
            "strings",
            &[],
            "if !strings.EqualFold(a.B, c) {",
        );
        check(
            "return fmt.Sprintf(\"%d\", n)",
            "fmt",
            &[],
            "return strconv.FormatInt(int64(n), 10) // strconv.Itoa(n) where it is an int",
        );
        check(
            "x := strings.Split(s, \",\")[0]",
            "strings",
            &[],
            "head, _, _ := strings.Cut(s, \",\")\nx := head",
        );
        check(
            "w.Write([]byte(s))",
            "bytes.from_string",
            &[],
            "io.WriteString(w, s)",
        );
        check(
            "if strings.Contains(string(b), sep) {",
            "x",
            &[],
            "if bytes.Contains(b, []byte(sep)) {",
        );
        check(
            "m := make(map[string]int)",
            "map.grow",
            &[],
            "m := make(map[string]int, n) // n: how many entries are expected, from about 100 on",
        );
        check(
            "xs := make([]int, 0)",
            "slice.grow",
            &[],
            "xs := make([]int, 0, n) // n: how many elements are expected",
        );
        check(
            "sort.Slice(xs, func(i, j int) bool { return xs[i].N < xs[j].N })",
            "sort.reflect",
            &[],
            "slices.SortFunc(xs, func(a, b T) int { return cmp.Compare(a.N, b.N) }) // T: the type of an element",
        );
        check(
            "case <-time.After(wait(n)):",
            "timer",
            &[],
            "timer := time.NewTimer(wait(n)) // before the loop\ndefer timer.Stop()\n\ntimer.Reset(wait(n)) // in each turn\ncase <-timer.C:",
        );
    }

    #[test]
    fn growing_lines_know_their_loop_and_declaration() {
        check(
            "out = append(out, x)",
            "alloc-churn",
            &["    for _, x := range o.xs {", "    var out []pkg.T"],
            "out := make([]pkg.T, 0, len(o.xs)) // before the loop; one for each turn of the loop\nout = append(out, x)",
        );
        check(
            "out = append(out, x)",
            "alloc-churn",
            &[],
            "out := make([]T, 0, n) // before the loop; n: how many are expected\nout = append(out, x)",
        );
        check(
            "s += \"<\" + t",
            "string.concat",
            &[],
            "var b strings.Builder // before the loop\nb.Grow(n)             // n: the length that is expected\n\
             b.WriteString(\"<\")\nb.WriteString(t)\ns = b.String() // after the loop",
        );
        check(
            "defer mu.Unlock()",
            "defer",
            &["for {"],
            "func() { // if the loop is around it: a function for each turn, at whose end it runs\n    defer mu.Unlock()\n    // what the turn does\n}()",
        );
    }

    #[test]
    fn other_lines_have_none() {
        for line in [
            "n += 1",
            "a = append(b, c)",
            "fmt.Sprintf(\"%d %d\", a, b)",
            "m := make(map[string]int, n)",
            "x := 1",
            "",
            "defer mu.Unlock()",
            "regexp.MustCompile(expr)",
        ] {
            check(line, "alloc-churn", &[], "");
        }
    }
}
