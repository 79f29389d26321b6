//! `perfplan config show`: every setting in force, and where it comes from.

use perfplan::error::printable;
use perfplan::render::json;
use perfplan::review::policy::{OPERATIONS, settings};
use serde::Serialize;

use crate::cli::Shared;
use crate::knowledge_args::{ConfigArgs, ConfigFormat, ConfigShowArgs, ConfigVerb};
use crate::output;
use crate::settings::{Origin, Settings, Sourced};

/// A setting; its value as perfplan.yaml takes it, none where it is not set.
#[derive(Debug, Serialize)]
struct Row {
    key: String,
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<String>,
}

pub fn run(args: &ConfigArgs, shared: &Shared) -> anyhow::Result<()> {
    let ConfigVerb::Show(args) = &args.verb;
    let settings = Settings::load(shared)?;
    let mut rows = project(&settings);
    rows.extend(benchmarks(&settings)?);
    rows.extend(of_file(&settings));
    rows.extend(rates(&settings)?);
    rows.extend(costs(&settings));
    rows.extend(gates(&settings)?);
    rows.extend(thresholds(&settings)?);
    output::emit(&text(rows, args)?, None)
}

fn text(mut rows: Vec<Row>, args: &ConfigShowArgs) -> anyhow::Result<String> {
    if !args.origin {
        rows.iter_mut().for_each(|row| row.origin = None);
    }
    if args.format == ConfigFormat::Json {
        return Ok(json(&serde_json::json!({ "settings": rows }))?);
    }
    let line = |row: &Row| {
        let value = row.value.as_deref().unwrap_or("null");
        let origin = row
            .origin
            .as_ref()
            .map_or_else(String::new, |o| format!("  # {o}"));
        format!("{}: {value}{origin}\n", quoted(&row.key))
    };
    Ok(rows.iter().map(line).collect())
}

/// A text as YAML takes it.
fn quoted(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '-');
    match text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(safe) {
        true => text.to_string(),
        false => serde_json::Value::from(printable(text.as_bytes())).to_string(),
    }
}

fn row(key: &str, value: Option<String>, origin: &Origin) -> Row {
    Row {
        key: key.to_string(),
        value,
        origin: Some(printable(origin.to_string().as_bytes())),
    }
}

fn sourced(key: &str, told: &Sourced<Option<String>>) -> Row {
    row(key, told.value.as_deref().map(quoted), &told.origin)
}

fn project(settings: &Settings) -> Vec<Row> {
    let named = settings.named_by.clone().unwrap_or(Origin::Default);
    let config = (!settings.policy.name.is_empty()).then(|| quoted(&settings.policy.name));
    let source = settings.source();
    let path = source.value.map(|p| quoted(&p.to_string_lossy()));
    vec![
        row("config", config, &named),
        sourced("module", &settings.module(None)),
        sourced("component", &settings.component(None)),
        row("source.path", path, &source.origin),
    ]
}

fn benchmarks(settings: &Settings) -> anyhow::Result<Vec<Row>> {
    let alpha = settings.alpha_sourced(None)?;
    let threshold = settings.threshold_sourced()?;
    let value = threshold.value.unwrap_or_else(|| "1%".to_string());
    Ok(vec![
        row("benchmarks.alpha", Some(alpha.value.to_string()), &alpha.origin),
        row("benchmarks.threshold", Some(value), &threshold.origin),
    ])
}

/// What only the file says, in its own form.
fn of_file(settings: &Settings) -> Vec<Row> {
    let file = &settings.policy.file;
    let profiles = file
        .profiles
        .all()
        .map(|(kind, paths)| (format!("profiles.{kind}"), flow(paths)));
    let others = [
        ("source.trim", flow(&file.source.trim)),
        ("source.exclude", flow(&file.source.exclude)),
        ("benchmarks.base", flow(&file.benchmarks.base)),
        ("benchmarks.new", flow(&file.benchmarks.new)),
        ("benchmarks.min_runs", flow(&file.benchmarks.min_runs)),
        ("budgets.benchmarks", flow(&file.budgets.benchmarks)),
        ("budgets.functions", flow(&file.budgets.functions)),
        ("budgets.totals", flow(&file.budgets.totals)),
        ("audit.min_severity", flow(&file.audit.min_severity)),
        ("audit.disable", flow(&file.audit.disable)),
        ("audit.hot", flow(&file.audit.hot)),
        ("audit.baseline", flow(&file.audit.baseline)),
        ("audit.exclude", flow(&file.audit.exclude)),
        ("gate.preset", flow(&file.gate.preset)),
    ];
    let others = others.map(|(key, value)| (key.to_string(), value));
    let told = |(key, value): (String, Option<String>)| {
        let origin = settings.policy.origin(&key).map_or(Origin::Default, Origin::File);
        row(&key, value, &origin)
    };
    others.into_iter().chain(profiles).map(told).collect()
}

/// A value in the flow style that YAML and JSON share; nothing for what is empty.
fn flow<T: Serialize>(value: &T) -> Option<String> {
    let text = serde_json::to_string(value).unwrap_or_default();
    Some(text).filter(|t| !matches!(t.as_str(), "null" | "[]" | "{}"))
}

fn rates(settings: &Settings) -> anyhow::Result<Vec<Row>> {
    let policy = settings.review_policy(&[])?;
    let rate = |rate: &perfplan::review::policy::Production| Row {
        key: format!("rates.{}", rate.benchmark),
        value: Some(format!("{}/s", rate.per_second)),
        origin: Some(rate.from.clone()),
    };
    Ok(policy.rates.iter().map(rate).collect())
}

fn costs(settings: &Settings) -> Vec<Row> {
    let cost = |(name, default, _): &(&str, perfplan::review::policy::Cost, &str)| {
        let key = format!("costs.{name}");
        let origin = settings.policy.origin(&key).map_or(Origin::Default, Origin::File);
        let value = settings.policy.file.costs.get(*name).unwrap_or(default);
        row(&key, Some(value.to_string()), &origin)
    };
    OPERATIONS.iter().map(cost).collect()
}

fn gates(settings: &Settings) -> anyhow::Result<Vec<Row>> {
    let all =
        |lists: perfplan::review::policy::GateLists| [lists.benchmarks, lists.diffs, lists.reviews].concat();
    let mut rows = Vec::new();
    for (key, name, list) in [
        ("gate.fail_on", "PERFPLAN_FAIL_ON", settings.fail_on(&[], all)?),
        ("gate.warn_on", "PERFPLAN_WARN_ON", settings.warn_on(&[], all)?),
    ] {
        rows.push(row(key, flow(&list), &settings.gate_origin(name, key)));
    }
    Ok(rows)
}

fn thresholds(settings_of: &Settings) -> anyhow::Result<Vec<Row>> {
    let policy = settings_of.review_policy(&[])?;
    let told = |setting: perfplan::review::policy::Setting| {
        let origin = settings_of
            .policy
            .origin(&setting.key)
            .map_or(Origin::Default, Origin::File);
        row(&setting.key, Some(setting.value), &origin)
    };
    Ok(settings(&policy).into_iter().map(told).collect())
}
