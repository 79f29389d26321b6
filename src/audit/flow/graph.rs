//! Where a statement leads: the statement graph, computed from the tree as it is asked for.
//!
//! Its nodes are the statements that stand in a block or clause (a header belongs to its statement) and the
//! communications of a select. Nothing is stored and nothing is recursive.

use super::super::node::Node;
use super::super::syntax::{Field, Kind};

/// A way from one statement to the next.
#[derive(Debug, Clone)]
pub struct Edge<'a> {
    /// The next statement; `None` at the end of the function's body.
    pub to: Option<Node<'a>>,
    /// What is known to hold on this way: conditions with their outcome.
    pub when: Vec<(Node<'a>, bool)>,
}

/// Calls after which nothing runs.
const NO_RETURN: [&str; 6] = [
    "panic",
    "os.Exit",
    "runtime.Goexit",
    "log.Fatal|Fatalf|Fatalln|Panic|Panicf|Panicln",
    "(*log.Logger).Fatal|Fatalf|Fatalln|Panic|Panicf|Panicln",
    "syscall.Exit",
];

impl<'a> Node<'a> {
    /// Where this statement leads; empty where the path ends here: a return, a panic, an endless wait.
    pub fn successors(self) -> Vec<Edge<'a>> {
        match self.kind() {
            Kind::IfStatement => self.if_edges(),
            Kind::ForStatement => self.loop_edges(),
            Kind::ExpressionSwitchStatement | Kind::TypeSwitchStatement => self.switch_edges(),
            Kind::SelectStatement => self.cases().map(|case| plain(place(case, true))).collect(),
            Kind::ReturnStatement => Vec::new(),
            Kind::BreakStatement => self.jump(|target| plain(place(target, false))),
            Kind::ContinueStatement => self.jump(|target| plain(Some(target))),
            Kind::GotoStatement => self.jump(|target| plain(place(target, true))),
            Kind::FallthroughStatement => {
                let case = self.ancestors().find(|n| n.kind().is_case());
                let next = case.and_then(Node::next_sibling);
                next.map(|case| plain(place(case, true))).into_iter().collect()
            }
            Kind::ExpressionStatement if self.never_returns() => Vec::new(),
            _ => vec![plain(place(self, false))],
        }
    }

    /// The first statement of a function's body; `None` for an empty one.
    pub fn first_statement(self) -> Option<Node<'a>> {
        place(self, true)
    }

    /// The node of the statement graph to which this node belongs, within its own function or literal.
    pub fn flow_statement(self) -> Option<Node<'a>> {
        let around = std::iter::once(self).chain(self.ancestors());
        let mut here = around.take_while(|n| !n.kind().is_function() || *n == self);
        here.find(|n| n.is_flow_node())
    }

    fn is_flow_node(self) -> bool {
        let in_list = self
            .parent()
            .is_some_and(|p| p.is(Kind::Block) || p.kind().is_case() || p.is(Kind::LabeledStatement));
        let is_plain =
            self.kind().is_statement() && !matches!(self.kind(), Kind::Block | Kind::LabeledStatement);
        (in_list && is_plain && matches!(self.field_name(), Field::None | Field::Communication))
            || (in_list && self.is(Kind::Error))
    }

    /// Whether a statement is a call that does not come back.
    pub fn never_returns(self) -> bool {
        let Some(call) = self.call() else { return false };
        call.is_to_any(&NO_RETURN)
            || (call.callee.is_method
                && matches!(
                    call.callee.name,
                    "Fatal" | "Fatalf" | "FailNow" | "Skip" | "Skipf" | "SkipNow" | "Goexit"
                )
                && is_test_receiver(&call))
    }

    /// What a break or continue leaves or repeats, and where a goto goes.
    pub fn jump_target(self) -> Option<Node<'a>> {
        let label = self.child(0).filter(|c| c.is(Kind::LabelName));
        let is_target = |n: &Node<'a>| match self.kind() {
            Kind::ContinueStatement => n.is(Kind::ForStatement),
            _ => matches!(
                n.kind(),
                Kind::ForStatement
                    | Kind::SelectStatement
                    | Kind::ExpressionSwitchStatement
                    | Kind::TypeSwitchStatement
            ),
        };
        let mut here = self.ancestors().take_while(|n| !n.kind().is_function());
        let Some(label) = label else {
            return here.find(is_target);
        };
        let has_label = |n: &Node<'a>| {
            n.is(Kind::LabeledStatement) && n.child(0).is_some_and(|l| l.text() == label.text())
        };
        if self.is(Kind::GotoStatement) {
            return self
                .enclosing_function()?
                .find_all(Kind::LabeledStatement)
                .find(has_label);
        }
        here.find(has_label)?.children().last()
    }

    fn jump(self, edge: impl Fn(Node<'a>) -> Edge<'a>) -> Vec<Edge<'a>> {
        self.jump_target().map(edge).into_iter().collect()
    }

    fn cases(self) -> impl Iterator<Item = Node<'a>> {
        self.children().filter(|c| c.kind().is_case())
    }

    fn if_edges(self) -> Vec<Edge<'a>> {
        let condition = self.field(Field::Condition);
        let when = |truth| condition.map(|c| (c, truth)).into_iter().collect();
        let then = self.field(Field::Consequence).map(|b| place(b, true));
        let otherwise = match self.field(Field::Alternative) {
            Some(block) => place(block, true),
            None => place(self, false),
        };
        let mut edges = Vec::new();
        if let Some(to) = then {
            edges.push(Edge { to, when: when(true) });
        }
        edges.push(Edge {
            to: otherwise,
            when: when(false),
        });
        edges
    }

    fn loop_edges(self) -> Vec<Edge<'a>> {
        use super::loops::Loop;
        let condition = match self.as_loop() {
            Some(Loop::Condition(condition)) => Some(condition),
            Some(Loop::Clause { condition, .. }) => condition,
            _ => None,
        };
        let when = |truth| condition.map(|c| (c, truth)).into_iter().collect();
        let mut edges = Vec::new();
        if let Some(body) = self.body() {
            edges.push(Edge {
                to: place(body, true),
                when: when(true),
            });
        }
        if !self.is_endless() {
            edges.push(Edge {
                to: place(self, false),
                when: when(false),
            });
        }
        edges
    }

    fn switch_edges(self) -> Vec<Edge<'a>> {
        let is_tagless = self.is(Kind::ExpressionSwitchStatement) && self.field(Field::Value).is_none();
        let mut missed = Vec::new();
        let mut edges = Vec::new();
        let mut default = None;
        for case in self.cases() {
            let values = case.list(Field::Value);
            let mut when = missed.clone();
            if let ([value], true) = (values.as_slice(), is_tagless) {
                when.push((*value, true));
                missed.push((*value, false));
            }
            if case.is(Kind::DefaultCase) {
                default = Some(case);
                continue;
            }
            edges.push(Edge {
                to: place(case, true),
                when,
            });
        }
        edges.push(Edge {
            to: default.map_or_else(|| place(self, false), |case| place(case, true)),
            when: missed,
        });
        edges
    }
}

fn plain(to: Option<Node<'_>>) -> Edge<'_> {
    Edge { to, when: Vec::new() }
}

fn is_test_receiver(call: &super::super::names::Call<'_>) -> bool {
    let operand = call.operand();
    let by_type = call.callee.package == "testing";
    by_type || operand.is_some_and(|o| o.ty().is_none() && matches!(o.text(), "t" | "b" | "tb" | "f"))
}

/// The statement that runs when a node is entered, or after it is done; `None` at the end of the function.
fn place(mut node: Node<'_>, mut is_entering: bool) -> Option<Node<'_>> {
    loop {
        if is_entering {
            let inner = match node.kind() {
                Kind::Block => node.statements().next(),
                Kind::LabeledStatement => node.children().filter(|c| !c.is(Kind::LabelName)).last(),
                kind if kind.is_case() => match node.field(Field::Communication) {
                    Some(communication) => return Some(communication),
                    None => node.statements().next(),
                },
                _ => return Some(node),
            };
            match inner {
                Some(inner) => node = inner,
                None => is_entering = false,
            }
            continue;
        }
        let parent = node.parent()?;
        match parent.kind() {
            Kind::ForStatement => return Some(parent),
            kind if kind.is_function() => return None,
            kind if kind == Kind::Block || kind.is_case() => match next_statement(node) {
                Some(next) => (node, is_entering) = (next, true),
                None => node = parent,
            },
            _ => node = parent,
        }
    }
}

fn next_statement(node: Node<'_>) -> Option<Node<'_>> {
    let is_listed =
        |n: &Node<'_>| n.field_name() == Field::None && (n.kind().is_statement() || n.is(Kind::Error));
    std::iter::successors(node.next_sibling(), |n| n.next_sibling()).find(is_listed)
}
