//! A value for each parameter.

use super::imports::Imports;

/// How an argument comes about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Value {
    /// Lines before the loop.
    pub before: Vec<String>,
    /// Lines in each turn: what one call uses up.
    pub each: Vec<String>,
    /// What is passed.
    pub argument: String,
}

/// The value of a parameter under a name that is free; `bench` is the name of the `*testing.B`.
pub(super) fn value(name: &str, kind: &str, imports: &Imports<'_>, bench: &str) -> Value {
    let of_std = std_value(name, kind, imports, bench);
    of_std.unwrap_or_else(|| plain_value(name, kind))
}

fn plain_value(name: &str, kind: &str) -> Value {
    let todo = format!("// TODO: a realistic value of {name}");
    let line = match kind {
        "string" => format!("{name} := \"example\" {todo}"),
        "[]byte" => format!("{name} := []byte(\"example\") {todo}, as large as in production"),
        "int" => format!("{name} := 1 {todo}"),
        "int8" | "int16" | "int32" | "int64" | "uint" | "uint8" | "uint16" | "uint32" | "uint64"
        | "uintptr" | "float32" | "float64" | "byte" | "rune" => format!("{name} := {kind}(1) {todo}"),
        _ if kind.starts_with("[]") => {
            format!("{name} := make({kind}, 1000) {todo}, as long as in production")
        }
        _ if kind.starts_with("map[") => format!("{name} := make({kind}) {todo}, as full as in production"),
        _ if kind.starts_with("chan ") => {
            format!("{name} := make({kind}, 1) {todo}: nobody reads or writes it yet")
        }
        _ if kind.starts_with("func(") => {
            format!("{name} := {kind} {{ panic(\"TODO\") }} // TODO: what production passes")
        }
        _ => match kind.strip_prefix('*') {
            Some(to) => format!("{name} := new({to}) {todo}"),
            None => format!("var {name} {kind} {todo}"),
        },
    };
    Value {
        before: vec![line],
        each: Vec::new(),
        argument: name.to_string(),
    }
}

/// Values of types of the standard library; `None` of others, and where a package that they need has no name.
fn std_value(name: &str, kind: &str, imports: &Imports<'_>, bench: &str) -> Option<Value> {
    let (pointer, full) = full_name(kind, imports)?;
    let helper = |path: &str| imports.helper(path);
    let before = |expression: String, remark: &str| {
        Some(Value {
            before: vec![format!("{name} := {expression} // TODO: {remark}")],
            each: Vec::new(),
            argument: name.to_string(),
        })
    };
    let realistic = format!("a realistic value of {name}");
    match (pointer, full.as_str()) {
        (false, "context.Context") => before(
            format!("{}.Background()", helper("context")?),
            "values and a deadline as in production, if it reads them",
        ),
        (false, "error") => before(format!("{}.New(\"example\")", helper("errors")?), &realistic),
        (false, "io.Reader") => reader(name, helper("strings")?),
        (false, "io.Writer") => before(format!("{}.Discard", helper("io")?), "where production writes"),
        (false, "net/http.ResponseWriter") => recorder(name, helper("net/http/httptest")?),
        (true, "net/http.Request") => before(
            format!(
                "{}.NewRequest({}.MethodGet, \"/\", nil)",
                helper("net/http/httptest")?,
                helper("net/http")?
            ),
            "method, path and body of a real request",
        ),
        (false, "time.Duration") => before(format!("{}.Millisecond", helper("time")?), &realistic),
        (false, "time.Time") => before(format!("{}.Unix(0, 0)", helper("time")?), &realistic),
        (true, "regexp.Regexp") => before(
            format!("{}.MustCompile(\"example\")", helper("regexp")?),
            &realistic,
        ),
        (true, "log.Logger") => before(
            format!("{}.New({}.Discard, \"\", 0)", helper("log")?, helper("io")?),
            "where production writes",
        ),
        (true, "log/slog.Logger") => before(
            format!(
                "{slog}.New({slog}.NewTextHandler({}.Discard, nil))",
                helper("io")?,
                slog = helper("log/slog")?
            ),
            "the handler of production",
        ),
        (true, "testing.B") | (false, "testing.TB") => Some(Value {
            argument: bench.to_string(),
            ..Value::default()
        }),
        _ => None,
    }
}

/// Whether it is a pointer, and the type with the path of its package.
fn full_name(kind: &str, imports: &Imports<'_>) -> Option<(bool, String)> {
    let (pointer, name) = match kind.strip_prefix('*') {
        Some(name) => (true, name),
        None => (false, kind),
    };
    match name.split_once('.') {
        Some((package, name)) => Some((pointer, format!("{}.{name}", imports.path(package)?))),
        None => Some((pointer, name.to_string())),
    }
}

/// A reader is empty after one call: it is set back in each turn.
fn reader(name: &str, strings: &str) -> Option<Value> {
    Some(Value {
        before: vec![
            format!("const {name}Text = \"example\" // TODO: a realistic text, as long as in production"),
            format!("{name} := {strings}.NewReader({name}Text)"),
        ],
        each: vec![format!("{name}.Reset({name}Text)")],
        argument: name.to_string(),
    })
}

/// A recorder keeps what is written: each turn has its own, which is part of what is measured.
fn recorder(name: &str, httptest: &str) -> Option<Value> {
    Some(Value {
        before: Vec::new(),
        each: vec![format!(
            "{name} := {httptest}.NewRecorder() // its allocations are counted too"
        )],
        argument: name.to_string(),
    })
}
