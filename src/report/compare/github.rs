//! What GitHub shows: annotations of a job, and a comment of bounded size.

use super::document::{compare_document, ratio_text};
use super::facts::{CompareFacts, View, outcome_name};
use crate::analyze::compare::{Comparison, Outcome};
use crate::error::printable;
use crate::report::document::{Block, Document, Inline};

/// One workflow command per regression and per reason of the gate: `::error file=…,line=…,title=…::…`. A regression that fails
/// no gate is a warning.
pub fn annotations(facts: &CompareFacts) -> String {
    let mut text = String::new();
    let (hits, undecided): (&[String], &[String]) = match facts.gate {
        Some((_, report)) => (&report.hits, &report.undecided),
        None => (&[], &[]),
    };
    for reason in hits {
        text.push_str(&command("error", &[("title", "benchmark gate")], reason));
    }
    for reason in undecided {
        text.push_str(&command(
            "error",
            &[("title", "benchmark gate undecided")],
            reason,
        ));
    }
    let worse = facts
        .comparisons
        .list
        .iter()
        .filter(|c| c.outcome == Outcome::Regression);
    for c in worse {
        let (file, line) = place(facts, c);
        let properties = [
            ("file", file.as_str()),
            ("line", line.as_str()),
            ("title", "benchmark regression"),
        ];
        text.push_str(&command("warning", &properties, &sentence(facts, c)));
    }
    text
}

/// The report with the clearest rows first, as many as leave the text of `render` below `limit` bytes. `marker` names the
/// comment, so that a later run can find and replace it.
pub fn comment(facts: &CompareFacts, limit: usize, render: impl Fn(&Document) -> String) -> String {
    let marker = "<!-- perfplan compare -->\n";
    let mut most = facts.shown().len();
    loop {
        let view = View {
            most_rows: Some(most),
            ..facts.view.clone()
        };
        let document = compare_document(&CompareFacts {
            view: &view,
            ..*facts
        });
        let text = format!("{marker}{}", render(&document));
        if text.len() <= limit {
            return text;
        }
        if most == 0 {
            let words = "The comparison is too large to be shown here; see the output of the job.";
            let blocks = vec![Block::Paragraph(vec![Inline::Text(words.to_string())])];
            return format!("{marker}{}", render(&Document { blocks }));
        }
        most /= 2;
    }
}

fn sentence(facts: &CompareFacts, c: &Comparison) -> String {
    let change = c.ratio.map(ratio_text).unwrap_or_default();
    let p = c
        .p_adjusted
        .map_or_else(|| "exact".to_string(), |p| format!("p={p:.3}"));
    format!(
        "{}: {} {} {change} ({p})",
        outcome_name(c.outcome),
        facts.name(c),
        facts.unit(c)
    )
}

/// The input and line of a result of the new side.
fn place(facts: &CompareFacts, c: &Comparison) -> (String, String) {
    let table = facts.comparisons.tables.list.get(c.table);
    let cell = table.and_then(|t| t.rows.get(c.row)?.cells.get(c.col)?.as_ref());
    let Some((result, label)) = cell.map(|cell| &cell.example) else {
        return (String::new(), String::new());
    };
    let input = facts.inputs.iter().find(|input| input.label == *label);
    let path = input.map_or(label, |input| &input.path);
    (path.clone(), result.line.to_string())
}

/// A workflow command with the properties that are not empty, escaped.
pub(in crate::report) fn command(kind: &str, properties: &[(&str, &str)], message: &str) -> String {
    let escaped = |text: &str| {
        printable(text.as_bytes())
            .replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A")
    };
    let property = |(name, value): &(&str, &str)| {
        let value = escaped(value).replace(':', "%3A").replace(',', "%2C");
        format!("{name}={value}")
    };
    let given = properties.iter().filter(|(_, value)| !value.is_empty());
    let properties: Vec<String> = given.map(property).collect();
    format!("::{kind} {}::{}\n", properties.join(","), escaped(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_escaped() {
        let got = command("error", &[("file", "a,b:c"), ("line", "")], "50% worse\nnow");
        assert_eq!(got, "::error file=a%2Cb%3Ac::50%25 worse\\nnow\n");
    }
}
