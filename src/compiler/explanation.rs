//! Why something escapes: the steps that the compiler followed.

use super::Position;

/// The way by which a value gets to the heap, as the compiler tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Explanation {
    /// The function in which it was found; empty in the JSON log.
    pub function: String,
    /// In the compiler's order: each flow is followed by the places that make it.
    pub steps: Vec<Step>,
}

/// A step of an explanation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// `flow: TO ← FROM:`.
    Flow {
        /// `~r0` is a result without a name, `{heap}` anything on the heap.
        to: String,
        /// Where it comes from.
        from: String,
    },
    /// `from WHAT (REASON) at PLACE`.
    From(Reason),
}

/// Why a value flows on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reason {
    /// The expression or statement.
    pub what: String,
    /// In the compiler's word: `return`, `call parameter`, `too large for stack`.
    pub reason: String,
    /// Where.
    pub at: Option<Position>,
}

impl Explanation {
    /// The reasons that say more than that a value is kept, handed on by an assignment, or listed for a variadic
    /// call; the first one is what matters most.
    pub fn telling(&self) -> impl Iterator<Item = &Reason> {
        self.reasons().filter(|reason| {
            let listed = reason.reason == "slice-literal-element" && reason.what == "... argument";
            let handed_on = reason.reason == "spill" || reason.reason.starts_with("assign");
            !handed_on && !listed
        })
    }

    /// The first telling reason.
    pub fn reason(&self) -> Option<&Reason> {
        self.telling().next()
    }

    /// Where the last flow ends; for explanations without a telling reason.
    pub fn end(&self) -> Option<&str> {
        self.steps.iter().rev().find_map(|step| match step {
            Step::Flow { to, .. } => Some(to.as_str()),
            Step::From(_) => None,
        })
    }

    fn reasons(&self) -> impl Iterator<Item = &Reason> {
        self.steps.iter().filter_map(|step| match step {
            Step::From(reason) => Some(reason),
            Step::Flow { .. } => None,
        })
    }
}

/// A line of an explanation with its blanks, and its place where that stands elsewhere.
pub(super) fn step(text: &str, place: Option<Position>) -> Option<Step> {
    let text = text.trim_start();
    if let Some(flow) = text.strip_prefix("flow: ") {
        let (to, from) = flow.strip_suffix(':')?.split_once(" ← ")?;
        let [to, from] = [to, from].map(str::to_string);
        return Some(Step::Flow { to, from });
    }
    let from = text.strip_prefix("from ")?;
    let (said, at) = match place {
        Some(place) => (from, Some(place)),
        None => {
            let (said, place) = from.rsplit_once(" at ")?;
            (said, Some(super::position::split_position(place)?.0))
        }
    };
    let (what, reason) = said.strip_suffix(')')?.rsplit_once(" (")?;
    let [what, reason] = [what, reason].map(str::to_string);
    Some(Step::From(Reason { what, reason, at }))
}
