//! What `slice-prealloc` reports beyond the public linter: whole slices appended in a loop, a row of appends outside
//! loops, and fields that a range appends to.

use crate::audit::rules::value::{Trust, function_text, is_same, is_unchanged, root};
use crate::audit::{Call, Confidence, Field, GoVersion, Hits, Kind, Local, Loop, Node};

/// Appends in a row to a slice that was born empty, at least one of them of a whole slice, all of known size.
pub fn in_a_row<'a>(local: Local<'a>, born: Node<'a>, appends: &[Call<'a>], hits: &mut Hits<'_>) {
    let sizes: Option<Vec<String>> = appends.iter().map(size_of).collect();
    let Some(sizes) = sizes.filter(|s| s.len() > 1 && appends.iter().any(Call::is_spread)) else {
        return;
    };
    let is_straight = appends.windows(2).all(|pair| {
        let statement = |c: &Call<'a>| c.node.statement();
        matches!(pair, [a, b] if statement(a).and_then(Node::next_sibling) == statement(b))
    });
    if is_straight {
        let name = local.name();
        hits.report(
            born,
            format!(
                "{name} starts empty and grows by {} appends whose sizes are known",
                sizes.len()
            ),
        )
        .confidence(Confidence::Medium)
        .fix(format!("give {name} the capacity {}", sum(&sizes)));
    }
}

/// Numbers first, then the rest.
fn sum(sizes: &[String]) -> String {
    let (numbers, mut rest): (Vec<_>, Vec<_>) = sizes.iter().cloned().partition(|s| s.parse::<u64>().is_ok());
    let number: u64 = numbers.iter().filter_map(|s| s.parse::<u64>().ok()).sum();
    if number > 0 {
        rest.insert(0, number.to_string());
    }
    rest.join(" + ")
}

/// How many elements an append adds, as source.
fn size_of(call: &Call<'_>) -> Option<String> {
    let arguments = call.arguments();
    if !call.is_spread() {
        return Some((arguments.len() - 1).to_string());
    }
    let spread = arguments.last()?.child(0)?.unparen();
    match spread.kind() {
        Kind::Identifier | Kind::SelectorExpression => Some(format!("len({})", spread.text())),
        Kind::SliceExpression => sliced(spread),
        _ => None,
    }
}

/// `j-i` of `s[i:j]`.
fn sliced(slice: Node<'_>) -> Option<String> {
    let whole = slice.field(Field::Operand)?;
    let is_path = matches!(
        whole.unparen().kind(),
        Kind::Identifier | Kind::SelectorExpression
    );
    let end = match slice.field(Field::End) {
        Some(end) => end.text().to_string(),
        None if is_path => format!("len({})", whole.text()),
        None => return None,
    };
    Some(match slice.field(Field::Start).filter(|s| s.text() != "0") {
        Some(start) => format!("({end}-{})", start.text()),
        None => end,
    })
}

/// `s.xs = append(s.xs, e)` on every turn of a range.
pub fn fields<'a>(body: Node<'a>, hits: &mut Hits<'_>) {
    for around in body.descendants_here().filter(|n| n.is(Kind::ForStatement)) {
        let Some(Loop::Range { over }) = around.as_loop() else {
            continue;
        };
        if !super::slice_prealloc::has_known_length(around) {
            continue;
        }
        let Some((statement, target)) = field_append(around) else {
            continue;
        };
        if is_left_early(around) || is_made_before(target) {
            continue;
        }
        let is_number = over.ty().is_some_and(|t| t.is_integer());
        let length = if is_number {
            over.text().to_string()
        } else {
            format!("len({})", over.text())
        };
        let name = target.text();
        let grows = hits.go() >= GoVersion(21);
        let hit = hits.report(
            statement,
            format!("{name} grows by append, once per turn of a range"),
        );
        hit.confidence(Confidence::Low).tag("field");
        hit.fix(if grows {
            format!("{name} = slices.Grow({name}, {length}) before the loop")
        } else {
            format!("make room for {length} more elements before the loop")
        });
    }
}

/// The statement of the body that appends to a field which stays the same field.
fn field_append(around: Node<'_>) -> Option<(Node<'_>, Node<'_>)> {
    let appends = |s: Node<'_>| {
        let (left, right) = (s.list(Field::Left), s.list(Field::Right));
        let ([_], [value]) = (left.as_slice(), right.as_slice()) else {
            return false;
        };
        value
            .call()
            .is_some_and(|c| c.is_to("append") && c.arguments().len() > 1 && !c.is_spread())
    };
    let mut statements = around
        .body()?
        .statements()
        .filter(|s| s.is(Kind::AssignmentStatement));
    let statement = statements.find(|s| appends(*s))?;
    let target = statement.list(Field::Left).first().copied()?;
    let source = statement.list(Field::Right).first()?.call()?.argument(0)?;
    let owner = target
        .field(Field::Operand)
        .filter(|_| target.is(Kind::SelectorExpression))?;
    let is_one = root(owner).is_some_and(|r| r.local().is_some()) && is_unchanged_owner(owner, around);
    (is_one && is_same(source, target)).then_some((statement, target))
}

/// The owner is the same on every turn; what the loop does to its fields does not matter.
fn is_unchanged_owner<'a>(owner: Node<'a>, around: Node<'a>) -> bool {
    let is_name = |n: Node<'a>| n.is(Kind::Identifier);
    let names = std::iter::once(owner)
        .chain(owner.descendants())
        .filter(|n| is_name(*n));
    let mut locals = names.filter_map(Node::local);
    let is_own_path =
        !owner.descendants().any(|n| n.is(Kind::IndexExpression)) && !owner.is(Kind::IndexExpression);
    locals.all(|l| !around.contains(l.declaration()) && !l.writes().any(|w| around.contains(w)))
        && (is_own_path || is_unchanged(owner, around, Trust::Fields))
}

fn is_left_early(around: Node<'_>) -> bool {
    around.descendants_here().any(|n| {
        matches!(
            n.kind(),
            Kind::BreakStatement | Kind::ContinueStatement | Kind::ReturnStatement | Kind::GotoStatement
        )
    })
}

/// The function gives the field room by itself.
fn is_made_before(target: Node<'_>) -> bool {
    let (text, name) = (function_text(target), target.text());
    ["make(", "slices.Grow(", "new"]
        .iter()
        .any(|m| text.contains(&format!("{name} = {m}")))
        || text.contains(&format!("{name} = {name}[:0]"))
}
