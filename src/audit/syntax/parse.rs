//! Text to [`Tree`]: the only file that knows the parser.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use tree_sitter::{Language, ParseOptions, ParseState, Parser, TreeCursor};

use super::tree::{Record, line_starts};
use super::{Field, Kind, NodeId, Tree};

/// The largest file that is parsed, in bytes.
pub const MAX_BYTES: usize = 2 << 20;
/// The deepest nesting of nodes that is followed; what rules ask of a node may cost a step per level.
pub const MAX_DEPTH: usize = 2000;
/// Steps of the parser per byte, in hundreds, before a file is given up; whole files need a hundredth of that.
const MAX_STEPS_PER_BYTE: usize = 1;

/// Why a file has no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unparsed {
    /// Larger than [`MAX_BYTES`].
    TooLarge,
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// Its errors cost the parser more steps than a file may take.
    TooHard,
}

thread_local! {
    static PARSER: RefCell<Parser> = RefCell::new(Parser::new());
}

static LANGUAGE: LazyLock<Language> = LazyLock::new(|| tree_sitter_go::LANGUAGE.into());

/// Kinds by the grammar's number.
static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| {
    let count = LANGUAGE.node_kind_count();
    let name = |id: usize| LANGUAGE.node_kind_for_id(u16::try_from(id).unwrap_or(0));
    let named = |id: usize| LANGUAGE.node_kind_is_named(u16::try_from(id).unwrap_or(0));
    let kind = |id: usize| {
        let found = Kind::ALL
            .iter()
            .find(|(_, n)| named(id) && Some(*n) == name(id) && !n.is_empty());
        found.map_or(Kind::Other, |(kind, _)| *kind)
    };
    (0..count).map(kind).collect()
});

/// Fields by the grammar's number.
static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| {
    let count = LANGUAGE.field_count();
    let name = |id: usize| LANGUAGE.field_name_for_id(u16::try_from(id).unwrap_or(0));
    let field = |id: usize| {
        let found = Field::ALL.iter().find(|(_, n)| Some(*n) == name(id));
        found.map_or(Field::None, |(field, _)| *field)
    };
    (0..=count).map(field).collect()
});

/// Parses a file. Errors in it cost only the statement in which they stand, which is then marked as broken.
///
/// # Errors
/// The limit that the file breaks.
pub fn parse(text: &str) -> Result<Tree, Unparsed> {
    if text.len() > MAX_BYTES {
        return Err(Unparsed::TooLarge);
    }
    let mut parsed = syntax(text)?;
    if parsed.root_node().has_error()
        && let Some(plain) = older_grammar(text)
    {
        parsed = syntax(&plain)?;
    }
    let mut lowering = Lowering {
        tree: Tree {
            text: text.to_string(),
            nodes: Vec::with_capacity(text.len() / 5),
            line_starts: line_starts(text),
            comments: Vec::new(),
            broken: 0,
        },
        open: Vec::new(),
        errors: Vec::new(),
    };
    lowering.run(&mut parsed.walk())?;
    Ok(lowering.finish())
}

fn syntax(text: &str) -> Result<tree_sitter::Tree, Unparsed> {
    let mut steps = text.len() * MAX_STEPS_PER_BYTE + 10_000;
    let mut count = |_: &ParseState| {
        steps = steps.saturating_sub(1);
        if steps == 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    PARSER.with_borrow_mut(|parser| {
        parser.reset();
        if parser.set_language(&LANGUAGE).is_err() {
            return Err(Unparsed::TooHard);
        }
        let options = ParseOptions::new().progress_callback(&mut count);
        let bytes = text.as_bytes();
        let mut read = |at: usize, _| bytes.get(at..).unwrap_or_default();
        parser
            .parse_with_options(&mut read, None, Some(options))
            .ok_or(Unparsed::TooHard)
    })
}

/// The text as the grammar knows it, where Go has gone on; `None` where there is nothing of the kind. Offsets stay.
/// `new(expr)` of Go 1.26 becomes the call of another name, and `[…]` between a method's name and its parameters, of
/// Go 1.27, becomes blanks.
fn older_grammar(text: &str) -> Option<String> {
    let mut bytes = text.as_bytes().to_vec();
    let mut found = false;
    let before = |at: usize| at.checked_sub(1).and_then(|b| text.as_bytes().get(b)).copied();
    let methods = text
        .match_indices("func (")
        .filter(|(at, _)| before(*at).is_none_or(|b| b == b'\n'));
    for (at, _) in methods {
        if let Some((open, close)) = method_parameters(text.get(at..)?) {
            bytes.get_mut(at + open..=at + close)?.fill(b' ');
            found = true;
        }
    }
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'.' || b >= 0x80;
    let news = text
        .match_indices("new(")
        .filter(|(at, _)| !before(*at).is_some_and(is_name));
    for (at, name) in news {
        *bytes.get_mut(at + name.len() - 2)? = b'W';
        found = true;
    }
    found.then(|| String::from_utf8(bytes).ok()).flatten()
}

/// Where `[` and `]` stand in `func (r T) Name[P any](…`.
fn method_parameters(text: &str) -> Option<(usize, usize)> {
    let receiver = text.find(')')?;
    let name = text.get(receiver + 1..)?;
    let open = name.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ' '))?;
    if !name.get(open..)?.starts_with('[') {
        return None;
    }
    let mut depth = 0;
    for (at, byte) in name.bytes().enumerate().skip(open) {
        match byte {
            b'[' => depth += 1,
            b']' => depth -= 1,
            b'\n' => return None,
            _ => {}
        }
        if depth == 0 {
            return Some((receiver + 1 + open, receiver + 1 + at));
        }
    }
    None
}

/// Copies the parser's tree without its wrappers, tokens and comments.
struct Lowering {
    tree: Tree,
    /// Our nodes that are open, one per level of the parser's tree; `None` where that node is hidden.
    open: Vec<Option<NodeId>>,
    /// Nodes in which something is wrong.
    errors: Vec<NodeId>,
}

impl Lowering {
    fn run(&mut self, cursor: &mut TreeCursor<'_>) -> Result<(), Unparsed> {
        loop {
            self.enter(cursor);
            if self.open.len() > MAX_DEPTH {
                return Err(Unparsed::TooDeep);
            }
            if cursor.goto_first_child() {
                continue;
            }
            loop {
                self.leave();
                if cursor.goto_next_sibling() {
                    break;
                }
                if !cursor.goto_parent() {
                    return Ok(());
                }
            }
        }
    }

    fn enter(&mut self, cursor: &TreeCursor<'_>) {
        let node = cursor.node();
        let field = cursor.field_id().map_or(Field::None, |id| {
            FIELDS.get(usize::from(id.get())).copied().unwrap_or(Field::None)
        });
        let start = u32::try_from(node.start_byte()).unwrap_or(u32::MAX);
        let stop = u32::try_from(node.end_byte()).unwrap_or(u32::MAX);
        let parent = self.parent();
        if node.is_error() {
            self.errors.push(self.tree.node_count());
        } else if node.is_missing() {
            self.errors.push(parent);
        }
        if node.kind() == "comment" {
            self.tree.comments.push((start, stop));
        }
        let kind = KINDS
            .get(usize::from(node.kind_id()))
            .copied()
            .unwrap_or(Kind::Other);
        let is_shown = kind != Kind::Other || field == Field::Operator || node.is_error();
        if !is_shown {
            self.open.push(None);
            return;
        }
        let id = self.tree.node_count();
        let kind = if node.is_error() { Kind::Error } else { kind };
        self.tree.nodes.push(Record {
            kind,
            field,
            is_broken: false,
            start,
            stop,
            parent,
            end: id + 1,
        });
        self.open.push(Some(id));
    }

    fn parent(&self) -> NodeId {
        self.open.iter().rev().find_map(|id| *id).unwrap_or(0)
    }

    fn leave(&mut self) {
        if let Some(Some(id)) = self.open.pop() {
            let end = self.tree.node_count();
            if let Some(record) = self.tree.nodes.get_mut(id as usize) {
                record.end = end;
            }
        }
    }

    fn finish(mut self) -> Tree {
        for id in std::mem::take(&mut self.errors) {
            self.mark(self.enclosing_statement(id));
        }
        self.tree
    }

    /// The smallest statement or declaration around an error; the error itself where it stands between statements.
    fn enclosing_statement(&self, mut id: NodeId) -> NodeId {
        loop {
            let record = self.tree.record(id);
            let parent = self.tree.record(record.parent).kind;
            let is_between = record.kind == Kind::Error && (parent == Kind::Block || parent.is_case());
            let is_unit =
                (record.kind.is_statement() && record.kind != Kind::Block) || record.kind.is_function();
            if is_unit || is_between || record.parent == 0 {
                return id;
            }
            id = record.parent;
        }
    }

    fn mark(&mut self, id: NodeId) {
        let (start, end) = (id as usize, self.tree.record(id).end as usize);
        if self.tree.record(id).is_broken {
            return;
        }
        self.tree.broken += 1;
        for record in self.tree.nodes.get_mut(start..end).unwrap_or_default() {
            record.is_broken = true;
        }
    }
}
