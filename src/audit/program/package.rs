//! Handles to files and packages, and the tables of a package.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::super::node::Node;
use super::super::syntax::{Field, Kind, Tree};
use super::{Facts, FileData, GoVersion, Import, PackageData, Program};

/// Where a declaration stands: file and node.
type At = (u32, u32);

/// What a package declares, by name.
#[derive(Debug, Default)]
pub(in crate::audit) struct Tables {
    /// `type_spec` or `type_alias`.
    pub types: FxHashMap<String, At>,
    /// `function_declaration`.
    pub functions: FxHashMap<String, At>,
    /// `method_declaration` by receiver and name.
    pub methods: FxHashMap<String, FxHashMap<String, At>>,
    /// The identifier in a `var_spec`.
    pub variables: FxHashMap<String, At>,
    /// The identifier in a `const_spec`.
    pub constants: FxHashMap<String, At>,
}

impl Tables {
    pub(in crate::audit) fn of(files: &[Arc<FileData>], own: &[u32]) -> Self {
        let mut tables = Self::default();
        for index in own {
            if let Some(file) = files.get(*index as usize) {
                tables.file(*index, &file.tree);
            }
        }
        tables
    }

    fn file(&mut self, file: u32, tree: &Tree) {
        let mut id = 1;
        while id < tree.node_count() {
            let is_walked = match tree.kind(id) {
                Kind::TypeDeclaration | Kind::VarDeclaration | Kind::ConstDeclaration => true,
                _ => {
                    self.declaration(file, tree, id);
                    false
                }
            };
            id = if is_walked { id + 1 } else { tree.end(id) };
        }
    }

    /// The first declaration of a name wins: files for other systems repeat them.
    fn declaration(&mut self, file: u32, tree: &Tree, id: u32) {
        let names = tree.children(id).filter(|c| tree.field(*c) == Field::Name);
        let table = match tree.kind(id) {
            Kind::TypeSpec | Kind::TypeAlias => &mut self.types,
            Kind::FunctionDeclaration => &mut self.functions,
            Kind::MethodDeclaration => {
                let receiver = receiver_name(tree, id).unwrap_or_default();
                self.methods.entry(receiver.to_string()).or_default()
            }
            Kind::VarSpec => &mut self.variables,
            Kind::ConstSpec => &mut self.constants,
            _ => return,
        };
        let is_spec = matches!(tree.kind(id), Kind::VarSpec | Kind::ConstSpec);
        for name in names {
            let text = tree.node_text(name).to_string();
            table
                .entry(text)
                .or_insert((file, if is_spec { name } else { id }));
        }
    }
}

/// `T` of `func (x *T[P]) M()`.
fn receiver_name(tree: &Tree, method: u32) -> Option<&str> {
    let list = tree.child(method, Field::Receiver)?;
    let is_name = |id: &u32| tree.kind(*id) == Kind::TypeIdentifier;
    (list..tree.end(list)).find(is_name).map(|id| tree.node_text(id))
}

/// A file of a program.
#[derive(Clone, Copy)]
pub struct File<'a> {
    pub(in crate::audit) program: &'a Program,
    pub(in crate::audit) index: u32,
}

impl<'a> File<'a> {
    fn data(self) -> Option<&'a FileData> {
        self.program.files.get(self.index as usize).map(AsRef::as_ref)
    }

    /// Its path relative to the root, with `/`.
    pub fn path(self) -> &'a str {
        self.data().map_or("", |f| &f.path)
    }

    /// What it says of itself.
    pub fn facts(self) -> &'a Facts {
        static NONE: std::sync::LazyLock<Facts> = std::sync::LazyLock::new(Facts::default);
        self.data().map_or(&NONE, |f| &f.facts)
    }

    /// Its import by the name that it uses here.
    pub fn import(self, name: &str) -> Option<&'a Import> {
        self.facts()
            .imports
            .iter()
            .find(|i| i.name == name && !name.is_empty())
    }

    /// Whether it imports a path, or one below it, by whatever name.
    pub fn imports(self, path: &str) -> bool {
        let below = |p: &str| {
            p.strip_prefix(path)
                .is_some_and(|r| r.is_empty() || r.starts_with('/'))
        };
        self.facts().imports.iter().any(|i| below(&i.path))
    }

    /// The whole file as a node.
    pub fn root(self) -> Node<'a> {
        self.program.node(self.index, 0)
    }

    /// Its package.
    pub fn package(self) -> Package<'a> {
        Package {
            program: self.program,
            index: self.data().map_or(0, |f| f.package),
        }
    }

    /// The language version of its module.
    pub fn go(self) -> GoVersion {
        self.package().go()
    }

    /// A line of its source (from 1) with its comments, without its end; empty beyond the file.
    pub fn line_text(self, line: u32) -> &'a str {
        self.program.tree(self.index).line_text(line)
    }

    /// How many statements could not be read.
    pub fn broken_count(self) -> u32 {
        self.program.tree(self.index).broken_count()
    }
}

/// A package of a program.
#[derive(Clone, Copy)]
pub struct Package<'a> {
    pub(in crate::audit) program: &'a Program,
    pub(in crate::audit) index: u32,
}

impl<'a> Package<'a> {
    pub(in crate::audit) fn data(self) -> Option<&'a PackageData> {
        self.program.packages.get(self.index as usize)
    }

    fn declared(self, table: impl Fn(&'a Tables) -> Option<&'a At>) -> Option<Node<'a>> {
        let &(file, id) = table(&self.data()?.tables)?;
        Some(self.program.node(file, id))
    }

    /// Its import path; of `package main` too, whose functions profiles call `main.F`.
    pub fn path(self) -> &'a str {
        self.data().map_or("", |p| &p.path)
    }

    /// Its folder relative to the root.
    pub fn folder(self) -> &'a str {
        self.data().map_or("", |p| &p.folder)
    }

    /// The name in its package clauses.
    pub fn name(self) -> &'a str {
        self.data().map_or("", |p| &p.name)
    }

    /// The language version of its module.
    pub fn go(self) -> GoVersion {
        self.data().and_then(|p| p.go).unwrap_or(GoVersion::NEWEST)
    }

    /// Whether it holds signatures only: a package of the standard library that is not among the sources.
    pub fn is_stub(self) -> bool {
        self.data().is_none_or(|p| p.is_stub)
    }

    /// Its files in order.
    pub fn files(self) -> impl Iterator<Item = File<'a>> {
        let files = self.data().map_or(&[][..], |p| &p.files);
        files.iter().map(move |index| File {
            program: self.program,
            index: *index,
        })
    }

    /// The declaration of a type: a `TypeSpec` or `TypeAlias`.
    pub fn type_named(self, name: &str) -> Option<Node<'a>> {
        self.declared(|t| t.types.get(name))
    }

    /// The declaration of a function.
    pub fn function_named(self, name: &str) -> Option<Node<'a>> {
        self.declared(|t| t.functions.get(name))
    }

    /// The declaration of a method of a type.
    pub fn method_named(self, receiver: &str, name: &str) -> Option<Node<'a>> {
        self.declared(|t| t.methods.get(receiver)?.get(name))
    }

    /// The identifier that declares a package variable, in its `VarSpec`.
    pub fn variable_named(self, name: &str) -> Option<Node<'a>> {
        self.declared(|t| t.variables.get(name))
    }

    /// The identifier that declares a constant, in its `ConstSpec`.
    pub fn constant_named(self, name: &str) -> Option<Node<'a>> {
        self.declared(|t| t.constants.get(name))
    }

    /// All types in source order.
    pub fn types(self) -> Vec<Node<'a>> {
        self.sorted(|t| t.types.values().copied().collect())
    }

    /// All functions and methods in source order, those of every system.
    pub fn functions(self) -> Vec<Node<'a>> {
        let is_function =
            |n: &Node<'a>| matches!(n.kind(), Kind::FunctionDeclaration | Kind::MethodDeclaration);
        let of_file = |f: File<'a>| f.root().children().filter(is_function).collect::<Vec<_>>();
        self.files().flat_map(of_file).collect()
    }

    /// The identifiers that declare package variables, in source order.
    pub fn variables(self) -> Vec<Node<'a>> {
        self.sorted(|t| t.variables.values().copied().collect())
    }

    /// The methods of a type in source order.
    pub fn methods_of(self, receiver: &str) -> Vec<Node<'a>> {
        self.sorted(|t| {
            t.methods
                .get(receiver)
                .map_or(Vec::new(), |m| m.values().copied().collect())
        })
    }

    fn sorted(self, list: impl Fn(&'a Tables) -> Vec<At>) -> Vec<Node<'a>> {
        let mut found = self.data().map_or(Vec::new(), |p| list(&p.tables));
        found.sort_unstable();
        found
            .into_iter()
            .map(|(file, id)| self.program.node(file, id))
            .collect()
    }
}
