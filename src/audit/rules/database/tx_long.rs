//! `tx-long`: waiting for something else inside a transaction.

use super::calls::{chain, is_database_method};
use super::tx_no_rollback::begun;
use crate::audit::{
    Call, Check, Confidence, Function, Group, Hits, Kind, Local, Measure, Node, Reach, Rule, Scope, Severity,
    assumed, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "tx-long",
    title: "waiting for something else inside a transaction",
    group: Group::Database,
    items: &["DB1"],
    tier: 2,
    base: Some(Severity::Medium),
    scope: Scope::Func,
    listens: &[heat(Measure::Block), heat(Measure::Goroutines)],
    saves: &[assumed(Measure::Block, 0.30, 0.90)],
    what: "Between Begin and the last Commit a function sleeps, asks another service, waits for a channel or a group.",
    why: "Locks and a connection are held while somebody else works.",
    limits: "Calls are followed only where they reach another service; what is deferred does not count.",
    before: r#"
func buy(ctx context.Context, db *sql.DB, client *http.Client, req *http.Request) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	price, err := client.Do(req) // want
	use(price, err)
	return tx.Commit()
}"#,
    after: r#"
func buy(ctx context.Context, db *sql.DB, client *http.Client, req *http.Request) error {
	price, err := client.Do(req)
	use(price, err)
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return tx.Commit()
}"#,
    check: Check::Calls(&[".Begin|BeginTx|Beginx|BeginTxx|MustBegin"], check),
    ..Rule::BASE
};

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some((local, _)) = begun(&call) else { return };
    let Some(function) = call.node.function() else {
        return;
    };
    let Some(last) = last_end(local, function) else {
        return;
    };
    let between = |n: &Node<'_>| n.place_number() > call.node.place_number() && n.place_number() < last;
    for node in function.body.descendants_here().filter(between) {
        if let Some((what, is_sure)) = waits(node) {
            let hit = hits.report(
                node,
                format!("{what} while the transaction {} is open", local.name()),
            );
            hit.fix("do it before Begin or after Commit");
            if !is_sure {
                hit.confidence(Confidence::Medium);
            }
        }
    }
}

/// Where the last Commit or Rollback that is not deferred stands.
fn last_end<'a>(local: Local<'a>, function: Function<'a>) -> Option<u32> {
    let ends = |u: &Node<'a>| {
        matches!(chain(*u).as_str(), ".Commit" | ".Rollback") && u.function() == Some(function)
    };
    let is_plain = |u: &Node<'a>| u.statement().is_none_or(|s| !s.is(Kind::DeferStatement));
    local
        .uses()
        .filter(|u| ends(u) && is_plain(u))
        .map(Node::place_number)
        .max()
}

/// What it waits for, and whether that is seen here.
fn waits(node: Node<'_>) -> Option<(String, bool)> {
    if node
        .statement()
        .is_some_and(|s| matches!(s.kind(), Kind::DeferStatement | Kind::GoStatement))
    {
        return None;
    }
    if node.waits() {
        return Some(("a channel is waited for".to_string(), true));
    }
    let call = node.is(Kind::CallExpression).then(|| node.call()).flatten()?;
    let is_wait = call.is_to("time.Sleep") || call.is_to("(*sync.WaitGroup).Wait");
    if is_wait {
        return Some((format!("{} waits", call.callee.name), true));
    }
    let path = call
        .reaches(Reach::Remote)
        .filter(|_| !is_database_method(&call))?;
    Some((
        format!("another service is asked ({})", path.join(" → ")),
        path.len() == 1,
    ))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn waits() {
        let with = |text: &str| {
            format!(
                "func f(db *sql.DB, ch chan int) error {{ tx, err := db.Begin(); use(err)\n{text}\nreturn tx.Commit() }}"
            )
        };
        fires(&RULE, &with("time.Sleep(1) // want"));
        fires(&RULE, &with("<-ch // want"));
        fires(&RULE, &with("ch <- 1 // want"));
        silent(&RULE, &with("defer time.Sleep(1)"));
        silent(&RULE, &with("go func() { ch <- 1 }()"));
        silent(&RULE, &with("tx.Exec(`q`)"));
        silent(
            &RULE,
            "func f(db *sql.DB) { tx, _ := db.Begin(); tx.Commit(); time.Sleep(1) }",
        );
    }
}
