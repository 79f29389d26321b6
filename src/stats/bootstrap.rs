//! Intervals by resampling (Efron 1979, 1987), seeded by the data: the same data give the same interval everywhere.
//!
//! Below some ten values a resampled interval is too short; the interval of order statistics is right for any number.

use super::median::{median, quantile_of_sorted, sorted};
use super::normal;
use super::shift::Estimate;

/// How often to resample for a table.
pub const RESAMPLES: usize = 2_000;

/// A statistic of one sample with its percentile interval at level `confidence` (0…1). NaN for an empty sample.
pub fn percentile_interval(values: &[f64], confidence: f64, statistic: impl Fn(&[f64]) -> f64) -> Estimate {
    let value = statistic(values);
    if values.len() < 2 {
        return Estimate::exact(value);
    }
    let mut random = Random::seeded_by(values);
    let mut draw = vec![0.0; values.len()];
    let resampled = (0..RESAMPLES).map(|_| {
        random.resample(values, &mut draw);
        statistic(&draw)
    });
    let ascending = sorted(&resampled.collect::<Vec<_>>());
    let rest = (1.0 - confidence) / 2.0;
    Estimate {
        value,
        low: quantile_of_sorted(&ascending, rest),
        high: quantile_of_sorted(&ascending, 1.0 - rest),
    }
}

/// The ratio of medians b / a with its bias-corrected and accelerated interval (BCa, Efron 1987) at level
/// `confidence`. `None` unless both samples have two values and all values are above 0.
pub fn median_ratio_bca(a: &[f64], b: &[f64], confidence: f64) -> Option<Estimate> {
    let usable = |values: &[f64]| values.len() > 1 && values.iter().all(|x| *x > 0.0 && x.is_finite());
    if !usable(a) || !usable(b) {
        return None;
    }
    let value = median(b) / median(a);
    let ascending = sorted(&resampled_ratios(a, b));
    let below = ascending.partition_point(|x| *x < value) as f64 / ascending.len() as f64;
    // A part of 0 or 1 would be an infinite correction; half a resample is the least that can be told apart.
    let least = 0.5 / ascending.len() as f64;
    let bias = normal::quantile(below.clamp(least, 1.0 - least));
    let acceleration = acceleration(a, b);
    let bound = |part: f64| {
        let z = bias + normal::quantile(part);
        let moved = normal::cdf(bias + z / (1.0 - acceleration * z));
        quantile_of_sorted(&ascending, moved)
    };
    let rest = (1.0 - confidence) / 2.0;
    Some(Estimate {
        value,
        low: bound(rest),
        high: bound(1.0 - rest),
    })
}

fn resampled_ratios(a: &[f64], b: &[f64]) -> Vec<f64> {
    let all: Vec<f64> = a.iter().chain(b).copied().collect();
    let mut random = Random::seeded_by(&all);
    let (mut drawn_a, mut drawn_b) = (a.to_vec(), b.to_vec());
    let ratio = |_| {
        random.resample(a, &mut drawn_a);
        random.resample(b, &mut drawn_b);
        median(&drawn_b) / median(&drawn_a)
    };
    (0..RESAMPLES).map(ratio).collect()
}

/// Σd³ / (6·(Σd²)^1.5) over the values left out one at a time, d from the mean of their own sample.
fn acceleration(a: &[f64], b: &[f64]) -> f64 {
    let (middle_a, middle_b) = (median(a), median(b));
    let without_b = jackknife(b).into_iter().map(|m| m / middle_a).collect();
    let without_a = jackknife(a).into_iter().map(|m| middle_b / m).collect();
    let (mut squares, mut cubes) = (0.0, 0.0);
    for part in [without_a, without_b] as [Vec<f64>; 2] {
        let mean = part.iter().sum::<f64>() / part.len() as f64;
        for x in &part {
            squares += (mean - x).powi(2);
            cubes += (mean - x).powi(3);
        }
    }
    if squares > 0.0 {
        cubes / (6.0 * squares.powf(1.5))
    } else {
        0.0
    }
}

/// The median without each value in turn.
fn jackknife(values: &[f64]) -> Vec<f64> {
    let ascending = sorted(values);
    let without = |at: usize| {
        let rest: Vec<f64> = (0..ascending.len())
            .filter(|i| *i != at)
            .map(|i| ascending[i])
            .collect();
        quantile_of_sorted(&rest, 0.5)
    };
    (0..ascending.len()).map(without).collect()
}

/// A stream of pseudo-random numbers: SplitMix64 (Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The stream of a number.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The stream of some data, by the hash of Fowler, Noll and Vo over their bits.
    pub fn seeded_by(values: &[f64]) -> Self {
        let byte = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        let bytes = values.iter().flat_map(|x| x.to_bits().to_le_bytes());
        Self(bytes.fold(0xcbf2_9ce4_8422_2325, byte))
    }

    /// The next number, all 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The next number below `n`; 0 for `n` = 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next_u64()) * n as u128) >> 64) as usize
    }

    /// The next number from 0 to 1, both excluded.
    pub fn unit(&mut self) -> f64 {
        ((self.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    fn resample(&mut self, from: &[f64], to: &mut [f64]) {
        for slot in to {
            *slot = from.get(self.below(from.len())).copied().unwrap_or(f64::NAN);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_data_give_the_same_interval() {
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0];
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        let one = percentile_interval(&values, 0.95, mean);
        assert_eq!(one, percentile_interval(&values, 0.95, mean));
        // The mean of eight with s = 2.45: 4.5 ± some 1.6.
        assert!(one.value == 4.5 && (2.7..3.3).contains(&one.low) && (5.7..6.3).contains(&one.high));
        assert_eq!(percentile_interval(&[2.0], 0.95, mean), Estimate::exact(2.0));
    }

    #[test]
    fn ratios_need_positive_values() {
        assert_eq!(median_ratio_bca(&[1.0, 0.0], &[1.0, 2.0], 0.95), None);
        assert_eq!(median_ratio_bca(&[1.0], &[1.0, 2.0], 0.95), None);
        let flat = median_ratio_bca(&[2.0; 10], &[3.0; 10], 0.95);
        assert_eq!(flat, Some(Estimate::exact(1.5)));
    }

    #[test]
    fn the_stream_is_the_published_one() {
        let mut random = Random::new(1_234_567);
        assert_eq!(random.next_u64(), 6_457_827_717_110_365_317);
        assert_eq!(random.next_u64(), 3_203_168_211_198_807_973);
        assert!((0..1000).all(|_| random.below(7) < 7));
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn intervals_hold_the_true_ratio_about_as_often_as_they_say() {
        let mut random = Random::new(7);
        let mut draw = || -> Vec<f64> { (0..15).map(|_| 100.0 + 10.0 * random.unit()).collect() };
        let held = (0..200)
            .filter(|_| {
                let (a, b) = (draw(), draw());
                median_ratio_bca(&a, &b, 0.9).is_some_and(|e| e.low <= 1.0 && 1.0 <= e.high)
            })
            .count();
        assert!((165..=198).contains(&held), "{held} of 200");
    }
}
