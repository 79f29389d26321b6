//! Writes results: to standard output, or to files that are replaced whole or not at all.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use perfplan::error::{Warning, printable};
use perfplan::profile::Profile;

use crate::cli::{Shared, When};

/// Prints a result, to a file if one is named.
pub fn emit(text: &str, path: Option<&Path>) -> anyhow::Result<()> {
    match path {
        Some(path) if path != Path::new("-") => write_whole(path, text.as_bytes()),
        _ => print(text.as_bytes()),
    }
}

/// Prints a result as it is made, to a file if one is named; memory does not grow with its length on the way to
/// standard output.
pub fn stream(
    path: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> anyhow::Result<()> {
    match path {
        Some(path) if path != Path::new("-") => {
            let mut data = Vec::new();
            write(&mut data)?;
            write_whole(path, &data)
        }
        _ => {
            let mut out = io::BufWriter::new(io::stdout().lock());
            write(&mut out)?;
            Ok(out.flush()?)
        }
    }
}

/// Writes to standard output.
pub fn print(data: &[u8]) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(data)?;
    Ok(out.flush()?)
}

/// Writes a file whole or not at all.
pub fn write_whole(path: &Path, data: &[u8]) -> anyhow::Result<()> {
    write_set(&[(path.to_path_buf(), data)])
}

/// Writes files beside their places and renames them when all are written, so that a failure leaves nothing. A
/// link is followed; what is no plain file, such as a device or a pipe, is written into.
pub fn write_set(files: &[(PathBuf, &[u8])]) -> anyhow::Result<()> {
    let mut parts: Vec<(PathBuf, PathBuf)> = Vec::new();
    let written = files.iter().try_for_each(|(path, data)| {
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        write_part(&path, data, &mut parts).with_context(|| path.display().to_string())
    });
    let renamed = written.and_then(|()| {
        parts
            .iter()
            .try_for_each(|(part, path)| fs::rename(part, path).with_context(|| path.display().to_string()))
    });
    if renamed.is_err() {
        for (part, _) in &parts {
            // What was renamed already is gone from here, and half a set is of no use.
            let _ = fs::remove_file(part);
        }
    }
    renamed
}

fn write_part(path: &Path, data: &[u8], parts: &mut Vec<(PathBuf, PathBuf)>) -> io::Result<()> {
    let old = fs::metadata(path).ok();
    if old.as_ref().is_some_and(fs::Metadata::is_dir) {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a directory"));
    }
    if old.as_ref().is_some_and(|m| !m.is_file()) {
        return fs::write(path, data);
    }
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    parts.push((part.clone(), path.to_path_buf()));
    fs::write(&part, data)?;
    old.map_or(Ok(()), |m| fs::set_permissions(&part, m.permissions()))
}

/// A progress line on a terminal, for work of more than half a second; it goes when dropped.
pub struct Progress(Option<(ProgressBar, mpsc::Sender<()>)>);

impl Progress {
    /// Begins to count the time.
    pub fn begin(what: &str, shared: &Shared) -> Self {
        if shared.quiet || !io::stderr().is_terminal() {
            return Self(None);
        }
        let bar =
            ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()).with_message(what.to_string());
        let (done, waiting) = mpsc::channel::<()>();
        let shown = bar.clone();
        std::thread::spawn(move || {
            if waiting.recv_timeout(Duration::from_millis(500)) == Err(mpsc::RecvTimeoutError::Timeout) {
                shown.set_style(
                    ProgressStyle::with_template("{spinner} {msg} {elapsed}")
                        .unwrap_or(ProgressStyle::default_spinner()),
                );
                shown.set_draw_target(ProgressDrawTarget::stderr());
                shown.enable_steady_tick(Duration::from_millis(100));
            }
        });
        Self(Some((bar, done)))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((bar, done)) = self.0.take() {
            // The waiting thread may have ended already.
            let _ = done.send(());
            bar.finish_and_clear();
        }
    }
}

/// Whether the reader of our output has gone away, which is its right.
pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}

/// Prints what is doubtful.
pub fn warn(warnings: &[Warning], shared: &Shared) {
    if !shared.quiet {
        warnings.iter().for_each(|w| eprintln!("warning: {w}"));
    }
}

/// Tells what was read, if asked.
pub fn tell(name: &str, profile: &Profile, shared: &Shared) {
    if shared.verbose {
        eprintln!(
            "{}: {} profile, {} samples, {} locations, {} functions",
            printable(name.as_bytes()),
            profile.kind().name(),
            profile.samples.len(),
            profile.locations.len(),
            profile.functions.len()
        );
    }
}

/// Whether to colour: the flag, then NO_COLOR, CLICOLOR_FORCE, TERM, terminal or not.
pub fn colored(shared: &Shared) -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|v: std::ffi::OsString| !v.is_empty());
    match shared.color {
        When::Always => true,
        When::Never => false,
        When::Auto if set("NO_COLOR") => false,
        When::Auto if set("CLICOLOR_FORCE") => true,
        When::Auto => io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|t| t != "dumb"),
    }
}

/// The same for tables that programs may read as well: they are not squeezed where there is no terminal.
pub fn table_width() -> usize {
    if io::stdout().is_terminal() || std::env::var_os("COLUMNS").is_some() {
        width()
    } else {
        10_000
    }
}

/// Width of the terminal in columns, within what reads well; 100 where there is none.
pub fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    columns.unwrap_or(100).clamp(60, 160)
}
