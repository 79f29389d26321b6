//! How far a part of a count can be trusted.

use super::normal;

/// The interval of a proportion `k` of `n` at level `confidence` (0…1), by Wilson's score method (1927): good for few
/// counts and for parts near 0 and 1, where the plain ±z·σ leaves 0…1.
///
/// Both bounds lie in 0…1. `n` = 0 says nothing: (0, 1). A `k` above `n` counts as `n`.
pub fn wilson(k: u64, n: u64, confidence: f64) -> (f64, f64) {
    let z = normal::quantile(0.5 + confidence.clamp(0.0, 1.0) / 2.0);
    if n == 0 || z.is_infinite() {
        return (0.0, 1.0);
    }
    let (k, n) = (k.min(n) as f64, n as f64);
    let part = k / n;
    let z2 = z * z;
    let centre = part + z2 / (2.0 * n);
    let spread = z * (part * (1.0 - part) / n + z2 / (4.0 * n * n)).sqrt();
    let shrink = 1.0 + z2 / n;
    let low = if k == 0.0 { 0.0 } else { (centre - spread) / shrink };
    let high = if k == n { 1.0 } else { (centre + spread) / shrink };
    (low.clamp(0.0, 1.0), high.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_agree_with_published_ones() {
        let check = |k, n, low: f64, high: f64| {
            let got = wilson(k, n, 0.95);
            assert!(
                (got.0 - low).abs() < 5e-5 && (got.1 - high).abs() < 5e-5,
                "{k} of {n}: {got:?}"
            );
        };
        // Newcombe (1998), table I, method 3.
        check(81, 263, 0.2553, 0.3662);
        check(15, 148, 0.0624, 0.1605);
        check(0, 20, 0.0, 0.1611);
        check(1, 29, 0.0061, 0.1718);
        check(29, 29, 0.8830, 1.0);
        check(9, 5, 0.5655, 1.0);
        assert_eq!(wilson(0, 0, 0.95), (0.0, 1.0));
    }
}
