//! What the rules about databases must know of the whole program.

use super::super::names::called_name;
use super::super::node::Node;
use super::super::program::Program;
use super::super::syntax::Kind;
use super::schema::Schema;
use super::tags;

/// Whether a file's name says that it holds a schema; files that undo one do not.
pub fn is_schema_file(path: &str) -> bool {
    path.ends_with(".sql") && !path.ends_with(".down.sql") && !path.ends_with("/down.sql")
}

/// The schema, and where pools are limited.
#[derive(Debug, Default)]
pub struct DatabaseFacts {
    /// From `*.sql` files, CREATE statements in string literals, and tags.
    pub schema: Schema,
    /// Whether a pool is limited by `SetMaxOpenConns` on something else than a local that an Open gave.
    pub limits_pools: bool,
}

impl DatabaseFacts {
    /// Of a program and the texts of its `*.sql` files.
    pub(in crate::audit) fn of(program: &Program, sql: &[String]) -> Self {
        let mut facts = Self::default();
        sql.iter().for_each(|text| facts.schema.read(text));
        for file in program.files().filter(|f| !f.facts().is_test) {
            for node in file.root().descendants() {
                if node.kind().is_string() {
                    facts.literal(node);
                } else if node.is(Kind::CallExpression) && called_name(node) == Some("SetMaxOpenConns") {
                    facts.limits_pools |= !is_on_opened(node);
                }
            }
        }
        program.packages().for_each(|p| tags::read(&mut facts.schema, p));
        facts
    }

    fn literal(&mut self, node: Node<'_>) {
        let text = node.text();
        let start = text.trim_start_matches(['"', '`']).trim_start();
        let is_ddl = ["create ", "alter ", "--"]
            .iter()
            .any(|w| start.get(..w.len()).is_some_and(|s| s.eq_ignore_ascii_case(w)));
        if is_ddl && let Some(text) = node.constant_string() {
            self.schema.read(&text);
        }
    }
}

/// Whether `db.SetMaxOpenConns(…)` speaks of a local that a call of an `Open` gave.
fn is_on_opened(call: Node<'_>) -> bool {
    let local = call.call().and_then(|c| c.operand()).and_then(Node::local);
    let definition = local.map(crate::audit::Local::definition);
    definition.is_some_and(|d| {
        d.calls()
            .any(|c| c.callee.name.contains("Open") || c.callee.name.contains("Connect"))
    })
}

impl Node<'_> {
    /// What is known of the program's databases.
    pub fn database_facts(&self) -> &DatabaseFacts {
        self.program.database_facts()
    }
}
