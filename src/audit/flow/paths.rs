//! Every path from a statement to the end of its function: which of them end without what must happen on them.

use rustc_hash::FxHashSet;

use super::super::names::{Function, Local};
use super::super::node::Node;
use super::super::syntax::{Field, Kind};

/// How many states of a walk are looked at before it is given up, which counts as no open path.
const MAX_STATES: usize = 4_000;
/// Functions of more nodes are not walked: no person wrote them.
const MAX_NODES: u32 = 50_000;
/// How many locals are remembered as conditions.
const MAX_CONDITIONS: usize = 8;

/// What a statement does for the path that comes through it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    None,
    /// The path has what it needs: it is not followed further.
    Done,
}

/// A walk over all paths from a statement.
pub struct Paths<'a> {
    /// The statement after which the paths begin.
    pub from: Node<'a>,
    /// The error that came with it: where it is known to be non-nil the path is done.
    pub error: Option<Local<'a>>,
    /// The value itself: where it is known to be nil the path is done.
    pub value: Option<Local<'a>>,
}

impl<'a> Paths<'a> {
    /// Where paths end without being done: return statements, or the function's body for its end; in source order.
    pub fn open_ends(&self, effect: impl Fn(Node<'a>) -> Effect) -> Vec<Node<'a>> {
        let Some(function) = self.from.enclosing_function().and_then(Function::of) else {
            return Vec::new();
        };
        let Some(start) = self.from.flow_statement() else {
            return Vec::new();
        };
        if is_too_large(function.body) {
            return Vec::new();
        }
        let sets_error = self.error.map_or(Vec::new(), |error| {
            let statements = error.writes().filter_map(Node::flow_statement);
            statements.map(|s| s.id).collect()
        });
        let mut walk = Walk {
            paths: self,
            conditions: unchanged_conditions(function),
            sets_error,
            seen: FxHashSet::default(),
            work: Vec::new(),
        };
        walk.begin(start);
        walk.run(start, function, effect)
    }
}

/// A place with what is known there: is the error still that of the start, and which conditions hold (two bits each).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct State {
    statement: u32,
    is_error_fresh: bool,
    known: u32,
}

struct Walk<'p, 'a> {
    paths: &'p Paths<'a>,
    conditions: Vec<Local<'a>>,
    /// Statements that give the error another value.
    sets_error: Vec<u32>,
    seen: FxHashSet<State>,
    work: Vec<State>,
}

impl<'a> Walk<'_, 'a> {
    /// The branches around the start hold.
    fn begin(&mut self, start: Node<'a>) {
        let mut known = 0;
        let mut inside = start;
        for node in start.ancestors().take_while(|n| !n.kind().is_function()) {
            if node.is(Kind::IfStatement)
                && let Some(condition) = node.field(Field::Condition)
            {
                let truth = match inside.field_name() {
                    Field::Consequence => Some(true),
                    Field::Alternative => Some(false),
                    _ => None,
                };
                known = truth
                    .and_then(|t| self.learn(known, condition, t))
                    .unwrap_or(known);
            }
            inside = node;
        }
        let state = State {
            statement: start.id,
            is_error_fresh: true,
            known,
        };
        self.work.push(state);
    }

    fn run(
        &mut self,
        start: Node<'a>,
        function: Function<'a>,
        effect: impl Fn(Node<'a>) -> Effect,
    ) -> Vec<Node<'a>> {
        let mut open = Vec::new();
        let mut is_first = true;
        while let Some(state) = self.work.pop() {
            let statement = start.at(state.statement);
            if !is_first && effect(statement) == Effect::Done {
                continue;
            }
            if !is_first && statement.is(Kind::ReturnStatement) {
                open.push(statement);
                continue;
            }
            let is_fresh = state.is_error_fresh && (is_first || !self.sets_error.contains(&statement.id));
            is_first = false;
            for edge in statement.successors() {
                let mut known = Some(state.known);
                let mut is_done = false;
                for (condition, truth) in &edge.when {
                    is_done |= self.is_done_by(*condition, *truth, is_fresh);
                    known = known.and_then(|k| self.learn(k, *condition, *truth));
                }
                let Some(known) = known.filter(|_| !is_done) else {
                    continue;
                };
                match edge.to {
                    None => open.push(function.body),
                    Some(to) => self.push(State {
                        statement: to.id,
                        is_error_fresh: is_fresh,
                        known,
                    }),
                }
            }
            if self.seen.len() > MAX_STATES {
                return Vec::new();
            }
        }
        // The end of the body comes behind every return in it.
        open.sort_by_key(|n| if *n == function.body { u32::MAX } else { n.id });
        open.dedup();
        open
    }

    fn push(&mut self, state: State) {
        if self.seen.insert(state) {
            self.work.push(state);
        }
    }

    fn is_done_by(&self, condition: Node<'a>, truth: bool, is_fresh: bool) -> bool {
        let error = self.paths.error.filter(|_| is_fresh);
        error.is_some_and(|e| nilness(condition, truth, e) == Some(false))
            || self
                .paths
                .value
                .is_some_and(|v| nilness(condition, truth, v) == Some(true))
    }

    /// What is known after a condition came out; `None` when it cannot come out so.
    fn learn(&self, known: u32, condition: Node<'a>, truth: bool) -> Option<u32> {
        let mut condition = condition.unparen();
        let mut truth = truth;
        while condition.is(Kind::UnaryExpression) && condition.text().starts_with('!') {
            condition = condition.field(Field::Operand).map_or(condition, Node::unparen);
            truth = !truth;
        }
        let local = condition.local().filter(|_| condition.is(Kind::Identifier));
        let Some(at) = local.and_then(|l| self.conditions.iter().position(|c| *c == l)) else {
            return Some(known);
        };
        let (yes, no) = (1_u32 << (2 * at), 2_u32 << (2 * at));
        let (same, other) = if truth { (yes, no) } else { (no, yes) };
        (known & other == 0).then_some(known | same)
    }
}

/// Whether a function's body is too large to be walked.
pub(super) fn is_too_large(body: Node<'_>) -> bool {
    body.tree().end(body.id) - body.id > MAX_NODES
}

/// Locals that are conditions by themselves and never change.
fn unchanged_conditions(function: Function<'_>) -> Vec<Local<'_>> {
    let mut found: Vec<Local<'_>> = Vec::new();
    for statement in function.body.find_all(Kind::IfStatement) {
        let Some(condition) = statement.field(Field::Condition) else {
            continue;
        };
        let name = condition.text().trim_start_matches('!');
        let mut names = std::iter::once(condition).chain(condition.descendants());
        let local = names.find(|n| n.is(Kind::Identifier) && n.text() == name);
        let local = local.and_then(Node::local).filter(|l| l.is_assigned_once());
        if let Some(local) = local.filter(|l| !found.contains(l) && found.len() < MAX_CONDITIONS) {
            found.push(local);
        }
    }
    found
}

/// Whether a condition's outcome says that a local is nil (`Some(true)`) or is not (`Some(false)`).
pub fn nilness<'a>(condition: Node<'a>, truth: bool, local: Local<'a>) -> Option<bool> {
    let mut work = vec![(condition.unparen(), truth)];
    while let Some((condition, truth)) = work.pop() {
        let sides = || Some((condition.field(Field::Left)?, condition.field(Field::Right)?));
        let operator = condition.field(Field::Operator).map_or("", Node::text);
        match (operator, truth) {
            ("!", _) => work.extend(condition.field(Field::Operand).map(|o| (o.unparen(), !truth))),
            ("&&", true) | ("||", false) => {
                let (left, right) = sides()?;
                work.extend([(left.unparen(), truth), (right.unparen(), truth)]);
            }
            ("==" | "!=", _) => {
                let (left, right) = sides()?;
                let is_local = |n: Node<'a>| n.local() == Some(local) && n.unparen().is(Kind::Identifier);
                let is_nil = |n: Node<'a>| n.unparen().is(Kind::Nil);
                if (is_local(left) && is_nil(right)) || (is_local(right) && is_nil(left)) {
                    return Some((operator == "==") == truth);
                }
            }
            _ if truth && says_error(condition, local) => return Some(false),
            _ => {}
        }
    }
    None
}

/// `errors.Is(err, …)` holds for errors only.
fn says_error<'a>(condition: Node<'a>, local: Local<'a>) -> bool {
    let call = condition
        .call()
        .filter(|c| c.is_to("errors.Is|As") || c.is_to("os.IsNotExist|IsExist|IsPermission|IsTimeout"));
    call.and_then(|c| c.argument(0)).and_then(Node::local) == Some(local)
}
