//! Many questions at once: p values adjusted so that a table as a whole keeps its word.

/// Benjamini and Hochberg (1995): p values adjusted so that, of the rows called changed, at most the share α
/// is expected to be false. In the order given; NaN stays NaN and does not count.
///
/// ```
/// use perfplan::stats::adjust_bh;
/// assert_eq!(adjust_bh(&[0.04, 0.01]), [0.04, 0.02]);
/// ```
pub fn adjust_bh(p: &[f64]) -> Vec<f64> {
    let order = ascending(p);
    let tests = order.len() as f64;
    let mut adjusted = p.to_vec();
    let mut least = 1.0_f64;
    for (rank, row) in order.iter().enumerate().rev() {
        least = least.min(p[*row] * tests / (rank as f64 + 1.0));
        adjusted[*row] = least;
    }
    adjusted
}

/// Holm (1979): p values adjusted so that the chance of even one false row is at most α. In the order given;
/// NaN stays NaN and does not count.
///
/// ```
/// use perfplan::stats::adjust_holm;
/// assert_eq!(adjust_holm(&[0.04, 0.01]), [0.04, 0.02]);
/// ```
pub fn adjust_holm(p: &[f64]) -> Vec<f64> {
    let order = ascending(p);
    let mut adjusted = p.to_vec();
    let mut most = 0.0_f64;
    for (rank, row) in order.iter().enumerate() {
        most = most.max((p[*row] * (order.len() - rank) as f64).min(1.0));
        adjusted[*row] = most;
    }
    adjusted
}

/// Rows by p value, those without one left out.
fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).filter(|row| !p[*row].is_nan()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: &[f64], expect: &[f64]) {
        assert_eq!(got.len(), expect.len());
        for (got, expect) in got.iter().zip(expect) {
            assert!((got - expect).abs() < 1e-6, "{got} is not {expect}");
        }
    }

    #[test]
    fn ordered_p_values_share_the_least_of_what_follows() {
        let p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205];
        let bh = [0.008, 0.032, 0.0672, 0.0672, 0.0672, 0.08, 0.084_571, 0.205];
        close(&adjust_bh(&p), &bh);
        close(&adjust_holm(&p[..3]), &[0.003, 0.016, 0.039]);
    }

    #[test]
    fn rows_without_a_test_do_not_count() {
        let adjusted = adjust_bh(&[0.04, f64::NAN, 0.01]);
        assert!(adjusted[1].is_nan());
        close(&[adjusted[0], adjusted[2]], &[0.04, 0.02]);
    }
}
