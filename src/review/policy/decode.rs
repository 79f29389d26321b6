//! The tree of a file to its types, by serde; what is wrong is told with its line and the path of its key.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    Visitor,
};

use super::node::{Key, Node, Value};

/// What is wrong, where.
#[derive(Debug, Clone, Default)]
pub(super) struct Fault {
    pub line: Option<u64>,
    /// The path of the key from the outside.
    pub key: String,
    pub what: String,
    pub hint: Option<String>,
}

impl Fault {
    pub fn at(line: u64, what: String) -> Self {
        Self {
            line: Some(line),
            what,
            ..Self::default()
        }
    }

    /// Inside of a key, or of a place in a list, `[2]`.
    pub fn below(mut self, key: &str) -> Self {
        let joined = key.is_empty() || self.key.is_empty() || self.key.starts_with('[');
        let joint = if joined { "" } else { "." };
        self.key = format!("{key}{joint}{}", self.key);
        self
    }

    /// On this line, unless it is known better.
    fn on(mut self, line: u64) -> Self {
        self.line.get_or_insert(line);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(what: T) -> Self {
        Self {
            what: what.to_string(),
            ..Self::default()
        }
    }

    fn invalid_type(got: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format!("expected {expected}, got {}", shown(got)))
    }

    fn invalid_value(got: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(got, expected)
    }

    fn unknown_field(field: &str, known: &'static [&'static str]) -> Self {
        Self {
            hint: Some(meant(field, known)),
            ..Self::custom("unknown key").below(field)
        }
    }

    fn unknown_variant(variant: &str, known: &'static [&'static str]) -> Self {
        Self {
            hint: Some(meant(variant, known)),
            ..Self::custom(format!("expected one of {}, got \"{variant}\"", known.join(", ")))
        }
    }

    fn missing_field(field: &'static str) -> Self {
        Self::custom(format!("no `{field}`"))
    }
}

/// The nearest of the names, or all of them.
pub(super) fn meant(name: &str, known: &[&str]) -> String {
    match crate::error::nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("known are {}", known.join(", ")),
    }
}

fn shown(got: Unexpected<'_>) -> String {
    match got {
        Unexpected::Str(text) => format!("\"{}\"", text.chars().take(60).collect::<String>()),
        Unexpected::Unit => "nothing".to_string(),
        Unexpected::Seq => "a list".to_string(),
        Unexpected::Map => "a map".to_string(),
        Unexpected::Unsigned(n) => n.to_string(),
        Unexpected::Signed(n) => n.to_string(),
        Unexpected::Float(n) => n.to_string(),
        Unexpected::Bool(b) => b.to_string(),
        other => other.to_string(),
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.value {
            Value::List(list) => visitor.visit_seq(Items { list, at: 0 }),
            Value::Map(entries) => visitor.visit_map(Fields { entries, at: 0 }),
            _ if self.is_null() => visitor.visit_unit(),
            Value::Scalar(text, true) => plain(text, visitor),
            Value::Scalar(text, false) => visitor.visit_borrowed_str(text),
        }
        .map_err(|fault: Fault| fault.on(self.line))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.is_null() {
            true => visitor.visit_none(),
            false => visitor.visit_some(self),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.value {
            Value::Scalar(text, _) if !self.is_null() => visitor
                .visit_borrowed_str(text)
                .map_err(|f: Fault| f.on(self.line)),
            _ => Err(self.expected("a text")),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_str(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self
            .plain_text()
            .and_then(|text| text.parse::<f64>().ok())
            .filter(|n| n.is_finite())
        {
            Some(number) => visitor.visit_f64(number),
            None => Err(self.expected("a number")),
        }
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.plain_text().and_then(|text| text.parse().ok()) {
            Some(number) => visitor.visit_u64(number).map_err(|f: Fault| f.on(self.line)),
            None => Err(self.expected("a whole number from 0")),
        }
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.value {
            Value::List(list) => visitor.visit_seq(Items { list, at: 0 }),
            _ if self.is_null() => visitor.visit_seq(Items { list: &[], at: 0 }),
            _ => Err(self.expected("a list")),
        }
        .map_err(|fault| fault.on(self.line))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Fault> {
        match &self.value {
            Value::List(list) if list.len() == len => self.deserialize_seq(visitor),
            _ => Err(self.expected(&format!("a list of {len}"))),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match &self.value {
            Value::Map(entries) => visitor.visit_map(Fields { entries, at: 0 }),
            _ if self.is_null() => visitor.visit_map(Fields { entries: &[], at: 0 }),
            _ => Err(self.expected("a map of keys and values")),
        }
        .map_err(|fault| fault.on(self.line))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match &self.value {
            Value::Scalar(text, _) => {
                let variant: StrDeserializer<'_, Fault> = text.as_str().into_deserializer();
                visitor.visit_enum(variant).map_err(|fault| fault.on(self.line))
            }
            _ => Err(self.expected(&format!("one of {}", names.join(", ")))),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u128 f32 char bytes byte_buf unit unit_struct newtype_struct tuple_struct
        identifier ignored_any
    }
}

impl Node {
    fn plain_text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text, true) => Some(text),
            _ => None,
        }
    }

    fn expected(&self, what: &str) -> Fault {
        let got = match &self.value {
            _ if self.is_null() => Unexpected::Unit,
            Value::Scalar(text, _) => Unexpected::Str(text),
            Value::List(_) => Unexpected::Seq,
            Value::Map(_) => Unexpected::Map,
        };
        Fault::at(self.line, format!("expected {what}, got {}", shown(got)))
    }
}

/// A text without quotes as what it looks like.
fn plain<'de, V: Visitor<'de>>(text: &'de str, visitor: V) -> Result<V::Value, Fault> {
    if let Ok(number) = text.parse::<u64>() {
        return visitor.visit_u64(number);
    }
    if let Ok(number) = text.parse::<i64>() {
        return visitor.visit_i64(number);
    }
    let begins = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
    match text.parse::<f64>() {
        Ok(number) if begins && number.is_finite() => visitor.visit_f64(number),
        _ => match text {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => visitor.visit_borrowed_str(text),
        },
    }
}

struct Items<'de> {
    list: &'de [Node],
    at: usize,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        let at = self.at;
        let Some(node) = self.list.get(at) else {
            return Ok(None);
        };
        self.at += 1;
        let taken = seed.deserialize(node);
        taken
            .map(Some)
            .map_err(|fault| fault.on(node.line).below(&format!("[{at}]")))
    }
}

struct Fields<'de> {
    entries: &'de [(Key, Node)],
    at: usize,
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some((key, _)) = self.entries.get(self.at) else {
            return Ok(None);
        };
        let text: StrDeserializer<'_, Fault> = key.text.as_str().into_deserializer();
        seed.deserialize(text)
            .map(Some)
            .map_err(|fault| fault.on(key.line))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let (key, node) = self
            .entries
            .get(self.at)
            .ok_or_else(|| de::Error::custom("a value without a key"))?;
        self.at += 1;
        seed.deserialize(node)
            .map_err(|fault| fault.on(key.line).below(&key.text))
    }
}
