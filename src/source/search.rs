//! Where `list` looks for a source file, as `go tool pprof` looks: `--source-path` and `--trim-path`.
//!
//! ```text
//! /build/shop/cart/cart.go   --source-path /home/me/shop   ─▶ cart/cart.go   ─▶ /home/me/shop/cart/cart.go
//! ```
//! Source of the rules: `trimPath` and `openSourceFile` in google/pprof's `internal/report/source.go`.

use super::Sources;

/// Where to look.
#[derive(Debug, Clone, Copy)]
pub struct SourceSearch<'a> {
    /// Folders, `:` between them; never empty, the working directory by default.
    pub source_path: &'a str,
    /// Prefixes to cut from paths, `:` between them.
    pub trim_path: &'a str,
}

impl SourceSearch<'_> {
    /// Path and bytes of the file behind a path of a profile. An absolute path must exist; a relative one is tried below
    /// each folder and each parent of it.
    ///
    /// # Errors
    /// The system's reason for an absolute path; for a relative one that nothing was found.
    pub fn open(&self, path: &str, sources: &dyn Sources) -> Result<(String, Vec<u8>), String> {
        let path = trimmed_path(path, self.trim_path, self.source_path);
        if path.starts_with('/') {
            let bytes = sources.file(path).map_err(|why| format!("open {path}: {why}"))?;
            return Ok((path.to_string(), bytes));
        }
        let found = folders(self.source_path)
            .flat_map(with_parents)
            .find_map(|folder| {
                let path = joined(folder, path);
                let bytes = sources.file(&path).ok()?;
                Some((path, bytes))
            });
        found.ok_or_else(|| format!("could not find file {path} on path {}", self.source_path))
    }
}

/// A path without the prefix that the search names: without `trim_path` what follows the first `/BASE/`, where BASE
/// is the last element of a folder of `source_path`; else what follows a prefix of `trim_path` or `/proc/self/cwd/`.
///
/// ```
/// use perfplan::source::trimmed_path;
/// assert_eq!(trimmed_path("/build/shop/cart/cart.go", "", "/home/me/shop"), "cart/cart.go");
/// assert_eq!(trimmed_path("/build/shop/cart/cart.go", "/build:/x", ""), "shop/cart/cart.go");
/// assert_eq!(trimmed_path("/proc/self/cwd/a.go", "", ""), "a.go");
/// ```
pub fn trimmed_path<'a>(path: &'a str, trim_path: &str, source_path: &str) -> &'a str {
    if trim_path.is_empty() {
        let mut bases = folders(source_path).map(|folder| format!("/{}/", base(folder)));
        let after = bases.find_map(|base| path.find(&base).map(|at| at + base.len()));
        if let Some(rest) = after.and_then(|at| path.get(at..)) {
            return rest;
        }
    }
    let prefixes = folders(trim_path).chain(["/proc/self/cwd/./", "/proc/self/cwd/"]);
    let mut cut = prefixes.filter_map(|prefix| match prefix.strip_suffix('/') {
        Some(without) => path.strip_prefix(without)?.strip_prefix('/'),
        None => path.strip_prefix(prefix)?.strip_prefix('/'),
    });
    cut.next().unwrap_or(path)
}

/// The parts of a list of folders; an empty list has none, but between two `:` there may be an empty one.
fn folders(list: &str) -> impl Iterator<Item = &str> {
    list.split(':').filter(move |_| !list.is_empty())
}

/// The last element of a path: `.` of nothing, `/` of the root.
fn base(path: &str) -> &str {
    match path.trim_end_matches('/').rsplit('/').next() {
        Some("") | None if path.is_empty() => ".",
        Some("") | None => "/",
        Some(name) => name,
    }
}

/// A folder and all that hold it, upwards.
fn with_parents(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| {
        let parent = match folder.rsplit_once('/') {
            Some(("", "")) => return None,
            Some(("", _)) => "/",
            Some((parent, _)) => parent,
            None if matches!(*folder, "" | ".") => return None,
            None => ".",
        };
        Some(parent)
    })
}

fn joined(folder: &str, path: &str) -> String {
    match folder {
        "" => path.to_string(),
        folder if folder.ends_with('/') => format!("{folder}{path}"),
        folder => format!("{folder}/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn open(path: &str, source_path: &str, trim_path: &str) -> Result<String, String> {
        let files = ["/home/me/shop/cart/cart.go", "/home/lib.go", "/abs/a.go"];
        let files: HashMap<String, String> = files.map(|f| (f.to_string(), f.to_string())).into();
        let search = SourceSearch {
            source_path,
            trim_path,
        };
        search.open(path, &files).map(|(path, _)| path)
    }

    #[test]
    fn files_are_found_below_folders_and_their_parents() {
        let check = |path: &str, source_path: &str, trim_path: &str, expect: Result<&str, &str>| {
            let expect = expect.map(str::to_string).map_err(str::to_string);
            assert_eq!(open(path, source_path, trim_path), expect, "{path}");
        };
        check(
            "/build/shop/cart/cart.go",
            "/home/me/shop",
            "",
            Ok("/home/me/shop/cart/cart.go"),
        );
        check(
            "cart/cart.go",
            "/x:/home/me/shop",
            "",
            Ok("/home/me/shop/cart/cart.go"),
        );
        check("lib.go", "/home/me/shop", "", Ok("/home/lib.go"));
        check("/ci/lib.go", "/home/me/shop", "/ci", Ok("/home/lib.go"));
        check("/abs/a.go", "/home/me", "", Ok("/abs/a.go"));
        check(
            "/abs/b.go",
            "/home",
            "",
            Err("open /abs/b.go: no such file or directory"),
        );
        check("b.go", "/home", "", Err("could not find file b.go on path /home"));
    }

    #[test]
    fn with_a_trim_path_the_folder_is_not_guessed() {
        assert_eq!(trimmed_path("/b/shop/a.go", "/x", "/home/shop"), "/b/shop/a.go");
        assert_eq!(trimmed_path("/bx/a.go", "/b", ""), "/bx/a.go");
        assert_eq!(trimmed_path("/b/a.go", "/b/", ""), "a.go");
        assert_eq!(trimmed_path("a.go", "", ""), "a.go");
    }
}
