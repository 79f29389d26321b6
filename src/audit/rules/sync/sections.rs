//! Locks: which calls take and release them, and what stands between.

use rustc_hash::FxHashMap;

use crate::audit::names::called_name;
use crate::audit::{Call, Field, Kind, Node};

/// More critical sections of one function are not looked at: no person wrote them.
const MAX_SECTIONS: usize = 64;

/// What a call does to a lock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::audit::rules) enum LockOp {
    Lock,
    RLock,
    Unlock,
    RUnlock,
}

impl LockOp {
    /// By the method's name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "Lock" => LockOp::Lock,
            "RLock" => LockOp::RLock,
            "Unlock" => LockOp::Unlock,
            "RUnlock" => LockOp::RUnlock,
            _ => return None,
        })
    }

    pub fn takes(self) -> bool {
        matches!(self, LockOp::Lock | LockOp::RLock)
    }

    /// What ends it.
    pub fn release(self) -> Self {
        match self {
            LockOp::RLock | LockOp::RUnlock => LockOp::RUnlock,
            LockOp::Lock | LockOp::Unlock => LockOp::Unlock,
        }
    }
}

/// What a call does to a lock, and the lock as written: by its type, or of unknown type by its name.
pub(in crate::audit::rules) fn lock_op<'a>(call: &Call<'a>) -> Option<(LockOp, Node<'a>)> {
    let op = LockOp::named(call.callee.name)?;
    let lock = call.operand()?;
    let is_known = call.callee.package == "sync";
    let is_lock = is_known || (call.callee.is_unknown() && is_lock_name(lock.text()));
    let is_plain = call.callee.is_method && call.argument(0).is_none();
    (is_plain && is_lock).then_some((op, lock))
}

fn is_lock_name(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    last.ends_with("mu") || last.ends_with("lock") || last.contains("mutex") || last == "mtx"
}

/// A call that takes or releases a lock.
#[derive(Clone, Copy, Debug)]
pub(in crate::audit::rules) struct LockCall<'a> {
    pub op: LockOp,
    /// The lock as written.
    pub lock: Node<'a>,
    /// The call.
    pub node: Node<'a>,
    /// The statement of the function in which it stands; of one in a deferred literal the `defer`.
    pub statement: Node<'a>,
    /// Runs at the function's end.
    pub is_deferred: bool,
}

/// The lock calls of a function's body in source order; those of literals only where they are deferred.
pub(in crate::audit::rules) fn lock_calls(body: Node<'_>) -> Vec<LockCall<'_>> {
    let mut found = Vec::new();
    for node in body.descendants_here() {
        match node.kind() {
            Kind::CallExpression => found.extend(lock_call(node, None)),
            Kind::DeferStatement => {
                let literal = node
                    .child(0)
                    .and_then(|c| c.field(Field::Function))
                    .filter(|f| f.is(Kind::FuncLiteral));
                let inside = literal.into_iter().flat_map(|l| l.find_all(Kind::CallExpression));
                found.extend(inside.filter_map(|n| lock_call(n, Some(node))));
            }
            _ => {}
        }
    }
    found
}

fn lock_call<'a>(node: Node<'a>, deferred: Option<Node<'a>>) -> Option<LockCall<'a>> {
    LockOp::named(called_name(node)?)?;
    let (op, lock) = lock_op(&node.call()?)?;
    let own = node.parent()?;
    Some(LockCall {
        op,
        lock,
        node,
        statement: deferred.or_else(|| node.statement())?,
        is_deferred: deferred.is_some() || own.is(Kind::DeferStatement),
    })
}

/// What runs between taking a lock and releasing it.
#[derive(Debug)]
pub(in crate::audit::rules) struct Section<'a> {
    /// The call that takes it.
    pub taken: LockCall<'a>,
    /// Released by a `defer`.
    pub is_deferred: bool,
    held: Vec<Node<'a>>,
    /// Bytes inside in which a branch has released it.
    gaps: Vec<(u32, u32)>,
}

impl<'a> Section<'a> {
    /// The lock as written.
    pub fn lock(&self) -> Node<'a> {
        self.taken.lock
    }

    /// For readers only.
    pub fn is_read(&self) -> bool {
        self.taken.op == LockOp::RLock
    }

    /// The statements of the list that follow the lock, up to its release.
    pub fn statements(&self) -> &[Node<'a>] {
        &self.held
    }

    /// Everything that runs under the lock, without what stands in literals.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'a>> {
        let all = self
            .held
            .iter()
            .flat_map(|s| std::iter::once(*s).chain(s.descendants_here()));
        all.filter(|n| {
            !self
                .gaps
                .iter()
                .any(|(from, to)| (*from..*to).contains(&n.span().0))
        })
    }
}

/// The critical sections of a function's body, in source order. A lock that the function never releases has none.
pub(in crate::audit::rules) fn sections(body: Node<'_>) -> Vec<Section<'_>> {
    let calls = lock_calls(body);
    let by_statement: FxHashMap<u32, usize> = calls
        .iter()
        .enumerate()
        .map(|(at, c)| (c.statement.id, at))
        .collect();
    let takes = calls.iter().filter(|c| c.op.takes() && !c.is_deferred);
    let section = |taken: &LockCall<'_>| taken.statement.is(Kind::ExpressionStatement);
    takes
        .filter(|c| section(c))
        .take(MAX_SECTIONS)
        .filter_map(|taken| section_of(*taken, &calls, &by_statement))
        .collect()
}

fn section_of<'a>(
    taken: LockCall<'a>,
    calls: &[LockCall<'a>],
    by_statement: &FxHashMap<u32, usize>,
) -> Option<Section<'a>> {
    let ends = |c: &LockCall<'a>| c.op == taken.op.release() && c.lock.text() == taken.lock.text();
    let (mut held, mut is_deferred, mut is_closed) = (Vec::new(), false, false);
    let following = std::iter::successors(taken.statement.next_sibling(), |s| s.next_sibling());
    for statement in following {
        let own = by_statement.get(&statement.id).and_then(|at| calls.get(*at));
        match own.filter(|c| ends(c)) {
            Some(end) if end.is_deferred => is_deferred = true,
            Some(_) if !is_deferred => {
                is_closed = true;
                break;
            }
            _ => held.push(statement),
        }
    }
    let last = held.last().map_or(0, |s| s.span().1);
    let inside = |c: &&LockCall<'a>| c.node.span().0 >= taken.node.span().1 && c.node.span().0 < last;
    let releases = calls.iter().filter(|c| !c.is_deferred && ends(c)).filter(inside);
    let gaps: Vec<(u32, u32)> = releases.map(|r| gap(*r, calls)).collect();
    (is_closed || is_deferred || !gaps.is_empty()).then_some(Section {
        taken,
        is_deferred,
        held,
        gaps,
    })
}

/// From a release in a branch to the end of that branch, or to where the lock is taken again.
fn gap<'a>(release: LockCall<'a>, calls: &[LockCall<'a>]) -> (u32, u32) {
    let from = release.node.span().1;
    let to = release.statement.parent().map_or(from, |list| list.span().1);
    let again = calls
        .iter()
        .find(|c| c.op.takes() && c.lock.text() == release.lock.text() && c.node.span().0 > from);
    (from, again.map_or(to, |c| c.node.span().0.min(to)))
}

/// The name at the root of `a.b[i].c`, and how many steps lie behind it.
pub(in crate::audit::rules) fn root_of(node: Node<'_>) -> Option<(Node<'_>, usize)> {
    let mut node = node.unparen();
    for steps in 0..64 {
        node = match node.kind() {
            Kind::Identifier => return Some((node, steps)),
            Kind::SelectorExpression
            | Kind::IndexExpression
            | Kind::SliceExpression
            | Kind::TypeAssertionExpression
            | Kind::UnaryExpression => node.field(Field::Operand)?.unparen(),
            _ => return None,
        };
    }
    None
}
