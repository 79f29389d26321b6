//! `perfplan audit`: the checklist over Go source.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use perfplan::audit::{Options, SourceText, audit, rules};
use perfplan::error::nearest;
use perfplan::render::json;
use perfplan::report::audit_text;

use crate::audit_args::{AuditArgs, AuditFormat};
use crate::cli::Shared;
use crate::output;

/// Rules of higher tiers are shown on demand.
const DEFAULT_TIER: u8 = 2;

pub fn run(args: &AuditArgs, shared: &Shared) -> anyhow::Result<()> {
    let progress = output::Progress::begin("auditing", shared);
    let mut found = Found::default();
    let root = root_of(&args.paths);
    for path in &args.paths {
        found.take(&root, path)?;
    }
    let is_go = |s: &&SourceText| s.path.ends_with(".go");
    if !found.sources.values().any(|s| is_go(&s)) {
        bail!("no Go files in {}", root.display());
    }
    let options = Options {
        rules: chosen(args)?,
        generated: args.generated,
        tests: args.tests,
        go: args.go,
        only: found.only,
    };
    let result = audit(found.sources.into_values().collect(), &options);
    drop(progress);
    output::warn(&result.warnings, shared);
    let text = match args.format {
        AuditFormat::Text => audit_text(&result, args.all),
        AuditFormat::Json => json(&result)?,
    };
    output::print(text.as_bytes())
}

fn chosen(args: &AuditArgs) -> anyhow::Result<Vec<&'static perfplan::audit::Rule>> {
    let all = rules::all();
    if args.rules.is_empty() {
        let is_shown = |r: &&'static perfplan::audit::Rule| args.all || r.tier <= DEFAULT_TIER;
        return Ok(all.into_iter().filter(is_shown).collect());
    }
    let named = |id: &String| {
        rules::find(id).with_context(|| match nearest(id, all.iter().map(|r| r.id)) {
            Some(near) => format!("--rule: {id} is no rule; did you mean {near}?"),
            None => format!("--rule: {id} is no rule"),
        })
    };
    args.rules.iter().map(named).collect()
}

/// The folder to which paths are relative: the one given, or what holds the files given.
fn root_of(paths: &[PathBuf]) -> PathBuf {
    match paths {
        [one] if one.is_dir() => one.clone(),
        [one] => folder_of(one),
        _ => PathBuf::from("."),
    }
}

fn folder_of(file: &Path) -> PathBuf {
    let parent = file.parent().filter(|p| !p.as_os_str().is_empty());
    parent.map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Sources by path, and the files to which hits are limited.
#[derive(Default)]
struct Found {
    sources: BTreeMap<String, SourceText>,
    only: Vec<String>,
}

impl Found {
    fn take(&mut self, root: &Path, path: &Path) -> anyhow::Result<()> {
        if path.is_dir() {
            self.folder(root, path, true)?;
        } else {
            fs::metadata(path).with_context(|| path.display().to_string())?;
            self.folder(root, &folder_of(path), false)?;
            self.only.push(relative(root, path));
        }
        self.enclosing_module(root);
        Ok(())
    }

    /// The Go files of a folder, and of those below it.
    fn folder(&mut self, root: &Path, folder: &Path, is_deep: bool) -> anyhow::Result<()> {
        let mut work = vec![folder.to_path_buf()];
        while let Some(folder) = work.pop() {
            let entries = fs::read_dir(&folder).with_context(|| folder.display().to_string())?;
            for entry in entries.flatten() {
                let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
                // A link to a folder may lead back: only true folders are entered.
                let is_folder = entry.file_type().is_ok_and(|t| t.is_dir());
                let is_apart = name.starts_with(['.', '_']) || name == "vendor" || name == "testdata";
                if is_folder && is_deep && !is_apart {
                    work.push(path);
                } else if !is_folder && (name.ends_with(".go") || name.ends_with(".sql") || name == "go.mod")
                {
                    self.file(root, &path);
                }
            }
        }
        Ok(())
    }

    /// A file that cannot be read is told, and the rest is audited.
    fn file(&mut self, root: &Path, path: &Path) {
        match fs::read(path) {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes).into_owned();
                self.put(relative(root, path), text);
            }
            Err(error) => eprintln!("warning: {}: {error}", relative(root, path)),
        }
    }

    fn put(&mut self, path: String, text: String) {
        self.sources.insert(path.clone(), SourceText { path, text });
    }

    /// The go.mod of a folder around the root tells its version, where the root has none.
    fn enclosing_module(&mut self, root: &Path) {
        if self.sources.contains_key("go.mod") {
            return;
        }
        let full = fs::canonicalize(root).unwrap_or_default();
        for around in full.ancestors() {
            let Ok(text) = fs::read_to_string(around.join("go.mod")) else {
                continue;
            };
            let below = relative(around, &full);
            let path = perfplan::source::module_of(&text).unwrap_or_default();
            let module = [path.as_str(), &below].join("/");
            let own = format!("module {}\n{}", module.trim_matches('/'), go_line(&text));
            self.put("go.mod".to_string(), own);
            return;
        }
    }
}

fn go_line(go_mod: &str) -> &str {
    go_mod.lines().find(|l| l.starts_with("go ")).unwrap_or_default()
}

fn relative(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    let path = path.strip_prefix(".").unwrap_or(path);
    path.to_string_lossy().replace('\\', "/")
}
