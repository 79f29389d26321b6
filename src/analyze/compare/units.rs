//! Units by number, so that samples are found fast.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::bench::BenchUnit;
use crate::unit::is_time_like;

/// Units by number in the order of first appearance.
#[derive(Default)]
pub(super) struct UnitNames {
    /// Each with whether a clock measures it.
    names: Vec<(String, bool)>,
    /// By address; the units are held below.
    known: FxHashMap<(*const BenchUnit, bool), u32>,
    held: Vec<Arc<BenchUnit>>,
}

impl UnitNames {
    pub(super) fn number(&mut self, unit: &Arc<BenchUnit>, as_printed: bool) -> u32 {
        let key = (Arc::as_ptr(unit), as_printed);
        if let Some(number) = self.known.get(&key) {
            return *number;
        }
        let name = if as_printed { &unit.original } else { &unit.name };
        let at = self.names.iter().position(|(known, _)| known == name);
        let at = at.unwrap_or_else(|| {
            self.names.push((name.clone(), is_time_like(name)));
            self.names.len() - 1
        });
        self.known.insert(key, at as u32);
        self.held.push(unit.clone());
        at as u32
    }

    pub(super) fn name(&self, number: u32) -> String {
        self.names
            .get(number as usize)
            .map_or_else(String::new, |(name, _)| name.clone())
    }

    pub(super) fn is_clock(&self, number: u32) -> bool {
        self.names.get(number as usize).is_some_and(|(_, clock)| *clock)
    }
}
