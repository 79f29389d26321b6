//! Skeletons of the benchmarks that are missing: test files of Go that compile as they stand.
//!
//! The signature is read from the source of the function; every argument becomes a variable with a value that compiles
//! and a remark that it is to be replaced. Where the source does not tell enough, an outline is made instead, and why.

mod imports;
mod types;
mod values;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, MissingBenchmark};
use crate::profile::package_of;
use crate::source::{GoFile, Signature};
use write::{Form, outline, test_file};

/// The first Go in which a benchmark can loop by `b.Loop`.
const LOOP_SINCE: (u32, u32) = (1, 24);

/// A hot function that no benchmark enters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct HotFunction {
    /// As the profile names it, closures cut off.
    pub function: String,
    /// The file as the profile names it.
    pub file: String,
}

/// A function's name in its parts.
pub(super) struct Name<'a> {
    pub receiver: Option<&'a str>,
    pub short: &'a str,
}

/// Makes skeletons that can stand beside each other and beside the benchmarks that are known.
pub(super) struct Skeletons<'a> {
    context: &'a Context<'a>,
    form: Form,
    /// Package and name.
    taken: BTreeSet<(String, String)>,
    /// Files of a folder so far.
    files: BTreeMap<String, u32>,
}

impl<'a> Skeletons<'a> {
    /// `taken` are the benchmarks that exist, as (package, name).
    pub fn new(context: &'a Context<'_>, taken: impl IntoIterator<Item = (String, String)>) -> Self {
        let version = context.evidence.sources.go_version();
        Self {
            context,
            form: Form {
                by_loop: version.is_some_and(|v| v >= LOOP_SINCE),
            },
            taken: taken.into_iter().collect(),
            files: BTreeMap::new(),
        }
    }

    /// The skeleton of a function.
    pub fn of(&mut self, hot: &HotFunction) -> MissingBenchmark {
        let package = package_of(&hot.function).unwrap_or_default();
        let parts = name_of(&hot.function);
        let text = self.context.evidence.sources.text(&hot.file);
        let file = text.as_deref().map(GoFile::new);
        let name = self.benchmark_name(&package, &parts, hot);
        let made = match &file {
            Some(file) => self.whole(file, &parts, &name),
            None => Err(format!("there is no source of {}", hot.file)),
        };
        let (skeleton, outline_because) = match made {
            Ok(skeleton) => (skeleton, String::new()),
            Err(why) => {
                let clause = file.as_ref().and_then(GoFile::package);
                let clause = clause.map_or_else(|| guessed_clause(&package), str::to_string);
                (outline(&clause, &name, parts.short, self.form), why)
            }
        };
        MissingBenchmark {
            file: self.file_name(&package, &hot.file),
            name,
            package,
            function: hot.function.clone(),
            skeleton,
            outline_because,
        }
    }

    fn whole(&self, file: &GoFile<'_>, parts: &Name<'_>, name: &str) -> Result<String, String> {
        let signature: Signature = file
            .signature(parts.receiver, parts.short)
            .ok_or_else(|| format!("the source found does not declare {}", parts.short))?;
        test_file(file, &signature, name, self.form)
    }

    /// `BenchmarkParse`; with the receiver's type, then with a number, where that is taken.
    fn benchmark_name(&mut self, package: &str, parts: &Name<'_>, hot: &HotFunction) -> String {
        let short = capital(parts.short);
        let typed = parts.receiver.map(|r| format!("Benchmark{}{short}", capital(r)));
        let numbered = (2..).map(|n| format!("Benchmark{short}{n}"));
        let names = [format!("Benchmark{short}")].into_iter().chain(typed);
        let declared = self.tests_beside(&hot.file);
        let is_free = |name: &String| {
            !self.taken.contains(&(package.to_string(), name.clone()))
                && !declared.iter().any(|text| GoFile::new(text).declares(name))
        };
        let name = names.chain(numbered).find(is_free).unwrap_or_default();
        self.taken.insert((package.to_string(), name.clone()));
        name
    }

    /// Texts of the test files that usually stand beside a file.
    fn tests_beside(&self, file: &str) -> Vec<String> {
        let folder = file.rfind('/').map_or(0, |at| at + 1);
        let folder = file.get(..folder).unwrap_or_default();
        let last = folder
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let stem = file.strip_suffix(".go").unwrap_or(file);
        let paths = [
            format!("{stem}_test.go"),
            format!("{folder}{last}_test.go"),
            format!("{folder}bench_test.go"),
            format!("{folder}benchmark_test.go"),
        ];
        let texts = paths.iter().filter_map(|p| self.context.evidence.sources.text(p));
        texts.collect()
    }

    /// Where the skeleton goes, from the module's folder where that is known.
    fn file_name(&mut self, package: &str, file: &str) -> String {
        let folder = self.folder(package, file);
        let count = self.files.entry(folder.clone()).or_default();
        *count += 1;
        let number = if *count == 1 {
            String::new()
        } else {
            count.to_string()
        };
        format!("{folder}bench_perfplan{number}{}_test.go", target_suffix(file))
    }

    /// The folder of a package with a slash at its end; empty for that of the module.
    fn folder(&self, package: &str, file: &str) -> String {
        let module = self.context.evidence.sources.module();
        let module = module
            .as_deref()
            .or(self.context.prefix.as_deref())
            .unwrap_or_default();
        let of_file = || file.rsplit_once('/').map_or("", |(folder, _)| folder);
        let path = if package == "main" { of_file() } else { package };
        let below = match path.strip_prefix(module) {
            Some(rest) if !module.is_empty() && (rest.is_empty() || rest.starts_with('/')) => {
                rest.trim_start_matches('/')
            }
            _ => of_file(),
        };
        match below {
            "" => String::new(),
            below => format!("{below}/"),
        }
    }
}

/// `pkg.(*T[...]).M` is M of T, `pkg.F` is F.
pub(super) fn name_of(function: &str) -> Name<'_> {
    let package = package_of(function).map_or(0, |p| p.len() + 1);
    let rest = function.get(package..).unwrap_or(function);
    let plain = |name: &'_ str| name.find('[').unwrap_or(name.len());
    if let Some((receiver, short)) = rest.strip_prefix("(*").and_then(|r| r.split_once(").")) {
        return Name {
            receiver: receiver.get(..plain(receiver)),
            short: short.get(..plain(short)).unwrap_or(short),
        };
    }
    let head = rest.get(..plain(rest)).unwrap_or(rest);
    let method = match rest.rsplit_once("].") {
        Some((_, method)) => Some((head, method)),
        None => head.split_once('.'),
    };
    match method {
        Some((receiver, short)) => Name {
            receiver: Some(receiver),
            short,
        },
        None => Name {
            receiver: None,
            short: head,
        },
    }
}

/// A name as it goes on after `Benchmark`: letters, digits and `_`, the first one large.
fn capital(name: &str) -> String {
    let mut letters = name.chars().filter(|c| c.is_alphanumeric() || *c == '_');
    let first = letters.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + &letters.collect::<String>()
}

/// What the package clause of a package mostly is.
fn guessed_clause(package: &str) -> String {
    let name = imports::base_name(package);
    let letters = name.chars().filter(|c| c.is_alphanumeric() || *c == '_');
    letters.collect()
}

/// `_linux`, `_amd64` or both, where the file is compiled for these alone.
fn target_suffix(file: &str) -> String {
    const TARGETS: [&str; 20] = [
        "linux", "darwin", "windows", "freebsd", "netbsd", "openbsd", "android", "ios", "js", "wasip1",
        "plan9", "amd64", "arm64", "386", "arm", "riscv64", "ppc64le", "s390x", "wasm", "loong64",
    ];
    let stem = file
        .rsplit('/')
        .next()
        .and_then(|f| f.strip_suffix(".go"))
        .unwrap_or_default();
    let mut parts = stem
        .rsplit('_')
        .take(2)
        .take_while(|p| TARGETS.contains(p))
        .collect::<Vec<_>>();
    if parts.len() == stem.split('_').count() {
        parts.pop();
    }
    parts.iter().rev().map(|p| format!("_{p}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let check = |function: &str, receiver: Option<&str>, short: &str| {
            let name = name_of(function);
            assert_eq!((name.receiver, name.short), (receiver, short), "{function}");
        };
        check("a.b/c.F", None, "F");
        check("a.b/c.F[...]", None, "F");
        check("a.b/c.(*T).M", Some("T"), "M");
        check("a.b/c.T.M", Some("T"), "M");
        check("a.b/c.(*List[...]).Add", Some("List"), "Add");
        check("a.b/c.List[go.shape.int].Add", Some("List"), "Add");
        check("main.run", None, "run");
    }

    #[test]
    fn files_for_one_system_have_skeletons_for_it() {
        assert_eq!(target_suffix("a/poll_linux.go"), "_linux");
        assert_eq!(target_suffix("a/x_linux_arm64.go"), "_linux_arm64");
        assert_eq!(target_suffix("a/linux.go"), "");
        assert_eq!(target_suffix("a/cart.go"), "");
    }
}
