//! The form of a condition, `METRIC[(REGEX)] OP LIMIT`, whatever its metric means: `sec/op>10%`, `allocs/op>0`,
//! `cpu.flat(shop\.)>2pp`, `total>64MiB`, `severity>=high`.

use crate::error::Problem;

/// How a value is held against the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `=` or `==`
    Equal,
}

impl Op {
    /// Whether the condition holds.
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Above => value > limit,
            Self::AtLeast => value >= limit,
            Self::Below => value < limit,
            Self::AtMost => value <= limit,
            Self::Equal => value == limit,
        }
    }
}

/// A condition as written.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// The whole text, without blanks at its ends.
    pub text: String,
    /// What is measured: letters, digits and `_ . / -`.
    pub metric: String,
    /// What stands in parentheses after it.
    pub pattern: Option<String>,
    /// How it is held against the limit.
    pub op: Op,
    /// The limit.
    pub limit: Limit,
}

/// What a value is held against.
#[derive(Debug, Clone, PartialEq)]
pub enum Limit {
    /// A number and the letters after it: `%`, `pp`, `ms/s`, or none.
    Number(f64, String),
    /// A word, such as `high`.
    Word(String),
}

/// The conditions of a list separated by commas, of which those in parentheses or brackets do not count.
///
/// ```
/// use perfplan::review::gate::expression::expressions;
/// let list = expressions(r"cpu.flat(\(\*Cart\)\.(Add|Total){1,2})>2pp, total>64MiB").unwrap();
/// assert_eq!(list[0].pattern.as_deref(), Some(r"\(\*Cart\)\.(Add|Total){1,2}"));
/// assert_eq!(list[1].metric, "total");
/// ```
///
/// # Errors
/// [`Problem::Gate`] for what is not of the form.
pub fn expressions(list: &str) -> Result<Vec<Expression>, Problem> {
    let mut parts = Vec::new();
    let mut rest = list;
    loop {
        let (one, after) = first_of(rest)?;
        parts.push(one);
        match after {
            Some(after) => rest = after,
            None => return Ok(parts),
        }
    }
}

fn wrong(text: &str, what: &str) -> Problem {
    Problem::Gate {
        text: text.trim().to_string(),
        what: what.to_string(),
        hint: Some(
            "the form is METRIC(REGEX)>LIMIT, such as 'cpu.flat(.*)>2pp' or 'total>64MiB'".to_string(),
        ),
    }
}

/// The first condition of a list, and what follows its comma.
pub(in crate::review) fn first_of(list: &str) -> Result<(Expression, Option<&str>), Problem> {
    let text = list.trim_start();
    let end = text.find(|c: char| !is_metric(c)).unwrap_or(text.len());
    let (metric, mut rest) = text.split_at(end);
    if metric.is_empty() {
        return Err(wrong(list, "no metric"));
    }
    let mut pattern = None;
    if let Some(inner) = rest.trim_start().strip_prefix('(') {
        let close = closing(inner).ok_or_else(|| wrong(list, "a parenthesis is not closed"))?;
        pattern = Some(inner[..close].to_string());
        rest = &inner[close + 1..];
    }
    let (op, rest) = operator(rest.trim_start()).ok_or_else(|| wrong(list, "no comparison such as `>`"))?;
    let (limit, after) = match rest.split_once(',') {
        Some((limit, after)) => (limit, Some(after)),
        None => (rest, None),
    };
    let length = text.len() - after.map_or(0, |after| after.len() + 1);
    let expression = Expression {
        text: text[..length].trim_end().to_string(),
        metric: metric.to_string(),
        pattern,
        op,
        limit: limit_of(limit.trim()).ok_or_else(|| wrong(&text[..length], "no limit"))?,
    };
    Ok((expression, after))
}

fn is_metric(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '/' | '-')
}

/// Where the parenthesis of a regular expression closes that was opened before it: those that are escaped or stand
/// in a class do not count.
fn closing(inner: &str) -> Option<usize> {
    let (mut depth, mut in_class, mut is_escaped) = (0usize, false, false);
    for (at, c) in inner.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' if !in_class => in_class = true,
            ']' if in_class => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class && depth == 0 => return Some(at),
            ')' if !in_class => depth -= 1,
            _ => {}
        }
    }
    None
}

fn operator(text: &str) -> Option<(Op, &str)> {
    const OPS: [(&str, Op); 6] = [
        (">=", Op::AtLeast),
        ("<=", Op::AtMost),
        ("==", Op::Equal),
        (">", Op::Above),
        ("<", Op::Below),
        ("=", Op::Equal),
    ];
    OPS.iter()
        .find_map(|(sign, op)| Some((*op, text.strip_prefix(sign)?)))
}

fn limit_of(text: &str) -> Option<Limit> {
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | '+' | '-');
    let end = text.find(|c| !is_number(c)).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    if number.is_empty() {
        let is_word = !text.is_empty() && text.chars().all(is_metric);
        return is_word.then(|| Limit::Word(text.to_string()));
    }
    let number: f64 = number.parse().ok()?;
    let unit = unit.trim_start();
    let is_unit = unit.chars().all(|c| is_metric(c) || c == '%');
    let is_unit = is_unit && !unit.starts_with(|c: char| c.is_ascii_digit());
    is_unit.then(|| Limit::Number(number, unit.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, metric: &str, pattern: Option<&str>, op: Op, limit: Limit) {
        let got = expressions(text).unwrap();
        let expect = Expression {
            text: text.trim().to_string(),
            metric: metric.into(),
            pattern: pattern.map(str::to_string),
            op,
            limit,
        };
        assert_eq!(got, [expect]);
    }

    fn number(number: f64, unit: &str) -> Limit {
        Limit::Number(number, unit.into())
    }

    #[test]
    fn conditions_of_every_verb_are_read() {
        check("sec/op>10%", "sec/op", None, Op::Above, number(10.0, "%"));
        check(" B/op > 0 % ", "B/op", None, Op::Above, number(0.0, "%"));
        check("allocs/op>0", "allocs/op", None, Op::Above, number(0.0, ""));
        check(
            "cpu.flat(.*)>2.5pp",
            "cpu.flat",
            Some(".*"),
            Op::Above,
            number(2.5, "pp"),
        );
        check(
            "heap.inuse(^a[)]b$)>=64MiB",
            "heap.inuse",
            Some("^a[)]b$"),
            Op::AtLeast,
            number(64.0, "MiB"),
        );
        check(
            "flat(a|b,c)>5ms/s",
            "flat",
            Some("a|b,c"),
            Op::Above,
            number(5.0, "ms/s"),
        );
        check(
            "severity>=high",
            "severity",
            None,
            Op::AtLeast,
            Limit::Word("high".into()),
        );
        check("score<80", "score", None, Op::Below, number(80.0, ""));
        check(
            r"cum(\(\*T\)\.M\()>1%",
            "cum",
            Some(r"\(\*T\)\.M\("),
            Op::Above,
            number(1.0, "%"),
        );
        check("x==-1", "x", None, Op::Equal, number(-1.0, ""));
    }

    #[test]
    fn lists_split_at_their_own_commas() {
        let texts: Vec<_> = expressions("a(x{1,2})>1 , b<2,c>=3pp")
            .unwrap()
            .into_iter()
            .map(|e| e.text)
            .collect();
        assert_eq!(texts, ["a(x{1,2})>1", "b<2", "c>=3pp"]);
    }

    #[test]
    fn what_is_not_of_the_form_is_told() {
        let check = |text: &str, what: &str| {
            let error = expressions(text).unwrap_err();
            assert!(error.to_string().contains(what), "{text}: {error}");
        };
        check("", "no metric");
        check(">5", "no metric");
        check("flat(x>5%", "not closed");
        check("flat(x)", "no comparison");
        check("flat(x)>", "no limit");
        check("flat(x)>5 5", "no limit");
        check("flat(x)>1.2.3%", "no limit");
        check("a>1,", "no metric");
        check("flat(x)>5%é(", "no limit");
    }

    #[test]
    fn comparisons_hold_as_they_read() {
        assert!(Op::Above.holds(2.0, 1.0) && !Op::Above.holds(1.0, 1.0));
        assert!(Op::AtLeast.holds(1.0, 1.0) && Op::AtMost.holds(1.0, 1.0) && Op::Equal.holds(1.0, 1.0));
        assert!(Op::Below.holds(0.0, 1.0) && !Op::Below.holds(f64::NAN, 1.0));
    }
}
