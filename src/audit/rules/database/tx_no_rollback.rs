//! `tx-no-rollback`: a transaction is not rolled back on every path.

use super::calls::{chain, outermost};
use super::closed::end_line;
use crate::audit::{
    Call, Check, Class, Effect, Function, Group, Hits, Kind, Local, LocalKind, Measure, Node, Paths, Rule,
    Severity, Type, heat,
};

/// The rule.
pub const RULE: Rule = Rule {
    id: "tx-no-rollback",
    title: "a transaction is not rolled back on every path",
    group: Group::Database,
    items: &["DB1", "GO1", "ME1", "CC1"],
    class: Class::Leak,
    base: Some(Severity::High),
    listens: &[heat(Measure::Goroutines)],
    what: "Begin gives a transaction (database/sql, sqlx, pgx, gorm), and some path to a return neither commits it, nor \
           rolls it back, nor hands it on.",
    why: "The connection and its locks stay with the dead transaction.",
    limits: "A function that is given the transaction is trusted to end it, unless its source is there and does not.",
    target: "no open transaction after the request",
    before: r#"
func move(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "UPDATE stock SET n = n - 1")
	return err
}

func transfer(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil) // want
	if err != nil {
		return err
	}
	if err := move(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}"#,
    after: r#"
func transfer(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := move(ctx, tx); err != nil {
		return err
	}
	return tx.Commit()
}"#,
    check: Check::Calls(&[".Begin|BeginTx|Beginx|BeginTxx|MustBegin|BeginTxFunc"], check),
    ..Rule::BASE
};

const ENDS: [&str; 2] = [".Commit", ".Rollback"];

fn check(call: Call<'_>, hits: &mut Hits<'_>) {
    let Some((local, error)) = begun(&call) else {
        return;
    };
    let mut done = Vec::new();
    for use_ in local.uses() {
        let place = use_.literal_inside(local.declaration()).unwrap_or(use_);
        if !only_uses(use_, local)
            && let Some(statement) = place
                .flow_statement()
                .filter(|s| !s.contains(local.declaration()))
        {
            done.push(statement.place_number());
        }
    }
    let paths = Paths {
        from: call.node,
        error,
        value: Some(local),
    };
    let open = paths.open_ends(|statement| {
        let is_done = done.contains(&statement.place_number()) || statement.is_broken();
        if is_done { Effect::Done } else { Effect::None }
    });
    if let Some(end) = open.first() {
        let (name, line) = (local.name(), end_line(*end));
        hits.report(
            call.node,
            format!("{name} is neither committed nor rolled back on the path that ends in line {line}"),
        )
        .fix(format!(
            "defer {name}.Rollback() right behind the test of the error; after Commit it has no effect"
        ));
    }
}

/// The local that gets a transaction, and the error that comes with it.
pub(super) fn begun<'a>(call: &Call<'a>) -> Option<(Local<'a>, Option<Local<'a>>)> {
    let types = call.node.result_types();
    let is_gorm = call.is_to("(*gorm.io/gorm.DB).Begin");
    if !is_gorm && !types.first()?.as_ref().is_some_and(is_transaction) {
        return None;
    }
    let targets = outermost(call.node).targets();
    let local = targets.first()?.local()?;
    let is_own = local.function() == call.node.enclosing_function()
        && !matches!(local.kind(), LocalKind::Result | LocalKind::Parameter);
    let error = targets.get(1).and_then(|t| t.local());
    is_own.then_some((local, error))
}

fn is_transaction(of: &Type<'_>) -> bool {
    [
        "*database/sql.Tx",
        "*github.com/jmoiron/sqlx.Tx",
        "github.com/jackc/pgx/v5.Tx",
        "github.com/jackc/pgx/v4.Tx",
    ]
    .iter()
    .any(|t| of.is(t))
}

/// Whether a use neither ends the transaction nor lets it go elsewhere.
fn only_uses<'a>(use_: Node<'a>, local: Local<'a>) -> bool {
    if let Some(literal) = use_.literal_inside(local.declaration()) {
        let call = literal
            .parent()
            .filter(|p| p.is(Kind::CallExpression) && p.child(0) == Some(literal));
        let how = call.and_then(Node::parent).map(Node::kind);
        return matches!(how, Some(Kind::DeferStatement | Kind::ExpressionStatement)) && uses_here(use_);
    }
    uses_here(use_)
}

fn uses_here(use_: Node<'_>) -> bool {
    if use_.is_assigned() {
        return false;
    }
    let chain = chain(use_);
    if !chain.is_empty() {
        return !ENDS.contains(&chain.as_str());
    }
    let Some(parent) = use_.parent() else { return false };
    match parent.kind() {
        Kind::BinaryExpression => true,
        Kind::ArgumentList => parent
            .parent()
            .and_then(Node::call)
            .is_some_and(|c| only_works_with(&c, use_)),
        _ => false,
    }
}

/// Whether a function is seen to use the transaction that it is given without ending it or handing it on.
fn only_works_with<'a>(call: &Call<'a>, argument: Node<'a>) -> bool {
    if call.callee.name == "WithTx" {
        return true;
    }
    let Some(function) = call.callee.declaration.and_then(Function::of) else {
        return false;
    };
    let at = call.arguments().iter().position(|a| *a == argument);
    let parameter = at.and_then(|at| function.parameters().get(at).copied());
    parameter.is_some_and(|p| {
        p.uses().all(|u| {
            let chain = chain(u);
            let is_read = u
                .parent()
                .is_some_and(|p| p.is(Kind::ArgumentList) || p.is(Kind::BinaryExpression));
            let is_other = chain.is_empty() && !is_read;
            !ENDS.contains(&chain.as_str()) && !is_other && u.literal_inside(p.declaration()).is_none()
        }) && !ends_by_name(call.callee.name)
    })
}

fn ends_by_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["commit", "rollback", "finish", "close", "end"]
        .iter()
        .any(|w| name.starts_with(w))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(rest: &str) -> String {
        format!(
            "func f(db *sql.DB) error {{\ntx, err := db.Begin() // want\nif err != nil {{ return err }}\n{rest}\n}}"
        )
    }

    #[test]
    fn fates() {
        fires(&RULE, &with("if bad() { return nil }; return tx.Commit()"));
        fires(&RULE, &with("_, err = tx.Exec(`q`); return err"));
        silent(
            &RULE,
            &with("defer func() { if err != nil { tx.Rollback() } }(); return tx.Commit()"),
        );
        silent(
            &RULE,
            &with("if bad() { tx.Rollback(); return nil }; return tx.Commit()"),
        );
        silent(&RULE, &with("return finish(tx)"));
        silent(&RULE, &with("s.tx = tx; return nil"));
        silent(&RULE, "func f(db *sql.DB) (*sql.Tx, error) { return db.Begin() }");
        silent(
            &RULE,
            "func f(db *sql.DB) error { tx, err := db.Begin(); if err == nil { defer tx.Rollback() }; return err }",
        );
        fires(
            &RULE,
            "func f(db *gorm.DB) error {\n tx := db.Begin() // want\n if err := tx.Create(1).Error; err != nil { return err }; return tx.Commit().Error }",
        );
    }

    #[test]
    fn functions_that_end_it() {
        fires(
            &RULE,
            &format!(
                "{}\nfunc work(tx *sql.Tx) error {{ tx.Exec(`q`); return nil }}",
                with("if err := work(tx); err != nil { return err }; return tx.Commit()")
            ),
        );
        silent(
            &RULE,
            &format!(
                "{}\nfunc work(tx *sql.Tx) error {{ defer tx.Rollback(); return tx.Commit() }}",
                with("return work(tx)")
            ),
        );
    }
}
