//! `perfplan render`: a stored review in another form.

use std::path::PathBuf;

use anyhow::bail;
use perfplan::review::{Review, read_review};

use super::analyze::{Target, form};
use crate::cli::{RenderArgs, ReviewFormat, Shared};
use crate::{inputs, output};

pub fn run(args: &RenderArgs, shared: &Shared) -> anyhow::Result<()> {
    let files: Vec<(PathBuf, ReviewFormat)> = args
        .output
        .iter()
        .map(|path| match Target::of(path, args.format)? {
            Target::File(path, format) => Ok((path, format)),
            Target::Folder(path) => bail!(
                "{}: a stored review has no pictures to fill a folder with; name a file",
                path.display()
            ),
        })
        .collect::<Result<_, _>>()?;
    let review = stored(&args.review, shared)?;
    if files.is_empty() {
        let text = form(&review, args.format.unwrap_or(ReviewFormat::Text), shared)?;
        return output::emit(&text, None);
    }
    // All forms are made before the first is written.
    let texts: Vec<String> = files
        .iter()
        .map(|(_, format)| form(&review, *format, shared))
        .collect::<Result<_, _>>()?;
    files
        .iter()
        .zip(&texts)
        .try_for_each(|((path, _), text)| output::emit(text, Some(path)))
}

/// The stored review of an input.
pub(super) fn stored(input: &str, shared: &Shared) -> anyhow::Result<Review> {
    let data = inputs::read(input, super::limits(shared))?;
    Ok(read_review(&data, inputs::path_of(input))?)
}
