//! What is said of a finding of a CPU profile.

use super::Cpu;
use crate::analyze::{FamilySet, families_of};
use crate::error::counted;
use crate::review::plan::quoted;
use crate::review::symptoms::Levels;
use crate::review::symptoms::claims::{Claim, Claims};
use crate::review::{MemorySite, Share};
use crate::unit::share;

/// Sites that are named where the collector works.
const SITES: usize = 3;

impl Cpu<'_> {
    /// What counts for no finding, where it is much.
    pub(super) fn left_out(&self, forgiven: i64) -> Vec<String> {
        let file = &self.input.name;
        let idle = self.weight_of(FamilySet::of(&["gc.idle"]));
        let least = self.context.policy.line_share;
        let yields = format!(
            "{file}: {} of the CPU time are yields without own code while the collector sweeps; they count for no finding, \
             and a loop of own code that yields would hide among them",
            share(self.part(forgiven))
        );
        let spare = format!(
            "{file}: {} of the CPU time is the collector on processors that had nothing else to do; it counts for no finding",
            share(self.part(idle))
        );
        let said = [(forgiven, yields), (idle, spare)];
        let much = said.into_iter().filter(|(weight, _)| self.part(*weight) >= least);
        much.map(|(_, words)| words).collect()
    }

    fn weight_of(&self, families: FamilySet) -> i64 {
        let samples = self
            .found
            .samples
            .iter()
            .zip(self.input.profile.samples.column(self.column.index));
        samples
            .filter(|(s, _)| s.families.meets(families))
            .map(|(_, weight)| weight)
            .sum()
    }

    pub(super) fn title(&self, claim: &Claim, heat: &Share) -> String {
        let place = match claim.line {
            Some(_) => "",
            None => " in the background",
        };
        format!(
            "{}{place}: {} of the CPU time",
            claim.symptom.title,
            share(heat.share)
        )
    }

    pub(super) fn impact(&self, claims: &Claims, claim: &Claim) -> String {
        let symptom = &claim.symptom;
        let everywhere = self.part(claim.everywhere);
        let mut words = format!("{}; ", symptom.diagnosis);
        let same = |c: &&Claim| c.symptom.id == symptom.id && c.line.is_some();
        let lines = claims.all.iter().filter(same).count();
        let all = share(everywhere);
        words.push_str(&match lines {
            _ if symptom.families.is_empty() => format!("own code takes {all} in all"),
            0 => format!("{all} of the CPU time in all"),
            lines => format!(
                "{all} of the CPU time in all, at {}",
                counted(lines as u64, "line")
            ),
        });
        if !symptom.families.is_empty() {
            words.push_str(&level(symptom.levels, everywhere));
        }
        if symptom.id == "gc" {
            words.push_str(&self.sites());
        }
        words
    }

    /// The sites that give the collector its work.
    fn sites(&self) -> String {
        let site = |s: &MemorySite| format!("{}:{} ({})", s.file, s.line, share(s.share.share));
        let sites: Vec<_> = self.memory.iter().take(SITES).map(site).collect();
        match sites.is_empty() {
            true => {
                "; which sites allocate the bytes is not measured: give a profile of allocations".to_string()
            }
            false => format!("; most bytes are allocated at {}", sites.join(", ")),
        }
    }

    pub(super) fn evidence(&self, claim: &Claim, heat: &Share) -> String {
        let [shown, counted_here, all] = [
            self.samples(claim.inclusive),
            self.samples(claim.claimed),
            self.all_samples(),
        ];
        let scope = match claim.line {
            Some(_) if claim.background > 0 => "below this line and on its behalf",
            Some(_) => "below this line",
            None => "without a frame of own code",
        };
        let what = match claim.symptom.families {
            [] => "with nothing below it".to_string(),
            families => format!("in functions of {}", families.join(", ")),
        };
        let mut words = format!("{}: {shown} of {all} CPU samples {scope} {what}", self.input.name);
        if counted_here < shown {
            words.push_str(&format!(
                "; the gain counts {counted_here} of them ({}), for the others stand behind other findings",
                share(self.part(claim.claimed))
            ));
        }
        if claim.background > 0 {
            words.push_str(&format!(
                "; {} of them stand in the background without own code, and this line gives them most of their work",
                self.samples(claim.background)
            ));
        }
        if self.is_unsure(claim) {
            words.push_str("; few samples, so the severity stops at medium");
        }
        if heat.low.is_none() {
            words.push_str("; how many samples each record stands for is not given");
        }
        words
    }

    /// The command that shows the same samples.
    pub(super) fn verify(&self, claim: &Claim) -> String {
        let file = quoted(&self.input.name);
        if !claim.symptom.focus.is_empty() {
            return format!("perfplan top --focus {} {file}", shell(claim.symptom.focus));
        }
        let name = self.matched(claim);
        if name.is_empty() {
            return format!("perfplan top {file}");
        }
        let focus = format!("^{}$", regex::escape(&name));
        format!("perfplan top --focus {} {file}", shell(&focus))
    }

    /// The function nearest to the user's line that belongs to the symptom, in the heaviest sample; of own code the
    /// function itself.
    fn matched(&self, claim: &Claim) -> String {
        let families = FamilySet::of(claim.symptom.families);
        let profile = &self.input.profile;
        let calls = self.found.chain(profile, claim.example, usize::MAX);
        let belongs = |name: &&String| families_of(name.as_bytes()).meets(families);
        let own = || calls.first().filter(|_| families.is_empty());
        calls
            .iter()
            .find(belongs)
            .or_else(own)
            .cloned()
            .unwrap_or_default()
    }
}

/// A word in single quotes; names of functions may hold brackets and stars, never quotes that stay.
fn shell(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Which level of the catalogue the whole reaches.
fn level(levels: Levels, everywhere: f64) -> String {
    let (name, from) = match everywhere {
        part if part >= levels.critical => ("critical", levels.critical),
        part if part >= levels.high => ("high", levels.high),
        _ => ("medium", levels.medium),
    };
    format!(", which is {name} (from {})", share(from))
}

pub(super) fn refuted_by(claim: &Claim) -> String {
    match claim.symptom.families {
        [] => "the calls of this function fall away and the program is no faster".to_string(),
        families => format!(
            "the share of {} there does not fall in a profile of the same load after the change",
            families.join(", ")
        ),
    }
}
