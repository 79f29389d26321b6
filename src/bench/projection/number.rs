//! The number in a value, for `@num`.

use crate::bench::parse_float;

/// A value as a number: whole if it is one, else the first digits with a decimal (k = K = 1000) or binary (`Ki` = 1024)
/// prefix anywhere in it. `None` without digits.
pub fn order_number(value: &str) -> Option<f64> {
    if let Ok(number) = parse_float(value) {
        return Some(number);
    }
    let is_digit = |c: char| c.is_ascii_digit() || c == '.';
    let start = value.find(is_digit)?;
    let rest = &value[start..];
    let (digits, rest) = rest.split_at(rest.find(|c| !is_digit(c)).unwrap_or(rest.len()));
    let number = parse_float(digits).ok()?;
    let mut prefix = rest.chars();
    let power = prefix.next().map_or(0, power);
    let base: f64 = if prefix.next() == Some('i') {
        1024.0
    } else {
        1000.0
    };
    Some(number * base.powi(power))
}

fn power(prefix: char) -> i32 {
    let power = "kMGTPEZY".find(if prefix == 'K' { 'k' } else { prefix });
    power.map_or(0, |at| at as i32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_with_their_prefix() {
        let check = |value, expect| assert_eq!(order_number(value), expect, "{value}");
        check("1", Some(1.0));
        check("64KiB", Some(65536.0));
        check("size1k", Some(1000.0));
        check("1e3", Some(1000.0));
        check("2Mb", Some(2e6));
        check("2m", Some(2.0));
        check("1.2.3", None);
        check("", None);
        check("x", None);
        check("inf", Some(f64::INFINITY));
    }
}
