//! The name graph: which functions reach a database, another service or a wait, by the names they call.
//!
//! A call is followed exactly where its declaration is known. Else it is followed by name, over all methods of that
//! name in the program, unless the name says nothing ([`GENERIC`]), and only where the receiver looks like a store or
//! client or the first argument is a context.

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::names::{Call, Function};
use super::node::Node;
use super::program::Program;
use super::syntax::Kind;

/// How many calls lie between a caller and what it reaches, at most.
const MAX_DISTANCE: usize = 3;

/// What a call can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Asks a database.
    Query,
    /// Writes to a database: INSERT, UPDATE, DELETE.
    Write,
    /// Calls another service.
    Remote,
    /// Waits: files, network, sleep, other goroutines.
    Blocks,
}

const ALL: [Reach; 4] = [Reach::Query, Reach::Write, Reach::Remote, Reach::Blocks];

/// How a function reaches something: the next function on the way, or the seed itself.
#[derive(Debug, Clone)]
struct Way {
    next: Option<u32>,
    seed: String,
}

/// The functions of a program with what they reach.
#[derive(Debug, Default)]
pub struct NameGraph {
    by_node: FxHashMap<(u32, u32), u32>,
    by_name: FxHashMap<String, Vec<u32>>,
    names: Vec<String>,
    ways: FxHashMap<(Reach, u32), Way>,
}

/// What one function calls: seeds, and functions by number.
struct Calls {
    seeds: Vec<(Reach, String)>,
    callees: Vec<u32>,
}

impl NameGraph {
    /// The graph of a program.
    pub(super) fn of(program: &Program) -> Self {
        let functions: Vec<Node<'_>> = program
            .packages()
            .flat_map(super::program::Package::functions)
            .collect();
        let mut graph = Self::default();
        for (index, node) in functions.iter().enumerate() {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            let name = Function::of(*node).map_or("", Function::name);
            graph.by_node.insert((node.file, node.id), index);
            graph.names.push(name.to_string());
            if node.is(Kind::MethodDeclaration) {
                graph.by_name.entry(name.to_string()).or_default().push(index);
            }
        }
        let calls: Vec<Calls> = functions.par_iter().map(|node| graph.calls_of(*node)).collect();
        graph.spread(&calls);
        graph
    }

    fn calls_of(&self, function: Node<'_>) -> Calls {
        let mut found = Calls {
            seeds: Vec::new(),
            callees: Vec::new(),
        };
        for call in function.calls() {
            found
                .seeds
                .extend(seed(&call).map(|reach| (reach, text_of(&call))));
            found.callees.extend(self.followed(&call));
        }
        if let Some(wait) = function
            .body()
            .and_then(|b| b.descendants_here().find(|n| n.waits()))
        {
            found.seeds.push((Reach::Blocks, first_line(wait)));
        }
        found
    }

    /// Level by level, so that the way found is a shortest one.
    fn spread(&mut self, calls: &[Calls]) {
        for reach in ALL {
            let mut level: BTreeMap<u32, Way> = BTreeMap::new();
            for (index, calls) in (0_u32..).zip(calls) {
                if let Some((_, seed)) = calls.seeds.iter().find(|(r, _)| *r == reach) {
                    let way = Way {
                        next: None,
                        seed: seed.clone(),
                    };
                    level.insert(index, way);
                }
            }
            for _ in 1..=MAX_DISTANCE {
                let next = self.next_level(reach, &level, calls);
                for (index, calls_way) in std::mem::replace(&mut level, next) {
                    self.ways.entry((reach, index)).or_insert(calls_way);
                }
            }
        }
    }

    fn next_level(&self, reach: Reach, level: &BTreeMap<u32, Way>, calls: &[Calls]) -> BTreeMap<u32, Way> {
        let mut next = BTreeMap::new();
        for (index, calls) in (0_u32..).zip(calls) {
            let is_known = level.contains_key(&index) || self.ways.contains_key(&(reach, index));
            if is_known {
                continue;
            }
            if let Some(callee) = calls.callees.iter().find(|c| level.contains_key(c)) {
                let way = Way {
                    next: Some(*callee),
                    seed: String::new(),
                };
                next.insert(index, way);
            }
        }
        next
    }

    /// The functions that a call may call.
    fn followed(&self, call: &Call<'_>) -> Vec<u32> {
        let declaration = call.callee.declaration;
        if let Some(declared) = declaration.filter(|d| !d.is(Kind::MethodElem)) {
            let index = self.by_node.get(&(declared.file, declared.id));
            return index.copied().into_iter().collect();
        }
        let is_generic = GENERIC.split(' ').any(|g| g == call.callee.name);
        let is_other = !call.callee.is_method || (declaration.is_none() && !call.callee.receiver.is_empty());
        if is_other || is_generic || !looks_like_store(call) {
            return Vec::new();
        }
        self.by_name.get(call.callee.name).cloned().unwrap_or_default()
    }
}

impl<'a> Call<'a> {
    /// The names on the way from this call to what it reaches, itself first: `[Orders, query, db.QueryContext]`; one
    /// name where it is the thing itself. `None` where nothing of the kind is within three calls.
    pub fn reaches(&self, what: Reach) -> Option<Vec<String>> {
        if seed(self) == Some(what) {
            return Some(vec![text_of(self)]);
        }
        let graph = &self.node.program.graph;
        let start = graph.followed(self);
        let mut current = *start.iter().find(|f| graph.ways.contains_key(&(what, **f)))?;
        let mut path = Vec::new();
        while path.len() <= MAX_DISTANCE + 1 {
            path.push(graph.names.get(current as usize)?.clone());
            let way = graph.ways.get(&(what, current))?;
            match way.next {
                Some(next) => current = next,
                None => {
                    path.push(way.seed.clone());
                    return (path.len() <= MAX_DISTANCE + 1).then_some(path);
                }
            }
        }
        None
    }
}

impl Node<'_> {
    /// Whether this statement or expression waits by itself: a send, a receive, a select without default.
    pub fn waits(self) -> bool {
        let in_select = || self.parent().is_some_and(|p| p.is(Kind::CommunicationCase));
        match self.kind() {
            Kind::SelectStatement => !self.children().any(|c| c.is(Kind::DefaultCase)),
            Kind::SendStatement => !in_select(),
            Kind::UnaryExpression => {
                let statement = self.parent().filter(|p| p.is(Kind::ReceiveStatement));
                self.text().starts_with("<-") && statement.is_none() && !in_select()
            }
            _ => false,
        }
    }
}

/// Types whose methods talk to a database.
pub const DATABASE_TYPES: [&str; 13] = [
    "database/sql.DB",
    "database/sql.Tx",
    "database/sql.Conn",
    "database/sql.Stmt",
    "github.com/jmoiron/sqlx.DB",
    "github.com/jmoiron/sqlx.Tx",
    "github.com/jmoiron/sqlx.Stmt",
    "github.com/jackc/pgx/v5.Conn",
    "github.com/jackc/pgx/v5.Tx",
    "github.com/jackc/pgx/v5/pgxpool.Pool",
    "gorm.io/gorm.DB",
    "github.com/jackc/pgx/v4.Conn",
    "github.com/jackc/pgx/v4/pgxpool.Pool",
];

/// Packages whose import makes a file one that talks to a database.
pub const DATABASE_PACKAGES: [&str; 4] = [
    "database/sql",
    "github.com/jmoiron/sqlx",
    "github.com/jackc/pgx",
    "gorm.io/gorm",
];

const QUERIES: [&str; 14] = [
    "Query",
    "QueryContext",
    "QueryRow",
    "QueryRowContext",
    "Queryx",
    "QueryxContext",
    "QueryRowx",
    "Exec",
    "ExecContext",
    "GetContext",
    "SelectContext",
    "NamedExec",
    "NamedExecContext",
    "NamedQuery",
];
const ORM_QUERIES: [&str; 7] = ["Find", "First", "Take", "Pluck", "Count", "Save", "Create"];

const BLOCKING: [&str; 12] = [
    "time.Sleep",
    "os.Open|Create|OpenFile|ReadFile|WriteFile|ReadDir|Remove|RemoveAll|Rename|Stat|Mkdir|MkdirAll",
    "(*os.File).Read|Write|ReadAt|WriteAt|WriteString|Sync|Close|ReadFrom|Seek|Stat|Truncate",
    "io.Copy|CopyN|CopyBuffer|ReadAll|ReadFull|ReadAtLeast|WriteString",
    "net/http.Get|Post|PostForm|Head",
    "(*net/http.Client).Do|Get|Post|PostForm|Head",
    "net.Dial|DialTimeout|DialTCP|DialUDP|DialUnix|DialIP",
    "(*net.Dialer).Dial|DialContext",
    "(*os/exec.Cmd).Run|Output|CombinedOutput|Wait",
    "(*sync.WaitGroup).Wait",
    "(*sync.Cond).Wait",
    "(*golang.org/x/sync/errgroup.Group).Wait",
];

/// What a call does by itself.
fn seed(call: &Call<'_>) -> Option<Reach> {
    if is_query(call) {
        return Some(if is_write(call) {
            Reach::Write
        } else {
            Reach::Query
        });
    }
    let callee = &call.callee;
    if callee.is("net/http.Get|Post|PostForm|Head")
        || callee.is("(*net/http.Client).Do|Get|Post|PostForm|Head")
    {
        return Some(Reach::Remote);
    }
    let is_do = callee.is(".Do") && callee.is_unknown() && call.arguments().len() == 1;
    (callee.is_any(&BLOCKING) || is_do).then_some(Reach::Blocks)
}

/// A query function of a database type; of an unknown receiver only where the file imports a database package.
pub fn is_query(call: &Call<'_>) -> bool {
    let callee = &call.callee;
    if !callee.is_method {
        return false;
    }
    let is_named = QUERIES.contains(&callee.name);
    if callee.is_method_of("gorm.io/gorm.DB") {
        return is_named || ORM_QUERIES.contains(&callee.name);
    }
    let is_sqlx = callee.package == "github.com/jmoiron/sqlx" && matches!(callee.name, "Get" | "Select");
    if DATABASE_TYPES.iter().any(|t| callee.is_method_of(t)) {
        return is_named || is_sqlx;
    }
    let file = call.node.file();
    let is_bare = callee.is_unknown() && call.operand().is_some_and(|o| o.ty().is_none());
    is_named && is_bare && DATABASE_PACKAGES.iter().any(|p| file.imports(p))
}

/// Whether the first constant text of a call's arguments is a write; so is the Exec of a prepared statement.
fn is_write(call: &Call<'_>) -> bool {
    if call.callee.receiver == "Stmt" && call.callee.name.starts_with("Exec") {
        return true;
    }
    let text = call.arguments().into_iter().find_map(|a| {
        let first = std::iter::once(a)
            .chain(a.descendants())
            .find(|n| n.kind().is_string());
        first.and_then(Node::constant_string)
    });
    let text = text.unwrap_or_default().trim_start().to_ascii_uppercase();
    ["INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE"]
        .iter()
        .any(|w| text.starts_with(w))
}

/// A receiver that is named or typed like a store or client, or a context as first argument.
fn looks_like_store(call: &Call<'_>) -> bool {
    let words = [
        "store", "repo", "dao", "db", "queries", "client", "svc", "service",
    ];
    let is_store = |text: &str| {
        let text = text.to_ascii_lowercase();
        words.iter().any(|w| text.contains(w))
    };
    let operand = call.operand();
    let by_name = operand.is_some_and(|o| is_store(o.text().rsplit('.').next().unwrap_or_default()));
    let by_type = || {
        operand
            .and_then(Node::ty)
            .and_then(|t| t.named())
            .is_some_and(|n| is_store(n.name))
    };
    let by_context = || {
        call.argument(0)
            .and_then(Node::ty)
            .is_some_and(|t| t.is("context.Context"))
    };
    by_name || by_type() || by_context()
}

/// `db.QueryContext`: the last part of the receiver with the name.
fn text_of(call: &Call<'_>) -> String {
    let operand = call.operand().map_or("", Node::text);
    let last = operand.rsplit('.').next().unwrap_or_default();
    let is_name = !last.is_empty() && last.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if is_name {
        format!("{last}.{}", call.callee.name)
    } else {
        call.callee.name.to_string()
    }
}

fn first_line(node: Node<'_>) -> String {
    node.text().lines().next().unwrap_or_default().to_string()
}

/// Names that say nothing about what they do.
pub const GENERIC: &str = "Get Set List String Close Do Run Start Stop New Error Len Write Read Next Scan Name Init Load \
Store Add Delete Update Create Find Save Count Exec Query Apply Validate Parse Format Marshal Unmarshal Lock Unlock Wait \
Done Copy Reset Open Execute Handle ServeHTTP Println Printf Errorf Call Send Put Has Contains First Last Select Remove \
Clone Equal Process Build Render Value Key Type ID Path URL Test Check main init Ping All Info Debug Warn Fatal With \
Register Connect Begin Commit Rollback";
