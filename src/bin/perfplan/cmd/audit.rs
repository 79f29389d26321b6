//! `perfplan audit`: the checklist over Go source.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use perfplan::audit::{Options, Rule, Severity, SourceText, audit, rules};
use perfplan::error::nearest;
use perfplan::render::json;
use perfplan::report::{
    audit_github, audit_json, audit_rdjson, audit_sarif, audit_text, baseline_json, read_baseline,
};
use perfplan::review::AuditInput;
use perfplan::review::audit::{JoinedAudit, join};

use crate::audit_args::{AuditArgs, AuditFormat, AuditSeverity};
use crate::cli::{ReviewFormat, Shared};
use crate::output;
use crate::settings::Settings;
use crate::sources::DiskSources;

/// Rules of higher tiers are shown on demand.
const DEFAULT_TIER: u8 = 2;

pub fn run(args: &AuditArgs, shared: &Shared) -> anyhow::Result<()> {
    let progress = output::Progress::begin("auditing", shared);
    let settings = Settings::load(shared)?;
    let mut policy = settings.review_policy(&[])?;
    let disabled = disabled(&policy.disabled)?;
    let root = root_of(&args.paths);
    let mut input = read_source(&root, args, &settings, chosen(args, &disabled)?)?;
    if let Some(revision) = &args.new_from {
        let changed = crate::git::changed_lines(&root, revision)?;
        input
            .audit
            .hits
            .retain(|h| changed.touches(&h.file, h.line, h.end_line));
    }
    let known = known(args, &settings)?;
    let names = [&args.profile[..], &args.bench].concat();
    let mut inputs = super::analyze::read(&names, None, shared)?;
    let mut joined = join(&input.audit, &inputs.profiles, &policy.audit);
    if let Some(path) = &args.write_baseline {
        output::write_whole(path, json(&baseline_json(&joined))?.as_bytes())?;
    }
    joined.hide_known(&known);
    let least = least(args, &settings);
    joined.hits.retain(|h| h.severity >= least);
    drop(progress);
    output::warn(&joined.warnings, shared);
    let text = match args.format {
        AuditFormat::Text => audit_text(&joined, args.all),
        AuditFormat::Sarif => json(&audit_sarif(&joined))?,
        AuditFormat::Rdjson => json(&audit_rdjson(&joined))?,
        AuditFormat::Github => audit_github(&joined),
        AuditFormat::Json | AuditFormat::Yaml | AuditFormat::Markdown => {
            input.audit.hits.retain(|h| !known.contains(&h.fingerprint));
            input.known = joined.known;
            inputs.audit = Some(input);
            policy.audit.min_severity = policy.audit.min_severity.max(least);
            let sources = DiskSources::new(&[root], settings.trims(), settings.excludes()?);
            let module = settings.module(None).value;
            let component = settings.component(None).value;
            let review = perfplan::review::review(&inputs.evidence(&sources, module, component), policy);
            match args.format {
                AuditFormat::Yaml => super::analyze::form(&review, ReviewFormat::Yaml, shared)?,
                AuditFormat::Markdown => super::analyze::form(&review, ReviewFormat::Markdown, shared)?,
                _ => json(&audit_json(&joined, ".", Some(&review)))?,
            }
        }
    };
    output::print(text.as_bytes())?;
    gate(args, &joined)
}

/// The audit of a folder for a review: all rules that are on by default.
pub fn of_folder(root: &Path, settings: &Settings, disabled: &[String]) -> anyhow::Result<AuditInput> {
    let disabled = self::disabled(disabled)?;
    let is_on = |r: &&'static Rule| r.tier <= DEFAULT_TIER && !disabled.contains(&r.id);
    let rules = rules::all().into_iter().filter(is_on).collect();
    let mut found = Found::default();
    found.take(root, root)?;
    found.exclude(settings)?;
    let options = Options {
        rules,
        ..Options::default()
    };
    let mut audit = audit(found.sources.into_values().collect(), &options);
    let before = audit.hits.len();
    if let Some(path) = settings.audit().baseline.as_deref() {
        let known = read_known(&settings.below(path))?;
        audit.hits.retain(|h| !known.contains(&h.fingerprint));
    }
    Ok(AuditInput {
        known: before - audit.hits.len(),
        audit,
    })
}

fn read_source(
    root: &Path,
    args: &AuditArgs,
    settings: &Settings,
    rules: Vec<&'static Rule>,
) -> anyhow::Result<AuditInput> {
    let mut found = Found::default();
    for path in &args.paths {
        found.take(root, path)?;
    }
    found.exclude(settings)?;
    let is_go = |s: &&SourceText| s.path.ends_with(".go");
    if !found.sources.values().any(|s| is_go(&s)) {
        bail!("no Go files in {}", root.display());
    }
    let options = Options {
        rules,
        generated: args.generated,
        tests: args.tests,
        go: args.go,
        only: found.only,
    };
    Ok(AuditInput {
        audit: audit(found.sources.into_values().collect(), &options),
        known: 0,
    })
}

/// Fingerprints that are not told again: of the flag, else of the policy.
fn known(args: &AuditArgs, settings: &Settings) -> anyhow::Result<Vec<String>> {
    match (&args.baseline, settings.audit().baseline.as_deref()) {
        (Some(path), _) => read_known(path),
        (None, Some(path)) => read_known(&settings.below(path)),
        (None, None) => Ok(Vec::new()),
    }
}

fn read_known(path: &Path) -> anyhow::Result<Vec<String>> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    read_baseline(&text).with_context(|| {
        format!(
            "{}: no baseline; `perfplan audit --write-baseline` writes one",
            path.display()
        )
    })
}

fn least(args: &AuditArgs, settings: &Settings) -> Severity {
    use perfplan::review::policy::Severity as Told;
    let of_policy = settings.audit().min_severity.map(|s| match s {
        Told::Low => Severity::Low,
        Told::Medium => Severity::Medium,
        Told::High => Severity::High,
        Told::Critical => Severity::Critical,
    });
    args.min_severity
        .map(severity)
        .or(of_policy)
        .unwrap_or(Severity::Low)
}

fn severity(severity: AuditSeverity) -> Severity {
    match severity {
        AuditSeverity::Low => Severity::Low,
        AuditSeverity::Medium => Severity::Medium,
        AuditSeverity::High => Severity::High,
        AuditSeverity::Critical => Severity::Critical,
    }
}

fn gate(args: &AuditArgs, joined: &JoinedAudit) -> anyhow::Result<()> {
    let Some(limit) = args.fail_on.iter().min().copied().map(severity) else {
        return Ok(());
    };
    let severe = joined.open().filter(|h| h.severity >= limit).count();
    if severe == 0 {
        return Ok(());
    }
    let name = format!("{limit:?}").to_lowercase();
    let stop = super::GateStop {
        failed: vec![format!("severity>={name}: {severe} hits")],
        undecided: Vec::new(),
        asked_by: "--fail-on: ",
    };
    Err(stop.into())
}

fn chosen(args: &AuditArgs, disabled: &[&str]) -> anyhow::Result<Vec<&'static Rule>> {
    let named = |ids: &[String], of: &str| -> anyhow::Result<Vec<&'static Rule>> {
        ids.iter().map(|id| rule_named(id, of)).collect()
    };
    let skipped = named(&args.skip, "--skip")?;
    let rules = if args.rules.is_empty() {
        let tier = if args.all {
            u8::MAX
        } else {
            args.tier.unwrap_or(DEFAULT_TIER)
        };
        let is_shown = |r: &&'static Rule| r.tier <= tier && !disabled.contains(&r.id);
        rules::all().into_iter().filter(is_shown).collect()
    } else {
        named(&args.rules, "--rule")?
    };
    let is_left = |r: &&'static Rule| !skipped.iter().any(|s| s.id == r.id);
    Ok(rules.into_iter().filter(is_left).collect())
}

fn rule_named(id: &str, of: &str) -> anyhow::Result<&'static Rule> {
    let all = rules::all();
    rules::find(id).with_context(|| match nearest(id, all.iter().map(|r| r.id)) {
        Some(near) => format!("{of}: {id} is no rule; did you mean {near}?"),
        None => format!("{of}: {id} is no rule"),
    })
}

/// The rules that the policy turns off; those of findings are known too.
fn disabled(ids: &[String]) -> anyhow::Result<Vec<&'static str>> {
    let all = perfplan::review::knowledge::rules();
    let known = |id: &String| {
        let found = all.iter().map(|r| r.id).find(|r| r == id);
        found.with_context(|| match nearest(id, all.iter().map(|r| r.id)) {
            Some(near) => format!("audit.disable: {id} is no rule; did you mean {near}?"),
            None => format!("audit.disable: {id} is no rule"),
        })
    };
    ids.iter().map(known).collect()
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

    /// Takes out what the policy excludes.
    fn exclude(&mut self, settings: &Settings) -> anyhow::Result<()> {
        let mut patterns = settings.excludes()?;
        for text in &settings.audit().exclude {
            let pattern = glob::Pattern::new(text).with_context(|| format!("audit.exclude: {text}"))?;
            patterns.push(pattern);
        }
        self.sources
            .retain(|path, _| path == "go.mod" || !patterns.iter().any(|p| p.matches(path)));
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
