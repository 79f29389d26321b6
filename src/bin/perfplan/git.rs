//! What `git diff` says was changed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

/// Lines of the working tree that a revision has not, by path relative to a folder.
#[derive(Debug, Default)]
pub struct Changed(BTreeMap<String, Vec<(u32, u32)>>);

/// The lines changed below a folder since a revision.
pub fn changed_lines(folder: &Path, revision: &str) -> anyhow::Result<Changed> {
    if revision.starts_with('-') {
        bail!("--new-from: {revision} is no revision");
    }
    let mut command = Command::new("git");
    command.current_dir(folder);
    command.args([
        "-c",
        "core.quotePath=false",
        "diff",
        "--no-color",
        "--no-ext-diff",
        "--unified=0",
        "--relative",
    ]);
    command.args(["--src-prefix=a/", "--dst-prefix=b/", revision, "--", "."]);
    let output = command.output().context("--new-from: git cannot be run")?;
    if !output.status.success() {
        let told = String::from_utf8_lossy(&output.stderr);
        let first = told.lines().next().unwrap_or("it failed").to_string();
        bail!(
            "--new-from: git diff: {}",
            perfplan::error::printable(first.as_bytes())
        );
    }
    Ok(parse(&String::from_utf8_lossy(&output.stdout)))
}

/// `+++ b/PATH`, then `@@ -a,b +first,count @@`.
fn parse(diff: &str) -> Changed {
    let mut changed = Changed::default();
    let mut file = String::new();
    let mut left = 0_u32;
    for line in diff.lines() {
        if left == 0 && line.starts_with("+++ ") {
            let path = line.trim_start_matches("+++ ").trim_end_matches('\t');
            file = path.strip_prefix("b/").unwrap_or_default().to_string();
        } else if let Some((first, count)) = hunk(line).filter(|_| left == 0) {
            left = count;
            if count > 0 {
                changed
                    .0
                    .entry(file.clone())
                    .or_default()
                    .push((first, first + count - 1));
            }
        } else if line.starts_with('+') {
            left = left.saturating_sub(1);
        }
    }
    changed
}

fn hunk(line: &str) -> Option<(u32, u32)> {
    let after = line.strip_prefix("@@ -")?.split_once(" +")?.1.split(' ').next()?;
    let (first, count) = after.split_once(',').unwrap_or((after, "1"));
    let (first, count): (u32, u32) = (first.parse().ok()?, count.parse().ok()?);
    first.checked_add(count).map(|_| (first, count))
}

impl Changed {
    /// Whether one of these lines of a file was changed.
    pub fn touches(&self, file: &str, first: u32, last: u32) -> bool {
        let spans = self.0.get(file).map_or(&[][..], Vec::as_slice);
        spans.iter().any(|(from, to)| *from <= last && first <= *to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_lines_are_those_of_the_new_side() {
        let diff = "--- a/p/x.go\n+++ b/p/x.go\n@@ -3,0 +4,2 @@ func f()\n+a\n+++ b/no.go\n@@ -9,2 +10,0 @@\n-x\n-y\n";
        let changed = parse(diff);
        assert!(changed.touches("p/x.go", 5, 5) && changed.touches("p/x.go", 1, 4));
        assert!(!changed.touches("p/x.go", 6, 20) && !changed.touches("no.go", 1, 99));
    }
}
