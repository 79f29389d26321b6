//! What names and types tell: the Go package of a function, the kind of a profile, a path without detours.

use serde::{Deserialize, Serialize};

use super::Profile;

/// What a profile measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Time on a processor.
    Cpu,
    /// Memory, live objects first.
    Heap,
    /// Memory, all allocations first.
    Allocs,
    /// Where goroutines waited.
    Block,
    /// Who made them wait for a lock.
    Mutex,
    /// Goroutines by stack.
    Goroutine,
    /// Goroutines that can never go on.
    Goroutineleak,
    /// Stacks that made threads.
    Threadcreate,
    /// Time on the clock.
    Wall,
    /// Anything else.
    Other,
}

impl Kind {
    /// As written in reports and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Heap => "heap",
            Self::Allocs => "allocs",
            Self::Block => "block",
            Self::Mutex => "mutex",
            Self::Goroutine => "goroutine",
            Self::Goroutineleak => "goroutineleak",
            Self::Threadcreate => "threadcreate",
            Self::Wall => "wall",
            Self::Other => "other",
        }
    }
}

impl Profile {
    /// What the profile measures, told from its types. Block and mutex profiles have the same types; a mutex
    /// profile has most of its weight on unlocking leaves.
    pub fn kind(&self) -> Kind {
        let has = |name: &str| self.type_named(name).is_some();
        let period = self.period_type.map_or(&b""[..], |t| self.text(t.kind));
        if has("cpu") || period == b"cpu" {
            Kind::Cpu
        } else if has("alloc_space") && has("inuse_space") {
            let allocs = self.text(self.default_sample_type) == b"alloc_space";
            if allocs { Kind::Allocs } else { Kind::Heap }
        } else if has("objects") && has("space") {
            Kind::Heap
        } else if has("goroutineleak") {
            Kind::Goroutineleak
        } else if has("goroutine") {
            Kind::Goroutine
        } else if has("threadcreate") {
            Kind::Threadcreate
        } else if has("contentions") && has("delay") {
            if self.released_share() > 0.5 {
                Kind::Mutex
            } else {
                Kind::Block
            }
        } else if ["wall", "time", "offcpu", "off_cpu"].iter().any(|n| has(n)) {
            Kind::Wall
        } else {
            Kind::Other
        }
    }

    /// Share of the default type's weight whose leaf releases a lock.
    fn released_share(&self) -> f64 {
        let index = self.default_type();
        let releases: Vec<bool> = (0..self.locations.len()).map(|i| self.releases(i)).collect();
        let (mut released, mut total) = (0.0, 0.0);
        for sample in 0..self.samples.len() {
            let value = self.samples.value(sample, index).unsigned_abs() as f64;
            total += value;
            if self
                .samples
                .stack(sample)
                .next()
                .is_some_and(|leaf| releases[leaf.index()])
            {
                released += value;
            }
        }
        if total > 0.0 { released / total } else { 0.0 }
    }

    fn releases(&self, location: usize) -> bool {
        let lines = self.lines_of(super::LocationId(location as u32));
        lines.first().is_some_and(|line| {
            let name = self.text(self.functions[line.function.index()].name);
            name.ends_with(b"Unlock")
                || name.ends_with(b"unlockSlow")
                || name.starts_with(b"runtime.unlock")
                || name == b"runtime._LostContendedRuntimeLock"
        })
    }
}

/// The Go package of a function: its name up to the first `.` after the last `/`, looking only before the
/// first `[` or `(`, with `%2e` read as `.`; `None` where the name has no dot, as C's have not.
///
/// ```
/// use perfplan::profile::package_of;
/// assert_eq!(package_of("encoding/json.(*decodeState).value").as_deref(), Some("encoding/json"));
/// assert_eq!(package_of("gopkg.in/yaml%2ev3.Unmarshal").as_deref(), Some("gopkg.in/yaml.v3"));
/// assert_eq!(package_of("memmove"), None);
/// ```
pub fn package_of(function: &str) -> Option<String> {
    let end = function.find(['[', '(']).unwrap_or(function.len());
    let head = &function[..end];
    let last = head.rfind('/').map_or(0, |i| i + 1);
    let dot = head[last..].find('.')?;
    Some(head[..last + dot].replace("%2e", "."))
}

/// A path without `.`, `..` and double slashes, by its text alone, as Go's `path.Clean` does it.
pub fn clean_path(path: &str) -> String {
    if path.is_empty() {
        return String::new();
    }
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| *p != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            _ => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_string(),
        (false, false) => parts.join("/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_go_names() {
        let check = |name: &str, expect: Option<&str>| assert_eq!(package_of(name).as_deref(), expect);
        check("main.main", Some("main"));
        check("example.com/x/y.(*T).M", Some("example.com/x/y"));
        check("slices.SortFunc[go.shape.[]a/b.T,go.shape.int]", Some("slices"));
        check("runtime.mallocgc", Some("runtime"));
        check("type:.eq.x", Some("type:"));
        check("", None);
    }

    #[test]
    fn paths_lose_their_detours() {
        let check = |path: &str, expect: &str| assert_eq!(clean_path(path), expect);
        check("/a//b/./c/../d", "/a/b/d");
        check("../x", "../x");
        check("a/..", ".");
        check("/..", "/");
        check("", "");
    }
}
