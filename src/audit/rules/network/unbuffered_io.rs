//! `unbuffered-io`: many small reads or writes without a buffer.

use super::common::is_for_tests;
use crate::audit::{
    Call, Check, Confidence, Group, Hits, Kind, Local, Loop, Measure, Node, Rule, Scope, Type, assumed, cpu,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "unbuffered-io",
    title: "many small reads or writes without a buffer",
    group: Group::Network,
    items: &["NE2"],
    tier: 2,
    scope: Scope::Loop,
    listens: &[cpu(&["syscall"])],
    saves: &[assumed(Measure::Cpu, 0.70, 0.98)],
    what: "In a loop that does not wait for events a connection or file is written to by Write, WriteString or \
           fmt.Fprint, or one byte is read from it.",
    why: "A system call for each few bytes: 92 % of the CPU in a measured case.",
    limits: "Silent where the writer's type is not known, for standard error, and where the loop also reads answers, as \
             a protocol that must flush each time does.",
    peers: &["bufio"],
    before: r#"
func report(conn net.Conn, batch []string) {
	for _, m := range batch {
		fmt.Fprintf(conn, "%s\n", m) // want
	}
}"#,
    after: r#"
func report(conn net.Conn, batch []string) error {
	out := bufio.NewWriterSize(conn, 32<<10)
	for _, m := range batch {
		fmt.Fprintf(out, "%s\n", m)
	}
	return out.Flush()
}"#,
    check: Check::Calls(&["fmt.Fprint|Fprintf|Fprintln", ".Write|WriteString|Read"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some(around) = call.node.enclosing_loop() else {
        return;
    };
    let is_read = call.callee.name == "Read";
    let device = if call.callee.package == "fmt" {
        call.argument(0)
    } else {
        call.operand()
    };
    let Some(device) = device.filter(|d| is_device(*d)) else {
        return;
    };
    if is_for_tests(call.node.file()) || is_made_inside(device, around) {
        return;
    }
    let is_hit = if is_read {
        call.argument(0).is_some_and(is_one_byte)
    } else {
        goes_on(around) && !answers(around, device)
    };
    if is_hit {
        let what = if is_read {
            "reads one byte from"
        } else {
            "writes to"
        };
        // How much one write holds is not known; a formatted line is short.
        let is_line = call.callee.package == "fmt" || is_read;
        let confidence = if is_line {
            Confidence::High
        } else {
            Confidence::Medium
        };
        hits.report(
            call.node,
            format!("each turn {what} {} without a buffer", device.text()),
        )
        .confidence(confidence)
        .fix(if is_read {
            "bufio.NewReader, and its ReadByte"
        } else {
            "bufio.NewWriter before the loop, and Flush behind it"
        });
    }
}

/// A connection or file, but not standard error, nor a program's standard output.
fn is_device(node: Node<'_>) -> bool {
    let is_console =
        node.text() == "os.Stderr" || (node.text() == "os.Stdout" && node.package().name() == "main");
    let is = |t: &Type<'_>| {
        [
            "net.Conn",
            "*net.TCPConn",
            "*net.UnixConn",
            "*os.File",
            "*crypto/tls.Conn",
        ]
        .iter()
        .any(|n| t.is(n))
    };
    !is_console && node.ty().is_some_and(|t| is(&t))
}

/// Another one on each turn: one write each.
fn is_made_inside(device: Node<'_>, around: Node<'_>) -> bool {
    device.local().is_some_and(|l| around.contains(l.declaration()))
}

/// The loop reads from the same connection.
fn answers(around: Node<'_>, device: Node<'_>) -> bool {
    let name = device.text();
    let reads = |c: &Call<'_>| {
        c.callee.name.starts_with("Read") || c.callee.name == "Scan" || c.callee.name == "Decode"
    };
    let is_same = |c: &Call<'_>| {
        c.operand().is_some_and(|o| o.text() == name)
            || c.arguments().iter().any(|a| a.text() == name)
            || c.operand()
                .is_some_and(|o| o.text() != name && !o.text().contains('.'))
    };
    around
        .body()
        .is_some_and(|b| b.calls().any(|c| reads(&c) && is_same(&c)))
}

/// A loop that goes from one turn to the next without waiting for an event: over data, counted, or by a condition.
fn goes_on(around: Node<'_>) -> bool {
    let is_pause = |n: Node<'_>| n.waits() || (n.is(Kind::CallExpression) && n.is_call_to("time.Sleep"));
    let is_fit = match around.as_loop() {
        Some(Loop::Range { over }) => around.is_over_data() && over.ty().is_some_and(|t| !t.is_channel()),
        Some(Loop::Endless) | None => false,
        _ => !around.is_endless(),
    };
    is_fit && !around.descendants_here().any(is_pause)
}

/// `b[:1]`, or a slice that was made for one byte.
fn is_one_byte(buffer: Node<'_>) -> bool {
    let made = buffer
        .local()
        .and_then(Local::initial_value)
        .and_then(Node::call)
        .filter(|c| c.is_to("make"));
    let of_one = made.is_some_and(|c| c.argument(1).and_then(Node::constant_integer) == Some(1));
    let is_cut = buffer.is(Kind::SliceExpression)
        && buffer
            .field(crate::audit::Field::End)
            .is_some_and(|e| e.constant_integer() == Some(1));
    of_one || is_cut
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn devices() {
        fires(
            &RULE,
            "func f(f *os.File, xs []string) { for _, x := range xs {\nf.WriteString(x) // want\n} }",
        );
        fires(
            &RULE,
            "func f(c net.Conn) { b := make([]byte, 1); for {\nc.Read(b) // want\n} }",
        );
        fires(
            &RULE,
            "func f(f *os.File, s *atomic.Bool) { for !s.Load() {\nf.Write(nil) // want\n} }",
        );
        silent(&RULE, "func f(f *os.File) { for { work(); f.Write(nil) } }");
        silent(
            &RULE,
            "func f(f *os.File, n int) { for n > 0 { time.Sleep(1); f.Write(nil) } }",
        );
        silent(
            &RULE,
            "func f(w io.Writer, xs []string) { for _, x := range xs { fmt.Fprint(w, x) } }",
        );
        silent(
            &RULE,
            "func f(xs []string) { for _, x := range xs { fmt.Fprint(os.Stderr, x) } }",
        );
        silent(
            &RULE,
            "func f(c net.Conn, xs [][]byte) { for _, x := range xs { c.Write(x); c.Read(x) } }",
        );
        silent(
            &RULE,
            "func f(c net.Conn, in chan []byte) { for x := range in { c.Write(x) } }",
        );
        silent(&RULE, "func f(c net.Conn) { c.Write(nil) }");
        silent(
            &RULE,
            "func f(c net.Conn) { b := make([]byte, 512); for { c.Read(b) } }",
        );
        silent(
            &RULE,
            "func f(xs []string) { for _, x := range xs { f, _ := os.Create(x); f.WriteString(x) } }",
        );
    }
}
