//! `ctx-no-timeout`: an external call whose context has no deadline.

use super::calls::is_database_call;
use crate::audit::{
    Call, Check, Class, Function, Group, Hits, Kind, Local, Measure, Node, Rule, Severity, heat, is_query,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "ctx-no-timeout",
    title: "an external call whose context has no deadline",
    group: Group::Database,
    items: &["DB6", "NE3", "CC3", "GO9"],
    class: Class::Safety,
    base: Some(Severity::Medium),
    listens: &[heat(Measure::Goroutines)],
    what: "A database, HTTP, gRPC or exec call is given context.Background, context.TODO or a local made from them without \
           a deadline, in a function without WithTimeout or WithDeadline.",
    why: "There is no limit on the wait.",
    limits: "Silent for a context that comes in as a parameter: the caller may have set one; and for HTTP clients that have \
             a Timeout or are not known.",
    target: "p99 ≤ the timeout",
    before: r#"
func find(db *sql.DB, q string, id int) (*sql.Rows, error) {
	return db.QueryContext(context.Background(), q, id) // want
}"#,
    after: r#"
func find(ctx context.Context, db *sql.DB, q string, id int) (*sql.Rows, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return db.QueryContext(ctx, q, id)
}"#,
    check: Check::Nodes(&[Kind::CallExpression], check),
    ..Rule::BASE
};

fn check(node: Node<'_>, hits: &mut Hits<'_>) {
    let first = node
        .field(crate::audit::Field::Arguments)
        .and_then(|l| l.child(0));
    let Some(root) = first.and_then(root_context) else {
        return;
    };
    let Some(call) = node.call().filter(is_external) else {
        return;
    };
    if has_deadline(node) {
        return;
    }
    hits.report(
        node,
        format!("{} waits without limit: {root} has no deadline", call.callee.name),
    )
    .fix("give it a context with a timeout: ctx, cancel := context.WithTimeout(…); defer cancel()");
}

/// `context.Background()`, also through locals made by WithCancel and WithValue.
fn root_context(context: Node<'_>) -> Option<String> {
    let mut current = context.unparen();
    for _ in 0..8 {
        if let Some(call) = current.call() {
            if call.is_to("context.Background|TODO") {
                return Some(current.text().to_string());
            }
            current = call
                .argument(0)
                .filter(|_| call.is_to("context.WithCancel|WithValue"))?
                .unparen();
            continue;
        }
        current = made_by(current.local()?)?;
    }
    None
}

/// The only expression that a local gets, also as the first of several results.
fn made_by(local: Local<'_>) -> Option<Node<'_>> {
    if !local.is_assigned_once() {
        return None;
    }
    let first = || {
        let definition = local.definition().list(crate::audit::Field::Right);
        let is_first = local.declaration().previous_sibling().is_none();
        definition
            .first()
            .copied()
            .filter(|_| is_first && definition.len() == 1)
    };
    local.initial_value().or_else(first).map(Node::unparen)
}

fn is_external(call: &Call<'_>) -> bool {
    let callee = &call.callee;
    let is_quick = matches!(callee.name, "BeginTx" | "Begin" | "BeginTxx" | "Conn");
    if call.is_to("os/exec.CommandContext") {
        return true;
    }
    if call.is_to("net/http.NewRequestWithContext") {
        return is_sent_without_timeout(call);
    }
    (callee.is_method && !is_quick && (is_query(call) || is_database_call(call))) || is_grpc(call)
}

/// A method of a client that protoc made, or of an unknown one in a file that imports gRPC.
fn is_grpc(call: &Call<'_>) -> bool {
    let is_client = call.callee.is_method && call.callee.receiver.ends_with("Client");
    let declared = call.callee.declaration.filter(|d| d.is(Kind::MethodElem));
    let takes_options = declared.is_some_and(|d| d.text().contains("grpc.CallOption"));
    is_client && takes_options
}

/// The request is sent by http.DefaultClient, or by a client made here without a Timeout.
fn is_sent_without_timeout(call: &Call<'_>) -> bool {
    let Some(request) = call.node.targets().first().and_then(|t| t.local()) else {
        return false;
    };
    request.uses().any(|use_| {
        let sent = use_
            .parent()
            .filter(|p| p.is(Kind::ArgumentList))
            .and_then(Node::parent)
            .and_then(Node::call);
        let client = sent
            .filter(|c| c.is_to("(net/http.Client).Do"))
            .and_then(|c| c.operand());
        client.is_some_and(is_unlimited_client)
    })
}

fn is_unlimited_client(client: Node<'_>) -> bool {
    if client.text() == "http.DefaultClient" {
        return true;
    }
    let literal = client
        .local()
        .filter(|l| l.is_assigned_once())
        .and_then(Local::initial_value);
    let is_set = |l: Local<'_>| l.uses().any(|u| super::calls::chain(u) == ".Timeout");
    let is_set = client.local().is_some_and(is_set);
    literal.is_some_and(|l| l.text().contains("http.Client{") && !l.text().contains("Timeout")) && !is_set
}

/// WithTimeout or WithDeadline somewhere in the function around it.
fn has_deadline(node: Node<'_>) -> bool {
    let function = node.enclosing_declaration().and_then(Function::of);
    let body = function
        .map(|f| f.body)
        .or_else(|| node.function().map(|f| f.body));
    body.is_none_or(|b| {
        b.calls()
            .any(|c| c.is_to("context.WithTimeout|WithDeadline|WithTimeoutCause|WithDeadlineCause"))
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn contexts() {
        let with = |text: &str| format!("func f(db *sql.DB, in context.Context) {{\n{text}\n}}");
        fires(
            &RULE,
            &with("ctx := context.TODO(); db.ExecContext(ctx, `q`) // want"),
        );
        fires(
            &RULE,
            &with(
                "ctx, stop := context.WithCancel(context.Background()); defer stop()\n db.PingContext(ctx) // want",
            ),
        );
        fires(
            &RULE,
            &with("exec.CommandContext(context.Background(), `ls`) // want"),
        );
        silent(&RULE, &with("db.ExecContext(in, `q`)"));
        silent(
            &RULE,
            &with("ctx := context.WithValue(in, k, v); db.ExecContext(ctx, `q`)"),
        );
        silent(
            &RULE,
            &with(
                "ctx, c := context.WithTimeout(context.Background(), 1); defer c(); db.ExecContext(ctx, `q`)",
            ),
        );
        silent(&RULE, &with("unknown.QueryThing(context.Background())"));
    }

    #[test]
    fn clients() {
        let with = |client: &str| {
            format!(
                "func f() {{ c := {client}\n req, _ := http.NewRequestWithContext(context.Background(), `GET`, `u`, nil) // want\n c.Do(req) }}"
            )
        };
        fires(&RULE, &with("&http.Client{}"));
        silent(&RULE, &with("&http.Client{Timeout: 1}"));
        silent(&RULE, &with("given()"));
    }
}
