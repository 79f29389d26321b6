//! `handle-not-closed`: a file, listener, connection or pipe is not closed on every path.

use super::common::in_main;
use crate::audit::{
    Call, Check, Class, Fate, Group, Hits, Kind, Measure, Node, Resource, Rule, Severity, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "handle-not-closed",
    title: "a file, listener, connection or pipe is not closed on every path",
    group: Group::Goroutines,
    items: &["ME1", "CC1"],
    tier: 3,
    class: Class::Leak,
    base: Some(Severity::Medium),
    listens: &[heat(Measure::Leaked)],
    what: "What os.Open, net.Dial, net.Listen, DB.Conn, zip.OpenReader or a command's pipe gave is neither closed nor \
           handed on, on some path to a return.",
    why: "Descriptors run out before memory does.",
    limits: "A function that is given the handle is trusted to close it, unless it only reads. Silent in main of a \
             program, and for the pipes of a command that is waited for.",
    target: "open descriptors constant over time",
    before: r#"
func head(name string) error {
	f, err := os.Open(name) // want
	if err != nil {
		return err
	}
	first := make([]byte, 512)
	if _, err := io.ReadFull(f, first); err != nil {
		return err
	}
	use(first)
	return f.Close()
}"#,
    after: r#"
func head(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	first := make([]byte, 512)
	if _, err := io.ReadFull(f, first); err != nil {
		return err
	}
	use(first)
	return nil
}"#,
    check: Check::Calls(
        &[
            "os.Open|Create|OpenFile|CreateTemp",
            "net.Listen|ListenTCP|ListenUDP|ListenPacket|Dial|DialTimeout|DialTCP|DialUDP|DialUnix",
            "(*net.Dialer).Dial|DialContext",
            "(*database/sql.DB).Conn",
            "archive/zip.OpenReader",
            "(*os/exec.Cmd).StdoutPipe|StderrPipe",
        ],
        check,
    ),
    ..Rule::BASE
};

const HANDLE: Resource = Resource {
    release: &[".Close"],
    parts: &[],
    helpers: &["close", "shutdown"],
    readers: &[
        "io",
        "io/ioutil",
        "encoding/json",
        "encoding/xml",
        "encoding/gob",
        "encoding/csv",
        "encoding/binary",
        "bufio",
        "fmt",
        "log",
        "log/slog",
    ],
    any_use: false,
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    if in_main(call.node) || is_waited_pipe(&call) || is_closed_before(&call) {
        return;
    }
    let targets = call.node.targets();
    let Some(name) = targets.first().map(|t| t.text()) else {
        return;
    };
    let what = call.callee.name;
    match HANDLE.fate(&call, 0) {
        Fate::Dropped => {
            hits.report(
                call.node,
                format!("what {what} opens is dropped while it is open"),
            );
        }
        Fate::Open(ends) => {
            let line = ends.first().map_or(0, |e| end_line(*e));
            hits.report(
                call.node,
                format!("{name} stays open on the path that ends in line {line}"),
            )
            .fix(format!("defer {name}.Close() right behind the test of the error"));
        }
        _ => {}
    }
}

/// Where a path ends: a return, or the end of a body.
fn end_line(end: Node<'_>) -> u32 {
    if end.is(Kind::Block) {
        end.end_position().0
    } else {
        end.line()
    }
}

/// A defer that stands before the call closes what its variable holds in the end.
fn is_closed_before(call: &Call<'_>) -> bool {
    let Some(local) = call.node.targets().first().and_then(|t| t.local()) else {
        return false;
    };
    let is_before = |use_: &Node<'_>| use_.span().0 < call.node.span().0;
    let is_deferred = |use_: Node<'_>| use_.ancestors().any(|n| n.is(Kind::DeferStatement));
    local.uses().take_while(is_before).any(is_deferred)
}

/// Wait, which Run and Output call too, closes a command's pipes.
fn is_waited_pipe(call: &Call<'_>) -> bool {
    let command = call.operand().map_or("", Node::text);
    let body = call.node.function().map_or("", |f| f.body.text());
    call.callee.name.ends_with("Pipe")
        && (body.contains(&format!("{command}.Wait()")) || body.contains(&format!("{command}.Run()")))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn after(text: &str) -> String {
        format!(
            "func f(ok bool) error {{\nf, err := os.Open(`n`) // want\nif err != nil {{ return err }}\n{text}\n}}"
        )
    }

    #[test]
    fn paths() {
        fires(&RULE, &after("return nil"));
        fires(&RULE, &after("if ok { return nil }\nreturn f.Close()"));
        fires(&RULE, &after("s := bufio.NewScanner(f)\nuse(s)\nreturn nil"));
        silent(&RULE, &after("defer f.Close()\nreturn nil"));
        silent(&RULE, &after("if ok { f.Close(); return nil }\nreturn f.Close()"));
        silent(&RULE, &after("keep(f)\nreturn nil"));
        silent(&RULE, &after("t.f = f\nreturn nil"));
        silent(&RULE, &after("go func() { f.Close() }()\nreturn nil"));
        silent(
            &RULE,
            "func f() (*os.File, error) { f, err := os.Open(`n`); return f, err }",
        );
        silent(
            &RULE,
            "package main\nimport \"os\"\nfunc main() { f, _ := os.Open(`n`); f.Name() }",
        );
    }

    #[test]
    fn errors_asked_for_by_kind() {
        let source = "func f() error { f, err := os.Open(`n`); if os.IsPermission(err) { return err }; if err != nil { return err }; return f.Close() }";
        silent(&RULE, source);
    }

    #[test]
    fn a_defer_before_it() {
        silent(
            &RULE,
            "func f() (err error) { var f *os.File; defer func() { if f != nil { f.Close() } }(); f, err = os.Open(`n`); if err != nil { return err }; return use(err) }",
        );
    }

    #[test]
    fn other_handles() {
        fires(
            &RULE,
            "func f() { c, _ := net.Dial(`tcp`, `a`) // want\n c.Write(nil) }",
        );
        fires(
            &RULE,
            "func f(db *sql.DB) { c, err := db.Conn(nil) // want\n use(err); c.Raw(nil) }",
        );
        silent(
            &RULE,
            "func f(c *exec.Cmd) { p, _ := c.StdoutPipe(); c.Start(); p.Read(nil); c.Wait() }",
        );
    }
}
