//! Configuration lines `key: value` and the list they build.

use std::sync::Arc;

/// The configuration that holds for a result: keys with values, in an order that matters for table headers.
///
/// A new key goes to the end; when a key is deleted, the last one takes its place (as in benchfmt). Snapshots are
/// cheap: entries are shared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    entries: Vec<Arc<Entry>>,
}

#[derive(Debug, PartialEq, Eq)]
struct Entry {
    key: String,
    value: String,
}

/// Keys beyond this number are refused: a log full of prose would otherwise make every snapshot huge.
pub(super) const MOST_KEYS: usize = 256;

impl Config {
    /// The value of a key; never empty.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| entry.value.as_str())
    }

    /// Keys and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries
            .iter()
            .map(|entry| (entry.key.as_str(), entry.value.as_str()))
    }

    /// Sets a key, or deletes it when the value is empty. False if there are too many keys already.
    pub(super) fn set(&mut self, key: &str, value: &str) -> bool {
        let at = self.entries.iter().position(|entry| entry.key == key);
        let entry = || {
            Arc::new(Entry {
                key: key.to_string(),
                value: value.to_string(),
            })
        };
        match at {
            Some(at) if value.is_empty() => drop(self.entries.swap_remove(at)),
            Some(at) => self.entries.splice(at..=at, [entry()]).for_each(drop),
            None if value.is_empty() => {}
            None if self.entries.len() >= MOST_KEYS => return false,
            None => self.entries.push(entry()),
        }
        true
    }
}

/// Key and value of a configuration line; the value is empty for a deletion. `None` for any other line.
pub(super) fn config_line(line: &str) -> Option<(&str, &str)> {
    let (key, rest) = line.split_once(':')?;
    let mut letters = key.chars();
    if !letters.next().is_some_and(is_lower) || letters.any(|c| c.is_whitespace() || is_upper(c)) {
        return None;
    }
    let value = rest.trim_start_matches([' ', '\t']);
    (rest.is_empty() || value.len() < rest.len()).then_some((key, value))
}

/// Category Ll: what Unicode calls lower case without the letters that only look so.
fn is_lower(c: char) -> bool {
    c.is_lowercase() && !is_in(c, &OTHER_LOWERCASE)
}

/// Category Lu.
fn is_upper(c: char) -> bool {
    c.is_uppercase() && !is_in(c, &OTHER_UPPERCASE)
}

fn is_in(c: char, ranges: &[(u32, u32)]) -> bool {
    !c.is_ascii()
        && ranges
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&(c as u32)))
}

/// Unicode's Other_Lowercase.
const OTHER_LOWERCASE: [(u32, u32); 28] = [
    (0xAA, 0xAA),
    (0xBA, 0xBA),
    (0x2B0, 0x2B8),
    (0x2C0, 0x2C1),
    (0x2E0, 0x2E4),
    (0x345, 0x345),
    (0x37A, 0x37A),
    (0x10FC, 0x10FC),
    (0x1D2C, 0x1D6A),
    (0x1D78, 0x1D78),
    (0x1D9B, 0x1DBF),
    (0x2071, 0x2071),
    (0x207F, 0x207F),
    (0x2090, 0x209C),
    (0x2170, 0x217F),
    (0x24D0, 0x24E9),
    (0x2C7C, 0x2C7D),
    (0xA69C, 0xA69D),
    (0xA770, 0xA770),
    (0xA7F1, 0xA7F4),
    (0xA7F8, 0xA7F9),
    (0xAB5C, 0xAB5F),
    (0xAB69, 0xAB69),
    (0x10780, 0x10780),
    (0x10783, 0x10785),
    (0x10787, 0x107B0),
    (0x107B2, 0x107BA),
    (0x1E030, 0x1E06D),
];

/// Unicode's Other_Uppercase.
const OTHER_UPPERCASE: [(u32, u32); 5] = [
    (0x2160, 0x216F),
    (0x24B6, 0x24CF),
    (0x1F130, 0x1F149),
    (0x1F150, 0x1F169),
    (0x1F170, 0x1F189),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configuration_lines_are_told_from_others() {
        let check = |line, expect| assert_eq!(config_line(line), expect, "{line:?}");
        check("goos: linux", Some(("goos", "linux")));
        check("cpu:\t x y ", Some(("cpu", "x y ")));
        check("key:", Some(("key", "")));
        check("key: \t", Some(("key", "")));
        check("π: 1", Some(("π", "1")));
        check("clé: 1", Some(("clé", "1")));
        check("key-4.x_y: 1", Some(("key-4.x_y", "1")));
        check("randread: (groupid=0", Some(("randread", "(groupid=0")));
        for other in [
            "2key: v",
            "Key: v",
            "a b: v",
            "keY: v",
            ": v",
            "ab:v",
            "http://x: y",
            "k:: v",
            "",
            "ª: v",
        ] {
            check(other, None);
        }
    }

    #[test]
    fn the_last_key_fills_the_gap() {
        let mut config = Config::default();
        for (key, value) in [
            ("a", "1"),
            ("b", "2"),
            ("c", "3"),
            ("a", ""),
            ("d", "4"),
            ("b", "5"),
            ("x", ""),
        ] {
            assert!(config.set(key, value));
        }
        let entries: Vec<_> = config.iter().collect();
        assert_eq!(entries, [("c", "3"), ("b", "5"), ("d", "4")]);
        assert_eq!((config.get("b"), config.get("a")), (Some("5"), None));
    }

    #[test]
    fn keys_are_limited() {
        let mut config = Config::default();
        let taken = (0..MOST_KEYS + 5)
            .filter(|i| config.set(&format!("k{i}"), "v"))
            .count();
        assert_eq!(taken, MOST_KEYS);
        assert!(config.set("k0", "w"));
    }
}
