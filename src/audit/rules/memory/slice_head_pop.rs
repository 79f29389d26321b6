//! `slice-head-pop`: a queue that pops by reslicing.

use rustc_hash::FxHashMap;

use crate::audit::rules::value::{function_text, is_same};
use crate::audit::{Check, Confidence, Field, File, Group, Hits, Kind, Measure, Node, Rule, assumed, heat};

/// The rule.
pub const RULE: Rule = Rule {
    id: "slice-head-pop",
    title: "a queue that pops by reslicing",
    group: Group::Memory,
    items: &["ME4"],
    tier: 3,
    listens: &[heat(Measure::Inuse), heat(Measure::Alloc)],
    saves: &[assumed(Measure::Alloc, 0.50, 0.95)],
    what: "q.items = q.items[1:] on a field to which the package appends.",
    why: "What was popped stays reachable, and the array is allocated again and again.",
    limits: "Silent where the popped slot is set, or the slice is moved down.",
    instead: "A ring buffer: no garbage, no growth.",
    before: r#"
func (q *queue) push(j Job) { q.jobs = append(q.jobs, j) }

func (q *queue) pop() Job {
	j := q.jobs[0]
	q.jobs = q.jobs[1:] // want
	return j
}"#,
    after: r#"
func (q *queue) push(j Job) { q.ring[(q.head+q.n)%len(q.ring)] = j; q.n++ }

func (q *queue) pop() Job {
	j := q.ring[q.head]
	q.ring[q.head] = Job{}
	q.head = (q.head + 1) % len(q.ring)
	q.n--
	return j
}"#,
    check: Check::Files(check),
    ..Rule::BASE
};

fn check(file: File<'_>, hits: &mut Hits<'_>) {
    let mut appended: FxHashMap<&str, bool> = FxHashMap::default();
    let assignments = file.root().find_all(Kind::AssignmentStatement);
    for node in assignments.filter(|n| !n.is_broken()) {
        let Some((queue, field)) = popped(node) else {
            continue;
        };
        let is_growing = *appended
            .entry(field)
            .or_insert_with(|| is_appended_to(node, field));
        if !is_growing || is_cared_for(queue) {
            continue;
        }
        let name = queue.text();
        hits.report(
            node,
            format!("{name} pops by reslicing: the array keeps what was popped and is soon allocated anew"),
        )
        .confidence(Confidence::Medium)
        .fix("keep a ring buffer, or a head index and move the rest down now and then");
    }
}

/// The queue that an assignment pops, and the name of its field.
fn popped(node: Node<'_>) -> Option<(Node<'_>, &str)> {
    let (left, right) = (node.list(Field::Left), node.list(Field::Right));
    let ([queue], [value]) = (left.as_slice(), right.as_slice()) else {
        return None;
    };
    let is_field = queue.is(Kind::SelectorExpression) && is_pop(*queue, *value);
    is_field.then_some((*queue, queue.field(Field::Field)?.text()))
}

/// The popped slot is set, or the rest is moved down.
fn is_cared_for(queue: Node<'_>) -> bool {
    let (text, name) = (function_text(queue), queue.text());
    text.contains(&format!("{name}[0] = ")) || text.contains(&format!("copy({name}"))
}

/// `q.items[1:]`.
fn is_pop(queue: Node<'_>, value: Node<'_>) -> bool {
    let value = value.unparen();
    let starts_at_one = value
        .field(Field::Start)
        .is_some_and(|s| s.constant_integer() == Some(1));
    let is_open = value.field(Field::End).is_none();
    value.is(Kind::SliceExpression)
        && starts_at_one
        && is_open
        && value.field(Field::Operand).is_some_and(|o| is_same(o, queue))
}

/// Whether the package appends to a field of this name.
fn is_appended_to(node: Node<'_>, field: &str) -> bool {
    let end = format!(".{field} = append(");
    node.package().files().any(|f| f.root().text().contains(&end))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::silent;

    #[test]
    fn near_misses() {
        let push = "func (q *queue) push(j Job) { q.jobs = append(q.jobs, j) }\n";
        silent(&RULE, "func (q *queue) pop() { q.jobs = q.jobs[1:] }");
        silent(
            &RULE,
            &format!("{push}func (q *queue) pop() {{ q.jobs[0] = Job{{}}; q.jobs = q.jobs[1:] }}"),
        );
        silent(
            &RULE,
            &format!("{push}func (q *queue) pop() {{ q.jobs = q.jobs[n:] }}"),
        );
        silent(&RULE, &format!("{push}func f(jobs []Job) {{ jobs = jobs[1:] }}"));
    }
}
