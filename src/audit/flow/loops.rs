//! Loops: what drives them, how often they turn, how they end.

use super::super::names::Local;
use super::super::node::Node;
use super::super::syntax::{Field, Kind};

/// What drives a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loop<'a> {
    /// `for … range over`.
    Range {
        /// What it ranges over.
        over: Node<'a>,
    },
    /// `for a; b; c`, any of them may be missing.
    Clause {
        /// What runs before.
        initializer: Option<Node<'a>>,
        /// What is asked before each turn.
        condition: Option<Node<'a>>,
        /// What runs after each turn.
        update: Option<Node<'a>>,
    },
    /// `for condition`.
    Condition(Node<'a>),
    /// `for`.
    Endless,
}

impl<'a> Node<'a> {
    /// What drives this `ForStatement`.
    pub fn as_loop(self) -> Option<Loop<'a>> {
        if !self.is(Kind::ForStatement) {
            return None;
        }
        let header = self.children().find(|c| c.field_name() != Field::Body);
        Some(match header {
            None => Loop::Endless,
            Some(header) if header.is(Kind::RangeClause) => Loop::Range {
                over: header.field(Field::Right)?,
            },
            Some(header) if header.is(Kind::ForClause) => clause(header),
            Some(condition) => Loop::Condition(condition),
        })
    }

    /// What this loop ranges over, without parentheses.
    pub fn ranged(self) -> Option<Node<'a>> {
        match self.as_loop()? {
            Loop::Range { over } => Some(over.unparen()),
            _ => None,
        }
    }

    /// The variables that this loop declares, in order.
    pub fn loop_variables(self) -> Vec<Local<'a>> {
        let is_header = |l: &Local<'a>| {
            let in_body = self.body().is_some_and(|b| b.contains(l.declaration()));
            !in_body && l.scope() == self
        };
        let header = self.children().find(|c| c.field_name() != Field::Body);
        header.map_or(Vec::new(), |h| h.locals().filter(is_header).collect())
    }

    /// The key and the value of a range as written; `_` counts as absent.
    pub fn range_targets(self) -> (Option<Node<'a>>, Option<Node<'a>>) {
        let clause = self.children().find(|c| c.is(Kind::RangeClause));
        let left = clause.map_or(Vec::new(), |c| c.list(Field::Left));
        let target = |at: usize| left.get(at).copied().filter(|n| n.text() != "_");
        (target(0), target(1))
    }

    /// Whether the loop has no condition and ends only by what its body does.
    pub fn is_endless(self) -> bool {
        match self.as_loop() {
            Some(Loop::Endless) => true,
            Some(Loop::Clause { condition, .. }) => condition.is_none(),
            _ => false,
        }
    }

    /// Whether its turns are counted before it starts: a range over something with a length or an integer, or a `for`
    /// with all three clauses. `None` where the range's operand is not known to be either.
    pub fn is_counted(self) -> Option<bool> {
        match self.as_loop()? {
            Loop::Range { over } => {
                let ty = over.ty()?.underlying()?;
                Some(!(ty.is_channel() || matches!(ty, super::super::types::Type::Function(_))))
            }
            Loop::Clause {
                initializer,
                condition,
                update,
            } => Some(initializer.is_some() && condition.is_some() && update.is_some()),
            _ => Some(false),
        }
    }

    /// How often the loop turns, where the source tells: a literal's elements, an array's length, a constant bound.
    pub fn constant_turns(self) -> Option<u64> {
        match self.as_loop()? {
            Loop::Range { over } => {
                let over = literal_of(over.unparen());
                if over.is(Kind::CompositeLiteral) {
                    let count = over.body()?.children().count();
                    return u64::try_from(count).ok();
                }
                if let Some(n) = over.constant_integer() {
                    return u64::try_from(n).ok();
                }
                match over.ty()?.underlying()? {
                    super::super::types::Type::Array(length, _) => length,
                    _ => None,
                }
            }
            Loop::Clause {
                initializer,
                condition,
                ..
            } => {
                let condition = condition?.unparen();
                let bound = condition.field(Field::Right)?.constant_integer()?;
                let start = initializer?.list(Field::Right).first()?.constant_integer()?;
                let extra = match condition.field(Field::Operator)?.text() {
                    "<" => 0,
                    "<=" => 1,
                    _ => return None,
                };
                u64::try_from(bound.checked_sub(start)?.checked_add(extra)?).ok()
            }
            _ => None,
        }
    }

    /// Whether the loop goes over data: a range whose operand is no small literal, constant or channel.
    pub fn is_over_data(self) -> bool {
        let Some(over) = self.ranged() else {
            return false;
        };
        let is_small = self.constant_turns().is_some_and(|n| n <= 16);
        !is_small && !over.ty().is_some_and(|t| t.is_integer() && over.is_constant())
    }

    /// The statements in its body that leave this loop for good: returns, breaks and gotos out of it, calls that do
    /// not come back. Those inside function literals do not count.
    pub fn leaves(self) -> Vec<Node<'a>> {
        let Some(body) = self.body() else {
            return Vec::new();
        };
        let leaves = |n: &Node<'a>| match n.kind() {
            Kind::ReturnStatement | Kind::GotoStatement => true,
            Kind::BreakStatement => n.jump_target().is_some_and(|t| t.contains(self)),
            Kind::ContinueStatement => n.jump_target().is_some_and(|t| t != self && t.contains(self)),
            Kind::ExpressionStatement => n.never_returns(),
            _ => false,
        };
        body.descendants_here().filter(leaves).collect()
    }
}

fn clause(header: Node<'_>) -> Loop<'_> {
    Loop::Clause {
        initializer: header.field(Field::Initializer),
        condition: header.field(Field::Condition),
        update: header.field(Field::Update),
    }
}

/// The literal that a local stands for, if nothing changes it.
fn literal_of(node: Node<'_>) -> Node<'_> {
    let local = node.local().filter(|l| l.is_assigned_once());
    let value = local.and_then(Local::initial_value);
    value.filter(|v| v.is(Kind::CompositeLiteral)).unwrap_or(node)
}
