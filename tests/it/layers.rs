//! The layers of the house: each module of `src` uses only itself and those below it.
#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    reason = "a test reads files and may fail"
)]

use std::path::Path;

use crate::support::{files_below, root};

/// From the ground floor up.
const ORDER: [&str; 16] = [
    "error",
    "unit",
    "stats",
    "source",
    "profile",
    "bench",
    "goroutine",
    "compiler",
    "runtime_trace",
    "analyze",
    "flame",
    "audit",
    "history",
    "review",
    "report",
    "render",
];

#[test]
fn every_module_uses_only_those_below_it() {
    let src = root().join("src");
    let mut violations = Vec::new();
    for file in files_below(&src) {
        let path = file.strip_prefix(&src).expect("below src");
        let name = path.to_string_lossy().replace('\\', "/");
        if !name.ends_with(".rs") || name == "lib.rs" {
            continue;
        }
        violations.extend(violations_of(&name, &read(&file)));
    }
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

/// What a file of `src` uses and may not, each as `src/FILE:LINE: …`.
fn violations_of(name: &str, text: &str) -> Vec<String> {
    let code = code_of(text);
    let found = if name.starts_with("bin/") {
        foreign_files(&code)
    } else {
        forbidden_modules(name, &code)
    };
    let told = |(at, what): &(usize, String)| {
        let line = code[..*at].matches('\n').count() + 1;
        format!("src/{name}:{line}: {what}")
    };
    found.iter().map(told).collect()
}

/// The program is its own crate root: it reaches the library through `perfplan::` only, unless it takes its files.
fn foreign_files(code: &str) -> Vec<(usize, String)> {
    let told =
        |(at, word): (usize, &str)| (at, format!("the program may not use `{word}`, only `perfplan::`"));
    let words = ["#[path", "include!"];
    words
        .iter()
        .flat_map(|w| code.match_indices(w))
        .map(told)
        .collect()
}

fn forbidden_modules(name: &str, code: &str) -> Vec<(usize, String)> {
    let module = name.split(['/', '.']).next().unwrap_or_default();
    let Some(floor) = ORDER.iter().position(|m| *m == module) else {
        return vec![(0, format!("module `{module}` has no place in the order"))];
    };
    let is_allowed = |used: &str| ORDER[..=floor].contains(&used);
    let used = used_modules(code)
        .into_iter()
        .filter(|(_, used)| !is_allowed(used));
    let mut found: Vec<_> = used
        .map(|(at, used)| (at, format!("`{module}` may not use `{used}`")))
        .collect();
    let climbs = climbs_to_root(name, code).into_iter();
    found.extend(climbs.map(|at| (at, "leaves its module by `super::`; write `crate::`".to_string())));
    found
}

/// Each name after `crate::`, with where it stands; a group in braces gives the first name of each of its parts.
fn used_modules(code: &str) -> Vec<(usize, String)> {
    let mut used = Vec::new();
    for (at, word) in code.match_indices("crate::") {
        let before = code[..at].chars().next_back();
        if before.is_some_and(is_name) {
            continue;
        }
        let start = at + word.len();
        let rest = &code[start..];
        if rest.trim_start().starts_with('{') {
            let brace = start + rest.find('{').unwrap_or_default();
            used.extend(group(code, brace));
        } else {
            used.push((start, first_name(rest)));
        }
    }
    used
}

/// The first name of each part of the group whose brace is at `open`.
fn group(code: &str, open: usize) -> Vec<(usize, String)> {
    let mut names = Vec::new();
    let (mut depth, mut at_part) = (0, false);
    for (offset, c) in code[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if at_part && is_name(c) => names.push((open + offset, first_name(&code[open + offset..]))),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        at_part = depth == 1 && (matches!(c, '{' | ',') || at_part && c.is_whitespace());
    }
    names
}

fn first_name(text: &str) -> String {
    text.trim_start().chars().take_while(|c| is_name(*c)).collect()
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where a chain of `super::` reaches the crate's root. The tests at the end of a file are one module deeper.
fn climbs_to_root(name: &str, code: &str) -> Vec<usize> {
    let parts = name.matches('/').count();
    let depth = if name.ends_with("/mod.rs") {
        parts
    } else {
        parts + 1
    };
    let tests = code.find("#[cfg(test)]").unwrap_or(code.len());
    let mut climbs = Vec::new();
    let mut end = 0;
    for (at, word) in code.match_indices("super::") {
        if at < end {
            continue;
        }
        let length = code[at..]
            .split(word)
            .take_while(|between| between.is_empty())
            .count();
        end = at + length * word.len();
        if length >= depth + usize::from(at > tests) {
            climbs.push(at);
        }
    }
    climbs
}

/// The text with comments and the content of literals blanked; every newline stays.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = skipped(rest, code.chars().next_back());
        let (piece, after) = rest.split_at(length.unwrap_or(c.len_utf8()));
        if length.is_some() {
            code.extend(piece.chars().map(|c| if c == '\n' { c } else { ' ' }));
        } else {
            code.push(c);
        }
        rest = after;
    }
    code
}

/// Length of the comment or literal at the start of a text that is not empty.
fn skipped(rest: &str, before: Option<char>) -> Option<usize> {
    let until = |open: usize, close: &str| {
        let found = rest[open..].find(close);
        Some(found.map_or(rest.len(), |i| open + i + close.len()))
    };
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return until(2, "*/");
    }
    if rest.starts_with('r') && !before.is_some_and(is_name) {
        let hashes = rest[1..].bytes().take_while(|b| *b == b'#').count();
        if rest[1 + hashes..].starts_with('"') {
            return until(2 + hashes, &format!("\"{}", "#".repeat(hashes)));
        }
    }
    if rest.starts_with('"') {
        return Some(quoted(rest, '"'));
    }
    // A lifetime has no second quote.
    let is_char = rest.starts_with("'\\") || rest.starts_with('\'') && rest.chars().nth(2) == Some('\'');
    is_char.then(|| quoted(rest, '\''))
}

/// Length of a literal with its quotes, escapes respected.
fn quoted(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if c == quote && !is_escaped {
            return at + 1;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    rest.len()
}

#[test]
fn planted_violations_are_found() {
    let check = |name: &str, text: &str, expect: &[&str]| assert_eq!(violations_of(name, text), expect);
    let no = |line: &str, used: &str| format!("src/unit/x.rs:{line}: `unit` may not use `{used}`");
    check(
        "unit/x.rs",
        "use crate::error::Error;\nlet x = crate::unit::y();",
        &[],
    );
    check("unit/x.rs", "\nuse crate::stats::median;", &[&no("2", "stats")]);
    let group =
        "use crate::{\n    error::{Error, profile},\n    profile::{self, x},\n    unit, render as r,\n};";
    check("unit/x.rs", group, &[&no("3", "profile"), &no("4", "render")]);
    check(
        "unit/x.rs",
        "// crate::render\n/* crate::render */ let s = \"\\\"crate::render\";",
        &[],
    );
    check(
        "unit/x.rs",
        "r#\"crate::render\"#; '\"'; 'a: loop { crate::bench::x() }",
        &[&no("1", "bench")],
    );
    check("unit/x.rs", "pub(crate) fn x() {} my_crate::render();", &[]);
    let climbs = ["src/flame.rs:1: leaves its module by `super::`; write `crate::`"];
    check(
        "flame.rs",
        "use super::render;\n#[cfg(test)]\nmod tests { use super::*; }",
        &climbs,
    );
    check(
        "stats/mod.rs",
        "use super::render;",
        &["src/stats/mod.rs:1: leaves its module by `super::`; write `crate::`"],
    );
    check(
        "stats/a.rs",
        "use super::b; use super::super::c;",
        &["src/stats/a.rs:1: leaves its module by `super::`; write `crate::`"],
    );
    check(
        "cheese.rs",
        "",
        &["src/cheese.rs:1: module `cheese` has no place in the order"],
    );
    check("bin/perfplan/a.rs", "use crate::cli; use perfplan::unit;", &[]);
    let path = ["src/bin/perfplan/a.rs:1: the program may not use `#[path`, only `perfplan::`"];
    check(
        "bin/perfplan/a.rs",
        "#[path = \"../../unit.rs\"] mod unit;",
        &path,
    );
}
