//! What the numeric labels of a profile are measured in.

use std::collections::HashMap;

use super::{LabelValue, Profile, StringId};

impl Profile {
    /// The unit of every numeric label by key: the first one met in file order; where no value has one, `bytes`
    /// for `alignment` and `request`, else the key itself, which is what makes Go's label `bytes` work. To be
    /// asked before filters, for the first sample with a unit may be filtered out.
    pub fn label_units(&self) -> HashMap<StringId, String> {
        let mut units: HashMap<StringId, StringId> = HashMap::new();
        for label in self.samples.all_labels() {
            if let LabelValue::Number(_, unit) = label.value {
                let known = units.entry(label.key).or_insert(unit);
                if known.is_empty() {
                    *known = unit;
                }
            }
        }
        let named = |(key, unit): (StringId, StringId)| {
            let unit = match (unit.is_empty(), self.text(key)) {
                (false, _) => self.printable(unit),
                (true, b"alignment" | b"request") => "bytes".to_string(),
                (true, _) => self.printable(key),
            };
            (key, unit)
        };
        units.into_iter().map(named).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Format, ProfileBuilder};

    #[test]
    fn a_key_without_unit_is_its_own() {
        let mut b = ProfileBuilder::new(Format::Proto, &[("samples", "count")]);
        let main = b.frame("main.main", "", 0);
        let [bytes, request, size, none, kb] =
            ["bytes", "request", "size", "", "kilobytes"].map(|t| b.string(t));
        let labels = [(bytes, none), (request, none), (size, none), (size, kb)];
        b.sample(
            [main],
            &[1],
            labels.map(|(key, unit)| (key, LabelValue::Number(7, unit))),
        );
        let units = b.finish().label_units();
        let of = |key| units.get(&key).map(String::as_str);
        assert_eq!(
            (of(bytes), of(request), of(size)),
            (Some("bytes"), Some("bytes"), Some("kilobytes"))
        );
    }
}
