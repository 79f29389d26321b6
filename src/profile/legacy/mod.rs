//! The forms that profiles had before protobuf, and the text that Go's `/debug/pprof/…?debug=1` prints.
//!
//! Each format is one module with one function: data to `None` (not this format), an error (this format, and
//! broken), or a profile. What they share: [`text`] cuts lines, [`rows`] turns sample lines into samples,
//! [`symbols`] reads Go's comment lines, [`maps`] the memory map at the end, [`frames`] holds the names that
//! these profilers leave on the stacks.

mod contention;
mod count;
mod cpu;
mod folded;
mod frames;
mod heap;
mod java;
mod maps;
mod rows;
mod symbols;
mod text;
mod threads;

pub(crate) use symbols::unquote;

use super::Profile;
use crate::error::Problem;

/// What a format says of some data.
type Outcome = Option<Result<Profile, Problem>>;

/// Reads a profile in one of the text and binary forms; `None` if the data are in none of them. `input` is the
/// name for warnings.
///
/// # Errors
/// [`Problem::TextLine`] for a line that is not of the form that its format has, [`Problem::Overflow`] for
/// values that scaling takes past 64 bits.
pub(super) fn decode(plain: &[u8], input: &str) -> Outcome {
    let text = plain.strip_prefix(b"\xef\xbb\xbf").unwrap_or(plain);
    let described = cpu::read(plain)
        .or_else(|| heap::read(text, input))
        .or_else(|| count::read(text, input))
        .or_else(|| threads::read(text))
        .or_else(|| contention::read(text))
        .or_else(|| java::read(text));
    match described {
        Some(Ok(mut profile)) => {
            frames::describe(&mut profile);
            Some(Ok(profile))
        }
        Some(Err(problem)) => Some(Err(problem)),
        None => folded::read(text),
    }
}

#[cfg(test)]
mod tests;
