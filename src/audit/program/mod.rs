//! A [`Program`]: parsed files with what they say of themselves, grouped into packages with their tables.
//!
//! ```text
//!  Program ── Package ── File ── Node
//!     │          └ tables: types, functions, methods, variables, over all files of the folder and package name
//!     └ stubs: the standard library's signatures as packages of their own, so that lookup is one thing
//! ```

mod facts;
mod gomod;
mod package;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::names::Names;
use super::node::Node;
use super::syntax::Tree;

pub use facts::{Facts, Import, Suppression};
pub use gomod::{GoVersion, Module};
pub(super) use package::Tables;
pub use package::{File, Package};

/// A file with its tree and what is known of it alone.
#[derive(Debug)]
pub(super) struct FileData {
    pub path: String,
    pub tree: Tree,
    pub facts: Facts,
    pub names: Names,
    pub package: u32,
}

/// A package: the files of a folder that share a package name.
#[derive(Debug, Default)]
pub(super) struct PackageData {
    pub path: Arc<str>,
    pub folder: String,
    pub name: String,
    pub files: Vec<u32>,
    pub tables: Tables,
    pub go: Option<GoVersion>,
    pub is_stub: bool,
}

/// Parsed files and their packages. Files are numbered as given, behind the stubs of the standard library.
#[derive(Debug, Default)]
pub struct Program {
    pub(super) files: Vec<Arc<FileData>>,
    pub(super) packages: Vec<PackageData>,
    pub(super) by_path: FxHashMap<Arc<str>, u32>,
    pub(super) modules: Vec<Module>,
    pub(super) stubs: u32,
    pub(super) graph: super::graph::NameGraph,
    /// The texts of the `*.sql` files beside the sources.
    pub(super) sql: Vec<String>,
    pub(super) database: std::sync::OnceLock<super::sql::DatabaseFacts>,
}

impl Program {
    /// Parsed files under their relative paths, in any order, with the go.mod files around them.
    pub fn new(mut trees: Vec<(String, Tree)>, modules: Vec<Module>, go: Option<GoVersion>) -> Self {
        trees.sort_by(|a, b| a.0.cmp(&b.0));
        let mut program = Self {
            modules,
            ..super::types::stubs()
        };
        program.add(trees, go);
        program.graph = super::graph::NameGraph::of(&program);
        program
    }

    /// Groups files into packages and makes their tables; a package of the sources wins over a stub of its path.
    pub(super) fn add(&mut self, trees: Vec<(String, Tree)>, go: Option<GoVersion>) {
        use rayon::prelude::*;
        let first = self.files.len();
        let mut files: Vec<FileData> = trees
            .into_par_iter()
            .map(|(path, tree)| names_of(&path, tree, 0))
            .collect();
        let mut known: FxHashMap<(String, String), u32> = FxHashMap::default();
        for (index, file) in files.iter_mut().enumerate() {
            let folder = folder_of(&file.path).to_string();
            let key = (folder.clone(), file.facts.package.clone());
            let index = u32::try_from(first + index).unwrap_or(u32::MAX);
            let next = u32::try_from(self.packages.len()).unwrap_or(u32::MAX);
            file.package = *known.entry(key).or_insert_with(|| {
                self.packages.push(self.package(folder, &file.facts.package, go));
                next
            });
            if let Some(package) = self.packages.get_mut(file.package as usize) {
                package.files.push(index);
            }
        }
        self.files.extend(files.into_iter().map(Arc::new));
        self.index_packages(first);
    }

    fn package(&self, folder: String, name: &str, go: Option<GoVersion>) -> PackageData {
        let module = self.module_of(&folder);
        let path = module.and_then(|m| m.import_path(&folder));
        let mut path = path.unwrap_or_else(|| folder.clone());
        if name.ends_with("_test") && !path.ends_with("_test") {
            path.push_str("_test");
        }
        PackageData {
            path: path.into(),
            name: name.to_string(),
            go: go.or(module.and_then(|m| m.go)),
            folder,
            ..PackageData::default()
        }
    }

    fn index_packages(&mut self, first_file: usize) {
        let files = &self.files;
        for (index, package) in self.packages.iter_mut().enumerate() {
            let is_new = package.files.first().is_some_and(|f| *f as usize >= first_file);
            if is_new {
                package.tables = Tables::of(files, &package.files);
                self.by_path
                    .insert(package.path.clone(), u32::try_from(index).unwrap_or(u32::MAX));
            }
        }
    }

    /// What the rules about databases must know of the whole, found out when it is first asked.
    pub fn database_facts(&self) -> &super::sql::DatabaseFacts {
        let of = || super::sql::DatabaseFacts::of(self, &self.sql);
        self.database.get_or_init(of)
    }

    /// The innermost module that holds a folder.
    pub fn module_of(&self, folder: &str) -> Option<&Module> {
        let around = self.modules.iter().filter(|m| m.import_path(folder).is_some());
        around.max_by_key(|m| m.folder.len())
    }

    /// The files of the sources, in order of their paths, without stubs.
    pub fn files(&self) -> impl Iterator<Item = File<'_>> {
        let last = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        (self.stubs..last).map(|index| File { program: self, index })
    }

    /// The packages of the sources in order of their folders, without stubs.
    pub fn packages(&self) -> impl Iterator<Item = Package<'_>> {
        let of = |index| Package {
            program: self,
            index: u32::try_from(index).unwrap_or(u32::MAX),
        };
        let own = self.packages.iter().enumerate().filter(|(_, p)| !p.is_stub);
        own.map(move |(index, _)| of(index))
    }

    /// The package of an import path, from the sources or the stubs.
    pub fn package_at(&self, path: &str) -> Option<Package<'_>> {
        let index = *self.by_path.get(path)?;
        Some(Package { program: self, index })
    }

    pub(super) fn tree(&self, file: u32) -> &Tree {
        static EMPTY: std::sync::LazyLock<Tree> = std::sync::LazyLock::new(Tree::empty);
        self.files.get(file as usize).map_or(&EMPTY, |f| &f.tree)
    }

    pub(super) fn node(&self, file: u32, id: u32) -> Node<'_> {
        Node {
            program: self,
            file,
            id,
        }
    }
}

/// A file with its facts and names.
pub(super) fn names_of(path: &str, tree: Tree, package: u32) -> FileData {
    FileData {
        facts: facts::facts(path, &tree),
        names: Names::of(&tree),
        path: path.to_string(),
        tree,
        package,
    }
}

/// The folder of a path, without a slash at its end.
pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
