//! What a file says of itself before its first declaration, and its suppressions.

use super::super::syntax::{Field, Kind, Tree};

/// An import as a file writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The path, such as `net/http`.
    pub path: String,
    /// The name by which this file calls it; empty for dot and blank imports.
    pub name: String,
    /// `import . "path"`.
    pub is_dot: bool,
    /// `import _ "path"`.
    pub is_blank: bool,
    /// Line from 1.
    pub line: u32,
}

/// A directive that silences rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Line of the comment, from 1.
    pub line: u32,
    /// Which rules, by their ids or the names of their peers; empty for all.
    pub rules: Vec<String>,
    /// The comment as written.
    pub text: String,
}

/// What a file says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The name in its package clause; empty where that is missing.
    pub package: String,
    /// Its imports in order.
    pub imports: Vec<Import>,
    /// `// Code generated … DO NOT EDIT.` stands before the package clause.
    pub is_generated: bool,
    /// Its name ends in `_test.go`.
    pub is_test: bool,
    /// Its build constraint, as written after `//go:build`; or the system that its name tells.
    pub constraint: Option<String>,
    /// Its suppressions in order.
    pub suppressions: Vec<Suppression>,
    /// Lines of `//perfplan:ignore` directives that name no rule or give no reason.
    pub bad_directives: Vec<u32>,
}

/// Reads the facts of a file.
pub(super) fn facts(path: &str, tree: &Tree) -> Facts {
    let mut facts = Facts {
        is_test: path.ends_with("_test.go"),
        constraint: constraint_of_name(path),
        ..Facts::default()
    };
    let mut package_line = u32::MAX;
    let mut id = 1;
    while id < tree.node_count() {
        match tree.kind(id) {
            Kind::PackageClause => {
                facts.package = tree.node_text(id + 1).to_string();
                package_line = tree.line_of(tree.span(id).0);
            }
            Kind::ImportSpec => facts.imports.extend(import(tree, id)),
            _ => {}
        }
        let is_walked = matches!(tree.kind(id), Kind::ImportDeclaration);
        id = if is_walked { id + 1 } else { tree.end(id) };
    }
    for (line, comment) in tree.comments() {
        facts.comment(line, comment, line < package_line);
    }
    facts
}

fn import(tree: &Tree, id: u32) -> Option<Import> {
    let path = tree
        .node_text(tree.child(id, Field::Path)?)
        .trim_matches(['"', '`'])
        .to_string();
    let name = tree.child(id, Field::Name);
    let kind = name.map(|n| tree.kind(n));
    let (is_dot, is_blank) = (kind == Some(Kind::Dot), kind == Some(Kind::BlankIdentifier));
    let name = match name {
        _ if is_dot || is_blank => String::new(),
        Some(name) => tree.node_text(name).to_string(),
        None => default_name(&path).to_string(),
    };
    Some(Import {
        path,
        name,
        is_dot,
        is_blank,
        line: tree.line_of(tree.span(id).0),
    })
}

/// The name of a package by its path: the last element without version, `go-` in front, `-go` or `.go` behind.
pub(super) fn default_name(path: &str) -> &str {
    let is_version = |part: &str| {
        part.strip_prefix('v')
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let last = path.rsplit('/').find(|part| !is_version(part)).unwrap_or(path);
    let last = match last.rsplit_once(".v") {
        Some((name, n)) if n.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => last,
    };
    let last = last.strip_prefix("go-").unwrap_or(last);
    last.strip_suffix("-go")
        .or_else(|| last.strip_suffix(".go"))
        .unwrap_or(last)
}

impl Facts {
    fn comment(&mut self, line: u32, text: &str, is_head: bool) {
        if is_head && text.starts_with("// Code generated ") && text.trim_end().ends_with(" DO NOT EDIT.") {
            self.is_generated = true;
        }
        if let Some(constraint) = text.strip_prefix("//go:build ").filter(|_| is_head) {
            self.constraint = Some(constraint.trim().to_string());
        }
        if let Some(rest) = text.strip_prefix("//perfplan:ignore") {
            let mut words = rest.split_whitespace();
            match (words.next(), words.next()) {
                (Some(rules), Some(_)) => self.suppress(line, rules.split(','), text),
                _ => self.bad_directives.push(line),
            }
        } else if let Some(rest) = text.strip_prefix("//nolint") {
            let names = rest.strip_prefix(':').and_then(|r| r.split_whitespace().next());
            if rest.is_empty() || rest.starts_with([':', ' ']) {
                self.suppress(line, names.into_iter().flat_map(|n| n.split(',')), text);
            }
        } else if let Some(rest) = text.strip_prefix("//lint:ignore ") {
            let names = rest.split_whitespace().next().unwrap_or_default();
            self.suppress(line, names.split(','), text);
        } else if let Some(rest) = text.strip_prefix("// #nosec").or(text.strip_prefix("//#nosec")) {
            let is_name =
                |word: &&str| word.starts_with('G') && word[1..].bytes().all(|b| b.is_ascii_digit());
            self.suppress(line, rest.split_whitespace().take_while(is_name), text);
        } else if text.starts_with("//bodyclose:handled") {
            self.suppress(line, ["bodyclose"].into_iter(), text);
        }
    }

    fn suppress<'a>(&mut self, line: u32, rules: impl Iterator<Item = &'a str>, text: &str) {
        self.suppressions.push(Suppression {
            line,
            rules: rules
                .map(|r| r.trim().to_string())
                .filter(|r| !r.is_empty())
                .collect(),
            text: text.to_string(),
        });
    }
}

const SYSTEMS: [&str; 14] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "illumos",
    "ios",
    "js",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "windows",
];
const MACHINES: [&str; 13] = [
    "386", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64",
    "s390x", "wasm",
];

/// `x_windows_arm64.go` is for one system only; linux and amd64 are what we take for granted.
fn constraint_of_name(path: &str) -> Option<String> {
    let name = path.rsplit('/').next()?.strip_suffix(".go")?;
    let name = name.strip_suffix("_test").unwrap_or(name);
    let mut parts = name.rsplit('_').take(2);
    let known = parts.find(|p| SYSTEMS.contains(p) || MACHINES.contains(p))?;
    name.contains('_').then(|| known.to_string())
}
