//! Resources: something is acquired by a call and must be released, or handed on, on every path.

use super::super::names::{Call, Function, Local, LocalKind};
use super::super::node::Node;
use super::super::syntax::{Field, Kind};
use super::paths::{Effect, Paths, is_too_large};

/// How a kind of resource is released and what does not count as handing it on.
#[derive(Debug, Clone, Copy)]
pub struct Resource {
    /// What is written behind the name to release it: `.Close`, `.Body.Close`; empty for a function that is called
    /// itself, such as a cancel function.
    pub release: &'static [&'static str],
    /// The parts that are the resource too, such as `.Body`.
    pub parts: &'static [&'static str],
    /// Words in the names of functions that release what they are given, in lower case.
    pub helpers: &'static [&'static str],
    /// Packages whose functions only read what they are given.
    pub readers: &'static [&'static str],
    /// Any use at all counts as a release, as for `cancel`.
    pub any_use: bool,
}

/// What becomes of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate<'a> {
    /// The call's result is not kept: dropped or assigned to `_`.
    Dropped,
    /// Some paths end with it open: there; the function's body stands for its end.
    Open(Vec<Node<'a>>),
    /// Every path releases it or hands it on; the releases in source order, and whether each is deferred.
    Closed(Vec<(Node<'a>, bool)>),
    /// Kept where the function's paths do not decide: a field, a package variable, a result, an argument.
    Elsewhere,
}

/// What one use of a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Reads,
    Releases,
    Escapes,
}

impl Resource {
    /// Follows the result at an index of a call's results; the last other one is its error.
    pub fn fate<'a>(&self, call: &Call<'a>, index: usize) -> Fate<'a> {
        let node = outermost(call.node);
        if node.parent().is_some_and(|p| p.is(Kind::ExpressionStatement)) {
            return Fate::Dropped;
        }
        let targets = node.targets();
        let Some(target) = targets.get(index) else {
            return Fate::Elsewhere;
        };
        if target.text() == "_" {
            return Fate::Dropped;
        }
        match target.local() {
            Some(local) if self.is_followed(local, node) => {
                let others = targets.iter().enumerate().filter(|(at, _)| *at != index);
                let error = others.filter_map(|(_, t)| t.local()).next_back();
                let is_error = |l: &Local<'a>| l.ty().is_none_or(|t| t.is("error"));
                self.follow(local, node, error.filter(is_error))
            }
            _ => Fate::Elsewhere,
        }
    }

    /// A result or a variable of an outer function lives on.
    fn is_followed<'a>(&self, local: Local<'a>, call: Node<'a>) -> bool {
        let body = call.enclosing_function().and_then(Node::body);
        if body.is_none_or(is_too_large) {
            return false;
        }
        local.kind() != LocalKind::Result
            && local.kind() != LocalKind::Parameter
            && local.function() == call.enclosing_function()
    }

    fn follow<'a>(&self, local: Local<'a>, from: Node<'a>, error: Option<Local<'a>>) -> Fate<'a> {
        let start = from.flow_statement();
        let mut done = Vec::new();
        let mut releases = Vec::new();
        for use_ in local.uses() {
            let Some(statement) = outside_literals(use_, local).flow_statement() else {
                continue;
            };
            let what = self.classify(use_, local);
            let is_own = Some(statement) == start && use_.is_assigned();
            if what == Use::Reads || is_own {
                continue;
            }
            if what == Use::Releases {
                let is_deferred = statement.is(Kind::DeferStatement);
                releases.push((statement, is_deferred));
            }
            done.push(statement.id);
        }
        let paths = Paths {
            from,
            error,
            value: Some(local),
        };
        let is_done = |statement: Node<'a>| done.contains(&statement.id) || statement.is_broken();
        let effect = |statement| {
            if is_done(statement) {
                Effect::Done
            } else {
                Effect::None
            }
        };
        let open = paths.open_ends(effect);
        if open.is_empty() {
            Fate::Closed(releases)
        } else {
            Fate::Open(open)
        }
    }

    fn classify<'a>(&self, use_: Node<'a>, local: Local<'a>) -> Use {
        if let Some(literal) = use_.literal_inside(local.declaration()) {
            let own = self.classify_here(use_);
            return match called_how(literal) {
                Some(Kind::DeferStatement | Kind::ExpressionStatement) => own,
                _ if self.any_use => Use::Releases,
                _ => Use::Escapes,
            };
        }
        self.classify_here(use_)
    }

    fn classify_here(&self, use_: Node<'_>) -> Use {
        if use_.is_assigned() {
            // Another value: what happens to the first one is not followed.
            return if self.any_use { Use::Reads } else { Use::Escapes };
        }
        if self.any_use {
            return if is_blank_assignment(use_) {
                Use::Reads
            } else {
                Use::Releases
            };
        }
        let (chain, top) = chain_of(use_);
        if self.release.contains(&chain.as_str()) {
            return Use::Releases;
        }
        if !chain.is_empty() && !self.parts.contains(&chain.as_str()) {
            return Use::Reads;
        }
        self.context(top)
    }

    /// What becomes of the resource by the place where it stands.
    fn context(&self, mut node: Node<'_>) -> Use {
        while let Some(parent) = node.parent() {
            match parent.kind() {
                Kind::ParenthesizedExpression => node = parent,
                Kind::ArgumentList => return self.argument(node, parent),
                Kind::BinaryExpression
                | Kind::RangeClause
                | Kind::ExpressionStatement
                | Kind::IndexExpression => {
                    return Use::Reads;
                }
                Kind::ExpressionList if is_blank_assignment(node) || node.is_assigned() => return Use::Reads,
                _ => return Use::Escapes,
            }
        }
        Use::Escapes
    }

    fn argument(&self, argument: Node<'_>, list: Node<'_>) -> Use {
        let Some(call) = list.parent().and_then(Node::call) else {
            return Use::Escapes;
        };
        let name = call.callee.name.to_ascii_lowercase();
        if self.helpers.iter().any(|word| name.contains(word)) {
            return Use::Releases;
        }
        if self.readers.contains(&call.callee.package) && !call.callee.package.is_empty() {
            return Use::Reads;
        }
        if self.is_released_by(&call, argument) {
            return Use::Releases;
        }
        Use::Escapes
    }

    /// Whether the called function is seen to release this argument.
    fn is_released_by(&self, call: &Call<'_>, argument: Node<'_>) -> bool {
        let Some(function) = call.callee.declaration.and_then(Function::of) else {
            return false;
        };
        let Some(at) = call.arguments().iter().position(|a| *a == argument) else {
            return false;
        };
        let parameter = function.parameters().get(at).copied();
        let endings: Vec<&str> = self
            .release
            .iter()
            .filter_map(|r| r.rsplit_once('.').map(|(_, last)| last))
            .collect();
        parameter.is_some_and(|p| {
            p.uses()
                .any(|u| endings.iter().any(|e| chain_of(u).0.ends_with(&format!(".{e}"))))
        })
    }
}

/// The call with the parentheses around it.
fn outermost(mut call: Node<'_>) -> Node<'_> {
    while let Some(parent) = call.parent().filter(|p| p.is(Kind::ParenthesizedExpression)) {
        call = parent;
    }
    call
}

/// Where a use stands for the function that declares its local: at the literal that captures it.
fn outside_literals<'a>(use_: Node<'a>, local: Local<'a>) -> Node<'a> {
    use_.literal_inside(local.declaration()).unwrap_or(use_)
}

/// By which statement a literal is called where it stands: `defer`, `go` or a plain call.
fn called_how(literal: Node<'_>) -> Option<Kind> {
    let call = literal
        .parent()
        .filter(|p| p.is(Kind::CallExpression) && literal.field_name() == Field::Function)?;
    call.parent().map(Node::kind)
}

/// The selectors behind a name: `.Body.Close` with the outermost of them.
fn chain_of(use_: Node<'_>) -> (String, Node<'_>) {
    let mut chain = String::new();
    let mut top = use_;
    while let Some(parent) = top.parent().filter(|p| p.is(Kind::SelectorExpression)) {
        let Some(field) = parent.field(Field::Field) else {
            break;
        };
        chain.push('.');
        chain.push_str(field.text());
        top = parent;
    }
    (chain, top)
}

/// `_ = x`.
fn is_blank_assignment(use_: Node<'_>) -> bool {
    let targets = use_.targets();
    !targets.is_empty() && targets.iter().all(|t| t.text() == "_")
}
