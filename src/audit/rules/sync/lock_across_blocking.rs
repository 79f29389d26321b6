//! `lock-across-blocking`: a lock is held across I/O or another wait.

use crate::audit::{
    Call, Check, Class, Confidence, Field, Function, Group, Hits, Kind, Listens, Measure, Node, Reach, Rule,
    Scope, Severity, Type, assumed, heat,
};

use super::sections::{Section, root_of, sections};

/// The rule.
pub const RULE: Rule = Rule {
    id: "lock-across-blocking",
    title: "a lock is held across I/O or another wait",
    group: Group::Sync,
    items: &["CC5"],
    class: Class::Cost,
    base: Some(Severity::Medium),
    scope: Scope::Func,
    listens: &[
        heat(Measure::Mutex),
        Listens {
            measure: Measure::Block,
            families: &["lock.mutex", "lock.rwmutex"],
        },
    ],
    saves: &[
        assumed(Measure::Mutex, 0.50, 0.90),
        assumed(Measure::Block, 0.50, 0.90),
    ],
    what: "Between Lock and its Unlock stands a call that reads or writes files, the network or a database, runs a \
           program, sleeps, waits for goroutines or a channel, codes JSON or compiles a pattern, or a function that \
           does so within two calls.",
    why: "Every other user of the lock waits for the disk or the network.",
    limits: "Silent where the lock guards just that resource: by its name, or because the call uses a field beside it \
             that is a writer, a connection or a file.",
    target: "critical section under 1 µs; mutex delay less by 90 %",
    instead: "Do the slow part first, and take the lock to store its result.",
    before: r#"
type Registry struct {
	mu   sync.Mutex
	path string
	data []byte
}

func (r *Registry) Reload() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	raw, err := os.ReadFile(r.path) // want
	if err != nil {
		return err
	}
	r.data = raw
	return nil
}"#,
    after: r#"
type Registry struct {
	mu   sync.Mutex
	path string
	data []byte
}

func (r *Registry) Reload() error {
	raw, err := os.ReadFile(r.path)
	if err != nil {
		return err
	}
	r.mu.Lock()
	r.data = raw
	r.mu.Unlock()
	return nil
}"#,
    check: Check::Functions(check),
    ..Rule::BASE
};

/// Two calls and the wait itself.
const MAX_PATH: usize = 3;

fn check(function: Function<'_>, hits: &mut Hits<'_>) {
    let mut last = 0;
    for section in sections(function.body) {
        if guards_resource(section.lock().text()) {
            continue;
        }
        let found = section
            .nodes()
            .filter(|n| n.span().0 >= last)
            .find_map(|n| wait(n, &section));
        if let Some((node, way, is_sure)) = found {
            last = node.span().1;
            let confidence = if is_sure {
                Confidence::High
            } else {
                Confidence::Medium
            };
            let lock = section.lock().text();
            hits.report(node, format!("{lock} is held while {way} may wait"))
                .confidence(confidence)
                .fix(format!(
                    "do it before {lock} is taken, and only store the result under it"
                ));
        }
    }
}

/// Locks named for what they serialise.
fn guards_resource(lock: &str) -> bool {
    let name = lock.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let words = [
        "io", "write", "writer", "conn", "file", "send", "read", "reader", "disk", "out", "log",
    ];
    let head = name
        .trim_end_matches("mutex")
        .trim_end_matches("mu")
        .trim_end_matches("lock");
    let is_bare = words.contains(&name.as_str());
    is_bare || head != name && words.iter().any(|w| head.trim_end_matches('_') == *w)
}

/// A node that waits under the lock: itself, the way to the wait, and whether no guess is in it.
fn wait<'a>(node: Node<'a>, section: &Section<'a>) -> Option<(Node<'a>, String, bool)> {
    if node.waits() {
        let is_plain = channel_of(node).is_none_or(|c| !is_semaphore(c)) && !is_signal(node.text());
        let is_own = node.is(Kind::SelectStatement) || is_plain;
        let what = node
            .text()
            .lines()
            .next()
            .unwrap_or_default()
            .trim_end_matches('{')
            .trim();
        return is_own.then(|| (node, format!("`{what}`"), true));
    }
    let beside = |n: Node<'a>| {
        n.parent()
            .is_some_and(|p| matches!(p.kind(), Kind::GoStatement | Kind::DeferStatement))
    };
    if !node.is(Kind::CallExpression) || beside(node) {
        return None;
    }
    let call = node.call()?;
    if is_in_memory(&call) || uses_guarded(&call, section.lock()) || call.callee.is("(*sync.Cond).Wait") {
        return None;
    }
    if call.is_to_any(&SLOW) {
        return Some((node, call.node.field(Field::Function)?.text().to_string(), true));
    }
    let reaches = [Reach::Blocks, Reach::Remote, Reach::Query, Reach::Write];
    let way = reaches.into_iter().find_map(|r| call.reaches(r))?;
    let is_sure = way.len() == 1;
    (way.len() <= MAX_PATH && !way.iter().any(|w| w.ends_with("ond.Wait") || is_signal(w)))
        .then(|| (node, way.join(" > "), is_sure))
}

const SLOW: [&str; 3] = [
    "encoding/json.Marshal|MarshalIndent|Unmarshal",
    "regexp.Compile|MustCompile|MatchString",
    "(*encoding/json.Decoder).Decode",
];

fn channel_of(node: Node<'_>) -> Option<Node<'_>> {
    node.field(Field::Channel).or_else(|| node.field(Field::Operand))
}

/// A value without content is sent to a channel with room for it.
fn is_signal(text: &str) -> bool {
    text.ends_with("<- struct{}{}")
}

/// `chan struct{}` that only counts.
fn is_semaphore(channel: Node<'_>) -> bool {
    let name = channel.text().to_ascii_lowercase();
    name.contains("sem") || name.contains("token")
}

/// Reads from or writes to memory.
fn is_in_memory(call: &Call<'_>) -> bool {
    let memory = [
        "bytes.Buffer",
        "strings.Builder",
        "bytes.Reader",
        "strings.Reader",
    ];
    let is_memory = |n: Node<'_>| {
        n.ty()
            .is_some_and(|t| memory.iter().any(|m| t.is_or_points_to(m)) || n.text().ends_with("Discard"))
    };
    let in_io = call.callee.package == "io" && !call.callee.is_method;
    let is_hash = |n: Node<'_>| n.ty().is_some_and(|t| t.to_string().starts_with("hash."));
    in_io && call.arguments().into_iter().any(|a| is_memory(a) || is_hash(a))
}

/// The call uses a field beside the lock that is what the lock guards.
fn uses_guarded(call: &Call<'_>, lock: Node<'_>) -> bool {
    let Some(owner) = lock.field(Field::Operand).or_else(|| lock.local().map(|_| lock)) else {
        return false;
    };
    let uses = call.operand().into_iter().chain(call.arguments());
    uses.filter(|n| n.is(Kind::SelectorExpression)).any(|n| {
        let is_beside = root_of(n).is_some_and(|(root, steps)| root.text() == owner.text() && steps > 0);
        is_beside && is_resource(n)
    })
}

fn is_resource(field: Node<'_>) -> bool {
    let name = field
        .field(Field::Field)
        .map_or("", Node::text)
        .to_ascii_lowercase();
    let words = [
        "conn",
        "file",
        "writer",
        "reader",
        "stream",
        "out",
        "stdin",
        "stdout",
        "stderr",
        "enc",
        "dec",
        "wr",
        "rd",
        "cmd",
        "socket",
        "tx",
        "transport",
        "w",
        "r",
        "f",
        "fd",
        "rwc",
        "body",
        "db",
        "log",
    ];
    let by_name = words
        .iter()
        .any(|w| name == *w || (w.len() > 2 && name.ends_with(w)));
    by_name || field.ty().is_some_and(|t| is_handle(&t))
}

fn is_handle(of: &Type<'_>) -> bool {
    let Some(named) = of.named() else { return false };
    matches!(
        named.path,
        "io" | "net" | "os" | "bufio" | "os/exec" | "database/sql"
    )
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    fn with(body: &str) -> String {
        format!(
            "type T struct {{ mu sync.RWMutex; w io.Writer; ch chan int; f *os.File; wg sync.WaitGroup; db *sql.DB; cond *sync.Cond }}
func slow() {{ time.Sleep(1) }}; func way() {{ slow() }}
func (t *T) m(n int, c *http.Client, buf *bytes.Buffer, r *http.Request) {{ {body} }}"
        )
    }

    #[test]
    fn waits() {
        fires(
            &RULE,
            &with("t.mu.Lock()\n time.Sleep(1) // want\n t.mu.Unlock()"),
        );
        fires(&RULE, &with("t.mu.RLock()\n c.Do(r) // want\n t.mu.RUnlock()"));
        fires(
            &RULE,
            &with("t.mu.Lock(); defer t.mu.Unlock()\n t.ch <- n // want\n"),
        );
        fires(&RULE, &with("t.mu.Lock(); defer t.mu.Unlock()\n way() // want\n"));
        fires(
            &RULE,
            &with("t.mu.Lock(); defer func() { t.mu.Unlock() }()\n t.wg.Wait() // want\n"),
        );
        fires(
            &RULE,
            &with(
                "t.mu.Lock(); if n > 1 { t.mu.Unlock(); return }\n select { case <-t.ch: } // want\n t.mu.Unlock()",
            ),
        );
    }

    #[test]
    fn elsewhere() {
        silent(&RULE, &with("t.mu.Lock(); n++; t.mu.Unlock(); time.Sleep(1)"));
        silent(
            &RULE,
            &with("t.mu.Lock(); if n > 1 { t.mu.Unlock(); time.Sleep(1); return }; t.mu.Unlock()"),
        );
        silent(
            &RULE,
            &with("t.mu.Lock(); defer t.mu.Unlock(); t.mu.Unlock(); time.Sleep(1); t.mu.Lock(); n++"),
        );
        silent(
            &RULE,
            &with("t.mu.Lock(); defer t.mu.Unlock(); go slow(); f := func() { slow() }; use(f)"),
        );
        silent(
            &RULE,
            &with("t.mu.Lock(); defer t.mu.Unlock(); t.f.Write(nil); io.WriteString(t.w, ``); t.cond.Wait()"),
        );
        silent(
            &RULE,
            &with("t.mu.Lock(); defer t.mu.Unlock(); io.WriteString(buf, ``)"),
        );
        silent(
            &RULE,
            &with("t.mu.Lock(); select { case t.ch <- 1: default: }; t.mu.Unlock()"),
        );
        silent(
            &RULE,
            "func f(ioMu *sync.Mutex) { ioMu.Lock(); os.ReadFile(``); ioMu.Unlock() }",
        );
    }
}
