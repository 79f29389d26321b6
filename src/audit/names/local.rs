//! [`Local`]: a parameter or local variable with its uses.

use super::super::node::Node;
use super::super::syntax::{Field, Kind};
use super::scope::{LocalData, LocalKind};

/// A name that a function declares: variable, parameter, result, receiver.
#[derive(Clone, Copy)]
pub struct Local<'a> {
    pub(in crate::audit) home: Node<'a>,
    pub(in crate::audit) index: u32,
}

impl PartialEq for Local<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.home.file, self.index) == (other.home.file, other.index)
    }
}

impl Eq for Local<'_> {}

impl<'a> Node<'a> {
    /// The local that an identifier means; `None` for names of the package, imports and what is not a name.
    pub fn local(self) -> Option<Local<'a>> {
        let names = &self.program.files.get(self.file as usize)?.names;
        let index = *names.by_node.get(&self.unparen().id)?;
        Some(Local { home: self, index })
    }

    /// The locals that are declared inside it, in source order.
    pub fn locals(self) -> impl Iterator<Item = Local<'a>> {
        let is_name = |n: &Node<'a>| matches!(n.kind(), Kind::Identifier | Kind::TypeIdentifier);
        let own = |n: Node<'a>| n.local().filter(|l| l.declaration() == n);
        self.descendants().filter(is_name).filter_map(own)
    }

    /// Whether any of these locals is used in it.
    pub fn uses_any(self, locals: &[Local<'a>]) -> bool {
        std::iter::once(self)
            .chain(self.descendants())
            .filter(|n| n.is(Kind::Identifier))
            .any(|n| n.local().is_some_and(|l| locals.contains(&l)))
    }

    /// Whether a local is used in it.
    pub fn uses(self, local: Local<'a>) -> bool {
        self.uses_any(&[local])
    }
}

impl<'a> Local<'a> {
    fn data(self) -> Option<&'a LocalData> {
        let file = self.home.program.files.get(self.home.file as usize)?;
        file.names.locals.get(self.index as usize)
    }

    /// How it came to be.
    pub fn kind(self) -> LocalKind {
        self.data().map_or(LocalKind::Variable, |d| d.kind)
    }

    /// Its name.
    pub fn name(self) -> &'a str {
        self.declaration().text()
    }

    /// The identifier that declares it.
    pub fn declaration(self) -> Node<'a> {
        self.home.at(self.data().map_or(0, |d| d.name))
    }

    /// What declares it: `ShortVarDeclaration`, `VarSpec`, `ParameterDeclaration`, `RangeClause`, …
    pub fn definition(self) -> Node<'a> {
        self.home.at(self.data().map_or(0, |d| d.definition))
    }

    /// Where it can be seen: the block, clause, statement or function.
    pub fn scope(self) -> Node<'a> {
        self.home.at(self.data().map_or(0, |d| d.scope))
    }

    /// The function or literal that declares it.
    pub fn function(self) -> Option<Node<'a>> {
        let name = self.declaration();
        let scope = self.scope();
        if scope.kind().is_function() {
            return Some(scope);
        }
        name.enclosing_function()
    }

    /// The expression with which it is declared; `None` without one, or where one call gives several values.
    pub fn initial_value(self) -> Option<Node<'a>> {
        value_for(self.definition(), self.declaration())
    }

    /// The type written at its declaration.
    pub fn type_node(self) -> Option<Node<'a>> {
        let definition = self.definition();
        let has_type = matches!(
            definition.kind(),
            Kind::VarSpec | Kind::ConstSpec | Kind::ParameterDeclaration | Kind::VariadicParameterDeclaration
        );
        has_type.then(|| definition.field(Field::Type)).flatten()
    }

    /// Every identifier that means it, in source order, without the one that declares it.
    pub fn uses(self) -> impl Iterator<Item = Node<'a>> {
        let uses = self.data().map_or(&[][..], |d| &d.uses);
        uses.iter().map(move |id| self.home.at(*id))
    }

    /// The uses that assign to it: `x = …`, `x += …`, `x++`, a later `:=`, a range that sets it.
    pub fn writes(self) -> impl Iterator<Item = Node<'a>> {
        self.uses().filter(|use_| use_.is_assigned())
    }

    /// The uses that are not plain assignments to it.
    pub fn reads(self) -> impl Iterator<Item = Node<'a>> {
        self.uses().filter(|use_| !use_.is_assigned())
    }

    /// Whether nothing assigns to it after its declaration, and nobody takes its address.
    pub fn is_assigned_once(self) -> bool {
        self.uses().all(|use_| {
            let parent = use_.parent();
            let is_addressed =
                parent.is_some_and(|p| p.is(Kind::UnaryExpression) && p.text().starts_with('&'));
            !use_.is_assigned() && !is_addressed
        })
    }

    /// Whether it is used behind a node: later in the source, or earlier in a loop that holds both.
    pub fn is_used_after(self, node: Node<'a>) -> bool {
        let last = node.tree().end(node.id);
        let around: Vec<_> = node.enclosing_loops().collect();
        let is_outside = |l: &Node<'a>| !l.contains(self.declaration());
        let again = around.into_iter().rfind(is_outside);
        self.uses()
            .any(|use_| use_.id >= last || again.is_some_and(|l| l.contains(use_) && !node.contains(use_)))
    }

    /// Whether a function literal uses it that does not declare it.
    pub fn is_captured(self) -> bool {
        let declaration = self.declaration();
        self.uses().any(|use_| use_.literal_inside(declaration).is_some())
    }
}

impl<'a> Node<'a> {
    /// Whether this expression is what an assignment, `:=`, `++`, `--` or range sets.
    pub fn is_assigned(self) -> bool {
        let Some(parent) = self.parent() else {
            return false;
        };
        let (target, statement) = if parent.is(Kind::ExpressionList) {
            (parent, parent.parent())
        } else {
            (self, Some(parent))
        };
        statement.is_some_and(|s| match s.kind() {
            Kind::IncStatement | Kind::DecStatement => true,
            Kind::AssignmentStatement
            | Kind::ShortVarDeclaration
            | Kind::RangeClause
            | Kind::ReceiveStatement => target.field_name() == Field::Left,
            _ => false,
        })
    }

    /// The value that an assigned expression or declared name gets in its statement.
    pub fn assigned_value(self) -> Option<Self> {
        let parent = self.parent()?;
        let statement = if parent.is(Kind::ExpressionList) {
            parent.parent()?
        } else {
            parent
        };
        value_for(statement, self)
    }

    /// The targets that get the values of an expression standing alone on the right: of `a, err := f()` the two names
    /// for `f()`; empty where it is not assigned.
    pub fn targets(self) -> Vec<Self> {
        let Some(list) = self.parent().filter(|p| p.is(Kind::ExpressionList)) else {
            return Vec::new();
        };
        let Some(statement) = list.parent() else {
            return Vec::new();
        };
        let left: Vec<Self> = match statement.kind() {
            Kind::ShortVarDeclaration | Kind::AssignmentStatement => statement.list(Field::Left),
            Kind::VarSpec => statement.fields(Field::Name).collect(),
            _ => Vec::new(),
        };
        let count = list.children().count();
        if count == 1 {
            return left;
        }
        let at = list.children().position(|c| c == self);
        at.and_then(|at| left.get(at).copied()).into_iter().collect()
    }
}

/// The expression that a statement gives to a name of its left side.
fn value_for<'a>(statement: Node<'a>, name: Node<'a>) -> Option<Node<'a>> {
    let (left, right): (Vec<_>, Vec<_>) = match statement.kind() {
        Kind::ShortVarDeclaration | Kind::AssignmentStatement => {
            (statement.list(Field::Left), statement.list(Field::Right))
        }
        Kind::VarSpec | Kind::ConstSpec => (
            statement.fields(Field::Name).collect(),
            statement.list(Field::Value),
        ),
        _ => return None,
    };
    let at = left.iter().position(|l| *l == name)?;
    (left.len() == right.len())
        .then(|| right.get(at).copied())
        .flatten()
}
