//! The audit itself: parse all files, walk each tree once for all rules, sort what they found.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::error::{Place, Warning};

use super::fingerprint::fingerprint;
use super::hit::{Hit, Hits};
use super::names::{Call, Function, pattern_names};
use super::node::Node;
use super::places::{Declared, declared};
use super::program::{File, GoVersion, Module, Package, Program};
use super::rule::{Check, Rule, Severity};
use super::sql::is_schema_file;
use super::syntax::{Kind, MAX_BYTES, Unparsed, parse};

/// What to audit and how.
#[derive(Debug, Clone)]
pub struct Options<'r> {
    /// The rules, in any order; [`rules::all`](super::rules::all) has them.
    pub rules: Vec<&'r Rule>,
    /// Hits in generated files too.
    pub generated: bool,
    /// Hits in `_test.go` files too.
    pub tests: bool,
    /// The language version; else that of the nearest go.mod, else the newest known.
    pub go: Option<GoVersion>,
    /// Only hits in these files; all where it is empty.
    pub only: Vec<String>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            rules: super::rules::all(),
            generated: false,
            tests: false,
            go: None,
            only: Vec::new(),
        }
    }
}

/// A file to audit.
#[derive(Debug, Clone)]
pub struct SourceText {
    /// Path relative to the root, with `/`. A `go.mod` tells module and version, a `*.sql` file the schema.
    pub path: String,
    /// Its source.
    pub text: String,
}

/// A file that gives no hits, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Skipped {
    /// Path relative to the root.
    pub file: String,
    /// Why, in a word or two.
    pub reason: String,
}

/// What an audit found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Audit {
    /// By file, line, column and rule; suppressed ones among them.
    pub hits: Vec<Hit>,
    /// How many files could give hits.
    pub audited: usize,
    /// The others, by path.
    pub skipped: Vec<Skipped>,
    /// By place.
    pub warnings: Vec<Warning>,
    /// All functions and methods, those of skipped files too, by file and line.
    #[serde(skip)]
    pub functions: Vec<Declared>,
    /// Path of the module at the root; `None` where no go.mod tells it.
    pub module: Option<String>,
    /// Language version of the root: as asked for, as go.mod says, or the newest known.
    #[serde(skip)]
    pub go: GoVersion,
}

/// Audits files. Their order makes no difference.
pub fn audit(sources: Vec<SourceText>, options: &Options<'_>) -> Audit {
    let (schema, sources): (Vec<_>, Vec<_>) = sources.into_iter().partition(|s| s.path.ends_with(".sql"));
    let (modules, files): (Vec<_>, Vec<_>) = sources.into_iter().partition(|s| is_go_mod(&s.path));
    let mut modules: Vec<Module> = modules.iter().map(module).collect();
    modules.sort_by(|a, b| a.folder.cmp(&b.folder));
    let mut audit = Audit::default();
    let parsed: Vec<_> = files
        .into_par_iter()
        .map(|file| {
            parse(&file.text)
                .map(|tree| (file.path.clone(), tree))
                .map_err(|why| (file.path, why))
        })
        .collect();
    let mut trees = Vec::with_capacity(parsed.len());
    for result in parsed {
        match result {
            Ok(tree) => trees.push(tree),
            Err((path, why)) => audit.skip(path, unparsed(why)),
        }
    }
    let mut program = Program::new(trees, modules, options.go);
    program.sql = audit.schema_texts(schema);
    audit.look(&program, options);
    audit
}

fn is_go_mod(path: &str) -> bool {
    path == "go.mod" || path.ends_with("/go.mod")
}

fn module(source: &SourceText) -> Module {
    let folder = source.path.trim_end_matches("go.mod").trim_end_matches('/');
    Module::parse(folder, &source.text)
}

fn unparsed(why: Unparsed) -> &'static str {
    match why {
        Unparsed::TooLarge => "larger than 2 MiB",
        Unparsed::TooDeep => "nested deeper than 2000 levels",
        Unparsed::TooHard => "too many syntax errors to recover from",
    }
}

impl Audit {
    fn skip(&mut self, file: String, reason: &str) {
        self.skipped.push(Skipped {
            file,
            reason: reason.to_string(),
        });
    }

    /// The texts that tell a schema, by their paths; one that is too large is skipped.
    fn schema_texts(&mut self, mut files: Vec<SourceText>) -> Vec<String> {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut texts = Vec::new();
        for file in files {
            if file.text.len() > MAX_BYTES {
                self.skip(file.path, unparsed(Unparsed::TooLarge));
            } else if is_schema_file(&file.path) {
                texts.push(file.text);
            }
        }
        texts
    }

    fn look(&mut self, program: &Program, options: &Options<'_>) {
        let mut files = Vec::new();
        for file in program.files() {
            match reason_to_skip(file, options) {
                Some(reason) => self.skip(file.path().to_string(), reason),
                None => files.push(file),
            }
            self.warnings.extend(warnings_of(file));
        }
        self.audited = files.len();
        self.functions = declared(program);
        let module = program.module_of("");
        self.module = module.map(|m| m.path.clone()).filter(|p| !p.is_empty());
        let go = options.go.or_else(|| module.and_then(|m| m.go));
        self.go = go.unwrap_or_default();
        let table = Table::of(&options.rules);
        let of_files: Vec<Vec<Hit>> = files.par_iter().map(|file| table.walk(*file)).collect();
        let packages: Vec<Package<'_>> = program.packages().collect();
        let of_packages: Vec<Vec<Hit>> = packages.par_iter().map(|p| table.package(*p)).collect();
        let is_wanted = |hit: &Hit| files.binary_search_by(|f| f.path().cmp(&hit.file)).is_ok();
        let of_packages = of_packages.into_iter().flatten().filter(is_wanted);
        let mut hits: Vec<Hit> = of_files.into_iter().flatten().chain(of_packages).collect();
        finish(&mut hits, program, &options.rules);
        self.hits = hits;
        self.skipped.sort();
        self.warnings
            .sort_by(|a, b| a.place.cmp(&b.place).then_with(|| a.code.cmp(&b.code)));
    }
}

fn reason_to_skip(file: File<'_>, options: &Options<'_>) -> Option<&'static str> {
    let facts = file.facts();
    if !options.only.is_empty() && !options.only.iter().any(|o| o == file.path()) {
        return Some("not asked for");
    }
    if facts.is_generated && !options.generated {
        return Some("generated");
    }
    (facts.is_test && !options.tests).then_some("test")
}

fn warnings_of(file: File<'_>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let broken = file.broken_count();
    if broken > 0 {
        let what = if broken == 1 { "statement" } else { "statements" };
        let text = format!("{broken} {what} could not be read and gave no hits");
        warnings.push(Warning::new("syntax-error", Place::input(file.path()), text));
    }
    for line in &file.facts().bad_directives {
        let place = Place::line(file.path(), u64::from(*line));
        let text = "//perfplan:ignore needs a rule and a reason";
        warnings.push(Warning::new("bad-directive", place, text));
    }
    warnings
}

type OnCall = fn(Call<'_>, &mut Hits<'_>);
type OnNode = fn(Node<'_>, &mut Hits<'_>);
type OnFile = fn(File<'_>, &mut Hits<'_>);
type OnPackage = fn(Package<'_>, &mut Hits<'_>);
type OnFunction = fn(Function<'_>, &mut Hits<'_>);

/// The rules by what they are called for.
struct Table<'r> {
    calls: FxHashMap<&'static str, Vec<(&'r Rule, &'static str, OnCall)>>,
    nodes: FxHashMap<Kind, Vec<(&'r Rule, OnNode)>>,
    functions: Vec<(&'r Rule, OnFunction)>,
    files: Vec<(&'r Rule, OnFile)>,
    packages: Vec<(&'r Rule, OnPackage)>,
}

impl<'r> Table<'r> {
    fn of(rules: &[&'r Rule]) -> Self {
        let mut table = Self {
            calls: FxHashMap::default(),
            nodes: FxHashMap::default(),
            functions: Vec::new(),
            files: Vec::new(),
            packages: Vec::new(),
        };
        for rule in rules {
            match rule.check {
                Check::Calls(patterns, check) => table.add_calls(rule, patterns, check),
                Check::Nodes(kinds, check) => {
                    for kind in kinds {
                        table.nodes.entry(*kind).or_default().push((rule, check));
                    }
                }
                Check::Functions(check) => table.functions.push((rule, check)),
                Check::Files(check) => table.files.push((rule, check)),
                Check::Packages(check) => table.packages.push((rule, check)),
            }
        }
        table
    }

    fn add_calls(&mut self, rule: &'r Rule, patterns: &[&'static str], check: OnCall) {
        for pattern in patterns {
            for name in pattern_names(pattern) {
                self.calls.entry(name).or_default().push((rule, pattern, check));
            }
        }
    }

    /// One walk of a file for all rules.
    fn walk(&self, file: File<'_>) -> Vec<Hit> {
        let go = file.go();
        let mut found = Vec::new();
        for (rule, check) in &self.files {
            run(rule, go, &mut found, |hits| check(file, hits));
        }
        let root = file.root();
        for node in root.descendants().filter(|n| !n.is_broken()) {
            for (rule, check) in self.nodes.get(&node.kind()).map_or(&[][..], Vec::as_slice) {
                run(rule, go, &mut found, |hits| check(node, hits));
            }
            if node.is(Kind::CallExpression) {
                self.call(node, go, &mut found);
            }
            if let Some(function) = Function::of(node) {
                for (rule, check) in &self.functions {
                    run(rule, go, &mut found, |hits| check(function, hits));
                }
            }
        }
        found
    }

    fn call(&self, node: Node<'_>, go: GoVersion, found: &mut Vec<Hit>) {
        let name = super::names::called_name(node);
        let Some(rules) = name.and_then(|n| self.calls.get(n)) else {
            return;
        };
        let Some(call) = node.call() else { return };
        for (rule, pattern, check) in rules {
            if call.is_to(pattern) {
                run(rule, go, found, |hits| check(call, hits));
            }
        }
    }

    fn package(&self, package: Package<'_>) -> Vec<Hit> {
        let mut found = Vec::new();
        for (rule, check) in &self.packages {
            run(rule, package.go(), &mut found, |hits| check(package, hits));
        }
        found
    }
}

fn run(rule: &Rule, go: GoVersion, found: &mut Vec<Hit>, check: impl FnOnce(&mut Hits<'_>)) {
    if !rule.applies_to(go) {
        return;
    }
    let mut hits = Hits {
        rule,
        go,
        found: std::mem::take(found),
    };
    check(&mut hits);
    *found = hits.found;
}

/// Sorts, takes out doubles, and adds suppressions and fingerprints.
fn finish(hits: &mut Vec<Hit>, program: &Program, rules: &[&Rule]) {
    let key = |h: &Hit| (h.file.clone(), h.line, h.column, h.rule, h.message.clone());
    hits.sort_by_cached_key(key);
    // Two hits of one rule in one statement are one.
    let mut seen = rustc_hash::FxHashSet::default();
    hits.retain(|h| {
        let place = (h.rule, h.file.clone(), h.statement_line, h.statement.clone());
        seen.insert((place, h.function.clone()))
    });
    let peers: FxHashMap<&str, &[&str]> = rules.iter().map(|r| (r.id, r.peers)).collect();
    let files: FxHashMap<&str, File<'_>> = program.files().map(|f| (f.path(), f)).collect();
    let mut ordinals: FxHashMap<(&str, String, String, String), usize> = FxHashMap::default();
    for hit in hits {
        let function = hit.function.clone().unwrap_or_default();
        let same = (
            hit.rule,
            hit.file.clone(),
            function.clone(),
            hit.statement.clone(),
        );
        let ordinal = ordinals.entry(same).or_insert(0);
        hit.fingerprint = fingerprint(hit.rule, &hit.file, &function, &hit.statement, *ordinal);
        *ordinal += 1;
        let peers = peers.get(hit.rule).copied().unwrap_or_default();
        hit.suppression = files
            .get(hit.file.as_str())
            .and_then(|f| suppression(*f, hit, peers));
    }
}

/// The directive on the hit's line, on its statement's, or on the line above that.
fn suppression(file: File<'_>, hit: &Hit, peers: &[&str]) -> Option<String> {
    let first = hit.statement_line.min(hit.line);
    let is_near = |line: u32| line == hit.line || line == first || line + 1 == first;
    let is_meant = |name: &String| name == hit.rule || name == "all" || peers.contains(&name.as_str());
    let mut near = file.facts().suppressions.iter().filter(|s| is_near(s.line));
    let found = near.find(|s| s.rules.is_empty() || s.rules.iter().any(is_meant));
    found.map(|s| s.text.clone())
}

impl Audit {
    /// The hits that nothing silences.
    pub fn open_hits(&self) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(|h| h.suppression.is_none())
    }

    /// How many open hits there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.open_hits().filter(|h| h.severity == severity).count()
    }
}
