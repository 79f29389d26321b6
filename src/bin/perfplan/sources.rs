//! Go source on disk: the folders of `--source`, then the profile's own paths, GOROOT and the module cache.

use std::fs;
use std::path::{Path, PathBuf};

use glob::Pattern;
use perfplan::source::{Sources, candidates, go_version_of, module_of};

/// The largest file that is read as source.
const MAX_SOURCE: u64 = 16 << 20;

/// Where to look, in this order.
pub struct DiskSources {
    folders: Vec<(PathBuf, Option<String>)>,
    go_mod: Option<String>,
    /// Prefixes that are cut from the paths of profiles.
    trims: Vec<String>,
    /// What is not looked at, relative to a folder.
    excludes: Vec<Pattern>,
    roots: Vec<PathBuf>,
}

impl DiskSources {
    /// The folders given, then what the environment names. Of paths in profiles the prefixes `trims` are cut; files below
    /// the folders that match one of `excludes` are not read.
    pub fn new(folders: &[PathBuf], trims: &[String], excludes: Vec<Pattern>) -> Self {
        let with_module = |folder: &PathBuf| {
            let go_mod = fs::read_to_string(folder.join("go.mod")).ok();
            (folder.clone(), go_mod.and_then(|text| module_of(&text)))
        };
        let folders: Vec<_> = folders.iter().map(with_module).collect();
        // The same folder that tells the module.
        let of_module = folders.iter().find(|(_, module)| module.is_some());
        Self {
            go_mod: of_module.and_then(|(folder, _)| fs::read_to_string(folder.join("go.mod")).ok()),
            folders,
            roots: roots(),
            trims: trims.to_vec(),
            excludes,
        }
    }

    fn is_excluded(&self, path: &str) -> bool {
        self.excludes.iter().any(|pattern| pattern.matches(path))
    }

    /// The path without the first of the prefixes that fits.
    fn trimmed<'a>(&self, path: &'a str) -> &'a str {
        let cut = |prefix: &String| {
            Some(
                path.strip_prefix(prefix.trim_end_matches('/'))?
                    .trim_start_matches('/'),
            )
        };
        self.trims.iter().find_map(cut).unwrap_or(path)
    }
}

/// GOROOT's source and the module cache, where they exist.
fn roots() -> Vec<PathBuf> {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    let go_root = set("GOROOT").unwrap_or_else(|| PathBuf::from("/usr/local/go"));
    let go_path = set("GOPATH").or_else(|| set("HOME").map(|h| h.join("go")));
    let cache = set("GOMODCACHE").or_else(|| go_path.map(|p| p.join("pkg/mod")));
    [Some(go_root.join("src")), cache]
        .into_iter()
        .flatten()
        .filter(|p| p.is_dir())
        .collect()
}

impl Sources for DiskSources {
    fn text(&self, path: &str) -> Option<String> {
        let path = self.trimmed(path);
        let below = self.folders.iter().flat_map(|(folder, module)| {
            candidates(path, module.as_deref())
                .into_iter()
                .filter(|c| !self.is_excluded(c))
                .map(move |c| folder.join(c))
        });
        let itself = Path::new(path);
        let absolute = itself.is_absolute().then(|| itself.to_path_buf());
        let relative = !itself.is_absolute() && candidates(path, None).first().is_some_and(|c| c == path);
        let in_roots = self.roots.iter().filter(|_| relative).map(|root| root.join(path));
        below
            .chain(absolute)
            .chain(in_roots)
            .find_map(|candidate| read(&candidate))
    }

    fn module(&self) -> Option<String> {
        self.folders.iter().find_map(|(_, module)| module.clone())
    }

    fn go_mod(&self) -> Option<String> {
        self.go_mod.clone()
    }

    fn go_version(&self) -> Option<(u32, u32)> {
        go_version_of(self.go_mod.as_deref()?)
    }

    fn file(&self, path: &str) -> Result<Vec<u8>, String> {
        let metadata = fs::metadata(path).map_err(|error| reason(&error))?;
        if metadata.is_dir() {
            return Ok(Vec::new());
        }
        if !metadata.is_file() || metadata.len() > MAX_SOURCE {
            return Err("not a source file".to_string());
        }
        fs::read(path).map_err(|error| reason(&error))
    }
}

/// The system's reason in lower case, without the number of the error.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    text.to_lowercase()
}

fn read(path: &Path) -> Option<String> {
    let metadata = fs::metadata(path).ok()?;
    let is_source =
        path.extension().is_some_and(|e| e == "go") && metadata.is_file() && metadata.len() <= MAX_SOURCE;
    let bytes = is_source.then(|| fs::read(path).ok())??;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_as_they_are_and_folders_are_empty() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.c");
        fs::write(&file, "x\r\n").unwrap();
        let read = |path: &Path| DiskSources::new(&[], &[], Vec::new()).file(&path.to_string_lossy());
        assert_eq!(read(&file), Ok(b"x\r\n".to_vec()));
        assert_eq!(read(folder.path()), Ok(Vec::new()));
        let missing = read(&folder.path().join("b.c"));
        assert_eq!(missing, Err("no such file or directory".to_string()));
    }
}
