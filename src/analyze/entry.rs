//! Whose code a frame is, and by which kind of path a stack is entered.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::{Granularity, HeatRow, NodeId, Nodes};
use crate::profile::filter::fold_foreign;
use crate::profile::{Function, Profile, package_of};

/// First path elements of Go's standard library.
const STD: [&str; 56] = [
    "archive",
    "arena",
    "bufio",
    "builtin",
    "bytes",
    "cmd",
    "cmp",
    "compress",
    "container",
    "context",
    "crypto",
    "database",
    "debug",
    "embed",
    "encoding",
    "errors",
    "expvar",
    "flag",
    "fmt",
    "go",
    "hash",
    "html",
    "image",
    "index",
    "internal",
    "io",
    "iter",
    "log",
    "maps",
    "math",
    "mime",
    "net",
    "os",
    "path",
    "plugin",
    "reflect",
    "regexp",
    "runtime",
    "simd",
    "slices",
    "sort",
    "strconv",
    "strings",
    "structs",
    "sync",
    "syscall",
    "testing",
    "text",
    "time",
    "type:",
    "unicode",
    "unique",
    "unsafe",
    "uuid",
    "vendor",
    "weak",
];

/// Whether a package belongs to Go's standard library, the runtime included.
pub fn is_std(package: &str) -> bool {
    STD.contains(&package.split('/').next().unwrap_or_default())
}

/// The prefix of the packages that are the user's own: the one given; else, among the packages of the profile
/// that are neither standard nor without a name, the module-like prefix with the largest cumulative weight;
/// `None` where there is none.
pub fn my_code(profile: &Profile, given: Option<&str>) -> Option<String> {
    if let Some(module) = given {
        return Some(module.trim_end_matches('/').to_string());
    }
    let nodes = Nodes::of(profile, Granularity::Packages);
    let heat = super::heat(profile, &nodes, profile.default_type(), super::Selection::All);
    let package = |row: &HeatRow| crate::error::printable(&nodes.get(row.node).function);
    modal_prefix(heat.rows.iter().map(|r| (package(r), r.cum.unsigned_abs())))
}

/// Folds frames of the runtime and of libraries into the user's own code that called them: package `main` and
/// what is below the prefix. See [`fold_foreign`] for stacks without own code.
pub fn only_my_code(profile: &mut Profile, prefix: Option<&str>) {
    let is_mine = |f: &Function| is_mine(profile.text(f.name), prefix);
    let mine: Vec<bool> = profile.functions.iter().map(is_mine).collect();
    fold_foreign(profile, &mine);
}

/// The module-like prefix with the largest weight among packages that are neither standard nor without a name.
pub(super) fn modal_prefix(packages: impl IntoIterator<Item = (String, u64)>) -> Option<String> {
    let mut weights: BTreeMap<String, u64> = BTreeMap::new();
    for (package, weight) in packages {
        if package.starts_with('[') || package.is_empty() || is_std(&package) {
            continue;
        }
        let sum = weights.entry(module_like(&package)).or_default();
        *sum = sum.saturating_add(weight);
    }
    let heaviest = weights
        .into_iter()
        .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)));
    heaviest.map(|(prefix, _)| prefix)
}

/// The part of a package path that is likely its module: three elements for the common hosts, else two.
pub(super) fn module_like(package: &str) -> String {
    let length = match package.split('/').next() {
        Some("github.com" | "gitlab.com" | "bitbucket.org" | "codeberg.org") => 3,
        Some(host) if host.contains('.') => 2,
        _ => 1,
    };
    package.split('/').take(length).collect::<Vec<_>>().join("/")
}

/// For every node whether it is the user's own code: package `main`, or one below the prefix.
pub(super) fn mine(nodes: &Nodes, prefix: Option<&str>) -> Vec<bool> {
    nodes.nodes.iter().map(|n| is_mine(&n.function, prefix)).collect()
}

fn is_mine(name: &[u8], prefix: Option<&str>) -> bool {
    within_own(
        &package_of(&String::from_utf8_lossy(name)).unwrap_or_default(),
        prefix,
    )
}

/// Whether a package is the user's own: `main`, or one below the prefix.
pub(super) fn within_own(package: &str, prefix: Option<&str>) -> bool {
    package == "main" || prefix.is_some_and(|p| within(package, p))
}

fn within(package: &str, prefix: &str) -> bool {
    let package = package.strip_suffix("_test").unwrap_or(package);
    package
        .strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// For every sample the frame nearest to the leaf that is the user's own: what lies below it is charged to it.
pub(super) fn own_frames(profile: &Profile, nodes: &Nodes, mine: &[bool]) -> Vec<Option<NodeId>> {
    let own = |sample| {
        let mut frames = profile
            .samples
            .stack(sample)
            .flat_map(|l| nodes.frames(l).iter().copied());
        frames.find(|n| mine[n.index()])
    };
    (0..profile.samples.len()).map(own).collect()
}

/// Whose code a frame is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The user's own.
    Own,
    /// Other modules, and code without a package: C, assembly.
    Other,
    /// Go's standard library but for the runtime.
    Std,
    /// Go's runtime.
    Runtime,
}

impl Side {
    /// Of a package that is not the user's own.
    pub(super) fn of_foreign(package: &str) -> Self {
        match package {
            "runtime" => Self::Runtime,
            p if p.starts_with("internal/runtime/") || p.starts_with("runtime/internal/") => Self::Runtime,
            p if is_std(p) => Self::Std,
            _ => Self::Other,
        }
    }
}

/// Flat weight by whose code the leaf is, in the order of [`Side`]; the parts add up to the total but for samples
/// without a stack.
pub fn sides(profile: &Profile, index: usize, prefix: Option<&str>) -> [(Side, i64); 4] {
    let nodes = Nodes::of(profile, Granularity::Functions);
    let own = mine(&nodes, prefix);
    let mut sums = [Side::Own, Side::Other, Side::Std, Side::Runtime].map(|side| (side, 0));
    for row in super::heat(profile, &nodes, index, super::Selection::All).rows {
        let package = nodes.get(row.node).package();
        let side = match own[row.node.index()] {
            true => Side::Own,
            false => Side::of_foreign(&package),
        };
        sums[side as usize].1 += row.flat;
    }
    sums
}

/// Weight of the selected samples by the user's line nearest to the leaf, heaviest first, then by place: code
/// that is not the user's is charged to the line that called it. Samples without a line of the user's are left
/// out. `nodes` at the granularity of lines.
pub fn charged_lines(
    profile: &Profile,
    nodes: &Nodes,
    index: usize,
    selected: &[bool],
    prefix: Option<&str>,
) -> Vec<(NodeId, i64)> {
    let own = own_frames(profile, nodes, &mine(nodes, prefix));
    let mut sums = vec![0i64; nodes.len()];
    for (sample, own) in own.iter().enumerate() {
        if let (Some(node), true) = (own, selected[sample]) {
            sums[node.index()] += profile.samples.value(sample, index);
        }
    }
    let mut lines: Vec<_> = (0u32..)
        .map(NodeId)
        .zip(sums)
        .filter(|(_, sum)| *sum > 0)
        .collect();
    lines.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| nodes.get(a.0).cmp(nodes.get(b.0))));
    lines
}

/// Absolute weight of the samples with a frame of the user's own.
pub fn own_weight(profile: &Profile, index: usize, prefix: Option<&str>) -> i64 {
    let nodes = Nodes::of(profile, Granularity::Functions);
    let own = own_frames(profile, &nodes, &mine(&nodes, prefix));
    let has_own = own.iter().enumerate().filter(|(_, own)| own.is_some());
    let values = has_own.map(|(sample, _)| profile.samples.value(sample, index).saturating_abs());
    values.fold(0, i64::saturating_add)
}

/// By which kind of path a stack is entered, request paths first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// An HTTP handler.
    Http,
    /// A gRPC method.
    Grpc,
    /// A benchmark.
    Benchmark,
    /// A test.
    Test,
    /// The program's main function.
    Main,
    /// A goroutine's first function.
    Goroutine,
    /// Package initialisation.
    Init,
    /// The runtime on its own: garbage collection, scheduler.
    Runtime,
    /// Nothing is known of it.
    Unknown,
}

/// An entry point.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// Of which kind.
    pub kind: EntryKind,
    /// The function: the handler, the benchmark, the goroutine's first.
    pub function: String,
}

/// Frameworks as data: below a frame of this name the next frame of another package is the entry.
const SERVERS: [(&str, EntryKind); 12] = [
    ("net/http.(*conn).serve", EntryKind::Http),
    ("net/http.HandlerFunc.ServeHTTP", EntryKind::Http),
    ("net/http.(*http2serverConn).runHandler", EntryKind::Http),
    (
        "google.golang.org/grpc.(*Server).processUnaryRPC",
        EntryKind::Grpc,
    ),
    (
        "google.golang.org/grpc.(*Server).processStreamingRPC",
        EntryKind::Grpc,
    ),
    ("github.com/gin-gonic/gin.(*Engine).ServeHTTP", EntryKind::Http),
    ("github.com/labstack/echo/v4.(*Echo).ServeHTTP", EntryKind::Http),
    ("github.com/go-chi/chi/v5.(*Mux).ServeHTTP", EntryKind::Http),
    ("github.com/valyala/fasthttp.(*Server).serveConn", EntryKind::Http),
    ("connectrpc.com/connect.(*Handler).ServeHTTP", EntryKind::Grpc),
    (
        "go.temporal.io/sdk/internal.(*activityTaskHandlerImpl).Execute",
        EntryKind::Grpc,
    ),
    ("net/rpc.(*service).call", EntryKind::Grpc),
];

/// Packages that pass a request on: the entry is the first function below them.
const ROUTERS: [&str; 9] = [
    "net/http",
    "google.golang.org/grpc",
    "github.com/gin-gonic/gin",
    "github.com/labstack/echo/v4",
    "github.com/go-chi/chi/v5",
    "github.com/valyala/fasthttp",
    "github.com/gofiber/fiber/v2",
    "connectrpc.com/connect",
    "reflect",
];

/// The entry point of every sample, as an index into the list; entries in the order of their first sample.
pub fn entry_of(profile: &Profile) -> (Vec<u32>, Vec<Entry>) {
    let nodes = Nodes::of(profile, Granularity::Functions);
    let names: Vec<String> = nodes.nodes.iter().map(super::Node::printable).collect();
    let mut entries: Vec<Entry> = Vec::new();
    let mut known: HashMap<Entry, u32> = HashMap::new();
    let mut of_sample = Vec::with_capacity(profile.samples.len());
    let mut frames = Vec::new();
    for sample in 0..profile.samples.len() {
        frames.clear();
        let leaf_first = profile.samples.stack(sample).flat_map(|l| nodes.frames(l));
        frames.extend(leaf_first.map(|n| names[n.index()].as_str()));
        frames.reverse();
        let entry = classify(&frames);
        let next = entries.len() as u32;
        let id = *known.entry(entry).or_insert_with_key(|e| {
            entries.push(e.clone());
            next
        });
        of_sample.push(id);
    }
    (of_sample, entries)
}

/// What the runtime does on its own is one entry: collector, scheduler, scavenger, and stacks whose root it is.
const RUNTIME: &str = "runtime";
/// A sample without a stack.
const EMPTY: &str = "[empty stack]";

/// The first function of a goroutine; the wrapper that the compiler makes for `go f(x)` is no function.
fn started<'a>(frames: &[&'a str]) -> &'a str {
    let is_wrapper = |f: &str| {
        let last = f.rsplit('.').next().unwrap_or_default();
        let digits = last
            .strip_prefix("gowrap")
            .or_else(|| last.strip_prefix("deferwrap"));
        digits.is_some_and(|d| d.chars().all(|c| c.is_ascii_digit()))
    };
    frames
        .iter()
        .find(|f| !is_wrapper(f))
        .or(frames.first())
        .copied()
        .unwrap_or_default()
}

/// The entry of one stack, root first.
fn classify(frames: &[&str]) -> Entry {
    let entry = |kind, function: &str| Entry {
        kind,
        function: function.to_string(),
    };
    let Some(root) = frames
        .iter()
        .position(|f| !matches!(*f, "runtime.goexit" | "runtime.main"))
    else {
        let is_empty = frames.is_empty();
        let (kind, name) = if is_empty {
            (EntryKind::Unknown, EMPTY)
        } else {
            (EntryKind::Runtime, RUNTIME)
        };
        return entry(kind, name);
    };
    let mut below_testing = false;
    for (i, frame) in frames.iter().enumerate() {
        if below_testing && let Some(name) = test_function(frame, "Benchmark") {
            return entry(EntryKind::Benchmark, &name);
        }
        if below_testing && let Some(name) = test_function(frame, "Test") {
            return entry(EntryKind::Test, &name);
        }
        if let Some((_, kind)) = SERVERS.iter().find(|(name, _)| name == frame) {
            return entry(*kind, handler(&frames[i..]));
        }
        if *frame == "main.main" {
            return entry(EntryKind::Main, frame);
        }
        if is_init(frame) {
            return entry(EntryKind::Init, frame);
        }
        below_testing |= frame.starts_with("testing.");
    }
    match package_of(frames[root]).as_deref() {
        Some("runtime") => entry(EntryKind::Runtime, RUNTIME),
        None => entry(EntryKind::Unknown, frames[root]),
        Some(_) => entry(EntryKind::Goroutine, started(&frames[root..])),
    }
}

/// The first function below a server that no router is.
fn handler<'a>(below: &[&'a str]) -> &'a str {
    let is_router = |f: &&&str| package_of(f).is_some_and(|p| ROUTERS.contains(&p.as_str()));
    below
        .iter()
        .find(|f| !is_router(f))
        .or(below.first())
        .copied()
        .unwrap_or_default()
}

/// `pkg.BenchmarkX.func1` → `pkg.BenchmarkX`, for names that begin with the prefix.
fn test_function(function: &str, prefix: &str) -> Option<String> {
    let package = package_of(function)?;
    let at = function.rfind('/').map_or(0, |i| i + 1);
    let dot = at + function[at..].find('.')?;
    let name = function[dot + 1..].split(['.', '[', '-']).next()?;
    let rest = name.strip_prefix(prefix)?;
    let is_test = !rest.starts_with(|c: char| c.is_lowercase());
    (is_test && package != "testing").then(|| format!("{}.{name}", &function[..dot]))
}

fn is_init(function: &str) -> bool {
    let Some(package) = package_of(function) else {
        return false;
    };
    let name = function.get(package.len() + 1..).unwrap_or_default();
    package != "runtime"
        && (name == "init"
            || name
                .strip_prefix("init.")
                .is_some_and(|r| r.starts_with(char::is_numeric)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(frames: &[&str], kind: EntryKind, function: &str) {
        assert_eq!(
            classify(frames),
            Entry {
                kind,
                function: function.into()
            }
        );
    }

    #[test]
    fn sides_add_up_to_the_total() {
        use crate::profile::{Format, ProfileBuilder};
        let mut b = ProfileBuilder::new(Format::Folded, &[("samples", "count")]);
        let names = [
            "a.b/c.Work",
            "fmt.Sprintf",
            "runtime.mallocgc",
            "memmove",
            "d.e/f.Other",
        ];
        for (name, value) in names.into_iter().zip(1..) {
            let frame = b.frame(name, "", 0);
            b.sample([frame], &[value], []);
        }
        let sums = sides(&b.finish(), 0, Some("a.b"));
        assert_eq!(
            sums,
            [
                (Side::Own, 1),
                (Side::Other, 4 + 5),
                (Side::Std, 2),
                (Side::Runtime, 3)
            ]
        );
    }

    #[test]
    fn entries_by_shape() {
        let serve = "net/http.(*conn).serve";
        check(
            &[
                serve,
                "net/http.serverHandler.ServeHTTP",
                "shop.(*API).List",
                "runtime.mallocgc",
            ],
            EntryKind::Http,
            "shop.(*API).List",
        );
        check(
            &[
                "testing.(*B).launch",
                "testing.(*B).runN",
                "a.b/c.BenchmarkX.func1",
                "a.b/c.Work",
            ],
            EntryKind::Benchmark,
            "a.b/c.BenchmarkX",
        );
        check(
            &["runtime.gcBgMarkWorker", "runtime.gcDrain"],
            EntryKind::Runtime,
            "runtime",
        );
        check(
            &["shop.Run.func1.gowrap1", "shop.beat"],
            EntryKind::Goroutine,
            "shop.beat",
        );
        check(
            &["runtime.goexit", "shop.poll"],
            EntryKind::Goroutine,
            "shop.poll",
        );
        check(
            &["runtime.main", "main.main", "shop.Run"],
            EntryKind::Main,
            "main.main",
        );
        check(&[], EntryKind::Unknown, "[empty stack]");
        check(&["memmove"], EntryKind::Unknown, "memmove");
    }

    #[test]
    fn benchmark_helpers_are_no_benchmarks() {
        assert_eq!(test_function("a.Benchmarks", "Benchmark"), None);
        assert_eq!(
            test_function("a/b.BenchmarkX[go.shape.int].func2", "Benchmark").as_deref(),
            Some("a/b.BenchmarkX")
        );
    }

    #[test]
    fn prefixes_hold_whole_elements() {
        assert!(within("example.com/shop/cart", "example.com/shop"));
        assert!(within("example.com/shop_test", "example.com/shop"));
        assert!(!within("example.com/shopping", "example.com/shop"));
    }
}
