//! JSON Schemas (draft 2020-12) of what is read and written, made from the types themselves.

use schemars::schema_for;
use serde_json::Value;

use super::Review;
use super::policy::PolicyFile;

/// Of perfplan.yaml.
pub fn policy_schema() -> Value {
    titled(schema_for!(PolicyFile).to_value(), "perfplan.yaml")
}

/// Of review.yaml.
pub fn review_schema() -> Value {
    titled(schema_for!(Review).to_value(), "review.yaml of perfplan")
}

fn titled(mut schema: Value, title: &str) -> Value {
    if let Some(map) = schema.as_object_mut() {
        map.insert("title".to_string(), Value::from(title));
    }
    schema
}
