//! Words that all chapters share: pieces of text, places, shares and measurements.

use crate::report::document::{Align, Block, Inline, Item, Text};
use crate::review::{Interval, Resource, Share};
use crate::unit::{human, human_count, share};

/// Stands wherever a number is missing.
pub const NOT_MEASURED: &str = "not measured";

/// Plain words.
pub fn text(words: &str) -> Inline {
    Inline::Text(words.to_string())
}

/// A name, a command, a number as the program wrote it.
pub fn code(words: &str) -> Inline {
    Inline::Code(words.to_string())
}

/// What carries the sentence.
pub fn strong(words: &str) -> Inline {
    Inline::Strong(words.to_string())
}

/// Words alone.
pub fn line(words: &str) -> Text {
    vec![text(words)]
}

/// A name alone, or `otherwise` where there is none.
pub fn code_or(name: &str, otherwise: &str) -> Text {
    let name = name.trim();
    if name.is_empty() {
        line(otherwise)
    } else {
        vec![code(name)]
    }
}

/// A line of source, or a word that there is none.
pub fn source(words: &str) -> Text {
    code_or(words, "no source")
}

/// A sentence in which pairs of backticks mark code; with an odd one it stays as it is.
pub fn prose(sentence: &str) -> Text {
    let parts: Vec<&str> = sentence.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return line(sentence);
    }
    let piece = |(at, part): (usize, &&str)| if at % 2 == 0 { text(part) } else { code(part) };
    let parts = parts.iter().enumerate().filter(|(_, part)| !part.is_empty());
    parts.map(piece).collect()
}

/// The sentence with a full stop, unless it ends in a mark already.
pub fn full_stop(sentence: &str) -> String {
    let sentence = sentence.trim_end();
    if sentence.is_empty() || sentence.ends_with(['.', '!', '?', ':']) {
        sentence.to_string()
    } else {
        format!("{sentence}.")
    }
}

/// `1 sample`, `2 samples`; large numbers with k, M or G.
pub fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", human_count(count as f64))
}

/// A heading; level 1 is the title.
pub fn heading(level: u8, text: Text) -> Block {
    Block::Heading { level, text }
}

/// A sentence as a paragraph, see [`prose`].
pub fn paragraph(words: &str) -> Block {
    Block::Paragraph(prose(words))
}

/// Commands for a shell, one a line.
pub fn shell(commands: &str) -> Block {
    listing("sh", commands)
}

/// Text in which every blank counts, without newlines at its end.
pub fn listing(language: &str, words: &str) -> Block {
    Block::Code {
        language: language.to_string(),
        text: words.trim_end().to_string(),
    }
}

/// A table; every row has a cell for each column.
pub fn table(columns: &[(&str, Align)], rows: Vec<Vec<Text>>) -> Block {
    let column = |(title, align): &(&str, Align)| ((*title).to_string(), *align);
    Block::Table {
        columns: columns.iter().map(column).collect(),
        rows,
    }
}

/// A plain point of a list.
pub fn point(text: Text) -> Item {
    Item {
        ticked: None,
        text,
        items: Vec::new(),
    }
}

/// A name and what is said of it.
pub fn fact(name: &str, text: Text) -> (String, Text) {
    (name.to_string(), text)
}

/// `file:line`; the file alone where the line is not known.
pub fn place(file: &str, line_number: i64) -> Text {
    match (file, line_number) {
        ("", _) => line("place unknown"),
        (file, 0) => vec![code(file)],
        (file, at) => vec![code(&format!("{file}:{at}"))],
    }
}

/// `dir/file:line`, the last folder being enough beside the function's name.
pub fn short_place(file: &str, line_number: i64) -> Text {
    let cut = file.rmatch_indices('/').nth(1).map_or(0, |(at, _)| at + 1);
    place(&file[cut..], line_number)
}

/// A function by the last part of its package: `before.(*Server).handleFeed`.
pub fn short_function(function: &str) -> Inline {
    let head = function.find(['[', '(']).unwrap_or(function.len());
    let cut = function[..head].rfind('/').map_or(0, |at| at + 1);
    code(&function[cut..])
}

/// Bytes as people read them.
pub fn bytes_text(bytes: i64) -> String {
    human(bytes as f64, "B")
}

/// A value in the unit of its sample type as people read it.
pub fn value_text(value: i64, unit: &str) -> String {
    match unit {
        "bytes" => bytes_text(value),
        "nanoseconds" => human(value as f64 / 1e9, "sec"),
        "count" => human_count(value as f64),
        _ => crate::unit::label(value, unit),
    }
}

/// A share with its interval: `12.3 % [11.0 %, 13.7 %]`; alone where it has none.
pub fn share_text(part: &Share) -> String {
    let (Some(low), Some(high)) = (part.low, part.high) else {
        return share(part.share);
    };
    format!("{} [{}, {}]", share(part.share), share(low), share(high))
}

/// A gain, the lower end first: `3.0 % to 8.0 %`.
pub fn gain_text(gain: &Interval) -> String {
    format!("{} to {}", share(gain.low), share(gain.high))
}

/// A measurement with its whole unit: `19.42 µs/op`, `3 allocs/op`.
pub fn measure(value: f64, unit: &str) -> String {
    let number = human(value, unit);
    match unit {
        "allocs/op" => format!("{number} {unit}"),
        _ if unit.ends_with("/op") => format!("{number}/op"),
        _ => number,
    }
}

/// A number that may be missing, with its ends where they are known.
pub fn with_ends(value: &str, ends: Option<(String, String)>) -> String {
    match ends {
        Some((low, high)) => format!("{value} [{low}, {high}]"),
        None => value.to_string(),
    }
}

/// The resource as it is named in a sentence.
pub fn resource_name(resource: Resource) -> &'static str {
    match resource {
        Resource::Cpu => "CPU time",
        Resource::AllocatedObjects => "allocated objects",
        Resource::AllocatedBytes => "allocated bytes",
        Resource::LiveBytes => "live bytes",
        Resource::BlockDelay => "block delay",
        Resource::MutexDelay => "mutex delay",
        Resource::Goroutines => "goroutines",
        Resource::LeakedGoroutines => "leaked goroutines",
        Resource::Wall => "wall time",
        Resource::Other => "the measured resource",
    }
}

/// The words with a capital letter.
pub fn capital(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
