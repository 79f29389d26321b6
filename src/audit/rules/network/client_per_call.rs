//! `client-per-call`: a client, transport or connection pool made per call.

use super::common::{declared_name, entry, is_for_tests, is_in_handler, is_literal_of, whole};
use crate::audit::rules::goroutines::common::is_run_in_place;
use crate::audit::{
    Check, Group, Hits, Kind, Listens, Local, LocalKind, Measure, Node, Rule, Scope, Severity, assumed, cpu,
    heat,
};

/// How many values made from the client are followed.
const MAX_STEPS: usize = 3;

/// The rule.
pub const RULE: Rule = Rule {
    id: "client-per-call",
    title: "a client, transport or connection pool made per call",
    group: Group::Network,
    items: &["NE1", "NE2"],
    base: Some(Severity::Medium),
    scope: Scope::Func,
    listens: &[
        cpu(&["net.dial", "net.tls", "net.dns"]),
        Listens {
            measure: Measure::Block,
            families: &["net.getconn", "net.dial"],
        },
        heat(Measure::Goroutines),
    ],
    saves: &[
        assumed(Measure::Cpu, 0.90, 1.0),
        assumed(Measure::Block, 0.50, 0.95),
    ],
    what: "A function that is no constructor makes an http.Transport, an http.Client with a transport of its own, or a \
           gRPC, Redis, Kafka or S3 client, and neither keeps nor returns it. High in a handler or a loop.",
    why: "No connection is ever reused: name lookup, TCP and TLS each time, and an idle connection left behind each \
          time.",
    limits: "An http.Client without a transport shares the default one. Silent in tests and in programs outside handlers \
             and loops, and where the client is handed to a function.",
    target: "reuse above 95 %; dials per second about 0",
    before: r#"
func (f *feed) load(url string) error {
	c := &http.Client{Transport: &http.Transport{}} // want
	resp, err := c.Get(url)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}"#,
    after: r#"
type feed struct{ client *http.Client }

func (f *feed) load(url string) error {
	resp, err := f.client.Get(url)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}"#,
    check: Check::Nodes(&[Kind::CompositeLiteral, Kind::CallExpression], check),
    ..Rule::BASE
};

const MAKERS: [&str; 11] = [
    "google.golang.org/grpc.Dial|NewClient|DialContext",
    "github.com/redis/go-redis/v9.NewClient|NewClusterClient|NewUniversalClient",
    "github.com/go-redis/redis.NewClient|NewClusterClient",
    "github.com/go-redis/redis/v7.NewClient|NewClusterClient",
    "github.com/go-redis/redis/v8.NewClient|NewClusterClient|NewUniversalClient",
    "github.com/segmentio/kafka-go.NewWriter|NewReader",
    "github.com/aws/aws-sdk-go/service/s3.New",
    "github.com/aws/aws-sdk-go-v2/service/s3.New|NewFromConfig",
    "github.com/IBM/sarama.NewSyncProducer|NewAsyncProducer|NewClient",
    "go.mongodb.org/mongo-driver/mongo.Connect",
    "github.com/elastic/go-elasticsearch/v8.NewClient|NewDefaultClient",
];

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let Some(what) = made(node) else { return };
    if node.function().is_none() || is_for_tests(node.file()) || is_constructor(node) {
        return;
    }
    let is_often = is_in_handler(node) || node.enclosing_loop().is_some();
    if node.package().name() == "main" && !is_often {
        return;
    }
    if !stays(node, MAX_STEPS) {
        return;
    }
    let hit = hits.report(
        node,
        format!("{what} is made on every call, and its connections are not reused"),
    );
    hit.fix("make it once, and keep it in a field or a package variable");
    if is_often {
        hit.severity(Severity::High);
    }
}

fn made(node: Node<'_>) -> Option<String> {
    if node.is(Kind::CompositeLiteral) {
        if is_literal_of(node, "net/http.Client") {
            let transport = entry(node, "Transport").filter(|t| !is_shared(*t));
            return transport.map(|_| "an http.Client with its own transport".to_string());
        }
        let is_writer = is_literal_of(node, "github.com/segmentio/kafka-go.Writer");
        let is_transport = is_literal_of(node, "net/http.Transport");
        return match (is_transport, is_writer) {
            (true, _) => Some("an http.Transport".to_string()),
            (_, true) => Some("a kafka.Writer".to_string()),
            _ => None,
        };
    }
    let call = node
        .call()
        .filter(|c| !c.callee.is_method && c.is_to_any(&MAKERS))?;
    let package = call
        .callee
        .package
        .rsplit('/')
        .find(|p| !p.starts_with('v'))
        .unwrap_or_default();
    Some(format!("a client of {package}"))
}

/// A transport that lives elsewhere: a name, a field.
fn is_shared(transport: Node<'_>) -> bool {
    match transport.kind() {
        Kind::Identifier => transport
            .local()
            .is_none_or(|l| l.kind() != LocalKind::Variable || !makes_transport(l)),
        Kind::SelectorExpression => true,
        Kind::CallExpression | Kind::CompositeLiteral | Kind::UnaryExpression => {
            !transport.text().contains("http.Transport{")
        }
        _ => true,
    }
}

fn makes_transport(local: Local<'_>) -> bool {
    local
        .initial_value()
        .is_some_and(|v| v.text().contains("http.Transport{"))
}

fn is_constructor(node: Node<'_>) -> bool {
    let name = declared_name(node);
    let word = name.to_ascii_lowercase();
    name == "init"
        || (name == "main" && node.package().name() == "main")
        || ["new", "setup", "init", "open", "connect", "dial", "must"]
            .iter()
            .any(|w| word.starts_with(w))
}

/// Whether a value made here ends with the call: it is not returned, stored, or handed to what may keep it.
fn stays(node: Node<'_>, steps: usize) -> bool {
    let Some(steps) = steps.checked_sub(1) else {
        return false;
    };
    let node = whole(node);
    let Some(parent) = node.parent() else { return false };
    match parent.kind() {
        Kind::KeyedElement => {
            let outer = parent.enclosing(Kind::CompositeLiteral);
            outer.is_some_and(|o| stays(o, steps))
        }
        Kind::ExpressionList => {
            let target = node.targets().first().copied();
            let local = target
                .and_then(Node::local)
                .filter(|l| l.function() == node.enclosing_function());
            local.is_some_and(|l| l.kind() != LocalKind::Result && local_stays(l, steps))
        }
        Kind::SelectorExpression => true,
        _ => false,
    }
}

fn local_stays(local: Local<'_>, steps: usize) -> bool {
    local.uses().all(|use_| {
        let is_kept = || {
            let inside = use_.ancestors().take_while(|n| !n.contains(local.declaration()));
            inside
                .filter(|n| n.is(Kind::FuncLiteral))
                .any(|l| !is_run_in_place(l))
        };
        let stays_here = match use_.parent().map(|p| (p.kind(), p)) {
            Some((Kind::SelectorExpression | Kind::BinaryExpression, _)) => true,
            Some((Kind::ArgumentList, list)) => list.parent().is_some_and(|c| argument_stays(c, steps)),
            Some((Kind::KeyedElement | Kind::LiteralElement, _)) => stays(use_, steps),
            _ => use_.is_assigned(),
        };
        stays_here && !is_kept()
    })
}

/// `pb.NewThingClient(conn)` and what becomes of it.
fn argument_stays(call: Node<'_>, steps: usize) -> bool {
    let name = call.call().map_or("", |c| c.callee.name);
    name.starts_with("New") && name.ends_with("Client") && stays(call, steps)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::Severity;
    use crate::audit::rules::harness::{fires, hits, silent};

    #[test]
    fn made_and_left() {
        fires(
            &RULE,
            "func f() { t := &http.Transport{} // want\n t.RoundTrip(nil) }",
        );
        fires(
            &RULE,
            "func f() { t := &http.Transport{} // want\nc := &http.Client{Transport: t} // want\nc.Get(`u`) }",
        );
        fires(
            &RULE,
            "func f() { conn, err := grpc.Dial(`a`) // want\n use(err); c := pb.NewShopClient(conn); c.Buy() }",
        );
        silent(&RULE, "func f() { c := &http.Client{}; c.Get(`u`) }");
        silent(
            &RULE,
            "func f() { c := &http.Client{Transport: shared}; c.Get(`u`) }",
        );
        silent(
            &RULE,
            "func f() *http.Client { return &http.Client{Transport: &http.Transport{}} }",
        );
        silent(
            &RULE,
            "func f() *http.Client { c := &http.Client{Transport: &http.Transport{}}; return c }",
        );
        silent(
            &RULE,
            "func (s *S) f() { s.c = &http.Client{Transport: &http.Transport{}} }",
        );
        silent(&RULE, "func (s *S) f() { t := &http.Transport{}; s.t = t }");
        silent(&RULE, "func f() { t := &http.Transport{}; keep(t) }");
        silent(
            &RULE,
            "func newThing() { c := &http.Client{Transport: &http.Transport{}}; c.Get(`u`) }",
        );
        silent(&RULE, "var c = &http.Client{Transport: &http.Transport{}}");
        silent(
            &RULE,
            "func f() *T { return &T{c: &http.Client{Transport: &http.Transport{}}} }",
        );
    }

    #[test]
    fn severities() {
        let make = "c := &http.Client{Transport: &http.Transport{}}; c.Get(`u`)";
        let severity = |source: &str| hits(&RULE, source)[0].severity;
        assert_eq!(severity(&format!("func f() {{ {make} }}")), Severity::Medium);
        assert_eq!(
            severity(&format!("func f() {{ for {{ {make} }} }}")),
            Severity::High
        );
        let handler = format!("func f(w http.ResponseWriter, r *http.Request) {{ {make} }}");
        assert_eq!(severity(&handler), Severity::High);
    }
}
