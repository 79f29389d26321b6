//! Reads a stored review back: review.yaml, or review.json.
//!
//! Reading is strict, because a key that nobody knows is a typing error or a newer layout, and a review that is read
//! without it would say less than the one that was written. Numbers are finite: what is not is written as `null`.

use saphyr_parser::{Event, Parser};
use serde::Deserialize;

use super::{Review, SCHEMA_VERSION};
use crate::error::{Error, Place, Problem, nearest, printable};

/// The review of a text, YAML or JSON; `input` is its name in errors.
///
/// # Errors
/// Text that is neither, unknown and missing keys with their line and the nearest name, another version of the layout,
/// numbers that are not finite.
pub fn read_review(text: &[u8], input: &str) -> Result<Review, Error> {
    let text = std::str::from_utf8(text).map_err(|_| wrong("not UTF-8 text", NO_REVIEW).at(input))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(wrong("an empty text is no review", NO_REVIEW).at(input));
    }
    check_shape(text, input)?;
    check_version(text, input)?;
    let review: Review = parse(text, input)?;
    match not_finite(&review) {
        Some(place) => Err(wrong(&format!("{place} is not a finite number"), "").at(input)),
        None => Ok(review),
    }
}

/// Whether a text may be a stored review: one of the keys that every review begins with stands at the start of a line.
pub fn looks_like_review(text: &[u8]) -> bool {
    const KEYS: [&str; 2] = ["performance_score", "schema_version"];
    const BEGINNING: usize = 64 << 10;
    let text = text.get(..BEGINNING).unwrap_or(text);
    let has = |line: &[u8]| {
        let line = line.trim_ascii_start();
        let line = line.strip_prefix(b"\"").unwrap_or(line);
        KEYS.iter().any(|key| {
            let rest = line.strip_prefix(key.as_bytes());
            rest.is_some_and(|rest| rest.strip_prefix(b"\"").unwrap_or(rest).starts_with(b":"))
        })
    };
    text.split(|b| *b == b'\n').any(has)
}

const NO_REVIEW: &str = "`perfplan analyze INPUT… -o review.yaml` writes a review";

fn wrong(what: &str, hint: &str) -> Problem {
    Problem::Stored {
        what: printable(what.as_bytes()),
        hint: Some(hint.to_string()).filter(|h| !h.is_empty()),
    }
}

/// The key that is read before all others.
#[derive(Deserialize)]
struct Versioned {
    schema_version: Option<u64>,
}

fn check_version(text: &str, input: &str) -> Result<(), Error> {
    let Versioned { schema_version } = parse(text, input)?;
    match schema_version {
        Some(version) if version == u64::from(SCHEMA_VERSION) => Ok(()),
        Some(version) => {
            let what = format!("schema_version is {version}, this perfplan reads {SCHEMA_VERSION}");
            let hint = "write the review again from its inputs with this perfplan, or read it with the one that wrote it";
            Err(wrong(&what, hint).at(input))
        }
        None => Err(wrong("no schema_version: not a review", NO_REVIEW).at(input)),
    }
}

/// Most levels of lists and maps in each other: a review has half as many.
const DEPTH: usize = 32;

/// Refuses what the parser would take very long for: deep nesting, and aliases, by which a short text stands for a huge
/// one. No review has either.
fn check_shape(text: &str, input: &str) -> Result<(), Error> {
    if is_json(text) {
        return Ok(());
    }
    let mut depth = 0usize;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|e| {
            let what = format!("no YAML: {}", e.info());
            located(&what, e.marker().line() as u64, input)
        })?;
        let line = span.start.line() as u64;
        match event {
            Event::Alias(_) => return Err(located("aliases are not read", line, input)),
            Event::SequenceStart(..) | Event::MappingStart(..) if depth == DEPTH => {
                return Err(located("lists and maps are nested too deep", line, input));
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => depth += 1,
            Event::SequenceEnd | Event::MappingEnd => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

fn is_json(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// JSON begins with a brace, a review in YAML never does.
fn parse<T: for<'a> Deserialize<'a>>(text: &str, input: &str) -> Result<T, Error> {
    if is_json(text) {
        return serde_json::from_str(text).map_err(|e| located(&e.to_string(), e.line() as u64, input));
    }
    serde_yaml::from_str(text).map_err(|e| {
        let line = e.location().map_or(0, |l| l.line() as u64);
        located(&e.to_string(), line, input)
    })
}

/// The parser's words at their line, with the nearest key for one that is unknown.
fn located(said: &str, line: u64, input: &str) -> Error {
    let place = match line {
        0 => Place::input(input),
        line => Place::line(input, line),
    };
    let said = said.rfind(" at line ").map_or(said, |at| &said[..at]);
    let quoted: Vec<&str> = said.split('`').skip(1).step_by(2).collect();
    let hint = match quoted.split_first() {
        Some((key, known)) if said.contains("unknown field") => {
            nearest(key, known.iter().copied()).map(|name| format!("did you mean {name}?"))
        }
        _ => None,
    };
    // The list of all keys would hide what is wrong.
    let short = said
        .split_once(", expected")
        .filter(|_| said.contains("unknown field"));
    let what = short.map_or(said, |(what, _)| what);
    Error::new(place, wrong(what, &hint.unwrap_or_default()))
}

/// Where the first number stands that is none, as `targets[0].goal`.
fn not_finite(review: &Review) -> Option<String> {
    let value = serde_yaml::to_value(review).ok()?;
    let mut open = vec![(String::new(), &value)];
    while let Some((place, value)) = open.pop() {
        match value {
            serde_yaml::Value::Number(n) if !n.is_finite() => return Some(place),
            serde_yaml::Value::Sequence(list) => {
                let parts = list.iter().enumerate().rev();
                open.extend(parts.map(|(at, part)| (format!("{place}[{at}]"), part)));
            }
            serde_yaml::Value::Mapping(map) => {
                let dot = if place.is_empty() { "" } else { "." };
                let named = |key: &serde_yaml::Value| format!("{place}{dot}{}", key.as_str().unwrap_or("?"));
                let parts: Vec<_> = map.iter().map(|(key, part)| (named(key), part)).collect();
                open.extend(parts.into_iter().rev());
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored() -> String {
        serde_yaml::to_string(&of_nothing()).unwrap()
    }

    fn of_nothing() -> Review {
        let evidence = super::super::Evidence {
            component: Some("p".into()),
            ..super::super::Evidence::default()
        };
        super::super::review(&evidence, super::super::Policy::default())
    }

    #[track_caller]
    fn check(text: &str, error: &str, hint: Option<&str>) {
        let found = read_review(text.as_bytes(), "r.yaml").unwrap_err();
        assert_eq!(
            (found.to_string().as_str(), found.hint().as_deref()),
            (error, hint)
        );
    }

    #[test]
    fn a_review_is_read_as_it_was_written() {
        let review = read_review(stored().as_bytes(), "r.yaml").unwrap();
        assert_eq!(review, of_nothing());
        let json = serde_json::to_string(&review).unwrap();
        assert_eq!(read_review(json.as_bytes(), "r.json").unwrap(), review);
    }

    #[test]
    fn unknown_keys_are_told_with_their_line_and_the_nearest() {
        let text = stored().replace("  line_share:", "  line_shar:");
        let line = text.lines().position(|l| l.contains("line_shar:")).unwrap() + 1;
        check(
            &text,
            &format!("r.yaml:{line}: method: unknown field `line_shar`"),
            Some("did you mean line_share?"),
        );
    }

    #[test]
    fn what_is_no_review_of_this_version_is_refused() {
        check("", "r.yaml: an empty text is no review", Some(NO_REVIEW));
        check(
            "a: 1\n",
            "r.yaml: no schema_version: not a review",
            Some(NO_REVIEW),
        );
        let newer = stored().replace("schema_version: 1", "schema_version: 2");
        let hint = "write the review again from its inputs with this perfplan, or read it with the one that wrote it";
        check(
            &newer,
            "r.yaml: schema_version is 2, this perfplan reads 1",
            Some(hint),
        );
        let without = stored().replace("component: p\n", "");
        assert!(
            read_review(without.as_bytes(), "r")
                .unwrap_err()
                .to_string()
                .contains("missing field `component`")
        );
    }

    #[test]
    fn numbers_are_finite() {
        for number in [".nan", ".inf", "-.inf"] {
            let text = stored().replace("line_share: 0.01", &format!("line_share: {number}"));
            check(&text, "r.yaml: method.line_share is not a finite number", None);
        }
        let text = stored().replace("line_share: 0.01", "line_share: 1e999999999");
        assert!(read_review(text.as_bytes(), "r").is_err());
        let text = stored().replace("schema_version: 1", "schema_version: 99999999999999999999999999");
        assert!(read_review(text.as_bytes(), "r").is_err());
    }

    #[test]
    fn hostile_texts_end_in_an_error() {
        let mut bomb = "schema_version: 1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_string();
        for i in 1..40 {
            let parts = vec![format!("*a{}", i - 1); 10].join(", ");
            bomb.push_str(&format!("a{i}: &a{i} [{parts}]\n"));
        }
        let deep = format!("schema_version: 1\nissues: {}", "[".repeat(100_000));
        let json = format!("{{\"schema_version\": 1, \"issues\": {}", "[".repeat(100_000));
        let nested = format!("schema_version: 1\nissues: {}x", "- ".repeat(100_000));
        let itself = "schema_version: 1\nissues: &a [*a]\n".to_string();
        let tags = "schema_version: !x 1\nissues: !!binary x\n".to_string();
        for text in [
            bomb,
            deep,
            json,
            nested,
            itself,
            tags,
            "\u{0}".into(),
            "- \t&".into(),
            "{".into(),
        ] {
            assert!(read_review(text.as_bytes(), "r").is_err());
        }
        assert!(read_review(b"\xff\xfe", "r").is_err());
    }
}
