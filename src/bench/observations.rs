//! The repeated numbers of one benchmark and unit.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::log::{BenchLog, BenchResult, BenchUnit};
use crate::stats::{MedianInterval, Noise, diagnose, iteration_effect, median_interval};
use crate::unit::is_time_like;

/// All values of one package, benchmark and unit.
#[derive(Debug, Clone)]
pub struct Observations {
    /// Full name without `Benchmark`.
    pub name: Arc<str>,
    /// Import path, empty if unknown.
    pub package: String,
    /// In base units.
    pub unit: String,
    /// In base units, in the order of the input; all finite. Empty if none of them was.
    pub values: Vec<f64>,
    /// The iteration count of each value.
    pub iterations: Vec<i64>,
    /// How many values were NaN or infinite and are left out.
    pub excluded: usize,
}

/// What some observations come to.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// How many values.
    pub n: usize,
    /// Their median (NaN without values) and its interval.
    pub median: MedianInterval,
    /// The least value; +∞ without values.
    pub min: f64,
    /// The greatest value; −∞ without values.
    pub max: f64,
    /// Doubts about the series; only for units that a clock measures.
    pub noise: Vec<Noise>,
}

/// The results of an input by package, full name and unit, in the order of first appearance.
pub fn observations(log: &BenchLog) -> Vec<Observations> {
    let mut all: Vec<Observations> = Vec::new();
    let mut index: FxHashMap<(&str, &str, &str), usize> = FxHashMap::default();
    for result in &log.results {
        for measurement in &result.measurements {
            let key = (result.package(), &*result.name, measurement.unit());
            let at = *index.entry(key).or_insert_with(|| {
                all.push(Observations::begin(result, &measurement.unit));
                all.len() - 1
            });
            if let Some(observations) = all.get_mut(at) {
                observations.add(measurement.value, result.iterations);
            }
        }
    }
    all
}

impl Observations {
    /// Median with its interval at level `confidence` (0…1), range and doubts.
    pub fn summary(&self, confidence: f64) -> Summary {
        let mut noise = Vec::new();
        if is_time_like(&self.unit) {
            let iterations: Vec<f64> = self.iterations.iter().map(|n| *n as f64).collect();
            noise.extend(diagnose(&self.values));
            noise.extend(iteration_effect(&self.values, &iterations));
        }
        Summary {
            n: self.values.len(),
            median: median_interval(&self.values, confidence),
            min: self.values.iter().copied().fold(f64::INFINITY, f64::min),
            max: self.values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            noise,
        }
    }

    fn begin(result: &BenchResult, unit: &BenchUnit) -> Self {
        Self {
            name: result.name.clone(),
            package: result.package().to_string(),
            unit: unit.name.clone(),
            values: Vec::new(),
            iterations: Vec::new(),
            excluded: 0,
        }
    }

    fn add(&mut self, value: f64, iterations: i64) {
        if value.is_finite() {
            self.values.push(value);
            self.iterations.push(iterations);
        } else {
            self.excluded += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::parse;

    #[test]
    fn values_are_grouped_in_order() {
        let text = "BenchmarkB 10 3 ns/op 1 B/op\nBenchmarkA 10 1 ns/op\nBenchmarkB 20 5 ns/op inf ns/op\n\
                    pkg: p\nBenchmarkB 30 7 MB/s\n";
        let log = parse(text.as_bytes(), "x").unwrap();
        let got: Vec<String> = observations(&log)
            .iter()
            .map(|o| {
                format!(
                    "{}|{}|{} {:?} {:?} {}",
                    o.package, o.name, o.unit, o.values, o.iterations, o.excluded
                )
            })
            .collect();
        let expect = [
            "|B|sec/op [3.0000000000000004e-9, 5e-9] [10, 20] 1",
            "|B|B/op [1.0] [10] 0",
            "|A|sec/op [1e-9] [10] 0",
            "p|B|B/s [7000000.0] [30] 0",
        ];
        assert_eq!(got, expect);
    }

    #[test]
    fn summaries_doubt_clocks_only() {
        let lines = |unit: &str| {
            (1..=10)
                .map(|i| format!("BenchmarkX {i} {i} {unit}\n"))
                .collect::<String>()
        };
        let summary = |unit| {
            let log = parse(lines(unit).as_bytes(), "x").unwrap();
            observations(&log)[0].summary(0.95)
        };
        let time = summary("sec/op");
        assert_eq!(
            (time.n, time.min, time.max, time.median.median),
            (10, 1.0, 10.0, 5.5)
        );
        let codes: Vec<_> = time.noise.iter().map(Noise::code).collect();
        assert!(
            codes.contains(&"drift") && codes.contains(&"single-iteration"),
            "{codes:?}"
        );
        assert!(summary("B/op").noise.is_empty());
    }
}
