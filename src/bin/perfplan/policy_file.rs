//! Finds and reads perfplan.yaml.

use std::path::{Path, PathBuf};

use perfplan::review::policy::{Paths, PolicyFile, ReadPolicy, read};

use crate::inputs;

/// A policy and the folder that its paths are relative to.
pub struct FoundPolicy {
    pub policy: ReadPolicy,
    folder: PathBuf,
}

/// The file that is named, else `perfplan.yaml` here or above, up to the root of the repository.
pub fn find(named: Option<&Path>, limits: perfplan::profile::Limits) -> anyhow::Result<Option<FoundPolicy>> {
    let path = match named {
        Some(path) => Some(path.to_path_buf()),
        None => upwards(),
    };
    let Some(path) = path else { return Ok(None) };
    let name = path.to_string_lossy().into_owned();
    let data = inputs::read(&name, limits)?;
    let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
    Ok(Some(FoundPolicy {
        policy: read(data, &name)?,
        folder,
    }))
}

/// Named by as many `..` as it takes, so that no absolute path is told.
fn upwards() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let mut folder = PathBuf::new();
    for above in here.ancestors() {
        let path = folder.join("perfplan.yaml");
        if path.is_file() {
            return Some(path);
        }
        if above.join(".git").exists() {
            return None;
        }
        folder.push("..");
    }
    None
}

impl FoundPolicy {
    pub fn file(&self) -> &PolicyFile {
        &self.policy.file
    }

    /// The profiles and the new benchmark texts that the policy names.
    pub fn inputs(&self) -> anyhow::Result<Vec<String>> {
        let file = self.file();
        let profiles = file.profiles.all();
        let paths = profiles.iter().map(|(_, paths)| *paths);
        let lists: Vec<Vec<String>> = paths
            .chain([&file.benchmarks.new])
            .map(|paths| self.expand(paths))
            .collect::<Result<_, _>>()?;
        Ok(lists.concat())
    }

    /// The texts of the old code that the policy names.
    pub fn base(&self) -> anyhow::Result<Vec<String>> {
        self.expand(&self.file().benchmarks.base)
    }

    /// The files of a list; a name with `*` stands for all that fit, sorted, of its folder.
    fn expand(&self, paths: &Paths) -> anyhow::Result<Vec<String>> {
        let mut files = Vec::new();
        for pattern in &paths.0 {
            let path = self.folder.join(pattern);
            if !pattern.contains('*') {
                files.push(path.to_string_lossy().into_owned());
                continue;
            }
            let found = fitting(&path);
            if found.is_empty() {
                anyhow::bail!("{}: {pattern} fits no file", self.policy.name);
            }
            files.extend(found);
        }
        Ok(files)
    }
}

/// The files of a folder whose name fits a pattern in which `*` stands for anything.
fn fitting(pattern: &Path) -> Vec<String> {
    let folder = pattern.parent().unwrap_or(Path::new(""));
    let name = pattern.file_name().unwrap_or_default().to_string_lossy();
    let parts: Vec<&str> = name.split('*').collect();
    let listed = match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    };
    let entries = std::fs::read_dir(listed).into_iter().flatten().flatten();
    let names = entries.map(|e| e.file_name().to_string_lossy().into_owned());
    let mut found: Vec<String> = names
        .filter(|name| fits(name, &parts))
        .map(|name| folder.join(name).to_string_lossy().into_owned())
        .collect();
    found.sort();
    found
}

/// Whether the parts occur in their order, the first and the last at the ends.
fn fits(name: &str, parts: &[&str]) -> bool {
    let (Some((first, rest)), Some(last)) = (parts.split_first(), parts.last()) else {
        return false;
    };
    let Some(mut left) = name.strip_prefix(first) else {
        return false;
    };
    for part in rest {
        match left.find(part) {
            Some(at) => left = &left[at + part.len()..],
            None => return false,
        }
    }
    name.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        let fit = |name, pattern: &str| fits(name, &pattern.split('*').collect::<Vec<_>>());
        assert!(fit("cpu.pb.gz", "cpu*.pb.gz") && fit("cpu12.pb.gz", "cpu*.pb.gz") && fit("x", "*"));
        assert!(!fit("mem.pb.gz", "cpu*.pb.gz") && !fit("cpu.pb.gz.bak", "cpu*.pb.gz"));
    }
}
