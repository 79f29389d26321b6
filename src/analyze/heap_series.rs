//! Several heap profiles of one process: what was held at each moment, by allocation site.

use std::collections::HashMap;

use super::{AllocSite, Granularity, Node, NodeId, Nodes, Selection, alloc_sites, heat};
use crate::profile::Profile;

/// Part of what was allocated by which a site may fall short of an earlier moment: values are rounded.
const ROUNDING: f64 = 0.001;

/// What a site holds at each moment, in order of time.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteSeries {
    /// The line, as in [`AllocSite`].
    pub node: Node,
    /// The function in which most is allocated at the last moment.
    pub through: String,
    /// Live bytes at each moment.
    pub bytes: Vec<i64>,
    /// Standard error of each by sampling, 0 where every allocation was recorded.
    pub errors: Vec<f64>,
}

impl SiteSeries {
    /// Last less first, in bytes.
    pub fn delta(&self) -> i64 {
        let ends = self.bytes.last().zip(self.bytes.first());
        ends.map_or(0, |(last, first)| last.saturating_sub(*first))
    }

    /// In how many of the intervals it grew.
    pub fn rises(&self) -> usize {
        self.bytes.windows(2).filter(|pair| pair[1] > pair[0]).count()
    }

    /// Standard error of [`Self::delta`], as if both ends were sampled apart. What lives through both is in both samples,
    /// so the true error is smaller.
    pub fn delta_error(&self) -> f64 {
        let ends = self.errors.first().zip(self.errors.last());
        ends.map_or(0.0, |(first, last)| first.hypot(*last))
    }
}

/// Whether heap profiles, in order of time, are moments of one process: the same program, and at no line was less
/// allocated since the start than at the moment before. False for fewer than two, for profiles without Go's four types,
/// and for those of a stretch of time, which are differences.
pub fn is_one_process(profiles: &[&Profile]) -> bool {
    let program = |p: &Profile| {
        (
            p.binary(),
            p.mappings.first().map(|m| p.text(m.build_id).to_vec()),
        )
    };
    let follows = |pair: &[&Profile]| {
        program(pair[0]) == program(pair[1])
            && pair[0].time_nanos <= pair[1].time_nanos
            && keeps_counting(pair[0], pair[1])
    };
    let is_moment = |p: &&Profile| p.duration_nanos == 0 && p.type_named("inuse_space").is_some();
    profiles.len() > 1 && profiles.iter().all(is_moment) && profiles.windows(2).all(follows)
}

/// Whether at least as much was allocated at every line.
fn keeps_counting(earlier: &Profile, later: &Profile) -> bool {
    let (Some(before), Some(after)) = (allocated(earlier), allocated(later)) else {
        return false;
    };
    let lost: i64 = before
        .iter()
        .map(|(node, bytes)| (bytes - after.get(node).copied().unwrap_or(0)).max(0))
        .sum();
    let total: i64 = before.values().sum();
    lost as f64 <= ROUNDING * total as f64
}

fn allocated(profile: &Profile) -> Option<HashMap<Node, i64>> {
    let index = profile.type_named("alloc_space")?;
    let lines = Nodes::of(profile, Granularity::Lines);
    let rows = heat(profile, &lines, index, Selection::All).rows;
    let flat = |node: NodeId| lines.get(node).clone();
    Some(rows.into_iter().map(|row| (flat(row.node), row.flat)).collect())
}

/// The sites of all moments by growth, largest first, then by line.
pub fn heap_series(profiles: &[&Profile], prefix: Option<&str>) -> Vec<SiteSeries> {
    let mut found: HashMap<Node, SiteSeries> = HashMap::new();
    for (moment, profile) in profiles.iter().enumerate() {
        for site in alloc_sites(profile, prefix) {
            let series = found.entry(site.node.clone()).or_insert_with(|| SiteSeries {
                node: site.node.clone(),
                through: String::new(),
                bytes: vec![0; profiles.len()],
                errors: vec![0.0; profiles.len()],
            });
            if let Some((bytes, error)) = series.bytes.get_mut(moment).zip(series.errors.get_mut(moment)) {
                *bytes = site.live_bytes;
                *error = live_error(&site, profile.period);
            }
            series.through = site.through.first().map_or_else(String::new, |t| t.0.clone());
        }
    }
    let mut all: Vec<SiteSeries> = found.into_values().collect();
    all.sort_by(|a, b| b.delta().cmp(&a.delta()).then_with(|| a.node.cmp(&b.node)));
    all
}

/// Standard error of the live bytes of a site. An object of s bytes is sampled with probability p = 1 − e^(−s/rate); of N
/// objects that are estimated from those sampled the variance is N(1 − p)/p (Horvitz and Thompson).
fn live_error(site: &AllocSite, rate: i64) -> f64 {
    if rate <= 1 || site.live_objects <= 0 || site.live_bytes <= 0 {
        return 0.0;
    }
    let objects = site.live_objects as f64;
    let size = site.live_bytes as f64 / objects;
    let sampled = -(-size / rate as f64).exp_m1();
    size * (objects * (1.0 - sampled) / sampled).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Format, ProfileBuilder};

    const TYPES: [(&str, &str); 4] = [
        ("alloc_objects", "count"),
        ("alloc_space", "bytes"),
        ("inuse_objects", "count"),
        ("inuse_space", "bytes"),
    ];

    /// Function, allocated objects, live objects; each of 1 KiB.
    fn heap(rows: &[(&str, i64, i64)]) -> Profile {
        let mut b = ProfileBuilder::new(Format::Proto, &TYPES);
        b.period("space", "bytes", 512 * 1024);
        for (name, objects, live) in rows {
            let frame = b.frame(name, "main.go", 7);
            b.sample([frame], &[*objects, objects * 1024, *live, live * 1024], []);
        }
        b.finish()
    }

    #[test]
    fn moments_of_one_process_are_told_from_two_processes() {
        let [a, b, c] = [
            heap(&[("main.a", 100, 10)]),
            heap(&[("main.a", 200, 5), ("main.b", 9, 9)]),
            heap(&[("main.a", 150, 50), ("main.b", 90, 9)]),
        ];
        assert!(is_one_process(&[&a, &b]) && is_one_process(&[&a, &c]) && is_one_process(&[&a, &a]));
        assert!(!is_one_process(&[&b, &c]) && !is_one_process(&[&b, &a]) && !is_one_process(&[&a]));
        let mut stretch = b.clone();
        stretch.duration_nanos = 1;
        assert!(!is_one_process(&[&a, &stretch]));
    }

    #[test]
    fn sites_are_followed_over_time() {
        let [a, b, c] = [
            heap(&[("main.a", 9000, 1024)]),
            heap(&[("main.a", 19000, 4096), ("main.b", 9, 9)]),
            heap(&[("main.a", 29000, 2048), ("main.b", 90, 30)]),
        ];
        let series = heap_series(&[&a, &b, &c], Some("main"));
        let told: Vec<_> = series
            .iter()
            .map(|s| (s.node.printable(), s.delta(), s.rises()))
            .collect();
        assert_eq!(told[0], ("main.a main.go:7".to_string(), 1 << 20, 1), "{told:?}");
        assert_eq!((told[1].1, told[1].2), (30 * 1024, 2), "{told:?}");
        // 1024 objects of 1 KiB at one sample for 512 KiB: two samples, so 1 MiB ± 0.72 MiB.
        let error = series[0].errors[0] / f64::from(1 << 20);
        assert!((0.70..0.72).contains(&error), "{error}");
    }
}
