//! Values with units, as perfplan.yaml holds them.
//!
//! Each is a text such as `5%` or a plain number in base units, and is written back as a text.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};

use crate::unit::{Quantity, shortest};

/// A value that is written as one scalar.
trait Scalar: Sized {
    /// What is expected, with an example: `a part such as 5%`.
    const EXPECTED: &'static str;
    /// Of a text; of a number, its shortest digits.
    fn of(text: &str) -> Option<Self>;
    /// As it is written.
    fn text(&self) -> String;
}

macro_rules! scalar {
    ($name:ident, $expected:literal, $text:literal, $unit:expr, $($doc:literal)+) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct $name(pub f64);

        impl Scalar for $name {
            const EXPECTED: &'static str = $expected;

            fn of(text: &str) -> Option<Self> {
                let quantity = Quantity::parse(text)?;
                let fits: fn(&Quantity) -> bool = $unit;
                fits(&quantity).then_some(Self(quantity.value))
            }

            fn text(&self) -> String {
                $name::written(self.0)
            }
        }

        serialized!($name, $text);
    };
}

macro_rules! serialized {
    ($name:ident, $pattern:literal) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&Scalar::text(self))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(OfScalar(std::marker::PhantomData))
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "description": <$name as Scalar>::EXPECTED,
                    "type": ["string", "number"],
                    "pattern": $pattern,
                    "minimum": 0
                })
            }
        }
    };
}

scalar!(
    Part,
    "a part such as 5% or 0.05",
    r"^[0-9.eE+ -]+%?$",
    |q| q.unit == "%" || q.plain().is_some(),
    "A part of a whole: 0.05 for `5%`; a plain number is the part itself."
);
scalar!(
    Bytes,
    "a size such as 64MiB, or a number of bytes",
    r"^[0-9.eE+ -]+([KMGT]iB|B)?$",
    |q| q.unit == "B" || q.plain().is_some(),
    "A size in bytes."
);
scalar!(
    BytesPerSecond,
    "a rate such as 200MiB/s",
    r"^[0-9.eE+ -]+([KMGT]iB|B)/s(ec)?$",
    |q| q.unit == "B/s",
    "Bytes per second."
);
scalar!(
    Seconds,
    "a duration such as 10ms",
    r"^[0-9.eE+ -]+(ns|us|µs|μs|ms|s|sec|min|h)$",
    |q| q.unit == "sec",
    "A duration in seconds."
);

impl Part {
    fn written(value: f64) -> String {
        format!("{}%", digits(value * 100.0))
    }
}

impl Bytes {
    fn written(value: f64) -> String {
        const UNITS: [(&str, f64); 3] = [("GiB", 1_073_741_824.0), ("MiB", 1_048_576.0), ("KiB", 1024.0)];
        let whole = UNITS
            .iter()
            .find(|(_, size)| value >= *size && value % size == 0.0);
        whole.map_or_else(
            || format!("{}B", digits(value)),
            |(unit, size)| format!("{}{unit}", digits(value / size)),
        )
    }
}

impl BytesPerSecond {
    fn written(value: f64) -> String {
        format!("{}/s", Bytes::written(value))
    }
}

impl Seconds {
    fn written(value: f64) -> String {
        match value {
            v if v == 0.0 || v >= 1.0 => format!("{}s", digits(v)),
            v if v >= 1e-3 => format!("{}ms", digits(v * 1e3)),
            v if v >= 1e-6 => format!("{}us", digits(v * 1e6)),
            v => format!("{}ns", digits(v * 1e9)),
        }
    }
}

/// How often something happens: per second, however it was written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate(pub f64);

impl Scalar for Rate {
    const EXPECTED: &'static str = "a rate such as 2000/s, 90/min or 5/h";

    fn of(text: &str) -> Option<Self> {
        let quantity = Quantity::parse(text)?;
        let per = match quantity.unit.as_str() {
            "/s" => 1.0,
            "/min" => 60.0,
            "/h" => 3600.0,
            _ => return None,
        };
        Some(Self(quantity.value / per))
    }

    fn text(&self) -> String {
        format!("{}/s", digits(self.0))
    }
}

serialized!(Rate, r"^[0-9.eE+ -]+/(s|sec|min|h)$");

impl Rate {
    /// Reads `2000/s`.
    ///
    /// # Errors
    /// What is expected instead, for people.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        Self::of(text).ok_or(Self::EXPECTED)
    }
}

/// An amount of any unit: the metric that it belongs to says which ones fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Amount(pub Quantity);

impl Scalar for Amount {
    const EXPECTED: &'static str = "an amount such as 250ns, 1MiB/op, 10% or 0";

    fn of(text: &str) -> Option<Self> {
        Quantity::parse(text).map(Self)
    }

    fn text(&self) -> String {
        self.0.text.clone()
    }
}

serialized!(Amount, r"^[0-9.]");

/// What an operation costs, from the least to the most, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Cost {
    pub low: f64,
    pub high: f64,
}

impl Scalar for Cost {
    const EXPECTED: &'static str = "a duration or two such as 60ns..90ns";

    fn of(text: &str) -> Option<Self> {
        let (low, high) = range(text, Seconds::of)?;
        (low.0 <= high.0).then_some(Self {
            low: low.0,
            high: high.0,
        })
    }

    fn text(&self) -> String {
        format!("{}..{}", Seconds(self.low), Seconds(self.high))
    }
}

serialized!(Cost, r"^[0-9].*(s|sec|min|h)$");

/// A part from the least to the most: `30%..80%`.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Parts {
    pub low: f64,
    pub high: f64,
}

impl Scalar for Parts {
    const EXPECTED: &'static str = "a part or two up to 100% such as 30%..80%";

    fn of(text: &str) -> Option<Self> {
        let (low, high) = range(text, Part::of)?;
        (low.0 <= high.0 && high.0 <= 1.0).then_some(Self {
            low: low.0,
            high: high.0,
        })
    }

    fn text(&self) -> String {
        format!("{}..{}", Part(self.low), Part(self.high))
    }
}

serialized!(Parts, r"^[0-9].*%?$");

/// `LOW..HIGH`, or one value that is both.
fn range<T: Copy>(text: &str, of: impl Fn(&str) -> Option<T>) -> Option<(T, T)> {
    match text.split_once("..") {
        Some((low, high)) => Some((of(low)?, of(high)?)),
        None => of(text).map(|both| (both, both)),
    }
}

/// Digits that read back as the same value in its unit: what arithmetic adds behind the twelfth digit goes.
fn digits(value: f64) -> String {
    let rounded = format!("{value:.11e}").parse().unwrap_or(value);
    shortest(rounded)
}

struct OfScalar<T>(std::marker::PhantomData<T>);

impl<T: Scalar> Visitor<'_> for OfScalar<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        T::of(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        T::of(&shortest(number)).ok_or_else(|| E::invalid_value(de::Unexpected::Float(number), &self))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        T::of(&number.to_string()).ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(number), &self))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        T::of(&number.to_string()).ok_or_else(|| E::invalid_value(de::Unexpected::Signed(number), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_they_are_read() {
        fn check<T: Scalar>(text: &str, expect: &str) {
            assert_eq!(T::of(text).map(|v| v.text()).as_deref(), Some(expect));
            assert_eq!(T::of(expect).map(|v| v.text()).as_deref(), Some(expect), "again");
        }
        check::<Part>("0.05", "5%");
        check::<Part>("0.7 %", "0.7%");
        check::<Bytes>("64MiB", "64MiB");
        check::<Bytes>("1000", "1000B");
        check::<BytesPerSecond>("200MiB/sec", "200MiB/s");
        check::<Seconds>("0.01s", "10ms");
        check::<Rate>("90/min", "1.5/s");
        check::<Cost>("60ns..90ns", "60ns..90ns");
        check::<Cost>("1.5us", "1.5us..1.5us");
        check::<Parts>("30%..80%", "30%..80%");
        check::<Amount>("1MiB/op", "1MiB/op");
    }

    #[test]
    fn other_units_do_not_fit() {
        assert!(Part::of("5ms").is_none() && Bytes::of("5ms").is_none() && Seconds::of("5").is_none());
        assert!(Cost::of("90ns..60ns").is_none() && Parts::of("80%..120%").is_none());
        assert!(Rate::of("5").is_none() && BytesPerSecond::of("5MiB").is_none());
    }
}
