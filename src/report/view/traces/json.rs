//! The JSON of `traces`: each sample is made when its turn comes.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::super::head::Opening;
use super::super::names::{Frame, address_text, frames};
use super::{Labels, TracesView};
use crate::error::lossless;
use crate::profile::StringId;

impl Serialize for TracesView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct View<'v> {
            schema: &'static str,
            #[serde(flatten)]
            opening: Opening<'v>,
            traces: All<'v>,
        }
        let view = View {
            schema: "perfplan.traces/1",
            opening: Opening::of(&self.subject),
            traces: All(self),
        };
        view.serialize(serializer)
    }
}

/// The samples, each made when its turn comes.
struct All<'v>(&'v TracesView<'v>);

impl Serialize for All<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let samples = 0..self.0.subject.profile.samples.len();
        serializer.collect_seq(samples.map(|sample| Trace { view: self.0, sample }))
    }
}

struct Trace<'v> {
    view: &'v TracesView<'v>,
    sample: usize,
}

impl Serialize for Trace<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let profile = self.view.subject.profile;
        let labels = Labels::of(profile.samples.labels(self.sample));
        let text = |id: StringId| lossless(profile.text(id));
        let texts = labels.texts.iter().map(|(key, values)| {
            let values: Vec<_> = values.iter().map(|v| text(*v)).collect();
            (text(*key), values)
        });
        let numbers = labels.numbers.iter().map(|(key, values)| {
            let values: Vec<_> = values
                .iter()
                .map(|(v, unit)| self.number(*key, *v, *unit))
                .collect();
            (text(*key), values)
        });
        let mut trace = serializer.serialize_struct("Trace", 4)?;
        trace.serialize_field("values", profile.samples.values(self.sample))?;
        trace.serialize_field("labels", &Pairs::of(texts))?;
        trace.serialize_field("num_labels", &Pairs::of(numbers))?;
        trace.serialize_field("frames", &Frames(self))?;
        trace.end()
    }
}

impl Trace<'_> {
    fn number(&self, key: StringId, value: i64, unit: StringId) -> Number {
        let subject = &self.view.subject;
        let known = subject.label_units.get(&key).map_or("", String::as_str);
        let own = lossless(subject.profile.text(unit));
        let unit = if own.is_empty() { known } else { &own };
        Number {
            value,
            unit: (!unit.is_empty()).then(|| unit.to_string()),
        }
    }
}

#[derive(serde::Serialize)]
struct Number {
    value: i64,
    unit: Option<String>,
}

/// An object whose fields keep their order.
struct Pairs<K, V>(Vec<(K, V)>);

impl<K, V> Pairs<K, V> {
    fn of(pairs: impl Iterator<Item = (K, V)>) -> Self {
        Self(pairs.collect())
    }
}

impl<K: Serialize, V: Serialize> Serialize for Pairs<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

struct Frames<'t>(&'t Trace<'t>);

impl Serialize for Frames<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = self.0.view;
        let rows = frames(view.subject.profile, self.0.sample).map(|frame| FrameRow { view, frame });
        serializer.collect_seq(rows)
    }
}

struct FrameRow<'v> {
    view: &'v TracesView<'v>,
    frame: Frame<'v>,
}

impl Serialize for FrameRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (profile, frame) = (self.view.subject.profile, self.frame);
        let address = profile.locations[frame.location.index()].address;
        let mut row = serializer.serialize_struct("Frame", 5)?;
        row.serialize_field("name", &self.view.names.name(profile, frame))?;
        row.serialize_field("file", &self.view.names.file(frame))?;
        row.serialize_field("line", &frame.line.map(|l| l.line).filter(|l| *l != 0))?;
        row.serialize_field("address", &(address != 0).then(|| address_text(address)))?;
        row.serialize_field("inlined", &frame.is_inlined)?;
        row.end()
    }
}
