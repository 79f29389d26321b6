//! Numbers in Go's grammar: what `strconv.ParseInt(s, 10, 64)` and `strconv.ParseFloat(s, 64)` accept, no more and no
//! less, rounded to the nearest double.

/// Why a number was refused, in Go's words.
pub type NumberError = &'static str;

const SYNTAX: NumberError = "invalid syntax";
const RANGE: NumberError = "value out of range";

/// A decimal integer with an optional sign. Errors: `invalid syntax`, `value out of range`.
pub fn parse_count(text: &str) -> Result<i64, NumberError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() {
        return Err(SYNTAX);
    }
    let mut magnitude: u64 = 0;
    for byte in digits.bytes() {
        if !byte.is_ascii_digit() {
            return Err(SYNTAX);
        }
        let shifted = magnitude
            .checked_mul(10)
            .and_then(|m| m.checked_add(u64::from(byte - b'0')));
        // As in Go, an overflow ends the reading: what follows is not looked at.
        magnitude = shifted.ok_or(RANGE)?;
    }
    let signed = i64::try_from(magnitude).ok();
    match text.starts_with('-') {
        true => 0i64.checked_sub_unsigned(magnitude).ok_or(RANGE),
        false => signed.ok_or(RANGE),
    }
}

/// A decimal or hexadecimal floating-point number, `inf`, `infinity` (with a sign) or `nan` (without), in any case;
/// `_` may stand between digits. Errors: `invalid syntax`, `value out of range` (never for numbers near 0).
pub fn parse_float(text: &str) -> Result<f64, NumberError> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let magnitude = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => hexadecimal(unsigned)?,
        [b'0'..=b'9' | b'.', ..] => decimal(unsigned)?,
        _ => special(unsigned, text.len() > unsigned.len())?,
    };
    Ok(if text.starts_with('-') {
        -magnitude
    } else {
        magnitude
    })
}

fn special(unsigned: &str, signed: bool) -> Result<f64, NumberError> {
    let is = |word: &str| unsigned.eq_ignore_ascii_case(word);
    if is("inf") || is("infinity") {
        Ok(f64::INFINITY)
    } else if is("nan") && !signed {
        Ok(f64::NAN)
    } else {
        Err(SYNTAX)
    }
}

fn decimal(text: &str) -> Result<f64, NumberError> {
    if text.contains('_') {
        let plain = without_underscores(text, u8::is_ascii_digit).ok_or(SYNTAX)?;
        return decimal(&plain);
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unzip();
    let mantissa = mantissa.unwrap_or(text);
    if !is_mantissa(mantissa, u8::is_ascii_digit) || !exponent.is_none_or(is_exponent) {
        return Err(SYNTAX);
    }
    let value: f64 = text.parse().map_err(|_| SYNTAX)?;
    if value.is_infinite() {
        Err(RANGE)
    } else {
        Ok(value)
    }
}

fn hexadecimal(text: &str) -> Result<f64, NumberError> {
    let plain = if text.contains('_') {
        without_underscores(text, u8::is_ascii_hexdigit).ok_or(SYNTAX)?
    } else {
        text.to_string()
    };
    let digits = plain.get(2..).ok_or(SYNTAX)?;
    let (mantissa, exponent) = digits.split_once(['p', 'P']).ok_or(SYNTAX)?;
    if !is_mantissa(mantissa, u8::is_ascii_hexdigit) || !is_exponent(exponent) {
        return Err(SYNTAX);
    }
    let (bits, shift) = hex_mantissa(mantissa);
    let value = scaled(bits, shift.saturating_add(bounded(exponent)));
    if value.is_infinite() {
        Err(RANGE)
    } else {
        Ok(value)
    }
}

/// Digits with at most one point and at least one digit.
fn is_mantissa(text: &str, is_digit: fn(&u8) -> bool) -> bool {
    let points = text.bytes().filter(|b| *b == b'.').count();
    points <= 1 && text.len() > points && text.bytes().all(|b| b == b'.' || is_digit(&b))
}

/// Decimal digits, at least one, with an optional sign.
fn is_exponent(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

/// An exponent cut to what matters beside any mantissa that fits a line.
fn bounded(exponent: &str) -> i64 {
    let sign = if exponent.starts_with('-') { -1 } else { 1 };
    let digits = exponent.trim_start_matches(['+', '-']);
    sign * digits.parse().unwrap_or(i64::from(i32::MAX)).min(1 << 40)
}

/// The text without `_`, if each stands between two digits; the prefix `0x` counts as a digit.
fn without_underscores(text: &str, is_digit: fn(&u8) -> bool) -> Option<String> {
    let bytes = text.as_bytes();
    let digit_at = |i: usize| bytes.get(i).is_some_and(is_digit);
    let prefix = |i: usize| i == 1 && matches!(bytes, [b'0', b'x' | b'X', ..]);
    let before = |i: usize| i.checked_sub(1).is_some_and(|i| digit_at(i) || prefix(i));
    let mut marks = (0..bytes.len()).filter(|i| bytes.get(*i) == Some(&b'_'));
    marks
        .all(|i| before(i) && digit_at(i + 1))
        .then(|| text.replace('_', ""))
}

/// The leading bits of the digits, the last one set if anything nonzero was cut off, and the power of two they count.
fn hex_mantissa(text: &str) -> (u128, i64) {
    let (mut bits, mut shift, mut after_point) = (0u128, 0i64, false);
    for c in text.chars() {
        let Some(digit) = c.to_digit(16) else {
            after_point = true;
            continue;
        };
        shift -= if after_point { 4 } else { 0 };
        if bits >> 100 == 0 {
            bits = bits << 4 | u128::from(digit);
        } else {
            bits |= u128::from(digit != 0);
            shift += 4;
        }
    }
    (bits, shift)
}

/// bits · 2^shift, rounded to the nearest double, half to even; infinite beyond the range.
fn scaled(bits: u128, shift: i64) -> f64 {
    if bits == 0 {
        return 0.0;
    }
    let leading = shift + 127 - i64::from(bits.leading_zeros());
    if leading > 1023 {
        return f64::INFINITY;
    }
    // The power of two of the last bit that a double of this size keeps.
    let last = (leading - 52).max(-1074);
    let drop = last - shift;
    if drop > 127 {
        return 0.0;
    }
    let kept = if drop <= 0 {
        bits << -drop
    } else {
        rounded_shift(bits, drop as u32)
    };
    kept as f64 * power_of_two(last)
}

/// bits / 2^drop, half to even, for 1 ≤ drop ≤ 127.
fn rounded_shift(bits: u128, drop: u32) -> u128 {
    let kept = bits >> drop;
    let rest = bits & ((1 << drop) - 1);
    let half = 1 << (drop - 1);
    kept + u128::from(rest > half || (rest == half && kept & 1 == 1))
}

/// 2^exponent for −1074 ≤ exponent ≤ 1023, exactly.
fn power_of_two(exponent: i64) -> f64 {
    let bits = if exponent >= -1022 {
        (exponent + 1023) << 52
    } else {
        1 << (exponent + 1074)
    };
    f64::from_bits(bits as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_follow_go() {
        let check = |text, expect| assert_eq!(parse_count(text), expect, "{text}");
        check("+1", Ok(1));
        check("-5", Ok(-5));
        check("007", Ok(7));
        check("9223372036854775807", Ok(i64::MAX));
        check("-9223372036854775808", Ok(i64::MIN));
        check("9223372036854775808", Err(RANGE));
        check("99999999999999999999x", Err(RANGE));
        for bad in [
            "",
            "+",
            "1.5",
            "0x10",
            "1_000",
            "++1",
            "١",
            "9999999999999999999x",
        ] {
            check(bad, Err(SYNTAX));
        }
    }

    #[test]
    fn floats_follow_go() {
        let check = |text, expect: f64| {
            let got = parse_float(text).unwrap_or(f64::MAX);
            assert!(
                got.to_bits() == expect.to_bits() || got.is_nan() && expect.is_nan(),
                "{text}: {got}"
            );
        };
        let plain = [
            ("5", 5.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e3", 1e3),
            ("1E5", 1e5),
            ("1e+5", 1e5),
        ];
        let under = [
            ("1_0", 10.0),
            ("1e1_0", 1e10),
            ("0x_1p0", 1.0),
            ("1e-400", 0.0),
            ("-0", -0.0),
        ];
        let hex = [
            ("0x1p-2", 0.25),
            ("0x.8p1", 1.0),
            ("0X1.8P1", 3.0),
            ("-0x1p4", -16.0),
            ("0x0p99999", 0.0),
        ];
        for (text, expect) in plain.into_iter().chain(under).chain(hex) {
            check(text, expect);
        }
        for (text, expect) in [("inf", 1.0), ("+Inf", 1.0), ("INFINITY", 1.0), ("-inf", -1.0)] {
            check(text, expect * f64::INFINITY);
        }
        check("NaN", f64::NAN);
        for bad in [
            "", "+nan", "-nan", ".", "1,000", "0x1", "1e", "1__0", "_1", "1_", "1_.5", "0b1", "1f", "infi",
        ] {
            assert_eq!(parse_float(bad), Err(SYNTAX), "{bad}");
        }
        for bad in ["+", "0xp1", "0x.p1", "1.2.3", "e5", "0x1p", "0_x1p0", "1e_5", "١"] {
            assert_eq!(parse_float(bad), Err(SYNTAX), "{bad}");
        }
        for far in [
            "1e309",
            "-1e400",
            "0x1p1024",
            "0x1.fffffffffffff8p1023",
            "0x1p99999999999999999999",
        ] {
            assert_eq!(parse_float(far), Err(RANGE), "{far}");
        }
    }

    #[test]
    fn hexadecimal_rounds_half_to_even() {
        let check = |text, bits| assert_eq!(parse_float(text).map(f64::to_bits), Ok(bits), "{text}");
        check("0x1.fffffffffffff7p1023", f64::MAX.to_bits());
        check("0x1p-1074", 1);
        check("0x1p-1075", 0);
        check("0x1.8p-1075", 1);
        check("0x1.8p-1074", 2);
        check("0x1.00000000000008p0", 1.0f64.to_bits());
        check(
            "0x1.000000000000080000000000000000000000000001p0",
            1.0f64.to_bits() + 1,
        );
        check("0x1.00000000000018p0", 1.0f64.to_bits() + 2);
        check(
            "0x0.0000000000000000000000000000000000000001p160",
            1.0f64.to_bits(),
        );
        check(
            "0x10000000000000000000000000000000000000000p-160",
            1.0f64.to_bits(),
        );
    }
}
