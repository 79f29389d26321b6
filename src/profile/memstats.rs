//! What Go's heap text says of the runtime's memory below its samples: the fields of `runtime.MemStats`.
//!
//! ```text
//! # runtime.MemStats
//! # Alloc = 1048576
//! # Stack = 327680 / 360448
//! # PauseNs = [51428 0 0]
//! ```

use std::collections::HashSet;

use serde::{Serialize, Serializer};

use crate::error::printable;

/// What one field says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum MemValue {
    /// Bytes, a count, or nanoseconds.
    Integer(u64),
    /// A share, as `GCCPUFraction` is.
    Number(f64),
    /// A switch.
    Flag(bool),
    /// Bytes in use, and bytes taken from the system for it.
    Pair {
        /// Bytes in use.
        in_use: u64,
        /// Bytes taken from the system.
        sys: u64,
    },
    /// The last collections, one an entry: collection `n` stands at `(n + 255) % 256`, as `runtime.MemStats` keeps
    /// `PauseNs` and `PauseEnd`; 0 where there was none yet.
    Ring(Vec<u64>),
    /// Anything else, made printable.
    Text(String),
}

/// The fields of a `# runtime.MemStats` block in their order; none where there was no block. As JSON it is an
/// object, null without fields.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MemStats {
    /// Name and value; names differ.
    pub fields: Vec<(String, MemValue)>,
}

impl MemStats {
    /// Whether there was no block.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&MemValue> {
        self.fields
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value)
    }

    /// Reads the block of a heap text: the lines `# Name = value` after its title. Of a name that stands there
    /// twice the first value counts.
    pub(super) fn read(text: &[u8]) -> Self {
        let mut lines = text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii_end);
        if !lines.any(|line| line == b"# runtime.MemStats") {
            return Self::default();
        }
        let mut known = HashSet::new();
        let fields = lines
            .map_while(field)
            .filter(|(name, _)| known.insert(name.clone()));
        Self {
            fields: fields.collect(),
        }
    }
}

fn field(line: &[u8]) -> Option<(String, MemValue)> {
    let line = printable(line.strip_prefix(b"# ")?);
    let (name, value) = line.split_once(" = ")?;
    Some((name.to_string(), value_of(value)))
}

fn value_of(text: &str) -> MemValue {
    let flag = || text.parse().ok().map(MemValue::Flag);
    let number = || {
        text.parse()
            .ok()
            .filter(|n: &f64| n.is_finite())
            .map(MemValue::Number)
    };
    let integer = text.parse().ok().map(MemValue::Integer);
    let value = integer
        .or_else(|| pair(text))
        .or_else(|| ring(text))
        .or_else(flag)
        .or_else(number);
    value.unwrap_or_else(|| MemValue::Text(text.to_string()))
}

fn pair(text: &str) -> Option<MemValue> {
    let (in_use, sys) = text.split_once(" / ")?;
    Some(MemValue::Pair {
        in_use: in_use.parse().ok()?,
        sys: sys.parse().ok()?,
    })
}

fn ring(text: &str) -> Option<MemValue> {
    let entries = text.strip_prefix('[')?.strip_suffix(']')?;
    let entries: Result<_, _> = entries.split_whitespace().map(str::parse).collect();
    entries.ok().map(MemValue::Ring)
}

impl Serialize for MemStats {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_empty() {
            return serializer.serialize_none();
        }
        serializer.collect_map(self.fields.iter().map(|(name, value)| (name, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_the_form_of_their_value() {
        let text = b"heap profile: 0: 0 [0: 0] @ heap/2\n\n# runtime.MemStats\r\n# Alloc = 7\n# Stack = 1 / 2\n\
            # PauseNs = [3 0]\n# GCCPUFraction = 0.5\n# DebugGC = false\n# Odd = x\n# Alloc = 8\nend\n# Late = 1\n";
        let stats = MemStats::read(text);
        let json = serde_json::to_string(&stats).unwrap();
        assert_eq!(
            json,
            r#"{"Alloc":7,"Stack":{"in_use":1,"sys":2},"PauseNs":[3,0],"GCCPUFraction":0.5,"DebugGC":false,"Odd":"x"}"#
        );
        assert_eq!(stats.get("PauseNs"), Some(&MemValue::Ring(vec![3, 0])));
        assert_eq!(stats.get("Late"), None);
    }

    #[test]
    fn without_a_block_there_is_nothing() {
        let stats = MemStats::read(b"# Alloc = 7\n");
        assert!(stats.is_empty());
        assert_eq!(serde_json::to_string(&stats).unwrap(), "null");
    }
}
