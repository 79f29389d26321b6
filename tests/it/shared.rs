//! Where the shared profiles and acceptance data are: outside of the repository, so that tests on them are skipped where
//! they are absent.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test says what it skips, and looks at the environment"
)]

use std::path::PathBuf;

use crate::support::root;

/// A folder of them: in what `PERFPLAN_SHARED` names, else beside this package. A line tells where it is absent.
pub fn shared(part: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("PERFPLAN_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let folder = folder.join(part);
    if !folder.is_dir() {
        println!("skipped: {part} of the shared data is not here");
        return None;
    }
    Some(folder)
}

/// The shared profiles.
pub fn corpus() -> Option<PathBuf> {
    shared("corpus")
}
