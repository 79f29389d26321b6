//! Findings of a CPU profile.

mod words;

use std::collections::BTreeMap;

use super::claims::{Claim, Claims, Question};
use super::{Advice, BenchmarkClaims, ClaimedLine, Found, Judged, Most, Symptom, advice, catalogue};
use crate::analyze::{EntryKind, FamilySet, Node, NodeId, SymptomSamples, entry_of, symptoms};
use crate::error::printable;
use crate::review::findings::churn_saving;
use crate::review::lines::SourceLines;
use crate::review::resource::{Column, columns};
use crate::review::{Confidence, Context, Interval, Issue, MemorySite, ProfileInput};

/// Calls that are shown of an example.
pub(super) const MOST_CALLS: usize = 8;

/// What the parts of a finding are made from.
struct Cpu<'a> {
    context: &'a Context<'a>,
    input: &'a ProfileInput,
    column: Column,
    found: &'a SymptomSamples,
    source: SourceLines<'a>,
    memory: &'a [MemorySite],
    /// Part of the allocated bytes that findings of allocation sites may save.
    churn: f64,
}

/// Adds the findings of a CPU profile, the part of the CPU time that allocates and is counted for none of them, and what
/// is counted for nothing. Where an allocation site is `told` already, allocating there is no second finding.
pub(super) fn judge(
    context: &Context<'_>,
    input: &ProfileInput,
    memory: &[MemorySite],
    told: &[&MemorySite],
    judged: &mut Judged,
) {
    let profile = &input.profile;
    let Some(column) = columns(profile).first().copied() else {
        return;
    };
    let found = symptoms(profile, context.prefix.as_deref());
    let saved = |site: &&MemorySite| site.share.share * churn_saving(context, site).high;
    let churn = told.iter().map(saved).sum();
    let told = lines_of(told, &found);
    let may = |symptom: &Symptom, line: Option<NodeId>| {
        let is_test = line.is_some_and(|l| found.lines.get(l).file.ends_with(b"_test.go"));
        let is_told = symptom.id == "alloc" && line.is_some_and(|l| told[l.index()]);
        !is_test && !is_told
    };
    // Where allocations are measured, they tell whom the collector works for.
    let places = |symptom: &Symptom| symptom.id != "gc" || memory.is_empty();
    let in_force = catalogue().map(|s| context.policy.symptom_in_force(s));
    let question = Question::new(profile, &column, &found, in_force);
    let claims = question.claims(may, places);
    let cpu = Cpu {
        context,
        input,
        column,
        found: &found,
        source: context.source_lines(),
        memory,
        churn,
    };
    let kept = cpu.kept(&claims);
    let findings = kept.iter().map(|at| cpu.finding(&claims, *at));
    judged.findings.extend(findings);
    let free = cpu.unclaimed_allocation(&claims, &kept);
    judged.unclaimed_allocation = judged.unclaimed_allocation.or(Some(free));
    judged.benchmarks.extend(cpu.of_benchmarks(&claims, &kept));
    judged.at_most = judged.at_most.or(Some(cpu.saved_at_most(&claims, &kept)));
    judged.caveats.extend(cpu.left_out(question.forgiven()));
}

/// For every line of the profile whether one of these sites is at it.
fn lines_of(sites: &[&MemorySite], found: &SymptomSamples) -> Vec<bool> {
    let is_site = |node: &Node| {
        let is_here = |s: &&MemorySite| {
            s.line == node.line && s.function == printable(&node.function) && s.file == printable(&node.file)
        };
        sites.iter().any(is_here)
    };
    found.lines.nodes.iter().map(is_site).collect()
}

impl Cpu<'_> {
    /// The claims that become findings, by expected gain: of each symptom the heaviest lines that reach the share of a
    /// line and have samples enough.
    fn kept(&self, claims: &Claims) -> Vec<usize> {
        let policy = &self.context.policy;
        let least = |claim: &Claim| match claim.symptom.families.is_empty() {
            // A hot line of own code is one by itself.
            true => claim.symptom.levels.medium,
            false => policy.line_share,
        };
        let is_worth = |at: &usize| {
            let claim = &claims.all[*at];
            self.part(claim.claimed) >= least(claim)
                && self.samples(claim.claimed) >= policy.symptoms.least_samples
        };
        let mut worth: Vec<usize> = (0..claims.all.len()).filter(is_worth).collect();
        worth.sort_by(|a, b| {
            let middle = |at: &usize| middle(self.gain(&claims.all[*at]));
            let place = |at: &usize| claims.all[*at].line.map(|l| self.found.lines.get(l));
            let (x, y) = (&claims.all[*a], &claims.all[*b]);
            middle(b)
                .total_cmp(&middle(a))
                .then(y.claimed.cmp(&x.claimed))
                .then_with(|| x.symptom.id.cmp(y.symptom.id))
                .then_with(|| place(a).cmp(&place(b)))
        });
        let mut taken: Vec<(&str, usize)> = Vec::new();
        worth.retain(|at| {
            let id = claims.all[*at].symptom.id;
            let at = taken.iter().position(|t| t.0 == id).unwrap_or_else(|| {
                taken.push((id, 0));
                taken.len() - 1
            });
            taken[at].1 += 1;
            taken[at].1 <= policy.symptoms.lines
        });
        worth
    }

    /// Part of the CPU time that allocates and is counted for no finding.
    fn unclaimed_allocation(&self, claims: &Claims, kept: &[usize]) -> f64 {
        let allocates = FamilySet::of(&["alloc"]);
        let mut is_kept = vec![false; claims.all.len()];
        kept.iter().for_each(|at| is_kept[*at] = true);
        let samples = self.found.samples.iter().zip(&claims.of_sample).enumerate();
        let free = samples.filter(|(_, (sample, claim))| {
            sample.families.meets(allocates) && !claim.is_some_and(|at| is_kept[at])
        });
        let sum: i64 = free
            .map(|(at, _)| self.input.profile.samples.value(at, self.column.index).max(0))
            .sum();
        self.part(sum)
    }

    /// What the findings claim of the samples below each benchmark function.
    fn of_benchmarks(&self, claims: &Claims, kept: &[usize]) -> Vec<BenchmarkClaims> {
        let (of_sample, entries) = entry_of(&self.input.profile);
        let is_told = |claim: usize| {
            kept.iter()
                .any(|k| claims.all[*k].symptom.id == claims.all[claim].symptom.id)
        };
        let told: Vec<bool> = (0..claims.all.len()).map(is_told).collect();
        let mut totals = vec![0i64; entries.len()];
        let mut sums: BTreeMap<(usize, usize), i64> = BTreeMap::new();
        for (sample, entry) in of_sample.iter().enumerate() {
            let weight = self.input.profile.samples.value(sample, self.column.index).max(0);
            let entry = *entry as usize;
            totals[entry] = totals[entry].saturating_add(weight);
            if let Some(claim) = claims.of_sample[sample].filter(|claim| told[*claim]) {
                *sums.entry((entry, claim)).or_default() += weight;
            }
        }
        let benchmarks = (0..entries.len()).filter(|at| entries[*at].kind == EntryKind::Benchmark);
        let parts = |at: usize| {
            let total = totals[at].max(1) as f64;
            let of_entry = sums.range((at, 0)..(at + 1, 0));
            of_entry.map(move |((_, claim), weight)| (&claims.all[*claim], *weight as f64 / total))
        };
        benchmarks
            .map(|at| BenchmarkClaims {
                function: entries[at].function.clone(),
                findings: parts(at)
                    .map(|(claim, part)| (self.line_of(claim), part))
                    .collect(),
                left: parts(at)
                    .map(|(claim, part)| part * (1.0 - self.saving(claim).high))
                    .sum(),
            })
            .collect()
    }

    /// Part of the CPU time that is saved at most: what the findings' symptoms claim, as much as the catalogue says, and
    /// all that is not claimed at their lines.
    fn saved_at_most(&self, claims: &Claims, kept: &[usize]) -> f64 {
        let is_told = |c: &&Claim| kept.iter().any(|k| claims.all[*k].symptom.id == c.symptom.id);
        let told: Vec<bool> = claims.all.iter().map(|c| is_told(&c)).collect();
        let mut at_line = vec![false; self.found.lines.nodes.len()];
        let of_told = claims.all.iter().filter(is_told).filter_map(|c| c.line);
        of_told.for_each(|line| at_line[line.index()] = true);
        let saved = |sample: usize| {
            let weight = self.input.profile.samples.value(sample, self.column.index).max(0) as f64;
            let line = self.found.samples[sample].line;
            match claims.of_sample[sample].filter(|claim| told[*claim]) {
                Some(claim) => weight * self.saving(&claims.all[claim]).high,
                None if line.is_some_and(|l| at_line[l.index()]) => weight,
                None => 0.0,
            }
        };
        let all: f64 = (0..self.found.samples.len()).map(saved).sum();
        (all / self.column.total.max(1) as f64).min(1.0)
    }

    fn line_of(&self, claim: &Claim) -> ClaimedLine {
        let node = claim.line.map(|line| self.found.lines.get(line));
        ClaimedLine {
            rule: claim.symptom.id,
            function: node.map_or_else(String::new, |n| printable(&n.function)),
            line: node.map_or(0, |n| n.line),
        }
    }

    fn part(&self, value: i64) -> f64 {
        value as f64 / self.column.total.max(1) as f64
    }

    /// How many samples stand behind a weight; as many as its share of the records where the file does not tell.
    fn samples(&self, value: i64) -> f64 {
        (self.part(value) * self.all_samples()).round()
    }

    fn all_samples(&self) -> f64 {
        self.column
            .count()
            .unwrap_or(self.input.profile.samples.len() as f64)
    }

    fn gain(&self, claim: &Claim) -> Interval {
        let part = self.part(claim.claimed);
        let saving = self.saving(claim);
        Interval {
            low: part * saving.low,
            high: part * saving.high,
        }
    }

    /// What the advice saves of a claim. The collector works in proportion to the bytes that are allocated, so where it is
    /// measured what the findings save of them, that is saved of its work too.
    fn saving(&self, claim: &Claim) -> Interval {
        let saving = claim.symptom.saving;
        match claim.symptom.id {
            "gc" => Interval {
                low: saving.low,
                high: saving.high.max(self.churn.min(1.0)),
            },
            _ => saving,
        }
    }

    fn finding(&self, claims: &Claims, at: usize) -> Found {
        let claim = &claims.all[at];
        let calls = match claim.line {
            Some(_) => self.found.chain(&self.input.profile, claim.example, MOST_CALLS),
            None => Vec::new(),
        };
        let node = claim.line.map(|line| self.found.lines.get(line));
        let text = node.map_or_else(String::new, |n| self.source.text(n));
        let heat = self.column.share(claim.inclusive);
        Found {
            most: self.most(claim),
            issue: Issue {
                issue: self.title(claim, &heat),
                file: node.map_or_else(String::new, |n| printable(&n.file)),
                line: node.map_or(0, |n| n.line),
                impact: self.impact(claims, claim),
                current_code: crate::review::findings::block(&text),
                optimized_code: String::new(),
                rule: claim.symptom.id.to_string(),
                function: node.map_or_else(String::new, |n| printable(&n.function)),
                confidence: self.confidence(claim),
                evidence: self.evidence(claim, &heat),
                expected_gain: self.gain(claim),
                refuted_by: words::refuted_by(claim),
                advice: Some(Advice {
                    saving: self.saving(claim),
                    ..advice(&claim.symptom, calls, self.verify(claim))
                }),
                heat,
            },
        }
    }

    fn is_unsure(&self, claim: &Claim) -> bool {
        let limits = &self.context.policy.symptoms;
        self.all_samples() < limits.sure_profile || self.samples(claim.claimed) < limits.sure_samples
    }

    fn most(&self, claim: &Claim) -> Most {
        match self.is_unsure(claim) {
            true => Most::Medium,
            false => Most::Critical,
        }
    }

    fn confidence(&self, claim: &Claim) -> Confidence {
        match claim.line {
            Some(_) if !self.is_unsure(claim) => Confidence::Medium,
            _ => Confidence::Low,
        }
    }
}

fn middle(gain: Interval) -> f64 {
    f64::midpoint(gain.low, gain.high)
}
