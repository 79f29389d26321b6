//! `send-without-done`: an unconditional send or receive although a done signal is in scope.

use rustc_hash::FxHashMap;

use super::common::{context_at, in_main, is_quit_name, is_receive, is_select_case, last_name};
use crate::audit::{
    Check, Class, Confidence, Field, Group, Hits, Kind, LocalKind, Measure, Node, Package, Rule, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "send-without-done",
    title: "an unconditional send or receive although a done signal is in scope",
    group: Group::Goroutines,
    items: &["GO1", "CC1", "CC3"],
    tier: 2,
    class: Class::Leak,
    listens: &[
        heat(Measure::Leaked),
        crate::audit::Listens {
            measure: Measure::Block,
            families: &["chan.send", "chan.recv"],
        },
    ],
    what: "A plain send or receive, not a select's case, on a channel that is a field or a parameter, in a function \
           that has a context or a channel that tells to stop.",
    why: "On shutdown the other side has gone, and this one waits for ever.",
    limits: "Silent for channels of struct{} and those named like semaphores, for a receive that tells to stop itself, \
             and for a field that is made with constant room and has one sender.",
    target: "0 goroutines at the line 1 s after cancellation",
    before: r#"
func (s *server) fail(ctx context.Context, errs chan error, err error) {
	errs <- err // want
}"#,
    after: r#"
func (s *server) fail(ctx context.Context, errs chan error, err error) {
	select {
	case errs <- err:
	case <-ctx.Done():
	}
}"#,
    check: Check::Packages(check),
    ..Rule::BASE
};

/// Words in the names of channels whose sends and receives are short by design.
const TOKENS: [&str; 9] = [
    "sem", "limit", "token", "slot", "lock", "mu", "ready", "timer", "signal",
];

fn check(package: Package<'_>, hits: &mut Hits<'_>) {
    let fields = Fields::of(package);
    for file in package.files() {
        for node in file.root().descendants().filter(|n| !n.is_broken()) {
            let is_send = node.is(Kind::SendStatement);
            let channel = match node.kind() {
                Kind::SendStatement => node.field(Field::Channel),
                Kind::UnaryExpression if is_receive(node) => node.field(Field::Operand),
                _ => None,
            };
            let Some(channel) = channel.map(Node::unparen) else {
                continue;
            };
            if is_select_case(node) || !is_from_outside(channel) || is_quick(channel) || in_main(node) {
                continue;
            }
            if (is_send && fields.has_room(channel)) || is_second_half(node) {
                continue;
            }
            let Some(done) = done_at(node) else { continue };
            let what = if is_send { "send to" } else { "receive from" };
            hits.report(
                node,
                format!("this {what} {} waits even after {done} ends", channel.text()),
            )
            .confidence(Confidence::Medium)
            .fix(format!("put it into a select beside case <-{done}"));
        }
    }
}

/// In a case of a select that listens to what tells to stop: the second half of a hand-shake.
fn is_second_half(node: Node<'_>) -> bool {
    let selects = node.ancestors().take_while(|n| !n.kind().is_function());
    let cases = |s: Node<'_>| {
        let mut cases = s.children().filter_map(|c| c.field(Field::Communication));
        cases.any(|c| {
            let mut inside = std::iter::once(c).chain(c.descendants());
            inside.any(|n| is_receive(n) && n.field(Field::Operand).is_some_and(is_quit_name))
        })
    };
    selects.filter(|n| n.is(Kind::SelectStatement)).any(cases)
}

/// A field or a parameter.
fn is_from_outside(channel: Node<'_>) -> bool {
    match channel.kind() {
        Kind::SelectorExpression => channel.child(0).is_some_and(|o| o.imported_path().is_none()),
        Kind::Identifier => {
            let local = channel.local().filter(|l| l.kind() == LocalKind::Parameter);
            local.is_some_and(|l| !l.scope().is(Kind::FuncLiteral))
        }
        _ => false,
    }
}

/// Tells to stop itself, is a semaphore, a signal, or a timer's.
fn is_quick(channel: Node<'_>) -> bool {
    let name = last_name(channel).to_ascii_lowercase();
    let ty = channel.ty();
    let element = ty.as_ref().and_then(crate::audit::Type::element);
    let is_signal = element.is_some_and(|e| e.is_struct() && e.named().is_none());
    let is_known = ty.is_some_and(|t| t.is_channel());
    name == "c" || !is_known || is_signal || is_quit_name(channel) || TOKENS.iter().any(|w| name.contains(w))
}

/// What ends the work here: a context's Done, or a parameter or field that tells to stop.
fn done_at(node: Node<'_>) -> Option<String> {
    if let Some(context) = context_at(node) {
        return Some(format!("{context}.Done()"));
    }
    let function = node.function()?;
    let is_quit = |name: &str, ty: Option<crate::audit::Type<'_>>| {
        let name = name.to_ascii_lowercase();
        let is_named = ["done", "quit", "stop", "closed", "exit", "shutdown"]
            .iter()
            .any(|w| name.contains(w));
        is_named && ty.is_some_and(|t| t.is_channel())
    };
    let parameter = function
        .parameters()
        .into_iter()
        .find(|l| is_quit(l.name(), l.ty()));
    if let Some(parameter) = parameter {
        return Some(parameter.name().to_string());
    }
    let receiver = function.receiver()?;
    let fields = receiver.ty()?.pointed().struct_fields();
    let field = fields.iter().find(|f| is_quit(f.name, f.field_type()))?;
    Some(format!("{}.{}", receiver.name(), field.name))
}

/// By name: is a channel field made with constant room, and how often is it sent to.
struct Fields<'a> {
    roomy: FxHashMap<&'a str, bool>,
    sends: FxHashMap<&'a str, u32>,
}

impl<'a> Fields<'a> {
    fn of(package: Package<'a>) -> Self {
        let mut fields = Self {
            roomy: FxHashMap::default(),
            sends: FxHashMap::default(),
        };
        for node in package.files().flat_map(|f| f.root().descendants()) {
            match node.kind() {
                Kind::SendStatement => {
                    let name = node.field(Field::Channel).map_or("", last_name);
                    *fields.sends.entry(name).or_default() += 1;
                }
                Kind::CallExpression => fields.note(node),
                _ => {}
            }
        }
        fields
    }

    fn note(&mut self, make: Node<'a>) {
        let is_make = make.field(Field::Function).is_some_and(|f| f.text() == "make");
        let Some(call) = make.call().filter(|_| is_make) else {
            return;
        };
        let Some(size) = call.argument(1) else { return };
        let target = make.targets().first().map(|t| last_name(*t));
        let key = || {
            let element = make.ancestors().take(3).find(|n| n.is(Kind::KeyedElement))?;
            element.child(0).map(Node::text)
        };
        if let Some(name) = target.or_else(key) {
            let has_room = size.constant_integer().is_some_and(|n| n > 0);
            let known = self.roomy.entry(name).or_insert(true);
            *known &= has_room;
        }
    }

    fn has_room(&self, channel: Node<'_>) -> bool {
        let name = last_name(channel);
        channel.is(Kind::SelectorExpression)
            && self.roomy.get(name).copied().unwrap_or(false)
            && self.sends.get(name).is_some_and(|n| *n == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn fields_and_parameters() {
        let with = |text: &str| {
            format!(
                "type S struct {{ out chan int; sem chan int; stop chan bool }}; func (s *S) f(ctx context.Context, in chan int) {{\n{text}\n}}"
            )
        };
        fires(&RULE, &with("s.out <- 1 // want"));
        fires(&RULE, &with("<-s.out // want"));
        fires(&RULE, &with("x := <-in // want"));
        silent(&RULE, &with("select { case s.out <- 1: case <-ctx.Done(): }"));
        silent(
            &RULE,
            &with("select { case x := <-in: use(x); case <-ctx.Done(): }"),
        );
        silent(&RULE, &with("<-ctx.Done()"));
        silent(&RULE, &with("<-s.stop"));
        silent(&RULE, &with("s.sem <- 1"));
        silent(
            &RULE,
            &with("select { case s.out <- 1: <-in; case <-ctx.Done(): }"),
        );
        silent(&RULE, &with("own := make(chan int); own <- 1"));
    }

    #[test]
    fn done_signals() {
        fires(&RULE, "func f(quit chan bool, in chan int) { <-in // want\n }");
        fires(
            &RULE,
            "type S struct { out chan int; stop chan bool }; func (s *S) f() { s.out <- 1 // want\n }",
        );
        silent(
            &RULE,
            "type S struct { out chan int }; func (s *S) f() { s.out <- 1 }",
        );
        silent(&RULE, "func f(ctx context.Context, in chan struct{}) { <-in }");
        silent(
            &RULE,
            "type S struct { out chan int }; func n() *S { return &S{out: make(chan int, 1)} }; func (s *S) f(ctx context.Context) { s.out <- 1 }",
        );
    }
}
