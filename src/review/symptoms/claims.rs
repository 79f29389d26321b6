//! Which symptom each sample counts for: one at most, so that gains can be added up.

use std::collections::BTreeMap;

use super::Symptom;
use crate::analyze::{FamilySet, NodeId, SymptomSample, SymptomSamples};
use crate::profile::Profile;
use crate::review::resource::Column;

/// A symptom at a line of the user's, or in the background.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    pub symptom: Symptom,
    pub line: Option<NodeId>,
    /// Weight of the samples that show the symptom here.
    pub inclusive: i64,
    /// Weight of those among them that count for no other symptom.
    pub claimed: i64,
    /// Weight among it that the runtime or a library spends in the background on behalf of this line.
    pub background: i64,
    /// The heaviest sample that is claimed.
    pub example: usize,
    /// Weight that shows the symptom at all lines together.
    pub everywhere: i64,
}

/// The claims on a profile.
pub(super) struct Claims {
    /// In the order of the catalogue, then by line.
    pub all: Vec<Claim>,
    /// For every sample the claim that it counts for, as an index into `all`.
    pub of_sample: Vec<Option<usize>>,
}

/// A symptom of the catalogue, its families resolved.
struct Known {
    symptom: Symptom,
    families: FamilySet,
    without: FamilySet,
    preempted: FamilySet,
}

impl Known {
    fn all(symptoms: impl Iterator<Item = Symptom>) -> Vec<Self> {
        let known = |symptom: Symptom| Self {
            symptom,
            families: FamilySet::of(symptom.families),
            without: FamilySet::of(symptom.without),
            preempted: FamilySet::of(&["preempted"]),
        };
        symptoms.map(known).collect()
    }

    fn shows(&self, sample: &SymptomSample) -> bool {
        let families = sample.families;
        if self.families.is_empty() {
            let stopped = sample.below == 1 && families.meets(self.preempted);
            return sample.line.is_some() && (sample.below == 0 || stopped);
        }
        let meets = match self.symptom.alone {
            true => families.first_alone().meets(self.families),
            false => families.meets(self.families),
        };
        meets && !families.meets(self.without)
    }
}

/// Part of the CPU time from which the collector is taken to be sweeping.
const SWEEPING: f64 = 0.01;

/// What is asked: the samples, their weights, and which symptoms may claim them.
pub(super) struct Question<'a> {
    found: &'a SymptomSamples,
    /// Weight of each sample; 0 where it is no cost.
    weights: Vec<i64>,
    total: i64,
    /// Weight that was taken out of them.
    forgiven: i64,
    /// Those that reach their first level, with their inclusive weight, in the order of their claims.
    known: Vec<(Known, i64)>,
}

/// A symptom by its place among those known, at a line or in the background.
type Key = (usize, Option<NodeId>);

impl<'a> Question<'a> {
    /// The samples of a column for those of the symptoms, in their order, whose share of the total reaches their first
    /// level.
    pub fn new(
        profile: &Profile,
        column: &Column,
        found: &'a SymptomSamples,
        symptoms: impl Iterator<Item = Symptom>,
    ) -> Self {
        let weights = profile.samples.column(column.index).map(|v| v.max(0)).collect();
        let mut question = Self {
            found,
            weights,
            total: column.total.max(1),
            forgiven: 0,
            known: Vec::new(),
        };
        question.forgive_yields();
        question.known = question.qualifying(symptoms);
        question
    }

    /// Weight of the yields that are the sweeper's and count for nothing.
    pub fn forgiven(&self) -> i64 {
        self.forgiven
    }

    /// Takes out the yields of goroutines without own frame where they are those of the sweeper, which yields all the
    /// time while it sweeps: on a loaded machine that is a large part of the samples, and no cost that goes away.
    fn forgive_yields(&mut self) {
        let sweeps = self.weight_of(FamilySet::of(&["gc.sweep", "gc.forced"]));
        if (sweeps as f64) < SWEEPING * self.total as f64 {
            return;
        }
        let yields = FamilySet::of(&["sched.gosched"]);
        for (sample, weight) in self.found.samples.iter().zip(&mut self.weights) {
            if sample.line.is_none() && sample.families.meets(yields) {
                self.forgiven += std::mem::take(weight);
            }
        }
    }

    fn weight_of(&self, families: FamilySet) -> i64 {
        let samples = self.found.samples.iter().zip(&self.weights);
        samples
            .filter(|(s, _)| s.families.meets(families))
            .map(|(_, w)| *w)
            .sum()
    }

    fn qualifying(&self, symptoms: impl Iterator<Item = Symptom>) -> Vec<(Known, i64)> {
        let known = Known::all(symptoms);
        let mut sums = vec![0i64; known.len()];
        for (sample, weight) in self.found.samples.iter().zip(&self.weights) {
            let each = sums.iter_mut().zip(&known);
            each.filter(|(_, k)| k.shows(sample))
                .for_each(|(sum, _)| *sum += weight);
        }
        let reaches = |(known, sum): &(Known, i64)| {
            *sum > 0 && *sum as f64 >= known.symptom.levels.medium * self.total as f64
        };
        known.into_iter().zip(sums).filter(reaches).collect()
    }

    /// The answer. `may` says whether a symptom may claim samples at a line, `places` whether its work in the background
    /// may be charged to the line that causes it.
    pub fn claims(
        &self,
        may: impl Fn(&Symptom, Option<NodeId>) -> bool,
        places: impl Fn(&Symptom) -> bool,
    ) -> Claims {
        let mut sums: BTreeMap<Key, Claim> = BTreeMap::new();
        let samples = 0..self.weights.len();
        let keys: Vec<Option<Key>> = samples.map(|at| self.claim(at, &may, &mut sums)).collect();
        let homes: Vec<Option<NodeId>> = self.homes(places);
        for (place, home) in homes.iter().enumerate() {
            if let Some(line) = home {
                move_home(&mut sums, place, *line);
            }
        }
        let order: BTreeMap<Key, usize> = sums.keys().copied().zip(0..).collect();
        let claim = |(place, line): Key| order.get(&(place, line.or(homes[place]))).copied();
        Claims {
            of_sample: keys.iter().map(|key| key.and_then(claim)).collect(),
            all: sums.into_values().collect(),
        }
    }

    /// Adds a sample to all symptoms that it shows, and tells for which it counts: the first.
    fn claim(
        &self,
        at: usize,
        may: impl Fn(&Symptom, Option<NodeId>) -> bool,
        sums: &mut BTreeMap<Key, Claim>,
    ) -> Option<Key> {
        let (sample, weight) = (&self.found.samples[at], self.weights[at]);
        let mut first = None;
        if weight == 0 {
            return None;
        }
        for (place, (known, everywhere)) in self.known.iter().enumerate() {
            if !known.shows(sample) || !may(&known.symptom, sample.line) {
                continue;
            }
            let key = (place, sample.line);
            let claim = sums.entry(key).or_insert_with(|| Claim {
                symptom: known.symptom,
                line: sample.line,
                inclusive: 0,
                claimed: 0,
                background: 0,
                example: at,
                everywhere: *everywhere,
            });
            claim.inclusive += weight;
            if first.is_none() {
                first = Some(key);
                if claim.claimed == 0 || weight > self.weights[claim.example] {
                    claim.example = at;
                }
                claim.claimed += weight;
            }
        }
        first
    }

    /// For each symptom that works in the background the line on whose behalf: the one with at least half of the weight
    /// of the families that tell it.
    fn homes(&self, places: impl Fn(&Symptom) -> bool) -> Vec<Option<NodeId>> {
        let home = |(known, _): &(Known, i64)| match known.symptom.behalf {
            [] => None,
            behalf if places(&known.symptom) => self.main_line(FamilySet::of(behalf)),
            _ => None,
        };
        self.known.iter().map(home).collect()
    }

    fn main_line(&self, families: FamilySet) -> Option<NodeId> {
        let mut sums: BTreeMap<NodeId, i64> = BTreeMap::new();
        let samples = self.found.samples.iter().zip(&self.weights);
        for (sample, weight) in samples.filter(|(s, w)| s.families.meets(families) && **w > 0) {
            if let Some(line) = sample.line {
                *sums.entry(line).or_default() += weight;
            }
        }
        let all: i64 = sums.values().sum();
        let heaviest = sums
            .into_iter()
            .max_by_key(|(line, sum)| (*sum, std::cmp::Reverse(*line)));
        heaviest
            .filter(|(_, sum)| *sum >= all - *sum)
            .map(|(line, _)| line)
    }
}

/// Charges what a symptom does in the background to a line.
fn move_home(sums: &mut BTreeMap<Key, Claim>, place: usize, line: NodeId) {
    let Some(background) = sums.remove(&(place, None)) else {
        return;
    };
    let claim = sums.entry((place, Some(line))).or_insert(Claim {
        line: Some(line),
        inclusive: 0,
        claimed: 0,
        ..background
    });
    claim.inclusive += background.inclusive;
    claim.claimed += background.claimed;
    claim.background = background.claimed;
}
