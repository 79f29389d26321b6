//! What went wrong, where, and what to do about it.
//!
//! Three things are kept apart: an [`Error`] ends the reading of an input; a [`Warning`] tells of something
//! skipped or doubtful and travels with the value that it qualifies. All texts stand in this file, so that
//! they can be read together: place, cause in lower case without a full stop, then a hint.
//!
//! ```
//! use perfplan::error::{Error, Place, Problem};
//! let error = Error::new(Place::input("cpu.pb.gz"), Problem::GzipCut { byte: 8192 });
//! assert_eq!(error.to_string(), "cpu.pb.gz: gzip stream ends early at byte 8192");
//! assert_eq!(error.hint().unwrap(), "the profile may still be written; wait for it to end");
//! ```

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a problem is: an input as the user named it, and the line in it where that is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The input as given: a path, `-` for standard input.
    pub input: String,
    /// Line from 1, for texts read line by line.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub line: Option<u64>,
}

impl Place {
    /// A place that is an input as a whole.
    pub fn input(input: impl Into<String>) -> Self {
        Self {
            input: input.into(),
            line: None,
        }
    }

    /// A line (from 1) of an input.
    pub fn line(input: impl Into<String>, line: u64) -> Self {
        Self {
            input: input.into(),
            line: Some(line),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names come from outside: a newline or an escape sequence in one must not reach a terminal.
        f.write_str(&printable(self.input.as_bytes()))?;
        self.line.map_or(Ok(()), |line| write!(f, ":{line}"))
    }
}

/// A problem at its place: what ends the reading of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Where.
    pub place: Place,
    /// What.
    pub problem: Problem,
}

impl Error {
    /// Puts a problem at its place.
    pub fn new(place: Place, problem: Problem) -> Self {
        Self { place, problem }
    }

    /// What to do about it, where there is something to do.
    pub fn hint(&self) -> Option<String> {
        self.problem.hint()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.problem)
    }
}

impl std::error::Error for Error {}

/// Something doubtful or left out, beside the value that it qualifies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// A stable name for programs, such as `no-samples`.
    pub code: String,
    /// A sentence without a full stop.
    pub message: String,
    /// Where.
    pub place: Place,
}

impl Warning {
    /// A warning with its stable code.
    pub fn new(code: &str, place: Place, message: impl Into<String>) -> Self {
        Self {
            code: code.to_string(),
            message: message.into(),
            place,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, printable(self.message.as_bytes()))
    }
}

/// Everything that can be wrong with an input. Offsets count from 0, samples, types and lines from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Nothing at all, or gzip of nothing.
    #[error("empty input")]
    Empty,
    /// The gzip stream stops before its end mark.
    #[error("gzip stream ends early at byte {byte}")]
    GzipCut {
        /// Length of the compressed input.
        byte: u64,
    },
    /// CRC or length of a gzip member is wrong, or its data cannot be inflated.
    #[error("gzip checksum does not match")]
    GzipChecksum,
    /// Bytes after the last gzip member that are no member.
    #[error("{} after the gzip data at byte {at} {} not gzip", counted(*bytes, "byte"), if *bytes == 1 { "is" } else { "are" })]
    GzipTrailing {
        /// How many.
        bytes: u64,
        /// Offset at which they begin.
        at: u64,
    },
    /// Compressed twice.
    #[error("gzip inside gzip")]
    GzipTwice,
    /// More than the limit, while reading.
    #[error("more than {} after decompression", size_text(*limit))]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// The bytes are no protobuf message of this schema.
    #[error("broken protobuf at byte {byte}: {what}")]
    Wire {
        /// Offset in the decompressed data.
        byte: u64,
        /// What was found there.
        what: String,
    },
    /// An index outside the string table.
    #[error("{owner} is string {index}, the table has {len}")]
    StringIndex {
        /// Which field of what: `sample type 2: unit`.
        owner: String,
        /// The index as read.
        index: i64,
        /// Length of the table.
        len: usize,
    },
    /// The first string must be the empty one.
    #[error("string 0 is \"{text}\", must be empty")]
    FirstString {
        /// What stands there, made printable.
        text: String,
    },
    /// There is no string table.
    #[error("no string table")]
    NoStrings,
    /// The start time is set twice: two messages were put into one file.
    #[error("two profiles in one file")]
    TwoProfiles,
    /// No sample type says what the values are.
    #[error("{}", if *samples == 0 { "no sample types".to_string() } else { format!("{samples} samples but no sample types") })]
    NoSampleTypes {
        /// Number of samples.
        samples: usize,
    },
    /// Two sample types with one name.
    #[error("sample types {first} and {second} are both named \"{name}\"")]
    SampleTypeTwice {
        /// Number of the first one.
        first: usize,
        /// Number of the second one.
        second: usize,
        /// Their name, made printable.
        name: String,
    },
    /// A sample with too few or too many values.
    #[error("sample {sample} has {}, the profile has {} ({types})", counted(*values as u64, "value"), counted(*expected as u64, "sample type"))]
    ValueCount {
        /// Which sample.
        sample: usize,
        /// How many values it has.
        values: usize,
        /// How many sample types the profile has.
        expected: usize,
        /// Their names.
        types: String,
    },
    /// A stack names a location that does not exist.
    #[error("sample {sample}: location id {id} is not defined")]
    LocationMissing {
        /// Which sample.
        sample: usize,
        /// The id as read.
        id: u64,
    },
    /// A line names a function that does not exist.
    #[error("location {location}: function id {id} is not defined")]
    FunctionMissing {
        /// Id of the location.
        location: u64,
        /// The id as read.
        id: u64,
    },
    /// A line without a function.
    #[error("location {location}: a line without a function")]
    LineWithoutFunction {
        /// Id of the location.
        location: u64,
    },
    /// Ids start at 1.
    #[error("a {table} with id 0")]
    IdZero {
        /// `function`, `location` or `mapping`.
        table: &'static str,
    },
    /// Two entries of a table with one id.
    #[error("{table} id {id} is defined twice")]
    IdTwice {
        /// `function`, `location` or `mapping`.
        table: &'static str,
        /// The id.
        id: u64,
    },
    /// A sum that does not fit 64 bits.
    #[error("the sum of {sample_type} passes 2^63-1 at sample {sample}")]
    Overflow {
        /// Type and unit: `cpu/nanoseconds`.
        sample_type: String,
        /// Which sample.
        sample: usize,
    },
    /// A line of a text profile that is not of its form.
    #[error("line {line}: expected {expected}, got \"{got}\"")]
    TextLine {
        /// Line from 1.
        line: u64,
        /// The form, in quotes where it is one.
        expected: String,
        /// What stands there, made printable and cut.
        got: String,
    },
    /// Content of another kind.
    #[error("{what}")]
    Unrecognized {
        /// What it looks like.
        what: String,
        /// What to do with that.
        hint: String,
    },
    /// A sample type that the profile does not have.
    #[error("no sample type \"{wanted}\"; the profile has {have}")]
    NoSuchSampleType {
        /// As given.
        wanted: String,
        /// The names there are.
        have: String,
        /// The nearest of them.
        nearest: Option<String>,
    },
    /// An option that is no regular expression.
    #[error("{option}: \"{pattern}\" is no regular expression: {why}")]
    Pattern {
        /// The option as it is written: `--focus`.
        option: String,
        /// As given.
        pattern: String,
        /// What the parser says.
        why: String,
    },
    /// A filter that meets nothing would show an empty report.
    #[error("{option}: nothing matches \"{pattern}\"")]
    NothingMatches {
        /// The option as it is written: `--focus`.
        option: String,
        /// As given.
        pattern: String,
        /// The nearest names, at most three.
        nearest: Vec<String>,
    },
    /// Inputs that cannot be put together.
    #[error("{what}")]
    Merge {
        /// Why not.
        what: String,
    },
    /// A rate is wanted of recordings whose length is not known.
    #[error("no rate without durations: at least one profile does not tell how long it was recorded")]
    NoRate,
    /// A condition of a gate that cannot be understood.
    #[error("\"{}\": {what}", printable(text.as_bytes()))]
    Gate {
        /// The condition as given.
        text: String,
        /// What is wrong with it.
        what: String,
        /// What to write instead.
        hint: Option<String>,
    },
    /// Something in perfplan.yaml that is not as it should be.
    #[error("{}{}", if key.is_empty() { String::new() } else { format!("{}: ", printable(key.as_bytes())) }, printable(what.as_bytes()))]
    Policy {
        /// Path of the key, such as `budgets.benchmarks[0].match`; empty for the file as a whole.
        key: String,
        /// What is wrong with it.
        what: String,
        /// What to write instead.
        hint: Option<String>,
    },
    /// A name that is no rule and no word of a review.
    #[error("nothing is called \"{}\"", printable(wanted.as_bytes()))]
    Unexplained {
        /// As given.
        wanted: String,
        /// The nearest names.
        nearest: Vec<String>,
    },
    /// A benchmark text without a single result.
    #[error("no benchmark results")]
    NoResults,
    /// A text without a single goroutine.
    #[error("no goroutines")]
    NoGoroutines,
    /// A review or policy that does not parse.
    #[error("{what}")]
    Syntax {
        /// What the parser says.
        what: String,
    },
    /// A stored review that cannot be read.
    #[error("{what}")]
    Stored {
        /// What is wrong, safe to print.
        what: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The operating system's own reason: missing file, directory, no permission.
    #[error("{reason}")]
    System {
        /// As the system puts it.
        reason: String,
        /// What to do about it.
        hint: Option<String>,
    },
}

impl Problem {
    /// What to do about it, where there is something to do.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Empty => "stop the profiler and close the file before the program exits",
            Self::GzipCut { .. } => "the profile may still be written; wait for it to end",
            Self::GzipChecksum => "damaged; copy it again in binary mode",
            Self::GzipTrailing { at, .. } => return Some(format!("`head -c {at} FILE` keeps the good part")),
            Self::GzipTwice => "gunzip once",
            Self::TooLarge { .. } => "--max-size raises the limit if you trust the file",
            Self::Wire { .. } => "the file is cut or damaged",
            Self::TwoProfiles => "split it, then give both parts as inputs",
            Self::ValueCount { values, expected, .. } if *values == 2 * expected => {
                "twice as many: two profiles joined"
            }
            Self::NoSuchSampleType {
                nearest: Some(name), ..
            } => {
                return Some(format!("did you mean {name}?"));
            }
            Self::NothingMatches { nearest, .. } if !nearest.is_empty() => {
                return Some(format!("the nearest names are {}", nearest.join(", ")));
            }
            Self::Unexplained { nearest, .. } => {
                return Some(format!(
                    "the nearest names are {}; `perfplan explain` lists all",
                    nearest.join(", ")
                ));
            }
            Self::NoRate => "--measure share or value, or tell the operations of each side",
            Self::NoResults => "run `go test -bench . -benchmem -count=10` and keep all that it prints",
            Self::NoGoroutines => {
                "fetch /debug/pprof/goroutine?debug=2, or send SIGQUIT and keep all that is printed"
            }
            Self::Unrecognized { hint, .. } => return Some(hint.clone()).filter(|h| !h.is_empty()),
            Self::System { hint, .. }
            | Self::Gate { hint, .. }
            | Self::Policy { hint, .. }
            | Self::Stored { hint, .. } => {
                return hint.clone();
            }
            _ => return None,
        };
        Some(hint.to_string())
    }

    /// Puts the problem at an input.
    pub fn at(self, input: &str) -> Error {
        Error::new(Place::input(input), self)
    }
}

/// `1 value`, `2 values`.
pub fn counted(n: u64, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

fn size_text(bytes: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];
    let fitting = UNITS
        .iter()
        .find(|(_, size)| bytes >= *size && bytes.is_multiple_of(*size));
    fitting.map_or_else(
        || counted(bytes, "byte"),
        |(unit, size)| format!("{} {unit}", bytes / size),
    )
}

/// Bytes as one line of safe text. Control characters and what changes the direction of text are written as
/// escapes, a byte that is not UTF-8 as `\xff`; everything else stays as it is.
pub fn printable(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|c| push_printable(&mut out, c));
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// Bytes as the text that they are, for formats that have escapes of their own; only a byte that is not UTF-8 is
/// written as `\xff`.
pub fn lossless(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.into();
    }
    let mut out = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out.into()
}

fn push_printable(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0'..='\x1f' | '\x7f' => out.push_str(&format!("\\x{:02x}", u32::from(c))),
        '\u{80}'..='\u{9f}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{61c}'
        | '\u{feff}'
        | '\u{fffe}'
        | '\u{ffff}' => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
        _ => out.push(c),
    }
}

/// The candidate nearest to `wanted` by edit distance, if one is near enough to be meant.
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = wanted.chars().count().div_ceil(3).max(1);
    candidates
        .into_iter()
        .map(|c| (edit_distance(wanted, c), c))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, c)| c)
}

/// The candidates nearest to what a regular expression seems to mean, best first, at most `count`: those that
/// contain its letters whatever their case, then those whose last part is a few edits away.
pub fn nearest_names<'a>(
    wanted: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    count: usize,
) -> Vec<&'a str> {
    let plain = |text: &str| {
        let letters = text.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).take(100).collect::<String>()
    };
    let wanted = plain(wanted);
    let distance = |name: &str| {
        let whole = plain(name);
        if whole.contains(&wanted) {
            return 0;
        }
        let last = plain(name.rsplit(['/', '.']).next().unwrap_or(name));
        edit_distance(&wanted, &last).min(edit_distance(&wanted, &whole))
    };
    let mut ranked: Vec<_> = candidates
        .into_iter()
        .filter(|name| !name.is_empty())
        .map(|name| (distance(name), name.len(), name))
        .collect();
    ranked.sort_unstable();
    ranked.dedup();
    ranked.into_iter().take(count).map(|(_, _, name)| name).collect()
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_agree_with_their_nouns() {
        let one = Problem::ValueCount {
            sample: 1,
            values: 1,
            expected: 2,
            types: "samples, cpu".into(),
        };
        assert_eq!(
            one.to_string(),
            "sample 1 has 1 value, the profile has 2 sample types (samples, cpu)"
        );
        assert_eq!(one.hint(), None);
        let joined = Problem::ValueCount {
            sample: 1,
            values: 4,
            expected: 2,
            types: "samples, cpu".into(),
        };
        assert_eq!(
            joined.hint().as_deref(),
            Some("twice as many: two profiles joined")
        );
        let trailing = Problem::GzipTrailing { bytes: 1, at: 9 };
        assert_eq!(
            trailing.to_string(),
            "1 byte after the gzip data at byte 9 is not gzip"
        );
    }

    #[test]
    fn sizes_read_as_people_write_them() {
        assert_eq!(size_text(1 << 30), "1 GiB");
        assert_eq!(size_text(4 << 20), "4 MiB");
        assert_eq!(size_text(1000), "1000 bytes");
    }

    #[test]
    fn control_and_direction_characters_are_escaped() {
        assert_eq!(printable(b"a\nb\x1b[31m"), "a\\nb\\x1b[31m");
        assert_eq!(printable("x\u{202e}y".as_bytes()), "x\\u{202e}y");
        assert_eq!(printable(b"\xff\xc3\xa9"), "\\xff\u{e9}");
        assert_eq!(lossless(b"\n\xff\xc3\xa9"), "\n\\xff\u{e9}");
    }

    #[test]
    fn names_near_a_pattern_are_those_that_contain_it_or_nearly_do() {
        let names = [
            "encoding/json.Marshal",
            "main.marshall",
            "main.run",
            "fmt.Sprintf",
        ];
        assert_eq!(
            nearest_names("^MARSHAL$", names, 2),
            ["main.marshall", "encoding/json.Marshal"]
        );
        assert_eq!(nearest_names("sprintF|x", names, 1), ["fmt.Sprintf"]);
    }

    #[test]
    fn nearest_finds_a_typing_error_and_nothing_far() {
        assert_eq!(
            nearest("alloc_spcae", ["alloc_space", "inuse_space"]),
            Some("alloc_space")
        );
        assert_eq!(nearest("zebra", ["alloc_space"]), None);
    }
}
