//! Budgets: what must not be exceeded.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};

use super::{Amount, Part};

/// What functions may be held to: the kind of profile, then what is measured.
pub const FUNCTION_METRICS: [&str; 12] = [
    "cpu.flat",
    "cpu.cum",
    "heap.alloc_space",
    "heap.alloc_objects",
    "heap.inuse_space",
    "heap.inuse_objects",
    "mutex.delay",
    "mutex.contentions",
    "block.delay",
    "block.contentions",
    "goroutine.count",
    "goroutineleak.count",
];

/// What the whole program may be held to.
pub const TOTAL_METRICS: [&str; 14] = [
    "goroutineleak",
    "goroutines",
    "gc.cpu",
    "gc.pause",
    "cpu",
    "heap.inuse",
    "heap.inuse_space",
    "heap.inuse_objects",
    "heap.alloc_space",
    "heap.alloc_objects",
    "mutex.delay",
    "mutex.contentions",
    "block.delay",
    "block.contentions",
];

/// What must not be exceeded.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Budgets {
    /// By benchmark; each benchmark is held to every entry that matches.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub benchmarks: Vec<BenchmarkBudget>,
    /// By function.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub functions: Vec<FunctionBudget>,
    /// Of the whole program, by metric.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub totals: BTreeMap<String, TotalLimit>,
}

/// Limits of the benchmarks that match.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
pub struct BenchmarkBudget {
    /// Regular expression that is looked for in the full name with `Benchmark`.
    #[schemars(rename = "match")]
    pub match_: String,
    /// By unit as go test or benchstat write it: `sec/op`, `B/op`, `allocs/op`, or one of the benchmark's own.
    #[schemars(flatten)]
    pub limits: BTreeMap<String, Limit>,
}

/// Limits of a metric of a benchmark; at least one of them is set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limit {
    /// The median may be this at most (at least, where more is better): `250ns`, `1KiB`, `0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Amount>,
    /// It may be worse than the baseline by this at most: `10%`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regress: Option<Part>,
}

/// Limits of all functions that match, taken together.
#[derive(Debug, Clone, PartialEq, JsonSchema)]
pub struct FunctionBudget {
    /// Regular expression that is looked for in the function's name.
    #[schemars(rename = "match")]
    pub match_: String,
    /// By one of [`FUNCTION_METRICS`].
    #[schemars(flatten)]
    pub limits: BTreeMap<String, FunctionLimit>,
}

/// A limit of functions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FunctionLimit {
    /// At most this: a share `5%`, an amount `64MiB`, or one per operation `1MiB/op`, which needs `bench`.
    pub max: Amount,
    /// The benchmark whose operations are counted: the profile must be of a run of it alone.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub bench: Option<String>,
}

/// A limit of the whole program: `{ max: 15% }`, or the amount alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TotalLimit {
    /// At most this.
    pub max: Amount,
}

/// An entry with `match` and limits beside it.
trait Matched: Sized {
    type Limit;
    const EXPECTED: &'static str;
    fn of(match_: String, limits: BTreeMap<String, Self::Limit>) -> Self;
    fn parts(&self) -> (&str, &BTreeMap<String, Self::Limit>);
}

macro_rules! matched {
    ($name:ident, $limit:ident, $expected:literal) => {
        impl Matched for $name {
            type Limit = $limit;
            const EXPECTED: &'static str = $expected;

            fn of(match_: String, limits: BTreeMap<String, $limit>) -> Self {
                Self { match_, limits }
            }

            fn parts(&self) -> (&str, &BTreeMap<String, $limit>) {
                (&self.match_, &self.limits)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let (match_, limits) = self.parts();
                let mut map = serializer.serialize_map(Some(1 + limits.len()))?;
                map.serialize_entry("match", match_)?;
                for (name, limit) in limits {
                    map.serialize_entry(name, limit)?;
                }
                map.end()
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_map(OfMatched(PhantomData))
            }
        }
    };
}

matched!(
    BenchmarkBudget,
    Limit,
    "`match: REGEX` and limits such as `sec/op: { max: 250ns }`"
);
matched!(
    FunctionBudget,
    FunctionLimit,
    "`match: REGEX` and limits such as `cpu.cum: { max: 5% }`"
);

struct OfMatched<T>(PhantomData<T>);

impl<'de, T: Matched> Visitor<'de> for OfMatched<T>
where
    T::Limit: Deserialize<'de>,
{
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let (mut match_, mut limits) = (None, BTreeMap::new());
        while let Some(key) = map.next_key::<String>()? {
            if key == "match" {
                match_ = Some(map.next_value()?);
            } else {
                limits.insert(key, map.next_value()?);
            }
        }
        let match_ = match_.ok_or_else(|| de::Error::missing_field("match"))?;
        Ok(T::of(match_, limits))
    }
}

impl<'de> Deserialize<'de> for TotalLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfTotal)
    }
}

struct OfTotal;

impl<'de> Visitor<'de> for OfTotal {
    type Value = TotalLimit;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount such as 0 or 15%, or { max: AMOUNT }")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<TotalLimit, E> {
        let max = Amount::deserialize(de::value::StrDeserializer::new(text))?;
        Ok(TotalLimit { max })
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<TotalLimit, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<TotalLimit, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<TotalLimit, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TotalLimit, A::Error> {
        let WithMax { max } = WithMax::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(TotalLimit { max })
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WithMax {
    max: Amount,
}

impl JsonSchema for TotalLimit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TotalLimit".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let amount = generator.subschema_for::<Amount>();
        let map = generator.subschema_for::<WithMax>();
        schemars::json_schema!({ "oneOf": [amount, map] })
    }
}
