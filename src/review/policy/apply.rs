//! A policy file's settings, in force: over the defaults, and told with where they come from.

use serde::{Deserialize, Serialize};

use super::{
    Bytes, BytesPerSecond, GcThresholds, GoroutineThresholds, Part, Parts, ReadPolicy, Seconds,
    SymptomLimitThresholds,
};
use crate::review::{GcLimits, GoroutineLimits, Interval, Levels, Policy, Symptom, SymptomLimits, symptom};
use crate::unit::shortest;

/// A setting that differs from its default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    /// Its key in perfplan.yaml.
    pub key: String,
    /// As it is written there.
    pub value: String,
    /// What it is otherwise.
    pub default: String,
    /// File and line.
    pub from: String,
}

/// A setting with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its key in perfplan.yaml.
    pub key: String,
    /// As it is written there.
    pub value: String,
}

/// How often the operation of a benchmark runs in production.
#[derive(Debug, Clone, PartialEq)]
pub struct Production {
    /// Its name, as given.
    pub benchmark: String,
    /// Operations per second.
    pub per_second: f64,
    /// Where that was said.
    pub from: String,
}

/// What is said otherwise of a symptom.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
#[expect(missing_docs, reason = "as in Symptom")]
pub struct SymptomSetting {
    pub levels: Option<Levels>,
    pub saving: Option<Interval>,
}

impl Policy {
    /// The defaults with what a file says over them.
    pub fn of(read: &ReadPolicy) -> Self {
        let mut policy = Self::default();
        let told = &read.file.thresholds;
        let set = |to: &mut f64, part: Option<Part>| to.clone_from(&part.map_or(*to, |p| p.0));
        over(&mut policy.min_score, told.min_score);
        set(&mut policy.hot_path_share, told.hot_path_share);
        set(&mut policy.line_share, told.line_share);
        over(&mut policy.most_lines, told.most_lines);
        over(
            &mut policy.allocation_saving,
            told.allocation_saving.map(interval),
        );
        set(&mut policy.memory_cpu_share, told.memory_cpu_share);
        set(&mut policy.compiled_share, told.compiled_share);
        collector(&mut policy.gc, &told.gc);
        goroutines(&mut policy.goroutines, &told.goroutines);
        symptoms(&mut policy.symptoms, &told.symptom_limits);
        let settings = told.symptoms.iter().map(|(id, s)| {
            let levels = s
                .levels
                .map(|l| l.map(|p| p.0))
                .map(|[medium, high, critical]| Levels {
                    medium,
                    high,
                    critical,
                });
            let saving = s.saving.map(interval);
            (id.clone(), SymptomSetting { levels, saving })
        });
        policy.symptom_settings = settings.collect();
        policy.disabled.clone_from(&read.file.audit.disable);
        policy.costs.clone_from(&read.file.costs);
        policy.rates = rates(read);
        policy.changed = changed(&policy, read);
        policy
    }

    /// A symptom of the catalogue with what is said otherwise of it.
    pub(in crate::review) fn symptom_in_force(&self, symptom: &Symptom) -> Symptom {
        let setting = self.symptom_settings.get(symptom.id).copied().unwrap_or_default();
        Symptom {
            levels: setting.levels.unwrap_or(symptom.levels),
            saving: setting.saving.unwrap_or(symptom.saving),
            ..*symptom
        }
    }
}

fn over<T>(to: &mut T, told: Option<T>) {
    if let Some(told) = told {
        *to = told;
    }
}

fn interval(parts: Parts) -> Interval {
    Interval {
        low: parts.low,
        high: parts.high,
    }
}

fn rates(read: &ReadPolicy) -> Vec<Production> {
    let rate = |(name, rate): (&String, &super::Rate)| Production {
        benchmark: name.clone(),
        per_second: rate.0,
        from: read
            .origin(&format!("rates.{name}"))
            .unwrap_or_else(|| read.name.clone()),
    };
    read.file.rates.iter().map(rate).collect()
}

fn collector(to: &mut GcLimits, told: &GcThresholds) {
    over(&mut to.share, told.share.map(|l| l.map(|p| p.0)));
    over(&mut to.sampled_share, told.sampled_share.map(|l| l.map(|p| p.0)));
    over(&mut to.assist, told.assist.map(|l| l.map(|p| p.0)));
    over(&mut to.per_second, told.per_second);
    over(&mut to.fewest_cycles, told.fewest_cycles);
    over(&mut to.small_heap, told.small_heap.map(|b| b.0));
    over(
        &mut to.allocation_rate,
        told.allocation_rate.map(|l| l.map(|r| r.0)),
    );
    over(&mut to.pause, told.pause.map(|l| l.map(|s| s.0)));
    over(&mut to.growth_errors, told.growth_errors);
    over(&mut to.growth_share, told.growth_share.map(|p| p.0));
    over(&mut to.init_ms, told.init_time.map(|s| s.0 * 1e3));
    over(&mut to.init_bytes, told.init_bytes.map(|b| b.0 as u64));
    over(&mut to.memstats_difference, told.memstats_difference.map(|p| p.0));
}

fn goroutines(to: &mut GoroutineLimits, told: &GoroutineThresholds) {
    over(&mut to.growth_deviations, told.growth_deviations);
    over(&mut to.stuck_minutes, told.stuck_minutes);
    over(&mut to.blocked_senders, told.blocked_senders);
    over(&mut to.blocked_lockers, told.blocked_lockers);
}

fn symptoms(to: &mut SymptomLimits, told: &SymptomLimitThresholds) {
    over(&mut to.lines, told.lines);
    over(&mut to.least_samples, told.least_samples);
    over(&mut to.sure_samples, told.sure_samples);
    over(&mut to.sure_profile, told.sure_profile);
    over(&mut to.least_delay, told.least_delay.map(|p| p.0));
    over(&mut to.delay_levels, told.delay_levels.map(|l| l.map(|p| p.0)));
    over(&mut to.delay_share, told.delay_share.map(|p| p.0));
    over(
        &mut to.least_live_bytes,
        told.least_live_bytes.map(|b| b.0 as i64),
    );
}

/// All thresholds where nothing else is said.
pub fn default_settings() -> Vec<Setting> {
    settings(&Policy::default())
}

/// All thresholds of a policy, in the order of the file's documentation, then what is said of single symptoms.
pub fn settings(policy: &Policy) -> Vec<Setting> {
    let mut list = Vec::new();
    let mut add = |key: &str, value: String| {
        list.push(Setting {
            key: format!("thresholds.{key}"),
            value,
        });
    };
    let part = |p: f64| Part(p).to_string();
    let parts = |p: &[f64]| bracketed(p.iter().map(|p| part(*p)));
    add("min_score", shortest(policy.min_score));
    add("hot_path_share", part(policy.hot_path_share));
    add("line_share", part(policy.line_share));
    add("most_lines", policy.most_lines.to_string());
    add("allocation_saving", range(policy.allocation_saving));
    add("memory_cpu_share", part(policy.memory_cpu_share));
    add("compiled_share", part(policy.compiled_share));
    let gc = &policy.gc;
    add("gc.share", parts(&gc.share));
    add("gc.sampled_share", parts(&gc.sampled_share));
    add("gc.assist", parts(&gc.assist));
    add("gc.per_second", shortest(gc.per_second));
    add("gc.fewest_cycles", gc.fewest_cycles.to_string());
    add("gc.small_heap", Bytes(gc.small_heap).to_string());
    add(
        "gc.allocation_rate",
        bracketed(gc.allocation_rate.iter().map(|r| BytesPerSecond(*r).to_string())),
    );
    add(
        "gc.pause",
        bracketed(gc.pause.iter().map(|s| Seconds(*s).to_string())),
    );
    add("gc.growth_errors", shortest(gc.growth_errors));
    add("gc.growth_share", part(gc.growth_share));
    add("gc.init_time", Seconds(gc.init_ms / 1e3).to_string());
    add("gc.init_bytes", Bytes(gc.init_bytes as f64).to_string());
    add("gc.memstats_difference", part(gc.memstats_difference));
    let goroutines = &policy.goroutines;
    add(
        "goroutines.growth_deviations",
        shortest(goroutines.growth_deviations),
    );
    add("goroutines.stuck_minutes", goroutines.stuck_minutes.to_string());
    add(
        "goroutines.blocked_senders",
        goroutines.blocked_senders.to_string(),
    );
    add(
        "goroutines.blocked_lockers",
        goroutines.blocked_lockers.to_string(),
    );
    let limits = &policy.symptoms;
    add("symptom_limits.lines", limits.lines.to_string());
    add("symptom_limits.least_samples", shortest(limits.least_samples));
    add("symptom_limits.sure_samples", shortest(limits.sure_samples));
    add("symptom_limits.sure_profile", shortest(limits.sure_profile));
    add("symptom_limits.least_delay", part(limits.least_delay));
    add("symptom_limits.delay_levels", parts(&limits.delay_levels));
    add("symptom_limits.delay_share", part(limits.delay_share));
    add(
        "symptom_limits.least_live_bytes",
        Bytes(limits.least_live_bytes as f64).to_string(),
    );
    for (id, setting) in &policy.symptom_settings {
        list.extend(of_symptom(id, setting.levels, setting.saving));
    }
    list
}

fn of_symptom(id: &str, levels: Option<Levels>, saving: Option<Interval>) -> Vec<Setting> {
    let key = |name: &str| format!("thresholds.symptoms.{id}.{name}");
    let parts = |l: Levels| {
        bracketed(
            [l.medium, l.high, l.critical]
                .iter()
                .map(|p| Part(*p).to_string()),
        )
    };
    let levels = levels.map(|l| Setting {
        key: key("levels"),
        value: parts(l),
    });
    let saving = saving.map(|s| Setting {
        key: key("saving"),
        value: range(s),
    });
    levels.into_iter().chain(saving).collect()
}

fn range(interval: Interval) -> String {
    Parts {
        low: interval.low,
        high: interval.high,
    }
    .to_string()
}

fn bracketed(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// What differs from its default, with where it was said.
fn changed(policy: &Policy, read: &ReadPolicy) -> Vec<Changed> {
    let mut defaults = default_settings();
    for id in policy.symptom_settings.keys() {
        let known = symptom(id);
        defaults.extend(
            known
                .map(|s| of_symptom(id, Some(s.levels), Some(s.saving)))
                .unwrap_or_default(),
        );
    }
    let default_of = |key: &str| defaults.iter().find(|d| d.key == key);
    let differs = |setting: Setting| {
        let default = default_of(&setting.key).filter(|d| d.value != setting.value)?;
        Some(Changed {
            from: read.origin(&setting.key).unwrap_or_else(|| read.name.clone()),
            default: default.value.clone(),
            key: setting.key,
            value: setting.value,
        })
    };
    settings(policy).into_iter().filter_map(differs).collect()
}
