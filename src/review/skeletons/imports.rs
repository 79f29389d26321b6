//! Which package a name before a dot means.

/// The imports of a file, and how a new file writes them.
pub(super) struct Imports<'a> {
    /// Name and path; the name is empty where none is given.
    of_file: Vec<(&'a str, &'a str)>,
}

/// Packages of the standard library that the values need, by name.
const HELPERS: [(&str, &str); 11] = [
    ("context", "context"),
    ("errors", "errors"),
    ("http", "net/http"),
    ("httptest", "net/http/httptest"),
    ("io", "io"),
    ("log", "log"),
    ("regexp", "regexp"),
    ("slog", "log/slog"),
    ("strings", "strings"),
    ("testing", "testing"),
    ("time", "time"),
];

impl<'a> Imports<'a> {
    pub fn new(of_file: Vec<(&'a str, &'a str)>) -> Self {
        Self { of_file }
    }

    /// Names that are packages in the file or in the values.
    pub fn names(&self) -> Vec<&str> {
        let of_file = self.of_file.iter().map(|(name, path)| match *name {
            "" => base_name(path),
            name => name,
        });
        of_file.chain(HELPERS.iter().map(|h| h.0)).collect()
    }

    /// Names of the file mean what they mean there; unqualified names may come from elsewhere.
    pub fn has_dot(&self) -> bool {
        self.of_file.iter().any(|(name, _)| *name == ".")
    }

    /// The path that a name means in the file.
    pub fn path(&self, name: &str) -> Option<&str> {
        let named = self.of_file.iter().find(|(n, _)| *n == name);
        let unnamed = || self.of_file.iter().filter(|(n, _)| n.is_empty());
        let by_base = || unnamed().find(|(_, path)| base_name(path) == name);
        let found = named.or_else(by_base).or_else(|| {
            let mut alike = unnamed().filter(|(_, path)| is_alike(path, name));
            alike.next().filter(|_| alike.next().is_none())
        });
        found.map(|(_, path)| *path)
    }

    /// The name under which the new file has a package of the standard library; `None` where the file gives that name
    /// to another package.
    pub fn helper(&self, path: &str) -> Option<&str> {
        let (name, _) = HELPERS.iter().find(|h| h.1 == path)?;
        match self.path(name) {
            Some(other) if other != path => None,
            _ => Some(name),
        }
    }

    /// The line of an import for a name that the new file uses.
    pub fn spec(&self, name: &str) -> Option<String> {
        let helper = || HELPERS.iter().find(|h| h.0 == name).map(|h| h.1);
        let path = self.path(name).or_else(helper)?;
        Some(match base_name(path) == name {
            true => format!("\"{path}\""),
            false => format!("{name} \"{path}\""),
        })
    }
}

/// The name that a package mostly has by its path: its last element without a version.
pub(super) fn base_name(path: &str) -> &str {
    let is_version = |part: &str| {
        let digits = part.strip_prefix('v').unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    };
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or(path);
    let last = match is_version(last) {
        true => parts.next().unwrap_or(last),
        false => last,
    };
    match last.rsplit_once('.') {
        Some((name, version)) if is_version(version) => name,
        _ => last,
    }
}

/// `go-sqlite3` may be package sqlite3, `nats.go` package nats.
fn is_alike(path: &str, name: &str) -> bool {
    base_name(path).split(['-', '.']).any(|part| part == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_found_by_alias_by_path_and_by_likeness() {
        let imports = Imports::new(vec![
            ("", "math/rand/v2"),
            ("db", "database/sql"),
            ("", "github.com/mattn/go-sqlite3"),
            ("", "gopkg.in/yaml.v3"),
            ("strings", "example.com/strings"),
        ]);
        assert_eq!(imports.spec("rand").as_deref(), Some("\"math/rand/v2\""));
        assert_eq!(imports.spec("db").as_deref(), Some("db \"database/sql\""));
        assert_eq!(
            imports.spec("sqlite3").as_deref(),
            Some("sqlite3 \"github.com/mattn/go-sqlite3\"")
        );
        assert_eq!(imports.spec("yaml").as_deref(), Some("\"gopkg.in/yaml.v3\""));
        assert_eq!((imports.spec("sql"), imports.helper("strings")), (None, None));
        assert_eq!(imports.helper("net/http"), Some("http"));
    }
}
