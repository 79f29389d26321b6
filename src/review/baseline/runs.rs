//! The runs of benchmarks by name and unit, and which benchmark of the new texts a name means.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::bench::name::split_gomaxprocs;
use crate::bench::{BenchLog, observations};
use crate::error::{Place, printable};

/// What was noted of the machine: keys of benchmark texts.
pub(super) const MACHINE: [&str; 3] = ["goos", "goarch", "cpu"];

/// All runs of some texts.
#[derive(Debug, Default)]
pub(in crate::review) struct AllRuns {
    /// In the order of the texts.
    pub benchmarks: Vec<BenchmarkRuns>,
    known: HashMap<(String, String), usize>,
}

/// The runs of a benchmark.
#[derive(Debug, Default)]
pub(in crate::review) struct BenchmarkRuns {
    /// Import path, empty if unknown.
    pub package: String,
    /// Full name without `Benchmark`, safe to print.
    pub name: String,
    /// In base units, in the order of the texts.
    pub units: BTreeMap<String, Vec<f64>>,
    /// The values of goos, goarch and cpu.
    pub environment: BTreeMap<String, String>,
    /// The input and the line of its first result.
    pub place: Option<Place>,
}

impl AllRuns {
    /// Reads every result once.
    pub fn of(logs: &[BenchLog]) -> Self {
        let mut all = Self::default();
        let mut machines: BTreeMap<(usize, &str), BTreeSet<String>> = BTreeMap::new();
        for log in logs {
            for observed in observations(log) {
                let benchmark = all.entry(&observed.package, &observed.name);
                let values = all.benchmarks[benchmark].units.entry(observed.unit).or_default();
                values.extend(observed.values);
            }
            for result in &log.results {
                let at = all.entry(result.package(), &result.name);
                let place = &mut all.benchmarks[at].place;
                place.get_or_insert_with(|| Place::line(&log.input, result.line));
                for key in MACHINE {
                    if let Some(value) = result.config.get(key) {
                        machines
                            .entry((at, key))
                            .or_default()
                            .insert(printable(value.as_bytes()));
                    }
                }
            }
        }
        for ((at, key), values) in machines {
            let values: Vec<String> = values.into_iter().collect();
            let environment = &mut all.benchmarks[at].environment;
            environment.insert(key.to_string(), values.join(", "));
        }
        all
    }

    fn entry(&mut self, package: &str, name: &str) -> usize {
        let key = (package.to_string(), printable(name.as_bytes()));
        if let Some(at) = self.known.get(&key) {
            return *at;
        }
        let at = self.benchmarks.len();
        self.benchmarks.push(BenchmarkRuns {
            package: key.0.clone(),
            name: key.1.clone(),
            ..BenchmarkRuns::default()
        });
        self.known.insert(key, at);
        at
    }

    /// The benchmark of a name: that of the package, else the only one; with another number of processors, if need be.
    /// With what differs.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub fn find(&self, package: &str, name: &str) -> Result<(&BenchmarkRuns, Vec<String>), String> {
        let stem = split_gomaxprocs(name).0;
        let named = |is: &dyn Fn(&str) -> bool| -> Vec<&BenchmarkRuns> {
            self.benchmarks.iter().filter(|b| is(&b.name)).collect()
        };
        let mut found = named(&|n| n == name);
        if found.is_empty() {
            found = named(&|n| split_gomaxprocs(n).0 == stem);
        }
        let own: Vec<_> = found.iter().filter(|b| b.package == package).collect();
        let one = match (own.as_slice(), found.as_slice()) {
            ([one], _) => **one,
            ([], [one]) => *one,
            ([], []) => return Err("the new inputs have no such benchmark".to_string()),
            _ => return Err("the new inputs have several benchmarks of that name".to_string()),
        };
        Ok((one, differences(one, package, name)))
    }
}

fn differences(found: &BenchmarkRuns, package: &str, name: &str) -> Vec<String> {
    let mut told = Vec::new();
    if !package.is_empty() && found.package != package {
        let now = match found.package.as_str() {
            "" => "not told now",
            package => package,
        };
        told.push(format!("the package was {package}, it is {now}"));
    }
    if found.name != name {
        told.push(format!(
            "the benchmark was {name}, it is {}: another number of processors",
            found.name
        ));
    }
    told
}
