//! `errgroup-candidate`: a WaitGroup with hand-made error collection.

use crate::audit::{
    Call, Check, Field, Function, Group, Hits, Kind, Listens, Measure, Node, Rule, Scope, Type, heat,
};

use super::spawns::{Spawn, calls_here, is_errgroup, spawns};

/// The rule.
pub const RULE: Rule = Rule {
    id: "errgroup-candidate",
    title: "a WaitGroup with hand-made error collection",
    group: Group::Sync,
    items: &["CC7"],
    scope: Scope::Func,
    listens: &[
        heat(Measure::Leaked),
        Listens {
            measure: Measure::Block,
            families: &["waitgroup"],
        },
    ],
    what: "A function adds to a sync.WaitGroup and waits for it, and a literal that it starts sends an error, collects \
           it in a slice or assigns it to a variable outside.",
    why: "The first error does not cancel the siblings, the number of goroutines is not bounded, and an error channel \
          that is too small leaks its senders.",
    limits: "Silent where errgroup or conc is in use already, and where errors are only logged.",
    target: "the first error cancels the rest; no more goroutines than the limit",
    before: r#"
func fetchAll(urls []string) error {
	var wg sync.WaitGroup
	fails := make(chan error, len(urls))
	for _, u := range urls {
		wg.Add(1)
		go func() { // want
			defer wg.Done()
			if err := fetch(u); err != nil {
				fails <- err
			}
		}()
	}
	wg.Wait()
	close(fails)
	return <-fails
}"#,
    after: r#"
func fetchAll(ctx context.Context, urls []string) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(16)
	for _, u := range urls {
		g.Go(func() error { return fetch(ctx, u) })
	}
	return g.Wait()
}"#,
    check: Check::Functions(check),
    ..Rule::BASE
};

fn check(function: Function<'_>, hits: &mut Hits<'_>) {
    let Some(starts) = parallel_work(function) else {
        return;
    };
    if starts.iter().any(|s| collects_error(s.literal)) {
        let first = starts[0].node;
        hits.report(
            first,
            "errors of parallel work are collected by hand beside a WaitGroup",
        )
        .fix("errgroup.WithContext with SetLimit, and g.Go(func() error { … })");
    }
}

/// The literals that a function starts and waits for with a WaitGroup; `None` where it does not, or uses a group that
/// knows of errors.
pub(super) fn parallel_work(function: Function<'_>) -> Option<Vec<Spawn<'_>>> {
    let is_group =
        |c: &Call<'_>, name: &str| c.callee.name == name && c.callee.is_method_of("sync.WaitGroup");
    let starts = spawns(function.body);
    if starts.is_empty() {
        return None;
    }
    let calls: Vec<Call<'_>> = function.body.calls().collect();
    let waits = calls.iter().any(|c| is_group(c, "Wait"));
    let adds = calls.iter().any(|c| is_group(c, "Add") || is_group(c, "Go"));
    let is_better = calls
        .iter()
        .any(|c| is_errgroup(c) || c.callee.package.starts_with("github.com/sourcegraph/conc"));
    (waits && adds && !is_better).then_some(starts)
}

/// An error leaves the literal through a channel, a slice or a variable of the function around it.
pub(super) fn collects_error(literal: Node<'_>) -> bool {
    literal.descendants().any(|n| match n.kind() {
        Kind::SendStatement => n
            .field(Field::Channel)
            .and_then(Node::ty)
            .and_then(|t| t.element())
            .is_some_and(|t| is_error(&t)),
        Kind::AssignmentStatement => n.list(Field::Left).into_iter().any(|t| keeps_error(t, literal)),
        _ => false,
    })
}

fn keeps_error(target: Node<'_>, literal: Node<'_>) -> bool {
    let root = match target.kind() {
        Kind::IndexExpression => target.field(Field::Operand),
        _ => Some(target),
    };
    let Some(root) = root.and_then(|r| r.local().map(|l| (r, l))) else {
        return false;
    };
    let ty = root.0.ty();
    let holds = ty.is_some_and(|t| is_error(&t) || t.element().is_some_and(|e| is_error(&e)));
    holds && !literal.contains(root.1.declaration())
}

fn is_error(of: &Type<'_>) -> bool {
    of.is("error")
}

/// The calls of a function that log.
pub(super) fn logs(literal: Node<'_>) -> impl Iterator<Item = Call<'_>> {
    literal
        .body()
        .into_iter()
        .flat_map(calls_here)
        .filter(super::spawns::is_log)
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn ways_to_collect() {
        let with = |body: &str| {
            format!(
                "func f(urls []string, mu *sync.Mutex) error {{ var wg sync.WaitGroup; var errs []error; var first error; var once sync.Once
for _, u := range urls {{ wg.Add(1)\n go func() {{ {body} }}() }}; wg.Wait(); return use(first, errs, once, mu) }}"
            )
        };
        let mark = |body: &str| with(&format!("// want\n defer wg.Done(); err := get(u); {body}"));
        fires(&RULE, &mark("mu.Lock(); errs = append(errs, err); mu.Unlock()"));
        fires(&RULE, &mark("errs[0] = err"));
        fires(&RULE, &mark("first = err"));
        fires(&RULE, &mark("once.Do(func() { first = err })"));
        silent(&RULE, &with("defer wg.Done(); err := get(u); log.Print(err)"));
        silent(
            &RULE,
            &with("defer wg.Done(); var err error; err = get(u); use(err)"),
        );
        silent(
            &RULE,
            "func f(fails chan error) { go func() { fails <- get() }() }",
        );
    }
}
