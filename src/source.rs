//! Go source: where a profile's path leads to, and whether the text found there is the one that was compiled.
//!
//! A profile names files as the compiler saw them: absolute paths, or with `-trimpath` import paths such as
//! `example.com/shop/cart/cart.go`. [`candidates`] lists what such a name may be below a folder of sources.

use std::collections::HashMap;

mod declaration;
mod modules;
mod search;
mod tokens;

pub use declaration::{GoFile, Param, Receiver, Signature, qualifiers, words};
pub use modules::{Module, ModuleList, looks_like_modules, parse_go_mod, parse_modules};
pub use search::{SourceSearch, trimmed_path};

/// Where source texts come from; the program reads the disk, tests have them in memory.
pub trait Sources {
    /// The text behind a path of a profile, or `None`.
    fn text(&self, path: &str) -> Option<String>;

    /// The module path of the sources, from their go.mod.
    fn module(&self) -> Option<String>;

    /// The text of that go.mod, or `None`.
    fn go_mod(&self) -> Option<String> {
        None
    }

    /// The version of Go that their go.mod asks for, as (1, 27).
    fn go_version(&self) -> Option<(u32, u32)> {
        None
    }

    /// The bytes of the file with exactly this path; a folder has none.
    ///
    /// # Errors
    /// The system's reason in lower case, as in `no such file or directory`.
    fn file(&self, path: &str) -> Result<Vec<u8>, String> {
        let _ = path;
        Err("no such file or directory".to_string())
    }
}

/// No sources at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSources;

impl Sources for NoSources {
    fn text(&self, _path: &str) -> Option<String> {
        None
    }

    fn module(&self) -> Option<String> {
        None
    }
}

/// Sources in memory, by the path that a profile gives them.
impl Sources for HashMap<String, String> {
    fn text(&self, path: &str) -> Option<String> {
        self.get(path).cloned()
    }

    fn file(&self, path: &str) -> Result<Vec<u8>, String> {
        let text = self.get(path).map(|text| text.clone().into_bytes());
        text.ok_or_else(|| "no such file or directory".to_string())
    }

    fn module(&self) -> Option<String> {
        None
    }
}

/// The relative paths that a profile's path may stand for below a folder whose module is `module`, best first:
/// what follows the module path, then ever shorter ends of the path. The last, the bare file name, is tried
/// too, so a caller must check that the text fits ([`fits`]).
pub fn candidates(path: &str, module: Option<&str>) -> Vec<String> {
    let path = path.replace('\\', "/");
    let mut found = Vec::new();
    if let Some(rest) = module
        .and_then(|m| path.strip_prefix(m))
        .and_then(|r| r.strip_prefix('/'))
    {
        found.push(rest.to_string());
    }
    let mut rest = path.trim_start_matches('/');
    while !rest.is_empty() {
        found.push(rest.to_string());
        rest = rest.split_once('/').map_or("", |(_, rest)| rest);
    }
    // A name that climbs out of the folder is nobody's source.
    found.retain(|c| !c.split('/').any(|part| part == ".."));
    found.dedup();
    found
}

/// The module path that a go.mod names.
pub fn module_of(go_mod: &str) -> Option<String> {
    let line = go_mod.lines().find_map(|l| l.trim().strip_prefix("module "))?;
    Some(line.split("//").next()?.trim().trim_matches('"').to_string()).filter(|m| !m.is_empty())
}

/// The version of Go that a go.mod asks for: `go 1.27` and `go 1.27.3` are (1, 27).
pub fn go_version_of(go_mod: &str) -> Option<(u32, u32)> {
    let line = go_mod.lines().find_map(|l| l.trim().strip_prefix("go "))?;
    let (major, rest) = line.trim().split_once('.')?;
    let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some((major.parse().ok()?, rest.get(..digits)?.parse().ok()?))
}

/// A line of source (from 1) without the blanks around it.
pub fn line(text: &str, number: i64) -> Option<&str> {
    let index = usize::try_from(number).ok()?.checked_sub(1)?;
    text.lines().nth(index).map(str::trim)
}

/// Whether a text fits a function of a profile: its start line holds a `func` and the last part of its name.
/// Closures and functions without a start line cannot be checked and fit.
pub fn fits(text: &str, function: &str, start_line: i64) -> bool {
    if start_line <= 0 {
        return true;
    }
    let Some(start) = line(text, start_line) else {
        return false;
    };
    let name = function.rsplit('/').next().unwrap_or(function);
    let name = name.split_once('.').map_or(name, |(_, n)| n);
    let name = name.split('[').next().unwrap_or(name);
    let last = name.rsplit('.').next().unwrap_or(name);
    let is_closure = last
        .trim_start_matches("func")
        .chars()
        .all(|c| c.is_ascii_digit())
        || last.contains('-');
    start.contains("func") && (is_closure || start.contains(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_paths_are_cut_first() {
        assert_eq!(
            candidates("example.com/feed/before/feed.go", Some("example.com/feed"))[..2],
            ["before/feed.go", "example.com/feed/before/feed.go"]
        );
        assert_eq!(candidates("/src/x/a.go", None), ["src/x/a.go", "x/a.go", "a.go"]);
        assert!(
            candidates("../../etc/passwd", None)
                .iter()
                .all(|c| !c.contains(".."))
        );
    }

    #[test]
    fn modules_are_read_from_go_mod() {
        assert_eq!(
            module_of("// x\nmodule example.com/a // b\n\ngo 1.27\n").as_deref(),
            Some("example.com/a")
        );
        assert_eq!(module_of("go 1.27\n"), None);
        assert_eq!(go_version_of("module x\n\ngo 1.24rc1 // x\n"), Some((1, 24)));
        assert_eq!(go_version_of("go 1.27.3\n"), Some((1, 27)));
        assert_eq!(go_version_of("module x\n"), None);
    }

    #[test]
    fn a_text_that_was_not_compiled_does_not_fit() {
        let text = "package a\n\nfunc (s *T) Work() {\n\tgo func() {\n";
        assert!(fits(text, "x.y/a.(*T).Work", 3));
        assert!(fits(text, "x.y/a.(*T).Work.func1", 4));
        assert!(!fits(text, "x.y/a.(*T).Work", 2));
        assert!(!fits(text, "x.y/a.Other", 3));
        assert!(!fits(text, "x.y/a.Other", 30));
    }
}
