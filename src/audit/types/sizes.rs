//! Sizes on 64-bit targets, as the compiler lays values out.

use super::Type;

/// Size and alignment in bytes.
type Layout = (u64, u64);

/// How deep fields and elements are followed.
const MAX_DEPTH: usize = 12;

/// Types of the standard library whose fields are not exported.
const KNOWN: [(&str, Layout); 12] = [
    ("time.Time", (24, 8)),
    ("sync.Mutex", (8, 4)),
    ("sync.RWMutex", (24, 4)),
    ("sync.WaitGroup", (16, 8)),
    ("sync.Once", (12, 4)),
    ("bytes.Buffer", (40, 8)),
    ("strings.Builder", (32, 8)),
    ("sync/atomic.Int64", (8, 8)),
    ("sync/atomic.Uint64", (8, 8)),
    ("sync/atomic.Int32", (4, 4)),
    ("sync/atomic.Uint32", (4, 4)),
    ("sync/atomic.Bool", (4, 4)),
];

impl Type<'_> {
    /// Bytes that a value takes, without what it points to; `None` where a part of it is not known.
    pub fn size(&self) -> Option<u64> {
        layout(self, MAX_DEPTH).map(|(size, _)| size)
    }

    /// Its alignment in bytes.
    pub fn alignment(&self) -> Option<u64> {
        layout(self, MAX_DEPTH).map(|(_, align)| align)
    }
}

fn layout(of: &Type<'_>, depth: usize) -> Option<Layout> {
    let depth = depth.checked_sub(1)?;
    match of {
        Type::Basic(name) => basic(name),
        Type::Pointer(_) | Type::Map(..) | Type::Channel(_) | Type::Function(_) | Type::Nil => Some((8, 8)),
        Type::Slice(_) => Some((24, 8)),
        Type::Any | Type::Interface(_) => Some((16, 8)),
        Type::Array(length, of) => {
            let (size, align) = layout(of, depth)?;
            Some((size.checked_mul((*length)?)?, align))
        }
        Type::Named(named) => {
            let known = KNOWN.iter().find(|(name, _)| named.is(name));
            match (known, named.spec) {
                (Some((_, layout)), _) => Some(*layout),
                // A stub shows the exported fields only.
                (None, Some(spec)) if !spec.package().is_stub() || !of.is_struct() => {
                    layout(&spec.declared_type()?, depth)
                }
                _ => None,
            }
        }
        Type::Struct(_) => {
            let (mut size, mut align) = (0_u64, 1_u64);
            for field in of.struct_fields() {
                let (s, a) = layout(&field.field_type()?, depth)?;
                size = size.checked_next_multiple_of(a)?.checked_add(s)?;
                align = align.max(a);
            }
            Some((size.checked_next_multiple_of(align)?, align))
        }
    }
}

fn basic(name: &str) -> Option<Layout> {
    Some(match name {
        "bool" | "byte" | "int8" => (1, 1),
        "int16" | "uint16" => (2, 2),
        "rune" | "uint32" | "float32" => (4, 4),
        "int" | "uint" | "int64" | "uint64" | "uintptr" | "float64" => (8, 8),
        "complex64" => (8, 4),
        "complex128" => (16, 8),
        "string" | "error" => (16, 8),
        _ => return None,
    })
}
