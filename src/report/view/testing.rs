//! A small profile for the tests of the views.

use std::collections::HashMap;

use super::subject::{Filter, Subject};
use crate::analyze::Granularity;
use crate::profile::{Format, Function, LabelValue, Line, Mapping, Profile, ProfileBuilder, StringId};

/// A profile and what a subject borrows beside it.
pub(super) struct Shown {
    pub(super) profile: Profile,
    pub(super) inputs: Vec<String>,
    pub(super) filters: Vec<Filter>,
    label_units: HashMap<StringId, String>,
}

impl Shown {
    pub(super) fn of(profile: Profile) -> Self {
        Self {
            label_units: profile.label_units(),
            inputs: vec!["cpu.pb.gz".to_string()],
            filters: Vec::new(),
            profile,
        }
    }

    pub(super) fn subject(&self) -> Subject<'_> {
        let index = self.profile.default_type();
        Subject {
            profile: &self.profile,
            inputs: &self.inputs,
            index,
            total: self.profile.total(index),
            filters: &self.filters,
            granularity: Granularity::Functions,
            mean: false,
            ratio: 1.0,
            unit: "minimum",
            label_units: &self.label_units,
            trim_path: "",
            source_path: "",
        }
    }
}

/// Three samples: `leaf` inlined into `work` below `main`, with labels; `work` and itself below `main`; no stack.
/// `main.leaf` starts at line 3 of /src/a.go, `main.work` at 7, `main.main` at 12 of /src/main.go.
pub(super) fn small() -> Shown {
    let mut b = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", "nanoseconds")]);
    let [leaf, work, main] = [
        ("main.leaf", "/src/a.go", 3),
        ("main.work", "/src/a.go", 7),
        ("main.main", "/src/main.go", 12),
    ]
    .map(|(name, file, start_line)| {
        let (name, filename) = (b.string(name), b.string(file));
        b.function(Function {
            name,
            system_name: name,
            filename,
            start_line,
        })
    });
    let (filename, build_id) = (b.string("/bin/app"), b.string("b1d"));
    let mapping = b.mapping(Mapping {
        start: 0x1000,
        limit: 0x2000,
        offset: 0,
        filename,
        build_id,
        has_functions: true,
        has_filenames: false,
        has_line_numbers: false,
        has_inline_frames: true,
    });
    let line = |function, line, column| Line {
        function,
        line,
        column,
    };
    let inlined = b.location(
        Some(mapping),
        0x1010,
        false,
        &[line(leaf, 4, 2), line(work, 8, 0)],
    );
    let again = b.location(Some(mapping), 0x1020, false, &[line(work, 8, 0)]);
    let root = b.location(Some(mapping), 0x1030, false, &[line(main, 13, 0)]);
    let [user, bob, size, none] = ["user", "bob \"b\"\n", "bytes", ""].map(|t| b.string(t));
    let labels = [
        (user, LabelValue::Text(bob)),
        (size, LabelValue::Number(2048, none)),
    ];
    b.sample([inlined, root], &[3, 30], labels);
    b.sample(
        [again, again, root],
        &[2, 20],
        [(size, LabelValue::Number(2049, none))],
    );
    b.sample([], &[1, -10], []);
    b.period("cpu", "nanoseconds", 10);
    Shown::of(b.finish())
}

/// `profile`, `total`, `filters` and `warnings` of the small profile's JSON.
pub(super) const OPENING: &str = concat!(
    r#""profile":{"inputs":["cpu.pb.gz"],"kind":"cpu","sample_type":"cpu","unit":"nanoseconds","sample_index":1,"#,
    r#""binary":"app","build_id":"b1d","time_unix_ns":0,"duration_ns":0,"samples":3,"#,
    r#""period":{"type":"cpu","unit":"nanoseconds","value":10}},"total":60,"filters":[],"warnings":[],"#
);
