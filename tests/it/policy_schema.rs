//! The schemas that `perfplan schema` prints hold what perfplan reads and writes, and nothing else.
#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    reason = "a test reads files and may fail"
)]

use perfplan::report::{Found, policy_template};
use perfplan::review::schema::{policy_schema, review_schema};
use serde_json::{Value, json};

use crate::support::{files_below, root};

/// What of a schema an instance breaks, the first; enough of draft 2020-12 for the words that our schemas use.
fn breach(schema: &Value, root: &Value, instance: &Value, at: &str) -> Option<String> {
    if let Some(verdict) = schema.as_bool() {
        return (!verdict).then(|| format!("{at}: not allowed"));
    }
    let words = schema.as_object().expect("a schema");
    words
        .iter()
        .find_map(|(word, value)| word_breach(word, value, schema, root, instance, at))
}

fn word_breach(
    word: &str,
    value: &Value,
    schema: &Value,
    root: &Value,
    instance: &Value,
    at: &str,
) -> Option<String> {
    let all = |v: &Value| v.as_array().expect("a list").clone();
    let fits = |s: &Value| breach(s, root, instance, at).is_none();
    let told = |holds: bool, what: &str| (!holds).then(|| format!("{at}: {what}"));
    match word {
        "$ref" => {
            let name = value
                .as_str()
                .and_then(|r| r.strip_prefix("#/$defs/"))
                .expect("a local reference");
            let target = root["$defs"]
                .get(name)
                .unwrap_or_else(|| panic!("{name} is defined"));
            breach(target, root, instance, at)
        }
        "type" => {
            let types = if value.is_array() {
                all(value)
            } else {
                vec![value.clone()]
            };
            told(
                types.iter().any(|t| is_of(t.as_str().expect("a name"), instance)),
                &format!("is no {value}"),
            )
        }
        "enum" => told(all(value).contains(instance), "is none of the names"),
        "const" => told(value == instance, "is another value"),
        "anyOf" => told(all(value).iter().any(fits), "fits none"),
        "oneOf" => told(
            all(value).iter().filter(|s| fits(s)).count() == 1,
            "fits not exactly one",
        ),
        "allOf" => all(value).iter().find_map(|s| breach(s, root, instance, at)),
        "required" => {
            let object = instance.as_object()?;
            let missing = all(value)
                .into_iter()
                .find(|k| !object.contains_key(k.as_str().expect("a name")));
            missing.map(|key| format!("{at}: {key} is missing"))
        }
        "properties" => {
            let object = instance.as_object()?;
            let known = value.as_object().expect("a map");
            object
                .iter()
                .find_map(|(key, v)| breach(known.get(key)?, root, v, &format!("{at}.{key}")))
        }
        "additionalProperties" => {
            let object = instance.as_object()?;
            let known = &schema["properties"];
            let others = object.iter().filter(|(key, _)| known.get(key.as_str()).is_none());
            others
                .into_iter()
                .find_map(|(key, v)| breach(value, root, v, &format!("{at}.{key}")))
        }
        "items" => {
            let list = instance.as_array()?;
            list.iter()
                .enumerate()
                .find_map(|(i, v)| breach(value, root, v, &format!("{at}[{i}]")))
        }
        "minItems" => told(
            instance
                .as_array()
                .is_none_or(|l| l.len() as u64 >= value.as_u64().expect("a number")),
            "too short",
        ),
        "maxItems" => told(
            instance
                .as_array()
                .is_none_or(|l| l.len() as u64 <= value.as_u64().expect("a number")),
            "too long",
        ),
        "minimum" => told(
            instance
                .as_f64()
                .is_none_or(|n| n >= value.as_f64().expect("a number")),
            "too small",
        ),
        "maximum" => told(
            instance
                .as_f64()
                .is_none_or(|n| n <= value.as_f64().expect("a number")),
            "too large",
        ),
        "pattern" => {
            let pattern = regex::Regex::new(value.as_str().expect("a pattern")).expect("a pattern");
            told(
                instance.as_str().is_none_or(|text| pattern.is_match(text)),
                "does not match",
            )
        }
        "$schema" | "$defs" | "title" | "description" | "format" | "default" => None,
        other => panic!("{at}: the word {other} is not known to this test"),
    }
}

fn is_of(name: &str, instance: &Value) -> bool {
    match name {
        "null" => instance.is_null(),
        "boolean" => instance.is_boolean(),
        "integer" => instance.is_i64() || instance.is_u64(),
        "number" => instance.is_number(),
        "string" => instance.is_string(),
        "array" => instance.is_array(),
        "object" => instance.is_object(),
        other => panic!("{other} is a type"),
    }
}

fn check(schema: &Value, instance: &Value) -> Option<String> {
    breach(schema, schema, instance, "")
}

#[test]
fn every_stored_review_fits_its_schema_and_an_unknown_key_does_not() {
    let schema = review_schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let mut files = files_below(&root().join("testdata/golden"));
    files.retain(|f| f.to_string_lossy().ends_with(".review.yaml"));
    assert!(files.len() > 5, "{files:?}");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a file");
        let mut review: Value = serde_yaml::from_str(&text).expect("YAML");
        assert_eq!(check(&schema, &review), None, "{}", file.display());
        review["surprise"] = json!(1);
        assert_eq!(check(&schema, &review).as_deref(), Some(".surprise: not allowed"));
        review.as_object_mut().expect("a map").remove("surprise");
        review["status"] = json!("MAYBE");
        assert!(check(&schema, &review).is_some());
    }
}

#[test]
fn policies_fit_their_schema_and_unknown_keys_do_not() {
    let schema = policy_schema();
    let of = |text: &str| check(&schema, &serde_yaml::from_str(text).expect("YAML"));
    let found = Found {
        module: Some("example.com/shop".into()),
        profiles: vec![("cpu".into(), "cpu.pb.gz".into())],
        ..Found::default()
    };
    // A key without a value says nothing to the reader; to a schema it is no object.
    let written = perfplan::review::policy::read(policy_template(&found), "p")
        .expect("a policy")
        .file;
    assert_eq!(
        check(&schema, &serde_json::to_value(&written).expect("JSON")),
        None
    );
    let whole = "version: 1\nsource: {path: ., trim: [/build/]}\nprofiles: {cpu: [a, b], heap: c}\n\
                 benchmarks: {min_runs: 10, alpha: 0.05, threshold: 1%}\n\
                 budgets:\n  benchmarks:\n  - match: ^A$\n    sec/op: {max: 250ns, regress: 10%}\n  \
                 functions:\n  - match: x\n    cpu.cum: {max: 5%}\n  totals: {goroutineleak: 0, gc.cpu: {max: 15%}}\n\
                 rates: {A: 2000/s}\naudit: {min_severity: medium, hot: 1%}\ncosts: {heap_alloc: 60ns..90ns}\n\
                 gate: {preset: ci, fail_on: ['severity>=high']}\nthresholds: {gc: {pause: [1ms, 2ms]}, line_share: 0.02}\n";
    assert_eq!(of(whole), None);
    assert!(perfplan::review::policy::read(whole, "p").is_ok());
    for wrong in [
        "versoin: 1",
        "benchmarks: {alhpa: 0.1}",
        "budgets: {benchmarks: [{match: a, sec/op: {mx: 1ns}}]}",
        "budgets: {totals: {gc.cpu: {mx: 1}}}",
        "audit: {min_severity: hihg}",
        "rates: {A: fast}",
        "thresholds: {gc: {pause: [1ms]}}",
        "budgets: {benchmarks: [{sec/op: {max: 1ns}}]}",
    ] {
        assert!(of(wrong).is_some(), "{wrong}");
        assert!(perfplan::review::policy::read(wrong, "p").is_err(), "{wrong}");
    }
}
