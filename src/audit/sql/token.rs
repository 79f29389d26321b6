//! Tokens of SQL.

/// Stands in a text for what the program puts in.
pub const HOLE: char = '\u{1}';

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A keyword or a plain name, in lower case.
    Word,
    /// A quoted name, without its quotes, in lower case.
    Quoted,
    /// A string without its quotes.
    Text,
    /// A number.
    Number,
    /// `?`, `$1`, `:name`, `@p1`.
    Parameter,
    /// What the program puts in.
    Hole,
    /// An operator or other sign.
    Sign,
    /// A sub-select that stands apart.
    Select,
}

/// A piece of SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Its text.
    pub text: String,
}

impl Token {
    /// Whether it is this word.
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text == word
    }

    /// Whether it is this sign.
    pub fn is_sign(&self, sign: &str) -> bool {
        self.kind == TokenKind::Sign && self.text == sign
    }

    /// Whether it may name a table or column.
    pub fn is_name(&self) -> bool {
        match self.kind {
            TokenKind::Quoted => true,
            TokenKind::Word => !KEYWORDS.contains(&self.text.as_str()),
            _ => false,
        }
    }
}

/// Words that name nothing where a column or an alias is looked for.
const KEYWORDS: [&str; 72] = [
    "select",
    "distinct",
    "from",
    "where",
    "and",
    "or",
    "not",
    "in",
    "is",
    "null",
    "like",
    "ilike",
    "between",
    "case",
    "when",
    "then",
    "else",
    "end",
    "exists",
    "any",
    "all",
    "some",
    "true",
    "false",
    "join",
    "inner",
    "left",
    "right",
    "full",
    "outer",
    "cross",
    "natural",
    "lateral",
    "on",
    "using",
    "group",
    "having",
    "order",
    "by",
    "limit",
    "offset",
    "fetch",
    "first",
    "next",
    "only",
    "top",
    "union",
    "intersect",
    "except",
    "set",
    "values",
    "returning",
    "into",
    "insert",
    "update",
    "delete",
    "as",
    "asc",
    "desc",
    "nulls",
    "interval",
    "for",
    "with",
    "recursive",
    "escape",
    "over",
    "window",
    "collate",
    "similar",
    "regexp",
    "straight_join",
    "ignore",
];

/// The tokens of a text. Comments and casts (`::type`) are left out.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut reader = Reader {
        rest: text,
        found: Vec::new(),
    };
    while let Some(c) = reader.rest.chars().next() {
        reader.token(c);
    }
    reader.found
}

struct Reader<'t> {
    rest: &'t str,
    found: Vec<Token>,
}

impl Reader<'_> {
    fn token(&mut self, first: char) {
        let after = self.rest.get(first.len_utf8()..).unwrap_or_default();
        match first {
            c if c.is_whitespace() => self.rest = after,
            '-' if after.starts_with('-') => self.skip_through("\n"),
            '#' if after.starts_with(' ') => self.skip_through("\n"),
            '/' if after.starts_with('*') => self.skip_through("*/"),
            '\'' => self.quoted('\'', TokenKind::Text),
            '"' | '`' => self.quoted(first, TokenKind::Quoted),
            '[' if self.is_bracket_name(after) => self.quoted(']', TokenKind::Quoted),
            ':' if after.starts_with(':') => self.cast(),
            '?' => self.take(1, TokenKind::Parameter),
            '$' | ':' | '@' if after.starts_with(is_word) => self.run(TokenKind::Parameter),
            c if c.is_ascii_digit() => self.run(TokenKind::Number),
            c if is_word(c) || c == HOLE => self.run(TokenKind::Word),
            _ => self.sign(),
        }
    }

    fn push(&mut self, kind: TokenKind, text: &str) {
        let text = if kind == TokenKind::Text {
            text.to_string()
        } else {
            text.to_lowercase()
        };
        self.found.push(Token { kind, text });
    }

    fn take(&mut self, length: usize, kind: TokenKind) {
        let text = self.rest.get(..length).unwrap_or(self.rest);
        self.push(kind, text);
        self.rest = self.rest.get(length..).unwrap_or_default();
    }

    /// A word, number or parameter; with a hole in it, it is one.
    fn run(&mut self, kind: TokenKind) {
        let mut stop = 0;
        for (at, c) in self.rest.char_indices() {
            if at > 0 && !is_word(c) && c != HOLE {
                break;
            }
            stop = at + c.len_utf8();
        }
        let has_hole = self.rest.get(..stop).is_some_and(|t| t.contains(HOLE));
        self.take(stop, if has_hole { TokenKind::Hole } else { kind });
    }

    fn skip_through(&mut self, end: &str) {
        let stop = self.rest.find(end).map(|at| at + end.len());
        self.rest = stop.and_then(|at| self.rest.get(at..)).unwrap_or_default();
    }

    /// A doubled quote is a quote.
    fn quoted(&mut self, quote: char, kind: TokenKind) {
        let mut text = String::new();
        let mut letters = self.rest.char_indices().skip(1).peekable();
        let mut stop = self.rest.len();
        while let Some((at, c)) = letters.next() {
            if c != quote {
                text.push(c);
            } else if quote != ']' && letters.peek().is_some_and(|(_, next)| *next == quote) {
                text.push(c);
                letters.next();
            } else {
                stop = at + c.len_utf8();
                break;
            }
        }
        self.push(kind, &text);
        self.rest = self.rest.get(stop..).unwrap_or_default();
    }

    /// `[name]`, but not `list[1]`.
    fn is_bracket_name(&self, after: &str) -> bool {
        let is_index = self.found.last().is_some_and(Token::is_name);
        !is_index && after.starts_with(|c: char| c.is_alphabetic())
    }

    fn cast(&mut self) {
        let after = self.rest.trim_start_matches(':').trim_start();
        let is_part = |c: char| is_word(c) || c == '.' || c == '[' || c == ']';
        self.rest = after.trim_start_matches(is_part);
    }

    fn sign(&mut self) {
        let two = ["<=", ">=", "<>", "!=", "||", "->", "@>", "<@", "~*", "!~", "&&"];
        let is_two = two.iter().any(|s| self.rest.starts_with(s));
        let one = self.rest.chars().next().map_or(1, char::len_utf8);
        self.take(if is_two { 2 } else { one }, TokenKind::Sign);
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
