//! The few lines of a go.mod that matter: the module's path and its Go version.

/// A version of Go's language: 1.25 is `GoVersion(25)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GoVersion(pub u16);

impl GoVersion {
    /// What is taken where nothing tells: the newest that the rules know.
    pub const NEWEST: Self = Self(27);

    /// Reads `1.25`, `1.25.3`, `go1.25rc1`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let rest = text.strip_prefix("go").unwrap_or(text).strip_prefix("1.")?;
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok().map(Self)
    }
}

impl Default for GoVersion {
    fn default() -> Self {
        Self::NEWEST
    }
}

impl std::fmt::Display for GoVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "1.{}", self.0)
    }
}

/// A module: the folder of its go.mod, relative to the root, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// Folder with `/`, empty for the root.
    pub folder: String,
    /// The module's path; empty where the file names none.
    pub path: String,
    /// Its `go` line.
    pub go: Option<GoVersion>,
}

impl Module {
    /// Reads a go.mod that stands in a folder.
    pub fn parse(folder: &str, text: &str) -> Self {
        let mut go = None;
        for line in text.lines() {
            let mut words = line.split("//").next().unwrap_or_default().split_whitespace();
            if words.next() == Some("go") {
                go = go.or_else(|| words.next().and_then(GoVersion::parse));
            }
        }
        Self {
            folder: folder.to_string(),
            path: crate::source::module_of(text).unwrap_or_default(),
            go,
        }
    }

    /// The import path of a folder below this module; `None` for others.
    pub fn import_path(&self, folder: &str) -> Option<String> {
        let rest = if self.folder.is_empty() {
            folder
        } else {
            folder
                .strip_prefix(&self.folder)
                .filter(|r| r.is_empty() || r.starts_with('/'))?
        };
        let rest = rest.trim_start_matches('/');
        Some(match (self.path.as_str(), rest) {
            // The standard library's own module has no prefix.
            ("std" | "", rest) => rest.to_string(),
            (path, "") => path.to_string(),
            (path, rest) => format!("{path}/{rest}"),
        })
    }
}
