//! Formatting.

use super::{BASE, Effort, Symptom, percent, saves};

/// Package fmt.
pub(super) const ALL: &[Symptom] = &[Symptom {
    id: "fmt",
    title: "values are formatted by fmt",
    families: &["fmt"],
    levels: percent(3.0, 8.0, 15.0),
    saving: saves(50.0, 80.0),
    diagnosis: "fmt boxes its arguments, parses the verb and reflects",
    advice: "Use strconv.Append functions, + for few strings, or errors.New for fixed texts",
    target: "under 2 % of the CPU time",
    unless: "the path is that of errors and is cold",
    effort: Effort::S,
    source: "measured: Sprintf of an int 78 ns, Itoa 30 ns, AppendInt 14 ns; Errorf 142 ns, \
            errors.New 33 ns",
    ..BASE
}];
