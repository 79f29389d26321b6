//! Which declaration a name means, within a file: Go's block scopes, resolved in one pass over the tree.
//!
//! The pass keeps one stack of what is open: scopes, and declarations that take effect where their statement ends.

use rustc_hash::FxHashMap;

use super::super::syntax::{Field, Kind, NodeId, Tree};

/// How a local name came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalKind {
    /// `x := …`, `var x …`.
    Variable,
    /// A parameter of a function or literal.
    Parameter,
    /// A named result.
    Result,
    /// The receiver of a method.
    Receiver,
    /// `for x := range …`.
    Range,
    /// `case x := <-ch`.
    Received,
    /// `switch x := y.(type)`.
    TypeSwitch,
    /// A local constant.
    Constant,
    /// A local type or a type parameter.
    Type,
}

/// A local name.
#[derive(Debug, Clone)]
pub(in crate::audit) struct LocalData {
    pub kind: LocalKind,
    /// The identifier that declares it.
    pub name: NodeId,
    /// The statement, specification or parameter that declares it.
    pub definition: NodeId,
    /// Where it can be seen: the block, clause, statement or function.
    pub scope: NodeId,
    /// Every other identifier that means it, in source order.
    pub uses: Vec<NodeId>,
}

/// The local names of a file.
#[derive(Debug, Default)]
pub(in crate::audit) struct Names {
    pub locals: Vec<LocalData>,
    pub by_node: FxHashMap<NodeId, u32>,
}

impl Names {
    /// Resolves the names of a file.
    pub(in crate::audit) fn of(tree: &Tree) -> Self {
        let mut pass = Pass {
            tree,
            names: Self::default(),
            open: Vec::new(),
            visible: FxHashMap::default(),
        };
        for id in 1..tree.node_count() {
            pass.close_until(id);
            pass.node(id);
        }
        pass.names
    }
}

enum Open {
    Scope {
        node: NodeId,
        end: NodeId,
        /// What the names declared here meant outside.
        hidden: Vec<(String, Option<u32>)>,
    },
    /// Names that can be seen from `end` on.
    Pending {
        end: NodeId,
        kind: LocalKind,
        definition: NodeId,
        names: Vec<NodeId>,
    },
}

struct Pass<'t> {
    tree: &'t Tree,
    names: Names,
    open: Vec<Open>,
    visible: FxHashMap<String, u32>,
}

impl Pass<'_> {
    fn close_until(&mut self, id: NodeId) {
        let is_over = |open: &Open| match open {
            Open::Scope { end, .. } | Open::Pending { end, .. } => *end <= id,
        };
        while self.open.last().is_some_and(is_over) {
            match self.open.pop() {
                Some(Open::Scope { hidden, .. }) => self.restore(hidden),
                Some(Open::Pending {
                    kind,
                    definition,
                    names,
                    ..
                }) => self.declare_all(kind, definition, &names),
                None => return,
            }
        }
    }

    fn restore(&mut self, hidden: Vec<(String, Option<u32>)>) {
        for (name, outside) in hidden.into_iter().rev() {
            match outside {
                Some(local) => self.visible.insert(name, local),
                None => self.visible.remove(&name),
            };
        }
    }

    fn node(&mut self, id: NodeId) {
        let kind = self.tree.kind(id);
        match kind {
            Kind::Identifier | Kind::TypeIdentifier => self.name(id),
            Kind::ShortVarDeclaration => {
                self.pending(LocalKind::Variable, id, self.tree.child(id, Field::Left));
            }
            Kind::RangeClause | Kind::ReceiveStatement if self.defines(id) => {
                let kind = if kind == Kind::RangeClause {
                    LocalKind::Range
                } else {
                    LocalKind::Received
                };
                self.pending(kind, id, self.tree.child(id, Field::Left));
            }
            Kind::VarSpec | Kind::ConstSpec if self.is_local() => {
                let kind = if kind == Kind::VarSpec {
                    LocalKind::Variable
                } else {
                    LocalKind::Constant
                };
                self.pending_fields(kind, id);
            }
            Kind::TypeSpec | Kind::TypeAlias if self.is_local() => self.now(LocalKind::Type, id),
            Kind::TypeParameterDeclaration => self.now(LocalKind::Type, id),
            Kind::ParameterDeclaration | Kind::VariadicParameterDeclaration => self.parameter(id),
            _ => {}
        }
        if self.is_scope(id) {
            self.open.push(Open::Scope {
                node: id,
                end: self.tree.end(id),
                hidden: Vec::new(),
            });
        }
        if kind == Kind::TypeSwitchStatement {
            let alias = self.tree.child(id, Field::Alias);
            let names = alias.map_or(Vec::new(), |list| self.listed(list));
            self.declare_all(LocalKind::TypeSwitch, id, &names);
        }
    }

    fn is_local(&self) -> bool {
        !self.open.is_empty()
    }

    fn is_scope(&self, id: NodeId) -> bool {
        let kind = self.tree.kind(id);
        match kind {
            // A function's body shares the scope of its parameters.
            Kind::Block => !self
                .tree
                .parent(id)
                .is_some_and(|p| self.tree.kind(p).is_function()),
            Kind::IfStatement
            | Kind::ForStatement
            | Kind::ExpressionSwitchStatement
            | Kind::TypeSwitchStatement
            | Kind::FunctionType
            | Kind::TypeSpec
            | Kind::MethodElem => true,
            _ => kind.is_function() || kind.is_case(),
        }
    }

    /// `for i := range`, `case v := <-ch`, as against `=`.
    fn defines(&self, id: NodeId) -> bool {
        let (Some(left), Some(right)) = (
            self.tree.child(id, Field::Left),
            self.tree.child(id, Field::Right),
        ) else {
            return false;
        };
        let between = self.tree.slice(self.tree.span(left).1, self.tree.span(right).0);
        between.contains(":=")
    }

    fn listed(&self, list: NodeId) -> Vec<NodeId> {
        let is_name = |id: &NodeId| self.tree.kind(*id) == Kind::Identifier;
        if self.tree.kind(list) == Kind::ExpressionList {
            self.tree.children(list).filter(is_name).collect()
        } else {
            Some(list).filter(is_name).into_iter().collect()
        }
    }

    fn pending(&mut self, kind: LocalKind, id: NodeId, list: Option<NodeId>) {
        let names = list.map_or(Vec::new(), |list| self.listed(list));
        self.open.push(Open::Pending {
            end: self.tree.end(id),
            kind,
            definition: id,
            names,
        });
    }

    fn pending_fields(&mut self, kind: LocalKind, id: NodeId) {
        let names = self.named(id);
        self.open.push(Open::Pending {
            end: self.tree.end(id),
            kind,
            definition: id,
            names,
        });
    }

    fn named(&self, id: NodeId) -> Vec<NodeId> {
        let is_name = |c: &NodeId| self.tree.field(*c) == Field::Name;
        self.tree.children(id).filter(is_name).collect()
    }

    fn now(&mut self, kind: LocalKind, id: NodeId) {
        let names = self.named(id);
        self.declare_all(kind, id, &names);
    }

    fn parameter(&mut self, id: NodeId) {
        let list = self.tree.parent(id).unwrap_or(0);
        let kind = match self.tree.field(list) {
            Field::Result => LocalKind::Result,
            Field::Receiver => LocalKind::Receiver,
            _ => LocalKind::Parameter,
        };
        self.now(kind, id);
        // `func (s *Set[T])`: T is declared by its use.
        if kind == LocalKind::Receiver {
            let inside = id..self.tree.end(id);
            let arguments = inside.clone().find(|c| self.tree.kind(*c) == Kind::TypeArguments);
            let is_name = |c: &NodeId| self.tree.kind(*c) == Kind::TypeIdentifier;
            let names: Vec<NodeId> =
                arguments.map_or(Vec::new(), |a| (a..self.tree.end(a)).filter(is_name).collect());
            self.declare_all(LocalKind::Type, id, &names);
        }
    }

    fn declare_all(&mut self, kind: LocalKind, definition: NodeId, names: &[NodeId]) {
        for name in names {
            self.declare(kind, definition, *name);
        }
    }

    /// `:=` declares only what this scope does not have yet.
    fn declare(&mut self, kind: LocalKind, definition: NodeId, name: NodeId) {
        let text = self.tree.node_text(name).to_string();
        let next = u32::try_from(self.names.locals.len()).unwrap_or(u32::MAX);
        let scope = self.open.iter_mut().rev().find_map(|open| match open {
            Open::Scope { node, hidden, .. } => Some((*node, hidden)),
            Open::Pending { .. } => None,
        });
        let Some((scope, hidden)) = scope else { return };
        let is_again = self.tree.kind(definition) == Kind::ShortVarDeclaration
            && hidden.iter().any(|(known, _)| *known == text);
        if is_again && let Some(&local) = self.visible.get(&text) {
            self.use_of(local, name);
            return;
        }
        hidden.push((text.clone(), self.visible.get(&text).copied()));
        self.visible.insert(text, next);
        self.names.by_node.insert(name, next);
        self.names.locals.push(LocalData {
            kind,
            name,
            definition,
            scope,
            uses: Vec::new(),
        });
    }

    fn use_of(&mut self, local: u32, name: NodeId) {
        self.names.by_node.insert(name, local);
        if let Some(data) = self.names.locals.get_mut(local as usize) {
            let at = data.uses.partition_point(|use_| *use_ < name);
            data.uses.insert(at, name);
        }
    }

    /// A use, unless the name stands where it declares something or names a field.
    fn name(&mut self, id: NodeId) {
        if self.tree.field(id) == Field::Name || self.is_declared_here(id) || self.is_struct_key(id) {
            return;
        }
        if let Some(&local) = self.visible.get(self.tree.node_text(id)) {
            self.use_of(local, id);
        }
    }

    /// The left side of a `:=` is resolved when its statement ends.
    fn is_declared_here(&self, id: NodeId) -> bool {
        let is_pending = |open: &Open| match open {
            Open::Pending { names, .. } => names.contains(&id),
            Open::Scope { .. } => false,
        };
        self.names.by_node.contains_key(&id) || self.open.last().is_some_and(is_pending)
    }

    /// `Name` in `T{Name: v}`; in maps, slices and arrays keys are expressions.
    fn is_struct_key(&self, id: NodeId) -> bool {
        let parent = |id: NodeId| self.tree.parent(id).unwrap_or(0);
        let element = parent(id);
        if self.tree.kind(element) != Kind::LiteralElement || self.tree.field(element) != Field::Key {
            return false;
        }
        let value = parent(parent(element));
        let literal = parent(value);
        let kind = self.tree.child(literal, Field::Type).map(|t| self.tree.kind(t));
        !matches!(
            kind,
            Some(Kind::MapType | Kind::SliceType | Kind::ArrayType | Kind::ImplicitLengthArrayType)
        )
    }
}
