//! Reads protobuf's wire form as the pprof tools read it.
//!
//! prost writes our messages, but does not read them here: pprof's own reader drops the bits of a varint
//! above 64 where prost refuses them, refuses groups where prost skips them, takes texts that are not UTF-8,
//! and a message of broken data has to name the byte. A differential test holds both against each other
//! wherever the two rules agree.

use std::fmt;

use crate::error::Problem;

/// What a message is, for error texts. Numbers count from 1.
#[derive(Debug, Clone, Copy)]
pub(super) enum Owner {
    File,
    Entry(&'static str, usize),
    Part(&'static str, &'static str, usize),
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("the file"),
            Self::Entry(table, n) => write!(f, "{table} {n}"),
            Self::Part(part, table, n) => write!(f, "a {part} of {table} {n}"),
        }
    }
}

/// A value as it stands on the wire.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value<'a> {
    Varint(u64),
    Fixed,
    /// The bytes and the offset of the first one in the whole data.
    Bytes(&'a [u8], usize),
}

impl Value<'_> {
    fn wire_type(&self) -> u8 {
        match self {
            Self::Varint(_) => 0,
            Self::Fixed => 1,
            Self::Bytes(..) => 2,
        }
    }
}

/// One field of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    pub number: u64,
    pub value: Value<'a>,
    /// Offset of the field's key in the whole data.
    at: usize,
}

impl<'a> Field<'a> {
    /// The number of a singular number field.
    pub fn uint(&self) -> Result<u64, Problem> {
        match self.value {
            Value::Varint(v) => Ok(v),
            _ => Err(self.wrong_type()),
        }
    }

    /// The same as a signed number: a plain varint, no zigzag.
    pub fn int(&self) -> Result<i64, Problem> {
        self.uint().map(u64::cast_signed)
    }

    /// The bytes of a text.
    pub fn bytes(&self) -> Result<&'a [u8], Problem> {
        match self.value {
            Value::Bytes(bytes, _) => Ok(bytes),
            _ => Err(self.wrong_type()),
        }
    }

    /// The reader of an embedded message.
    pub fn message(&self, owner: Owner) -> Result<Reader<'a>, Problem> {
        match self.value {
            Value::Bytes(bytes, base) => Ok(Reader {
                data: bytes,
                at: 0,
                base,
                owner,
            }),
            _ => Err(self.wrong_type()),
        }
    }

    fn wrong_type(&self) -> Problem {
        let what = format!("field {} has wire type {}", self.number, self.value.wire_type());
        Problem::Wire {
            byte: self.at as u64,
            what,
        }
    }
}

/// A cursor over one message.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    data: &'a [u8],
    at: usize,
    base: usize,
    owner: Owner,
}

impl<'a> Reader<'a> {
    /// Reads a whole file.
    pub fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            at: 0,
            base: 0,
            owner: Owner::File,
        }
    }

    /// The next field, `None` at the end. Only wire types 0, 1, 2 and 5 exist here.
    #[inline]
    pub fn field(&mut self) -> Result<Option<Field<'a>>, Problem> {
        if self.at >= self.data.len() {
            return Ok(None);
        }
        let at = self.base + self.at;
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Value::Varint(self.varint()?),
            1 => self.take(8).map(|_| Value::Fixed)?,
            2 => {
                let length = self.varint()?;
                let base = self.base + self.at;
                Value::Bytes(self.take(length)?, base)
            }
            5 => self.take(4).map(|_| Value::Fixed)?,
            other => {
                return Err(Problem::Wire {
                    byte: at as u64,
                    what: format!("wire type {other}"),
                });
            }
        };
        Ok(Some(Field {
            number: key >> 3,
            value,
            at,
        }))
    }

    #[inline]
    fn varint(&mut self) -> Result<u64, Problem> {
        match varint(&self.data[self.at..]) {
            Some((value, length)) => {
                self.at += length;
                Ok(value)
            }
            None => Err(self.bad_varint()),
        }
    }

    #[cold]
    fn bad_varint(&self) -> Problem {
        let what = if self.data.len() - self.at < MAX_VARINT {
            format!("a varint runs past the end of {}", self.owner)
        } else {
            format!("varint longer than 10 bytes in {}", self.owner)
        };
        Problem::Wire {
            byte: (self.base + self.at) as u64,
            what,
        }
    }

    #[inline]
    fn take(&mut self, length: u64) -> Result<&'a [u8], Problem> {
        let rest = &self.data[self.at..];
        let Some(bytes) = usize::try_from(length).ok().and_then(|n| rest.get(..n)) else {
            let what = format!("length {length} runs past the end of {}", self.owner);
            return Err(Problem::Wire {
                byte: (self.base + self.at) as u64,
                what,
            });
        };
        self.at += bytes.len();
        Ok(bytes)
    }
}

/// Calls `each` for every number of a repeated field in either form: packed bytes or a single number.
#[inline]
pub(super) fn numbers(field: &Field<'_>, owner: Owner, mut each: impl FnMut(u64)) -> Result<(), Problem> {
    match field.value {
        Value::Varint(v) => each(v),
        Value::Bytes(data, base) => {
            let mut reader = Reader {
                data,
                at: 0,
                base,
                owner,
            };
            while reader.at < data.len() {
                each(reader.varint()?);
            }
        }
        Value::Fixed => return Err(field.wrong_type()),
    }
    Ok(())
}

/// The longest varint: ten bytes of seven bits.
const MAX_VARINT: usize = 10;

/// The varint at the start of `data` and its length; `None` where the data end in it or it has more than ten
/// bytes. Bits above 64 are dropped.
#[inline]
pub(crate) fn varint(data: &[u8]) -> Option<(u64, usize)> {
    let first = *data.first()?;
    if first < 0x80 {
        return Some((u64::from(first), 1));
    }
    let mut value = u64::from(first & 0x7f);
    for (i, byte) in data.iter().enumerate().take(MAX_VARINT).skip(1) {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if *byte < 0x80 {
            return Some((value, i + 1));
        }
    }
    None
}

/// Appends a varint.
#[inline]
pub(crate) fn push_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_round_trip() {
        for value in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            push_varint(&mut bytes, value);
            assert_eq!(varint(&bytes), Some((value, bytes.len())));
        }
    }

    #[test]
    fn bits_above_64_are_dropped_and_eleven_bytes_refused() {
        let mut bytes = vec![0xff; 9];
        bytes.push(0x7f);
        assert_eq!(varint(&bytes), Some((u64::MAX, 10)));
        assert_eq!(varint(&[0x80; 11]), None);
        assert_eq!(varint(&[0x80]), None);
    }

    #[test]
    fn messages_name_the_byte_and_the_owner() {
        let error = Reader::new(&[0x12, 0xe8, 0x07]).field().unwrap_err();
        assert_eq!(
            error.to_string(),
            "broken protobuf at byte 3: length 1000 runs past the end of the file"
        );
        let error = Reader::new(&[0x0e]).field().unwrap_err();
        assert_eq!(error.to_string(), "broken protobuf at byte 0: wire type 6");
    }
}
