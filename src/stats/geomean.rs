//! The geometric mean, with the logarithm and the exponential function of Go on amd64.
//!
//! Another library's last digit differs in about one mean of eight, and these means are compared digit by digit. Sources
//! of the methods: FreeBSD's e_log.c (Sun Microsystems), and the exponential of math/exp_amd64.s (Shibata's SLEEF) with
//! fused multiply-add.

#![expect(clippy::excessive_precision, reason = "the digits as their sources give them")]

/// exp of the running mean of the logarithms, in the order given. `None` without values, where one is not above 0, and
/// where infinity meets another value.
pub fn geomean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut mean = 0.0;
    let mut count = 0.0;
    for value in values {
        if value.is_nan() || value <= 0.0 {
            return None;
        }
        count += 1.0;
        mean += (ln(value) - mean) / count;
    }
    (count > 0.0).then(|| exp(mean)).filter(|mean| !mean.is_nan())
}

const LN2_HIGH: f64 = 6.931_471_803_691_238_164_90e-01;
const LN2_LOW: f64 = 1.908_214_929_270_587_700_02e-10;
const ODD: [f64; 4] = [
    6.666_666_666_666_735_130e-01,
    2.857_142_874_366_239_149e-01,
    1.818_357_216_161_805_012e-01,
    1.479_819_860_511_658_591e-01,
];
const EVEN: [f64; 3] = [
    3.999_999_999_940_941_908e-01,
    2.222_219_843_214_978_396e-01,
    1.531_383_769_920_937_332e-01,
];

/// The natural logarithm of a number above 0.
fn ln(x: f64) -> f64 {
    if x.is_nan() || x.is_infinite() {
        return x;
    }
    let (mut f, mut k) = fraction(x);
    if f <= std::f64::consts::FRAC_1_SQRT_2 {
        f *= 2.0;
        k -= 1.0;
    }
    f -= 1.0;
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let t1 = s2 * (ODD[0] + s4 * (ODD[1] + s4 * (ODD[2] + s4 * ODD[3])));
    let t2 = s4 * (EVEN[0] + s4 * (EVEN[1] + s4 * EVEN[2]));
    let r = t1 + t2;
    let half_square = 0.5 * f * f;
    k * LN2_HIGH - ((half_square - (s * (half_square + r) + k * LN2_LOW)) - f)
}

/// x = f·2^k with ½ ≤ f < 1. As in the reference, a number below 2^-1022 is taken for one of some 2^-1023.
fn fraction(x: f64) -> (f64, f64) {
    let bits = x.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as f64 - 1022.0;
    let f = f64::from_bits(bits & !(0x7ff << 52) | 1022 << 52);
    (f, exponent)
}

const INVERSE_FACTORIALS: [f64; 7] = [
    1.984_126_984_126_984_126_98e-4,
    1.388_888_888_888_888_888_89e-3,
    8.333_333_333_333_333_333_33e-3,
    4.166_666_666_666_666_666_67e-2,
    1.666_666_666_666_666_666_67e-1,
    0.5,
    1.0,
];

/// e to the power of x.
fn exp(x: f64) -> f64 {
    if !(-745.2..=709.8).contains(&x) {
        return x.exp();
    }
    let k = (x * std::f64::consts::LOG2_E).round_ties_even();
    let mut x = (-k).mul_add(0.693_147_180_559_662_956_511_601_805_686_950_683_593_75, x);
    x = (-k).mul_add(
        0.282_352_905_630_315_771_225_884_481_750_134_360_255_254_120_68e-12,
        x,
    );
    x *= 0.0625;
    let polynomial = |p: f64, c: &f64| p.mul_add(x, *c);
    let p = INVERSE_FACTORIALS
        .iter()
        .fold(2.480_158_730_158_730_158_7e-5, polynomial);
    x *= p;
    for _ in 0..3 {
        x *= x + 2.0;
    }
    x = x.mul_add(x + 2.0, 1.0);
    scaled(x, k as i32)
}

/// x·2^k, where 2^k alone may be out of range.
fn scaled(x: f64, k: i32) -> f64 {
    let half = k / 2;
    x * 2.0_f64.powi(half) * 2.0_f64.powi(k - half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_are_within_two_units_of_the_last_place() {
        let near = |got: f64, expect: f64, what: f64| {
            assert!(
                (got - expect).abs() <= 2.0 * f64::EPSILON * expect.abs(),
                "{what}: {got} {expect}"
            );
        };
        for i in 1..2000 {
            let x = f64::from(i) * 1.7e-9;
            near(ln(x), x.ln(), x);
            let y = f64::from(i - 1000) * 0.37;
            near(exp(y), y.exp(), y);
        }
        near(ln(f64::MIN_POSITIVE), f64::MIN_POSITIVE.ln(), f64::MIN_POSITIVE);
        assert_eq!((ln(1.0), exp(0.0)), (0.0, 1.0));
    }

    #[test]
    fn means_need_values_above_zero() {
        assert_eq!(geomean([4.0, 9.0]).map(|m| (m * 1e9).round()), Some(6e9));
        assert_eq!(geomean([4.0, 0.0]), None);
        assert_eq!(geomean([-4.0]), None);
        assert_eq!(geomean([f64::NAN]), None);
        assert_eq!(geomean([]), None);
        assert_eq!(geomean([f64::INFINITY]), Some(f64::INFINITY));
        assert_eq!(geomean([f64::INFINITY, 1.0]), None);
    }
}
