//! What a rule is: its texts, its figures, and the function that finds it.

use serde::{Deserialize, Serialize};

use super::hit::Hits;
use super::names::{Call, Function};
use super::node::Node;
use super::program::{File, GoVersion, Package};
use super::syntax::Kind;

/// How bad a hit is without any measurement, or what the review makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

/// How sure a hit is: the syntax decides, a name or a table decided, or a heuristic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Confidence {
    Low,
    Medium,
    High,
}

/// What kind of claim a rule makes, which decides how heat counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Time or memory that a change gives back.
    Cost,
    /// Something grows without bound.
    Leak,
    /// A limit is missing.
    Safety,
    /// Wrong, with a performance face.
    Correctness,
}

/// The groups of the catalogue, each a folder of `rules`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Group {
    Goroutines,
    Channels,
    Sync,
    Memory,
    Interfaces,
    Strings,
    Algorithms,
    Database,
    Network,
    Context,
    Companions,
}

/// Which part of the source a rule's heat is looked for in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The smallest statement around the place.
    Line,
    /// That statement with its blocks.
    Stmt,
    /// The innermost loop around it, or the loop itself.
    Loop,
    /// The function around it.
    Func,
    /// All methods of the type.
    Type,
    /// The `go` statement and what it starts.
    GoEntry,
    /// Everything.
    Program,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Measure {
    Cpu,
    Alloc,
    Inuse,
    Mutex,
    Block,
    Goroutines,
    Leaked,
}

/// A measure that a rule listens to, and the families of functions that confirm it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listens {
    /// What.
    pub measure: Measure,
    /// Families as the symptoms name them; empty for any frame.
    pub families: &'static [&'static str],
}

/// Which fraction of a measure goes away with the change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Saving {
    /// Of what.
    pub measure: Measure,
    /// Lower end, 0 to 1.
    pub low: f64,
    /// Upper end, 0 to 1.
    pub high: f64,
    /// By a benchmark of the cost table, or assumed.
    pub is_measured: bool,
}

/// When a rule's function is called. Nothing in a statement that could not be read is given to any of them.
#[derive(Clone, Copy)]
pub enum Check {
    /// For each call of one of these (patterns of [`Callee::is`](super::Callee::is)).
    Calls(&'static [&'static str], fn(Call<'_>, &mut Hits<'_>)),
    /// For each node of one of these kinds.
    Nodes(&'static [Kind], fn(Node<'_>, &mut Hits<'_>)),
    /// For each function, method and literal with a body.
    Functions(fn(Function<'_>, &mut Hits<'_>)),
    /// For each file.
    Files(fn(File<'_>, &mut Hits<'_>)),
    /// For each package, once; for rules about types and their methods.
    Packages(fn(Package<'_>, &mut Hits<'_>)),
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Check::Calls(..) => "Calls",
            Check::Nodes(..) => "Nodes",
            Check::Functions(_) => "Functions",
            Check::Files(_) => "Files",
            Check::Packages(_) => "Packages",
        })
    }
}

/// A source check with everything that is said about it.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name in the catalogue, such as `slice-prealloc`.
    pub id: &'static str,
    /// A clause in lower case without a full stop, what is wrong where it fires.
    pub title: &'static str,
    /// Its group.
    pub group: Group,
    /// The items of the checklist that it covers, such as `GO5`.
    pub items: &'static [&'static str],
    /// 1 must be good, 2 should, 3 is advice on demand.
    pub tier: u8,
    /// What kind of claim.
    pub class: Class,
    /// Severity without measurement; `None`: no hit without evidence.
    pub base: Option<Severity>,
    /// Where its heat is looked for.
    pub scope: Scope,
    /// What heat.
    pub listens: &'static [Listens],
    /// What the change saves of it.
    pub saves: &'static [Saving],
    /// The first language version for which the advice holds.
    pub since: Option<GoVersion>,
    /// The language version that mended it: no hits from there on.
    pub until: Option<GoVersion>,
    /// When it reports, in a sentence or two.
    pub what: &'static str,
    /// What it costs, with figures.
    pub why: &'static str,
    /// What it cannot know, and exceptions; empty where there is nothing to say.
    pub limits: &'static str,
    /// What the review asks for; empty where there is no figure.
    pub target: &'static str,
    /// Other ways and their risks; may be empty.
    pub instead: &'static str,
    /// Names of public linters' checks that mean the same; their suppressions count.
    pub peers: &'static [&'static str],
    /// Declarations in which it fires, once, on the line that ends in `// want`.
    pub before: &'static str,
    /// The same, mended: it is silent.
    pub after: &'static str,
    /// How it is found.
    pub check: Check,
}

impl Rule {
    /// What most rules share: tier 1, cost, low, LINE, no gates, no further words. A rule is written as
    /// `Rule { id: …, ..Rule::BASE }` and must give the rest; a test sees to that.
    pub const BASE: Rule = Rule {
        id: "",
        title: "",
        group: Group::Companions,
        items: &[],
        tier: 1,
        class: Class::Cost,
        base: Some(Severity::Low),
        scope: Scope::Line,
        listens: &[],
        saves: &[],
        since: None,
        until: None,
        what: "",
        why: "",
        limits: "",
        target: "",
        instead: "",
        peers: &[],
        before: "",
        after: "",
        check: Check::Nodes(&[], |_, _| {}),
    };

    /// `before` as it is shown: without the marker.
    pub fn before_text(&self) -> String {
        self.before
            .lines()
            .map(|line| line.trim_end_matches("// want").trim_end())
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Whether it speaks of code in this language version.
    pub fn applies_to(&self, go: GoVersion) -> bool {
        self.since.is_none_or(|since| go >= since) && self.until.is_none_or(|until| go < until)
    }
}

/// Short forms for the tables of rules.
pub const fn cpu(families: &'static [&'static str]) -> Listens {
    Listens {
        measure: Measure::Cpu,
        families,
    }
}

/// Heat of a measure other than CPU, any frame.
pub const fn heat(measure: Measure) -> Listens {
    Listens {
        measure,
        families: &[],
    }
}

/// A saving that a benchmark measured.
pub const fn measured(measure: Measure, low: f64, high: f64) -> Saving {
    Saving {
        measure,
        low,
        high,
        is_measured: true,
    }
}

/// A saving that is assumed.
pub const fn assumed(measure: Measure, low: f64, high: f64) -> Saving {
    Saving {
        measure,
        low,
        high,
        is_measured: false,
    }
}
