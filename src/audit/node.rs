//! [`Node`]: one place of the source, with everything that can be asked of it. This file holds what the syntax alone
//! answers; names, types and paths are added beside their own modules.

use super::program::{File, Package, Program};
use super::syntax::{Field, Kind, NodeId, Tree};

/// A node of the syntax tree of a file of a program. Cheap to copy; two nodes are equal when they are the same place.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    pub(super) program: &'a Program,
    pub(super) file: u32,
    pub(super) id: NodeId,
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.file, self.id) == (other.file, other.id)
    }
}

impl Eq for Node<'_> {}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:?}@{}:{} {}",
            self.kind(),
            self.line(),
            self.column(),
            self.text()
        )
    }
}

/// What it is and where it stands.
impl<'a> Node<'a> {
    /// What it is.
    pub fn kind(self) -> Kind {
        self.tree().kind(self.id)
    }

    /// Whether it is of this kind.
    pub fn is(self, kind: Kind) -> bool {
        self.kind() == kind
    }

    /// By which name its parent holds it.
    pub fn field_name(self) -> Field {
        self.tree().field(self.id)
    }

    /// Its source, as written.
    pub fn text(self) -> &'a str {
        let (start, stop) = self.span();
        self.tree().slice(start, stop)
    }

    /// First byte and the byte after the last.
    pub fn span(self) -> (u32, u32) {
        self.tree().span(self.id)
    }

    /// Line of its first byte, from 1.
    pub fn line(self) -> u32 {
        self.tree().line_of(self.span().0)
    }

    /// Column of its first byte, in bytes from 1.
    pub fn column(self) -> u32 {
        self.tree().column_of(self.span().0)
    }

    /// Line and column of its last byte.
    pub fn end_position(self) -> (u32, u32) {
        let (start, stop) = self.span();
        let last = stop.saturating_sub(1).max(start);
        (self.tree().line_of(last), self.tree().column_of(last))
    }

    /// Whether it stands in a statement that could not be read; rules are not called for such nodes.
    pub fn is_broken(self) -> bool {
        self.tree().is_broken(self.id)
    }

    /// Whether anything in it could not be read.
    pub fn has_broken(self) -> bool {
        self.tree().broken_count() > 0 && self.descendants().any(Node::is_broken)
    }

    /// A number that tells it from the other nodes of its file, for sets.
    pub fn place_number(self) -> u32 {
        self.id
    }

    /// The file that holds it.
    pub fn file(self) -> File<'a> {
        File {
            program: self.program,
            index: self.file,
        }
    }

    /// The package that holds it.
    pub fn package(self) -> Package<'a> {
        self.file().package()
    }

    pub(super) fn tree(self) -> &'a Tree {
        self.program.tree(self.file)
    }

    pub(super) fn at(self, id: NodeId) -> Self {
        Self { id, ..self }
    }
}

/// Its neighbours.
impl<'a> Node<'a> {
    /// The node around it; `None` for the file.
    pub fn parent(self) -> Option<Self> {
        self.tree().parent(self.id).map(|id| self.at(id))
    }

    /// The nodes around it, innermost first.
    pub fn ancestors(self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), |node| node.parent())
    }

    /// Its children in order; operators are children too, comments and other tokens are not.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let last = self.tree().end(self.id);
        let first = Some(self.id + 1).filter(|id| *id < last);
        let next = move |id: &NodeId| Some(self.tree().end(*id)).filter(|id| *id < last);
        std::iter::successors(first, next).map(move |id| self.at(id))
    }

    /// The child at an index.
    pub fn child(self, index: usize) -> Option<Self> {
        self.children().nth(index)
    }

    /// The first child that its parent holds by this name.
    pub fn field(self, field: Field) -> Option<Self> {
        self.children().find(|child| child.field_name() == field)
    }

    /// All children that their parent holds by this name.
    pub fn fields(self, field: Field) -> impl Iterator<Item = Self> {
        self.children().filter(move |child| child.field_name() == field)
    }

    /// The child of a field as a list: the elements of an expression list, or the one expression.
    pub fn list(self, field: Field) -> Vec<Self> {
        match self.field(field) {
            Some(list) if list.is(Kind::ExpressionList) => list.children().collect(),
            Some(one) => vec![one],
            None => Vec::new(),
        }
    }

    /// Everything below it in source order, without itself.
    pub fn descendants(self) -> impl Iterator<Item = Self> {
        (self.id + 1..self.tree().end(self.id)).map(move |id| self.at(id))
    }

    /// Everything below it of one kind.
    pub fn find_all(self, kind: Kind) -> impl Iterator<Item = Self> {
        self.descendants().filter(move |node| node.is(kind))
    }

    /// Everything below it, without what stands inside function literals; the literals themselves are given.
    pub fn descendants_here(self) -> impl Iterator<Item = Self> {
        let last = self.tree().end(self.id);
        let first = Some(self.id + 1).filter(|id| *id < last);
        let next = move |id: &NodeId| {
            let skip = self.tree().kind(*id) == Kind::FuncLiteral;
            let next = if skip { self.tree().end(*id) } else { id + 1 };
            Some(next).filter(|id| *id < last)
        };
        std::iter::successors(first, next).map(move |id| self.at(id))
    }

    /// Whether another node is this one or stands inside it.
    pub fn contains(self, other: Self) -> bool {
        self.file == other.file && (self.id..self.tree().end(self.id)).contains(&other.id)
    }

    /// The node without the parentheses around it.
    pub fn unparen(self) -> Self {
        let inner = |node: &Self| {
            node.is(Kind::ParenthesizedExpression)
                .then(|| node.child(0))
                .flatten()
        };
        std::iter::successors(Some(self), inner).last().unwrap_or(self)
    }

    /// The next node that its parent holds.
    pub fn next_sibling(self) -> Option<Self> {
        let next = self.tree().end(self.id);
        let parent = self.parent()?;
        (next < self.tree().end(parent.id)).then(|| self.at(next))
    }

    /// The node before it in its parent.
    pub fn previous_sibling(self) -> Option<Self> {
        let before = |node: &Self| node.id < self.id;
        self.parent()?.children().take_while(before).last()
    }
}

/// Where it stands among statements, loops and functions.
impl<'a> Node<'a> {
    /// The nearest node of this kind around it.
    pub fn enclosing(self, kind: Kind) -> Option<Self> {
        self.ancestors().find(|node| node.is(kind))
    }

    /// The smallest statement that is it or holds it.
    pub fn statement(self) -> Option<Self> {
        let mut around = std::iter::once(self).chain(self.ancestors());
        around.find(|node| node.kind().is_statement() && !node.is(Kind::Block))
    }

    /// The declaration, method or literal around it; for a function the one outside it.
    pub fn enclosing_function(self) -> Option<Self> {
        self.ancestors().find(|node| node.kind().is_function())
    }

    /// The declaration or method around it, or it itself, literals passed over.
    pub fn enclosing_declaration(self) -> Option<Self> {
        let mut around = std::iter::once(self).chain(self.ancestors());
        around.find(|node| matches!(node.kind(), Kind::FunctionDeclaration | Kind::MethodDeclaration))
    }

    /// The function literal with which it is captured, counted from a node outside: the outermost literal that holds
    /// it and not `outside`.
    pub fn literal_inside(self, outside: Self) -> Option<Self> {
        let inside = self.ancestors().take_while(|node| !node.contains(outside));
        inside.filter(|node| node.is(Kind::FuncLiteral)).last()
    }

    /// The loops whose body holds it, innermost first, within the same function or literal. What stands in a loop's
    /// header is not in that loop.
    pub fn enclosing_loops(self) -> impl Iterator<Item = Self> {
        let mut inside = self;
        let here = self
            .ancestors()
            .take_while(|node| !node.kind().is_function() || node.is(Kind::SourceFile));
        here.filter(move |node| {
            let is_body = inside.field_name() == Field::Body;
            inside = *node;
            node.kind().is_loop() && is_body
        })
    }

    /// The innermost loop whose body holds it, within the same function or literal.
    pub fn enclosing_loop(self) -> Option<Self> {
        self.enclosing_loops().next()
    }

    /// The statements of a block or clause, in order.
    pub fn statements(self) -> impl Iterator<Item = Self> {
        self.children().filter(|child| {
            (child.kind().is_statement() || child.is(Kind::Error)) && child.field_name() == Field::None
        })
    }

    /// The body of a function, loop or literal.
    pub fn body(self) -> Option<Self> {
        self.field(Field::Body)
    }
}
