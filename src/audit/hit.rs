//! What a rule found, and the collector that rules report to.

use serde::Serialize;

use super::fingerprint::statement_text;
use super::node::Node;
use super::places::{self, Lines};
use super::program::GoVersion;
use super::rule::{Confidence, Rule, Severity};
use super::syntax::{Field, Kind};

/// One place where a rule fires.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hit {
    /// The rule's id.
    pub rule: &'static str,
    /// Severity without measurement.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// Path relative to the root, with `/`.
    pub file: String,
    /// Line of the reported node, from 1.
    pub line: u32,
    /// Its column, in bytes from 1.
    pub column: u32,
    /// Line of its last byte.
    pub end_line: u32,
    /// Column of its last byte.
    pub end_column: u32,
    /// The function around it as a profile names it; `None` at package level.
    pub function: Option<String>,
    /// What is wrong, in a clause with the names of this place.
    pub message: String,
    /// What to write instead here, where the rule can say it.
    pub fix: Option<String>,
    /// Words that the rule adds, such as `once`.
    pub tags: Vec<&'static str>,
    /// Lines in which its heat lies where they are not those of the rule's scope around the place: first, last.
    pub span: Option<(u32, u32)>,
    /// The line's source as written.
    pub snippet: String,
    /// The reported statement, or the header of a loop, declaration or function, its tokens joined by blanks.
    pub statement: String,
    /// 16 hexadecimal digits that survive moved lines.
    pub fingerprint: String,
    /// The directive that silences it.
    pub suppression: Option<String>,
    /// Where its heat is looked for; empty for the whole program.
    #[serde(skip)]
    pub lines: Vec<Lines>,
    /// Lines on which a directive counts: the statement's first.
    #[serde(skip)]
    pub(super) statement_line: u32,
}

impl Hit {
    /// Sets the severity where it is not the rule's base.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }

    /// Sets the confidence where it is not high.
    pub fn confidence(&mut self, confidence: Confidence) -> &mut Self {
        self.confidence = confidence;
        self
    }

    /// Says what to write instead.
    pub fn fix(&mut self, text: impl Into<String>) -> &mut Self {
        self.fix = Some(text.into());
        self
    }

    /// Adds a word for the reader, such as `once`.
    pub fn tag(&mut self, tag: &'static str) -> &mut Self {
        self.tags.push(tag);
        self
    }

    /// Says where the heat lies: at this node rather than around the place.
    pub fn heat_at(&mut self, node: Node<'_>) -> &mut Self {
        self.span = Some((node.line(), node.end_position().0));
        self.lines = vec![places::whole(node)];
        self
    }
}

/// Where rules report; it knows which rule is speaking.
#[derive(Debug)]
pub struct Hits<'r> {
    pub(super) rule: &'r Rule,
    pub(super) go: GoVersion,
    pub(super) found: Vec<Hit>,
}

impl Hits<'_> {
    /// Reports a place. The message is a clause in lower case without a full stop that names what stands there;
    /// severity is the rule's base and confidence high unless the returned hit is told otherwise. Two reports of one
    /// rule in one statement are one.
    pub fn report(&mut self, node: Node<'_>, message: impl Into<String>) -> &mut Hit {
        let statement = node.statement().unwrap_or(node);
        let (end_line, end_column) = node.end_position();
        let function = node
            .function()
            .filter(|f| f.node.enclosing_declaration().is_some() || f.is_literal());
        let startup = |f: Option<super::names::Function<'_>>| match f {
            Some(f) if f.is_startup() => vec!["startup"],
            _ => Vec::new(),
        };
        let hit = Hit {
            rule: self.rule.id,
            severity: self.rule.base.unwrap_or(Severity::Low),
            confidence: Confidence::High,
            file: node.file().path().to_string(),
            line: node.line(),
            column: node.column(),
            end_line,
            end_column,
            function: function.map(super::names::Function::profile_name),
            message: message.into(),
            fix: None,
            tags: startup(function),
            span: None,
            snippet: node.tree().line_text(node.line()).to_string(),
            statement: statement_text(header(statement, node)),
            fingerprint: String::new(),
            suppression: None,
            lines: places::of_scope(self.rule.scope, node),
            statement_line: statement.line(),
        };
        self.found.push(hit);
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// The language version of the file at hand, for rules that speak differently before and after one.
    pub fn go(&self) -> GoVersion {
        self.go
    }
}

/// The source of a statement; of a loop, declaration or function only what stands before its body.
fn header<'a>(statement: Node<'a>, node: Node<'a>) -> &'a str {
    let (start, stop) = statement.span();
    let body = match statement.kind() {
        Kind::ForStatement | Kind::FuncLiteral | Kind::FunctionDeclaration | Kind::MethodDeclaration => {
            statement.body()
        }
        Kind::IfStatement => statement.field(Field::Consequence),
        Kind::SelectStatement | Kind::ExpressionSwitchStatement | Kind::TypeSwitchStatement => {
            statement.children().find(|c| c.kind().is_case())
        }
        _ => None,
    };
    let stop = body.map_or(stop, |b| b.span().0);
    node.tree().slice(start, stop)
}
