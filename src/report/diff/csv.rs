//! Rows as CSV.

use super::view::{Cell, Row};

/// Fields of a cell, in the order of [`cell`].
const CELL: [&str; 21] = [
    "before",
    "after",
    "delta",
    "before_count",
    "after_count",
    "before_share",
    "after_share",
    "delta_share",
    "before_per_second",
    "after_per_second",
    "delta_per_second",
    "ratio_estimate",
    "ratio_low",
    "ratio_high",
    "difference_estimate",
    "difference_low",
    "difference_high",
    "p",
    "p_adjusted",
    "dispersion",
    "verdict",
];

/// A header and the rows; lines end in CR LF, as RFC 4180 has it. What is null is empty.
pub(super) fn csv(rows: &[Row<'_>]) -> String {
    let fixed = ["name", "function", "file", "line", "package", "mark", "relative"];
    let mut header: Vec<String> = fixed.map(str::to_string).into();
    for column in ["flat", "cum"] {
        header.extend(CELL.iter().map(|field| format!("{column}_{field}")));
    }
    let mut out = line(&header);
    rows.iter().for_each(|row| out.push_str(&line(&fields(row))));
    out
}

fn fields(row: &Row<'_>) -> Vec<String> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_string();
    let mut fields = vec![
        row.name.to_string(),
        text(row.function),
        text(row.file),
        row.line.map_or_else(String::new, |line| line.to_string()),
        row.package.to_string(),
        text(row.mark),
        row.relative.to_string(),
    ];
    fields.extend(cell(&row.flat));
    fields.extend(cell(&row.cum));
    fields
}

fn cell(cell: &Cell) -> [String; 21] {
    let count = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
    let number = |n: Option<f64>| n.map_or_else(String::new, |n| n.to_string());
    [
        cell.before.to_string(),
        cell.after.to_string(),
        cell.delta.to_string(),
        count(cell.before_count),
        count(cell.after_count),
        number(cell.before_share),
        number(cell.after_share),
        number(cell.delta_share),
        number(cell.before_per_second),
        number(cell.after_per_second),
        number(cell.delta_per_second),
        number(cell.ratio.estimate),
        number(cell.ratio.low),
        number(cell.ratio.high),
        number(cell.difference.estimate),
        number(cell.difference.low),
        number(cell.difference.high),
        number(cell.p),
        number(cell.p_adjusted),
        number(cell.dispersion),
        cell.verdict.to_string(),
    ]
}

fn line(fields: &[String]) -> String {
    let quoted: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
    quoted.join(",") + "\r\n"
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_csv_are_quoted() {
        let fields = ["f[go.shape.int,string]", "say \"x\"", "plain"].map(str::to_string);
        assert_eq!(
            line(&fields),
            "\"f[go.shape.int,string]\",\"say \"\"x\"\"\",plain\r\n"
        );
    }
}
