//! `errors-dropped-in-goroutine`: errors of parallel work are only logged.

use crate::audit::{Call, Check, Class, Field, Function, Group, Hits, Kind, Local, Node, Rule};

use super::errgroup_candidate::{collects_error, logs, parallel_work};

/// The rule.
pub const RULE: Rule = Rule {
    id: "errors-dropped-in-goroutine",
    title: "errors of parallel work are only logged",
    group: Group::Sync,
    items: &["CC7"],
    tier: 3,
    class: Class::Correctness,
    what: "A function with an error result waits for literals with a WaitGroup, and an error in one of them is only \
           compared and logged.",
    why: "The caller takes partial work for done, and retries hide as latency.",
    limits: "Silent where the function has no error result.",
    before: r#"
func fetchAll(urls []string) error {
	var wg sync.WaitGroup
	for _, u := range urls {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := fetch(u); err != nil {
				log.Print(err) // want
			}
		}()
	}
	wg.Wait()
	return nil
}"#,
    after: r#"
func fetchAll(ctx context.Context, urls []string) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, u := range urls {
		g.Go(func() error { return fetch(ctx, u) })
	}
	return g.Wait()
}"#,
    check: Check::Functions(check),
    ..Rule::BASE
};

fn check(function: Function<'_>, hits: &mut Hits<'_>) {
    let results = function.node.field(Field::Result);
    if !results.is_some_and(|r| r.text().contains("error")) {
        return;
    }
    for start in parallel_work(function).unwrap_or_default() {
        if collects_error(start.literal) {
            continue;
        }
        let dropped = logs(start.literal).find(|c| logged_error(c, start.literal).is_some_and(only_logged));
        if let Some(log) = dropped {
            hits.report(
                log.node,
                "an error of parallel work is only logged: the caller does not learn of it",
            )
            .fix("return it from a literal that errgroup's g.Go starts");
        }
    }
}

/// The error of the literal that a call logs.
fn logged_error<'a>(call: &Call<'a>, literal: Node<'a>) -> Option<Local<'a>> {
    let is_own = |l: &Local<'a>| literal.contains(l.declaration()) && l.ty().is_some_and(|t| t.is("error"));
    call.arguments()
        .into_iter()
        .filter_map(Node::local)
        .find(is_own)
        .or_else(|| {
            let named = |a: Node<'a>| {
                a.local()
                    .filter(|l| l.name() == "err" && literal.contains(l.declaration()))
            };
            call.arguments().into_iter().find_map(named)
        })
}

/// Every reading use is a comparison or an argument of a log call.
fn only_logged(error: Local<'_>) -> bool {
    error.reads().all(|r| {
        let Some(parent) = r.parent() else { return false };
        match parent.kind() {
            Kind::BinaryExpression => true,
            Kind::ArgumentList => parent
                .parent()
                .and_then(Node::call)
                .is_some_and(|c| super::spawns::is_log(&c)),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn other_uses() {
        let with = |result: &str, body: &str| {
            format!(
                "func f(u string, wg *sync.WaitGroup) {result} {{ wg.Go(func() {{ err := get(u); if err != nil {{ {body} }} }}); wg.Wait(); return }}"
            )
        };
        silent(&RULE, &with("", "log.Print(err)"));
        silent(&RULE, &with("(e error)", "log.Print(err); retry(err)"));
        silent(&RULE, &with("(e error)", "log.Print(err); e = err"));
    }
}
