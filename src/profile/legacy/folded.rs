//! Folded stacks, as flame graph tools exchange them: `root;…;leaf COUNT` per line.

use super::super::{Format, Profile, ProfileBuilder};
use super::Outcome;
use super::text::{Line, Lines, int};
use crate::error::Problem;

/// Reads folded stacks. A text whose first line has a `;` and a count is meant to be one, so that a later line
/// of another form is an error; without a `;` all lines must be of the form.
pub(super) fn read(text: &[u8]) -> Outcome {
    let mut lines = Lines::new(text);
    let first = lines.header()?;
    let (stack, _) = parse(first)?;
    let profile = profile(Lines::new(text));
    if profile.is_ok() || stack.contains(&b';') {
        Some(profile)
    } else {
        None
    }
}

fn profile(lines: Lines<'_>) -> Result<Profile, Problem> {
    let mut builder = ProfileBuilder::new(Format::Folded, &[("samples", "count")]);
    for line in lines.filter(|line| !line.says_nothing()) {
        let (stack, count) = parse(line).ok_or_else(|| line.expected("\"FRAME;FRAME;… COUNT\""))?;
        let frames = stack.split(|b| *b == b';').rev();
        let ids: Vec<_> = frames.map(|name| builder.frame(name, "", 0)).collect();
        builder.sample(ids, &[count], []);
    }
    Ok(builder.finish())
}

/// The stack and the count of a line.
fn parse(line: Line<'_>) -> Option<(&[u8], i64)> {
    let text = line.trimmed();
    let blank = text.iter().rposition(|b| *b == b' ')?;
    let (stack, count) = text.split_at_checked(blank)?;
    let stack = stack.trim_ascii();
    let is_control = |b: &u8| b.is_ascii_control() && *b != b'\t';
    if stack.is_empty() || stack.iter().any(is_control) {
        return None;
    }
    Some((stack, int(count.trim_ascii())?))
}
