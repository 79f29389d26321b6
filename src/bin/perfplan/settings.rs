//! Settings in force: flag, then environment variable, then perfplan.yaml, then the default.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use glob::Pattern;
use perfplan::error::{Error, Place, Problem, Warning, printable};
use perfplan::review::Policy;
use perfplan::review::policy::{Budgets, GateLists, GatePolicy, Production, ReadPolicy, read};

use crate::cli::{Shared, parse_rate};
use crate::{bench_inputs, inputs, output};

/// The name of the policy file.
pub const FILE: &str = "perfplan.yaml";

/// The policy in force and where it stands.
pub struct Settings {
    pub policy: ReadPolicy,
    /// What its paths are relative to; empty for the working directory.
    pub folder: PathBuf,
    /// How the file was named, if it was not found by itself.
    pub named_by: Option<Origin>,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Flag(&'static str),
    Variable(&'static str),
    /// File and line.
    File(String),
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "flag {name}"),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::File(place) => f.write_str(place),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value with its origin.
#[derive(Debug, Clone)]
pub struct Sourced<T> {
    pub value: T,
    pub origin: Origin,
}

/// A variable that is set and not empty.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Settings {
    /// Reads the policy that is named or found; without one everything has its default.
    pub fn load(shared: &Shared) -> anyhow::Result<Self> {
        let by_flag = shared
            .config
            .clone()
            .map(|path| (path, Some(Origin::Flag("--config"))));
        let by_variable = || {
            variable("PERFPLAN_CONFIG").map(|path| (path.into(), Some(Origin::Variable("PERFPLAN_CONFIG"))))
        };
        let Some((path, named_by)) = by_flag
            .or_else(by_variable)
            .or_else(|| find().map(|path| (path, None)))
        else {
            return Ok(Self {
                policy: ReadPolicy::default(),
                folder: PathBuf::new(),
                named_by: None,
            });
        };
        let name = path.to_string_lossy().into_owned();
        let bytes = inputs::read_file(&name, super::cmd::limits(shared))?;
        Ok(Self {
            policy: read(bytes, &name)?,
            folder: path.parent().map(Path::to_path_buf).unwrap_or_default(),
            named_by,
        })
    }

    fn origin(&self, key: &str) -> Origin {
        self.policy.origin(key).map_or(Origin::Default, Origin::File)
    }

    /// A path of the file as the program opens it.
    pub fn below(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// A text by flag, variable, file.
    fn text(
        &self,
        flag: Option<&String>,
        names: (&'static str, &'static str, &str),
        of_file: Option<&String>,
    ) -> Sourced<Option<String>> {
        let (option, name, key) = names;
        let by_variable = || variable(name).map(|v| (v, Origin::Variable(name)));
        let by_file = || of_file.map(|v| (v.clone(), self.origin(key)));
        let found = flag.map(|v| (v.clone(), Origin::Flag(option)));
        match found.or_else(by_variable).or_else(by_file) {
            Some((value, origin)) => Sourced {
                value: Some(value),
                origin,
            },
            None => Sourced {
                value: None,
                origin: Origin::Default,
            },
        }
    }

    /// Module path of the user's code.
    pub fn module(&self, flag: Option<&String>) -> Sourced<Option<String>> {
        self.text(
            flag,
            ("--module", "PERFPLAN_MODULE", "module"),
            self.policy.file.module.as_ref(),
        )
    }

    /// What the review calls the program.
    pub fn component(&self, flag: Option<&String>) -> Sourced<Option<String>> {
        let of_file = self.policy.file.component.as_ref();
        self.text(flag, ("--component", "PERFPLAN_COMPONENT", "component"), of_file)
    }

    /// The folder of the source where no flag names one.
    pub fn source(&self) -> Sourced<Option<PathBuf>> {
        let names = ("--source", "PERFPLAN_SOURCE", "source.path");
        let Sourced { value, origin } = self.text(None, names, self.policy.file.source.path.as_ref());
        let value = match origin {
            Origin::File(_) => value.map(|path| self.below(&path)),
            _ => value.map(PathBuf::from),
        };
        Sourced { value, origin }
    }

    /// The folders of the source; each of them is one.
    pub fn sources(&self, flags: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
        if let Some(folder) = flags.iter().find(|f| !f.is_dir()) {
            bail!("{}: --source is no folder", folder.display());
        }
        if !flags.is_empty() {
            return Ok(flags.to_vec());
        }
        let source = self.source();
        match source.value {
            Some(folder) if folder.as_os_str().is_empty() => Ok(vec![PathBuf::from(".")]),
            Some(folder) if !folder.is_dir() => {
                bail!(
                    "{}: the source of {} is no folder",
                    folder.display(),
                    source.origin
                )
            }
            folder => Ok(folder.into_iter().collect()),
        }
    }

    pub fn trims(&self) -> &[String] {
        &self.policy.file.source.trim
    }

    /// The globs of files that are not looked at.
    pub fn excludes(&self) -> anyhow::Result<Vec<Pattern>> {
        let texts = self.policy.file.source.exclude.iter().enumerate();
        let pattern = |(at, text): (usize, &String)| self.pattern(&format!("source.exclude[{at}]"), text);
        texts.map(pattern).collect()
    }

    fn pattern(&self, key: &str, text: &str) -> anyhow::Result<Pattern> {
        Pattern::new(text).map_err(|error| self.wrong(key, format!("no glob: {}", error.msg)).into())
    }

    fn wrong(&self, key: &str, what: String) -> Error {
        let place = match self.policy.line(key) {
            Some(line) => Place::line(&self.policy.name, line),
            None => Place::input(&self.policy.name),
        };
        Error::new(
            place,
            Problem::Policy {
                key: key.to_string(),
                what,
                hint: None,
            },
        )
    }

    /// Significance level.
    pub fn alpha(&self, flag: Option<f64>) -> anyhow::Result<f64> {
        Ok(self.alpha_sourced(flag)?.value)
    }

    pub fn alpha_sourced(&self, flag: Option<f64>) -> anyhow::Result<Sourced<f64>> {
        let flag = flag.map(|value| Sourced {
            value,
            origin: Origin::Flag("--alpha"),
        });
        if let Some(flag) = flag {
            return Ok(flag);
        }
        if let Some(text) = variable("PERFPLAN_ALPHA") {
            let value =
                crate::diff_args::parse_alpha(&text).map_err(|why| anyhow!("PERFPLAN_ALPHA: {why}"))?;
            return Ok(Sourced {
                value,
                origin: Origin::Variable("PERFPLAN_ALPHA"),
            });
        }
        let of_file = self.policy.file.benchmarks.alpha;
        let origin = of_file.map_or(Origin::Default, |_| self.origin("benchmarks.alpha"));
        Ok(Sourced {
            value: of_file.unwrap_or(0.05),
            origin,
        })
    }

    /// Changes up to this do not matter, as the flag takes it; empty for the default.
    pub fn threshold(&self, flags: &[String]) -> anyhow::Result<Vec<String>> {
        if !flags.is_empty() {
            return Ok(flags.to_vec());
        }
        Ok(self.threshold_sourced()?.value.into_iter().collect())
    }

    pub fn threshold_sourced(&self) -> anyhow::Result<Sourced<Option<String>>> {
        let of_file = self.policy.file.benchmarks.threshold.map(|part| part.to_string());
        let names = ("--threshold", "PERFPLAN_THRESHOLD", "benchmarks.threshold");
        let told = self.text(None, names, of_file.as_ref());
        match told
            .value
            .as_deref()
            .filter(|text| bench_inputs::part(text).is_none())
        {
            Some(text) => bail!(
                "PERFPLAN_THRESHOLD: {} is no part such as 2% or 0.02",
                printable(text.as_bytes())
            ),
            None => Ok(told),
        }
    }

    /// The conditions of `--fail-on` for a verb, which takes its own of those in variable or file.
    pub fn fail_on(
        &self,
        flags: &[String],
        own: fn(GateLists) -> Vec<String>,
    ) -> anyhow::Result<Vec<String>> {
        if !flags.is_empty() {
            return Ok(flags.to_vec());
        }
        let of_variable = gate_of_variable("PERFPLAN_FAIL_ON")?;
        Ok(own(
            of_variable.unwrap_or_else(|| self.policy.file.gate.fail_lists())
        ))
    }

    /// The same of `--warn-on`.
    pub fn warn_on(
        &self,
        flags: &[String],
        own: fn(GateLists) -> Vec<String>,
    ) -> anyhow::Result<Vec<String>> {
        if !flags.is_empty() {
            return Ok(flags.to_vec());
        }
        let of_variable = gate_of_variable("PERFPLAN_WARN_ON")?;
        Ok(own(
            of_variable.unwrap_or_else(|| self.policy.file.gate.warn_lists())
        ))
    }

    /// Where the conditions of a gate come from.
    pub fn gate_origin(&self, name: &'static str, key: &str) -> Origin {
        match variable(name) {
            Some(_) => Origin::Variable(name),
            None => self.origin(key),
        }
    }

    /// What is said of the audit.
    pub fn audit(&self) -> &perfplan::review::policy::AuditPolicy {
        &self.policy.file.audit
    }

    /// Thresholds, disabled rules, costs and rates for a review.
    pub fn review_policy(&self, rates: &[(String, f64)]) -> anyhow::Result<Policy> {
        let mut policy = Policy::of(&self.policy);
        let mut told = Vec::new();
        if let Some(list) = variable("PERFPLAN_RATE") {
            for text in list.split(',').map(str::trim) {
                let rate = parse_rate(text).map_err(|why| anyhow!("PERFPLAN_RATE: {why}"))?;
                told.push((rate, Origin::Variable("PERFPLAN_RATE")));
            }
        }
        told.extend(rates.iter().cloned().map(|rate| (rate, Origin::Flag("--rate"))));
        for ((benchmark, per_second), origin) in told {
            policy.rates.retain(|r| r.benchmark != benchmark);
            policy.rates.push(Production {
                benchmark,
                per_second,
                from: origin.to_string(),
            });
        }
        policy.rates.sort_by(|a, b| a.benchmark.cmp(&b.benchmark));
        Ok(policy)
    }

    /// The inputs that the policy names: its profiles, then the new benchmarks.
    pub fn inputs(&self, shared: &Shared) -> anyhow::Result<Vec<String>> {
        let file = &self.policy.file;
        let profiles = file
            .profiles
            .all()
            .map(|(kind, paths)| (format!("profiles.{kind}"), paths));
        let mut found = Vec::new();
        for (key, paths) in profiles
            .iter()
            .map(|(k, p)| (k.as_str(), *p))
            .chain([("benchmarks.new", &file.benchmarks.new)])
        {
            for (at, path) in paths.0.iter().enumerate() {
                found.extend(self.expanded(key, at, path, shared)?);
            }
        }
        found.dedup();
        if found.is_empty() {
            let hint = format!(
                "name profiles or benchmark results, or write them into {FILE}: `perfplan init` begins one"
            );
            return Err(Problem::System {
                reason: "no inputs".to_string(),
                hint: Some(hint),
            }
            .at("analyze")
            .into());
        }
        Ok(found)
    }

    /// Runs of the old code: those given, else those that the policy names.
    pub fn base(&self, given: &[String], shared: &Shared) -> anyhow::Result<Vec<String>> {
        if !given.is_empty() {
            return Ok(given.to_vec());
        }
        let paths = self.policy.file.benchmarks.base.0.iter().enumerate();
        let lists = paths.map(|(at, path)| self.expanded("benchmarks.base", at, path, shared));
        Ok(lists.collect::<anyhow::Result<Vec<_>>>()?.concat())
    }

    /// The budgets, if there are any.
    pub fn budgets(&self) -> Option<&Budgets> {
        let budgets = &self.policy.file.budgets;
        Some(budgets).filter(|b| **b != Budgets::default())
    }

    /// The files that a path or glob names, sorted; a glob without any is a warning.
    fn expanded(&self, key: &str, at: usize, path: &str, shared: &Shared) -> anyhow::Result<Vec<String>> {
        let full = self.below(path);
        if !path.contains(['*', '?', '[']) {
            return Ok(vec![full.to_string_lossy().into_owned()]);
        }
        self.pattern(key, path)?;
        let folder = Pattern::escape(&self.folder.to_string_lossy());
        let pattern = Path::new(&folder).join(path);
        let files = glob::glob(&pattern.to_string_lossy()).with_context(|| path.to_string())?;
        let mut files: Vec<String> = files
            .flatten()
            .filter(|f| f.is_file())
            .map(|f| f.to_string_lossy().into_owned())
            .collect();
        files.sort();
        if files.is_empty() {
            let line = self
                .policy
                .line(&format!("{key}[{at}]"))
                .or_else(|| self.policy.line(key));
            let place = line.map_or_else(
                || Place::input(&self.policy.name),
                |l| Place::line(&self.policy.name, l),
            );
            output::warn(
                &[Warning::new(
                    "glob-empty",
                    place,
                    format!("{key}: nothing matches {path}"),
                )],
                shared,
            );
        }
        Ok(files)
    }

    /// Tells of rows with fewer runs than the policy asks for.
    pub fn warn_few(&self, least: u64, runs: impl Iterator<Item = u64>, what: &str, shared: &Shared) {
        let (few, all) = runs.fold((0u64, 0u64), |(few, all), n| {
            (few + u64::from(n < least), all + 1)
        });
        if few > 0 {
            let line = self.policy.line("benchmarks.min_runs").unwrap_or(1);
            let text = format!(
                "{few} of {all} {what} rest on fewer than {least} runs, the least of benchmarks.min_runs"
            );
            output::warn(
                &[Warning::new(
                    "few-runs",
                    Place::line(&self.policy.name, line),
                    text,
                )],
                shared,
            );
        }
    }
}

fn gate_of_variable(name: &'static str) -> anyhow::Result<Option<GateLists>> {
    let Some(text) = variable(name) else {
        return Ok(None);
    };
    let gate = GatePolicy {
        fail_on: vec![text],
        ..GatePolicy::default()
    };
    gate.check().map_err(|problem| problem.at(name))?;
    Ok(Some(gate.fail_lists()))
}

/// The nearest policy upwards, up to the folder with `.git`; named relative to the working directory.
fn find() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let mut relative = PathBuf::new();
    for folder in here.ancestors() {
        if folder.join(FILE).is_file() {
            return Some(relative.join(FILE));
        }
        if folder.join(".git").exists() {
            return None;
        }
        relative.push("..");
    }
    None
}
