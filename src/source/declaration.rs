//! Declarations of Go source: the package, what is imported, and the signature of a function.
//!
//! Only what stands at the top level of a file is read, by its tokens. What these do not tell for certain, such as a
//! declaration that does not end, is `None` and never a guess.

use super::tokens::{Token, TokenKind, tokens};

/// A parameter or result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Param {
    /// Its name; empty where it has none, `_` where it is blank.
    pub name: String,
    /// Its type as written, in one line, without comments and without the dots of a variadic one.
    pub kind: String,
    /// The last parameter takes any number.
    pub variadic: bool,
}

/// The receiver of a method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// Name of its type, without type parameters.
    pub kind: String,
    /// Names of its type parameters.
    pub type_params: Vec<String>,
    /// It is a pointer.
    pub pointer: bool,
}

/// A function as it is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Its name.
    pub name: String,
    /// Of a method.
    pub receiver: Option<Receiver>,
    /// Type parameters with their constraints; those of a method's type, read from its declaration in the same file.
    pub type_params: Vec<Param>,
    /// Parameters in order.
    pub params: Vec<Param>,
    /// Results in order.
    pub results: Vec<Param>,
}

/// A Go file as far as its declarations tell.
#[derive(Debug, Clone)]
pub struct GoFile<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
}

impl<'a> GoFile<'a> {
    /// Reads a text; any text will do.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            tokens: tokens(text),
        }
    }

    /// The name in the package clause.
    pub fn package(&self) -> Option<&'a str> {
        let [first, name, ..] = self.tokens.as_slice() else {
            return None;
        };
        (first.is("package") && name.kind == TokenKind::Word).then_some(name.text)
    }

    /// The constraint of a `//go:build` line before the package clause, with that prefix.
    pub fn build_constraint(&self) -> Option<&'a str> {
        let head = self.text.get(..self.tokens.first()?.start)?;
        head.lines().map(str::trim).find(|l| l.starts_with("//go:build "))
    }

    /// Imports as (name, path); the name is empty where none is given.
    pub fn imports(&self) -> Vec<(&'a str, &'a str)> {
        let mut found = Vec::new();
        for at in self.top_level("import") {
            let rest = self.tokens.get(at + 1..).unwrap_or_default();
            let several = rest.first().is_some_and(|t| t.is("("));
            let specs = rest.get(usize::from(several)..).unwrap_or_default();
            found.extend(import_specs(specs, several));
        }
        found
    }

    /// The signature of a function or method, whose type is named by `receiver`.
    pub fn signature(&self, receiver: Option<&str>, name: &str) -> Option<Signature> {
        let found = self.top_level("func").into_iter().find_map(|at| {
            let mut cursor = Cursor::new(self.text, self.tokens.get(at + 1..)?);
            cursor.signature(receiver, name)
        })?;
        match &found.receiver {
            Some(of) if !of.type_params.is_empty() => {
                let declared = self.type_params(&of.kind)?;
                let renamed = renamed(declared, &of.type_params)?;
                Some(Signature {
                    type_params: renamed,
                    ..found
                })
            }
            _ => Some(found),
        }
    }

    /// Whether the file declares a function without receiver of this name.
    pub fn declares(&self, name: &str) -> bool {
        let next = |at: usize| self.tokens.get(at + 1);
        self.top_level("func")
            .into_iter()
            .any(|at| next(at).is_some_and(|t| t.is(name)))
    }

    /// The type parameters with which a type of this file is declared.
    fn type_params(&self, name: &str) -> Option<Vec<Param>> {
        self.tokens.iter().enumerate().find_map(|(at, token)| {
            let declared = token.is(name) && self.tokens.get(at + 1)?.is("[") && self.begins_type(at);
            let mut cursor = Cursor::new(self.text, self.tokens.get(at + 1..)?);
            declared.then(|| cursor.list("[", "]"))?
        })
    }

    /// `type NAME`, or a name at the start of a line as in a group of types.
    fn begins_type(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.tokens.get(before));
        before.is_some_and(|t| t.is("type") || t.is("("))
            || self.tokens.get(at).is_some_and(|t| t.first_of_line)
    }

    /// The places of a keyword outside of all brackets, first of their lines.
    fn top_level(&self, keyword: &str) -> Vec<usize> {
        let mut depth = 0usize;
        let mut found = Vec::new();
        for (at, token) in self.tokens.iter().enumerate() {
            if depth == 0 && token.first_of_line && token.is(keyword) {
                found.push(at);
            }
            depth = nested(depth, token);
        }
        found
    }
}

/// The depth of brackets after a token.
fn nested(depth: usize, token: &Token<'_>) -> usize {
    match token.text {
        "(" | "[" | "{" => depth + 1,
        ")" | "]" | "}" => depth.saturating_sub(1),
        _ => depth,
    }
}

/// One spec, or those up to the closing bracket.
fn import_specs<'a>(specs: &[Token<'a>], several: bool) -> Vec<(&'a str, &'a str)> {
    let mut found = Vec::new();
    let mut name = "";
    for token in specs {
        match token.kind {
            TokenKind::Literal => {
                found.push((name, token.text.trim_matches(['"', '`'])));
                name = "";
                if !several {
                    break;
                }
            }
            _ if token.is(")") => break,
            _ if token.is(";") => {}
            _ => name = token.text,
        }
    }
    found
}

/// The declared type parameters by the names that a receiver gives them.
fn renamed(declared: Vec<Param>, names: &[String]) -> Option<Vec<Param>> {
    if declared.len() != names.len() {
        return None;
    }
    let same = declared.iter().zip(names).all(|(p, n)| p.name == *n);
    // A constraint may name the other parameters: under other names it would have to be written anew.
    let plain = |p: &Param| p.kind.chars().all(|c| c.is_alphanumeric() || c == '.');
    if !same && !declared.iter().all(plain) {
        return None;
    }
    let rename = |(param, name): (Param, &String)| Param {
        name: name.clone(),
        ..param
    };
    Some(declared.into_iter().zip(names).map(rename).collect())
}

/// Reads on from a token.
struct Cursor<'a, 't> {
    text: &'a str,
    rest: &'t [Token<'a>],
}

impl<'a, 't> Cursor<'a, 't> {
    fn new(text: &'a str, rest: &'t [Token<'a>]) -> Self {
        Self { text, rest }
    }

    fn next_is(&self, mark: &str) -> bool {
        self.rest.first().is_some_and(|t| t.is(mark))
    }

    fn signature(&mut self, receiver: Option<&str>, name: &str) -> Option<Signature> {
        let of = match self.next_is("(") {
            true => Some(self.receiver()?),
            false => None,
        };
        let (found, rest) = self.rest.split_first()?;
        if !found.is(name) || of.as_ref().map(|r| r.kind.as_str()) != receiver {
            return None;
        }
        self.rest = rest;
        let type_params = match self.next_is("[") {
            true => self.list("[", "]")?,
            false => Vec::new(),
        };
        Some(Signature {
            name: name.to_string(),
            receiver: of,
            type_params,
            params: self.list("(", ")")?,
            results: self.results()?,
        })
    }

    fn receiver(&mut self) -> Option<Receiver> {
        let inside = self.bracket("(", ")")?;
        let args = inside.iter().position(|t| t.is("["));
        let (head, args) = inside.split_at(args.unwrap_or(inside.len()));
        let kind = head.iter().rfind(|t| t.kind == TokenKind::Word)?;
        let names = args.iter().filter(|t| t.kind == TokenKind::Word);
        Some(Receiver {
            kind: kind.text.to_string(),
            type_params: names.map(|t| t.text.to_string()).collect(),
            pointer: head.iter().any(|t| t.is("*")),
        })
    }

    /// What stands between two brackets, which the cursor passes.
    fn bracket(&mut self, open: &str, close: &str) -> Option<&'t [Token<'a>]> {
        if !self.next_is(open) {
            return None;
        }
        let mut depth = 0usize;
        let end = self.rest.iter().position(|token| {
            depth = nested(depth, token);
            depth == 0
        })?;
        let inside = self.rest.get(1..end)?;
        let closed = self.rest.get(end)?.is(close);
        self.rest = self.rest.get(end + 1..)?;
        closed.then_some(inside)
    }

    fn list(&mut self, open: &str, close: &str) -> Option<Vec<Param>> {
        let inside = self.bracket(open, close)?;
        let pieces = pieces(inside);
        if pieces.iter().any(|p| is_named(p)) {
            return self.named(&pieces);
        }
        pieces.iter().map(|piece| self.param("", piece)).collect()
    }

    /// `a, b int`: a name without a type has that of the next one.
    fn named(&self, pieces: &[&[Token<'a>]]) -> Option<Vec<Param>> {
        let mut params = Vec::new();
        let mut kind: Option<Param> = None;
        for piece in pieces.iter().rev() {
            let (name, rest) = piece.split_first()?;
            if !rest.is_empty() {
                kind = Some(self.param(name.text, rest)?);
            }
            params.push(Param {
                name: name.text.to_string(),
                ..kind.clone()?
            });
        }
        params.reverse();
        Some(params)
    }

    fn param(&self, name: &str, kind: &[Token<'a>]) -> Option<Param> {
        let dots = kind.iter().take_while(|t| t.is(".")).count();
        let kind = kind.get(dots..)?;
        (!kind.is_empty()).then(|| Param {
            name: name.to_string(),
            kind: one_line(self.text, kind),
            variadic: dots == 3,
        })
    }

    fn results(&mut self) -> Option<Vec<Param>> {
        if self.next_is("(") {
            return self.list("(", ")");
        }
        let end = type_end(self.rest);
        let kind = self.rest.get(..end)?;
        match kind.is_empty() {
            true => Some(Vec::new()),
            false => Some(vec![self.param("", kind)?]),
        }
    }
}

/// How many tokens a single result type takes: up to the body, or the line's end where there is none.
fn type_end(rest: &[Token<'_>]) -> usize {
    let mut depth = 0usize;
    let mut before = "";
    for (at, token) in rest.iter().enumerate() {
        let body = token.is("{") && !matches!(before, "interface" | "struct");
        if depth == 0 && (body || (token.first_of_line && !matches!(before, "{" | "(" | "["))) {
            return at;
        }
        depth = nested(depth, token);
        before = token.text;
    }
    rest.len()
}

/// The parts between commas outside of brackets; one after the last comma is left out when it is empty.
fn pieces<'a, 't>(inside: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut depth = 0usize;
    let split = inside.split(|token| {
        depth = nested(depth, token);
        depth == 0 && token.is(",")
    });
    split.filter(|piece| !piece.is_empty()).collect()
}

/// A name before a type: `xs []int`, `m map[K]V`; neither `pkg.T` nor `List[int]`.
fn is_named(piece: &[Token<'_>]) -> bool {
    let [first, second, ..] = piece else { return false };
    let word = first.kind == TokenKind::Word
        && !matches!(first.text, "map" | "chan" | "func" | "struct" | "interface");
    match second.text {
        "." => word && piece.get(2).is_some_and(|t| t.is(".")),
        "[" => word && !ends_with_bracket(piece),
        _ => word,
    }
}

/// Whether the bracket that opens at the second token closes at the last one and holds something.
fn ends_with_bracket(piece: &[Token<'_>]) -> bool {
    let mut depth = 0usize;
    let closes = piece.iter().skip(1).position(|token| {
        depth = nested(depth, token);
        depth == 0
    });
    closes.is_some_and(|at| at > 1 && at + 2 == piece.len())
}

/// Tokens in one line, with the semicolons that Go reads at ends of lines within braces.
fn one_line(text: &str, kind: &[Token<'_>]) -> String {
    let mut out = String::new();
    let mut depth = 0usize;
    let mut before: Option<&Token<'_>> = None;
    for token in kind {
        if let Some(before) = before {
            let ends = before.kind != TokenKind::Mark || matches!(before.text, ")" | "]" | "}");
            let apart = text
                .get(before.end()..token.start)
                .is_some_and(|between| !between.is_empty());
            match () {
                () if token.first_of_line && depth > 0 && ends && !token.is("}") => out.push_str("; "),
                () if apart => out.push(' '),
                () => {}
            }
        }
        match token.text {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        out.push_str(token.text);
        before = Some(token);
    }
    out
}

/// The names before a dot in an expression or type, each once, in their order: the packages that it may need.
pub fn qualifiers(code: &str) -> Vec<&str> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let dot = tokens.get(at + 1).is_some_and(|t| t.is("."));
        let member = tokens.get(at + 2).is_some_and(|t| t.kind == TokenKind::Word);
        let selected = at
            .checked_sub(1)
            .and_then(|b| tokens.get(b))
            .is_some_and(|t| t.is("."));
        if token.kind == TokenKind::Word && dot && member && !selected && !found.contains(&token.text) {
            found.push(token.text);
        }
    }
    found
}

/// All names in an expression or type, in their order.
pub fn words(code: &str) -> Vec<&str> {
    let words = tokens(code).into_iter().filter(|t| t.kind == TokenKind::Word);
    words.map(|t| t.text).collect()
}

#[cfg(test)]
mod tests;
