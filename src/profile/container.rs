//! The container of a profile: gzip of one or more members, or plain bytes.

use std::borrow::Cow;
use std::io::{ErrorKind, Read};

use flate2::bufread::GzDecoder;

use crate::error::Problem;

/// How much an input may hold after decompression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes after decompression; 1 GiB unless the user trusts the file with more.
    pub max_size: u64,
    /// Whether output past 128 MiB may be more than 256 times its input, which only hostile files are.
    pub any_ratio: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_size: 1 << 30,
            any_ratio: false,
        }
    }
}

const RATIO_FREE: u64 = 128 << 20;
const MAX_RATIO: u64 = 256;
const CHUNK: usize = 256 << 10;

/// Whether the data begin as gzip does.
pub fn is_gzip(data: &[u8]) -> bool {
    data.starts_with(&[0x1f, 0x8b])
}

/// The plain bytes of an input: all gzip members joined, or the data themselves where they are no gzip.
///
/// # Errors
/// [`Problem::Empty`], [`Problem::GzipCut`], [`Problem::GzipChecksum`], [`Problem::GzipTrailing`],
/// [`Problem::GzipTwice`], [`Problem::TooLarge`].
pub fn unpack(data: &[u8], limits: Limits) -> Result<Cow<'_, [u8]>, Problem> {
    let plain = if is_gzip(data) {
        Cow::Owned(gunzip(data, limits)?)
    } else {
        Cow::Borrowed(data)
    };
    if plain.is_empty() {
        return Err(Problem::Empty);
    }
    if plain.len() as u64 > limits.max_size {
        return Err(Problem::TooLarge {
            limit: limits.max_size,
        });
    }
    if is_gzip(data) && is_gzip(&plain) {
        return Err(Problem::GzipTwice);
    }
    Ok(plain)
}

fn gunzip(data: &[u8], limits: Limits) -> Result<Vec<u8>, Problem> {
    let mut plain = Vec::new();
    let mut rest = data;
    while !rest.is_empty() {
        if !is_gzip(rest) {
            let bytes = rest.len() as u64;
            return Err(Problem::GzipTrailing {
                bytes,
                at: data.len() as u64 - bytes,
            });
        }
        rest = gunzip_member(rest, data.len(), &mut plain, limits)?;
    }
    Ok(plain)
}

/// Inflates one member; what follows it is returned.
fn gunzip_member<'a>(
    member: &'a [u8],
    whole: usize,
    plain: &mut Vec<u8>,
    limits: Limits,
) -> Result<&'a [u8], Problem> {
    let mut decoder = GzDecoder::new(member);
    loop {
        let start = plain.len();
        plain.resize(start + CHUNK, 0);
        let read = decoder.read(&mut plain[start..]);
        plain.truncate(start + *read.as_ref().unwrap_or(&0));
        match read {
            Ok(0) => return Ok(decoder.into_inner()),
            Ok(_) => check_size(plain.len() as u64, whole as u64, limits)?,
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => {
                return Err(Problem::GzipCut { byte: whole as u64 });
            }
            Err(_) => return Err(Problem::GzipChecksum),
        }
    }
}

fn check_size(plain: u64, packed: u64, limits: Limits) -> Result<(), Problem> {
    let bomb = !limits.any_ratio && plain > RATIO_FREE && plain / MAX_RATIO > packed;
    if plain > limits.max_size {
        Err(Problem::TooLarge {
            limit: limits.max_size,
        })
    } else if bomb {
        Err(Problem::TooLarge { limit: RATIO_FREE })
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn members_are_joined() {
        let two = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(unpack(&two, Limits::default()).unwrap(), &b"one two"[..]);
    }

    #[test]
    fn what_follows_the_last_member_is_named_with_its_offset() {
        let mut data = gzip(b"one");
        let at = data.len() as u64;
        data.extend_from_slice(&[0, 0]);
        assert_eq!(
            unpack(&data, Limits::default()),
            Err(Problem::GzipTrailing { bytes: 2, at })
        );
    }

    #[test]
    fn cut_damaged_empty_and_double_gzip_are_told_apart() {
        let data = gzip(b"some text that is long enough");
        let cut = &data[..data.len() - 9];
        assert_eq!(
            unpack(cut, Limits::default()),
            Err(Problem::GzipCut {
                byte: cut.len() as u64
            })
        );
        let mut bad = data.clone();
        let crc = bad.len() - 8;
        bad[crc] ^= 1;
        assert_eq!(unpack(&bad, Limits::default()), Err(Problem::GzipChecksum));
        assert_eq!(unpack(&gzip(b""), Limits::default()), Err(Problem::Empty));
        assert_eq!(unpack(&gzip(&data), Limits::default()), Err(Problem::GzipTwice));
    }

    #[test]
    fn the_limit_holds_while_reading() {
        let data = gzip(&vec![0; 1 << 20]);
        let limits = Limits {
            max_size: 1 << 19,
            any_ratio: false,
        };
        assert_eq!(unpack(&data, limits), Err(Problem::TooLarge { limit: 1 << 19 }));
    }
}
