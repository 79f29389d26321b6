//! Unit lines: `Unit UNIT key=value…`.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::text::split_field;
use crate::unit::{Direction, tidy};

/// What `Unit` lines say about units; of one input, or of several put together by [`Units::add`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Units {
    settings: BTreeMap<(String, String), UnitSetting>,
}

/// One `key=value` of a unit line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitSetting {
    /// The unit as written.
    pub unit: String,
    /// `better`, `assume`, or anything else.
    pub key: String,
    /// Text after the `=`.
    pub value: String,
    /// Line from 1.
    pub line: u64,
}

impl Units {
    /// The value of a key of a unit, written or in base units.
    pub fn get(&self, unit: &str, key: &str) -> Option<&str> {
        self.settings
            .get(&(tidy(unit).unit, key.to_string()))
            .map(|setting| setting.value.as_str())
    }

    /// Which way is better, where a unit line says so.
    pub fn better(&self, unit: &str) -> Option<Direction> {
        match self.get(unit, "better")? {
            "higher" => Some(Direction::Higher),
            "lower" => Some(Direction::Lower),
            _ => None,
        }
    }

    /// Whether the values of a unit are the same in every run (`assume=exact`).
    pub fn is_exact(&self, unit: &str) -> bool {
        self.get(unit, "assume") == Some("exact")
    }

    /// All settings, by unit in base units and key.
    pub fn iter(&self) -> impl Iterator<Item = &UnitSetting> {
        self.settings.values()
    }

    /// Adds a setting. The first value stays; a different one is refused with its message.
    pub fn add(&mut self, setting: UnitSetting) -> Result<(), String> {
        match self
            .settings
            .entry((tidy(&setting.unit).unit, setting.key.clone()))
        {
            Entry::Occupied(known) if known.get().value != setting.value => {
                let (key, unit, value) = (&setting.key, &setting.unit, &known.get().value);
                return Err(format!("metadata {key} of unit {unit} already set to {value}"));
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(slot) => drop(slot.insert(setting)),
        }
        Ok(())
    }

    /// Takes a unit line; returns the messages about it. The parts without fault count all the same.
    pub(super) fn take_line(&mut self, fields: &str, line: u64) -> Vec<String> {
        let (unit, mut rest) = split_field(fields);
        if unit.is_empty() {
            return vec!["missing unit".to_string()];
        }
        let mut messages = Vec::new();
        while !rest.is_empty() {
            let (field, after) = split_field(rest);
            rest = after;
            messages.extend(self.take_field(unit, field, line).err());
        }
        messages
    }

    fn take_field(&mut self, unit: &str, field: &str, line: u64) -> Result<(), String> {
        let parts = field.split_once('=').filter(|(key, _)| !key.is_empty());
        let (key, value) = parts.ok_or("expected key=value")?;
        self.add(UnitSetting {
            unit: unit.into(),
            key: key.into(),
            value: value.into(),
            line,
        })
    }
}

/// What follows the word `Unit` of a unit line.
pub(super) fn unit_line(line: &str) -> Option<&str> {
    let (word, rest) = split_field(line);
    (word == "Unit").then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_kept_by_the_base_unit() {
        let mut units = Units::default();
        assert!(units.take_line("ns/op better=lower assume=exact", 1).is_empty());
        assert!(units.take_line("sec/op better=lower", 2).is_empty());
        assert!(units.take_line("hits/op better=sideways", 3).is_empty());
        assert_eq!(units.better("sec/op"), Some(Direction::Lower));
        assert!(units.is_exact("ns/op") && !units.is_exact("B/op"));
        assert_eq!(units.better("hits/op"), None);
    }

    #[test]
    fn faults_are_told_and_the_rest_counts() {
        let check = |lines: &[&str], expect: &[&str]| {
            let mut units = Units::default();
            let got: Vec<String> = lines.iter().flat_map(|line| units.take_line(line, 1)).collect();
            assert_eq!(got, expect);
            units
        };
        check(&[""], &["missing unit"]);
        let units = check(&["u blah =x a=1 b="], &["expected key=value"; 2]);
        assert_eq!((units.get("u", "a"), units.get("u", "b")), (Some("1"), Some("")));
        check(
            &["sec/op a=1", "ns/op a=2", "ns/op a=1"],
            &["metadata a of unit ns/op already set to 1"],
        );
    }
}
