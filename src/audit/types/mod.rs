//! Types as far as syntax tells. What is not known is `None`, and rules are then silent.
//!
//! The standard library and some database packages are known by `signatures.txt`: their exported names, as Go
//! declarations without bodies, which are read into packages like those of the sources.

mod infer;
mod members;
pub use members::StructField;
mod resolve;
mod sizes;
mod stubs;

use super::node::Node;
use super::syntax::Kind;

pub(super) use stubs::stubs;

/// A type. Generic arguments are cut off; `any` is `interface{}`, `byte` is `uint8`, `rune` is `int32`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type<'a> {
    /// A predeclared type by its name; `byte` for `uint8`, `rune` for `int32`.
    Basic(&'static str),
    /// A declared type.
    Named(Named<'a>),
    /// `*T`.
    Pointer(Box<Type<'a>>),
    /// `[]T`.
    Slice(Box<Type<'a>>),
    /// `[n]T`; the length where it is a plain number.
    Array(Option<u64>, Box<Type<'a>>),
    /// `map[K]V`.
    Map(Box<Type<'a>>, Box<Type<'a>>),
    /// `chan T` of any direction.
    Channel(Box<Type<'a>>),
    /// A function: its `FunctionType`, literal or declaration.
    Function(Node<'a>),
    /// A struct written out.
    Struct(Node<'a>),
    /// An interface with methods or terms, written out.
    Interface(Node<'a>),
    /// `any`.
    Any,
    /// The type of `nil`.
    Nil,
}

/// A declared type: `net/http` and `Client`.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Import path of its package.
    pub path: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its declaration, where that is known: `TypeSpec` or `TypeAlias`.
    pub spec: Option<Node<'a>>,
}

impl PartialEq for Named<'_> {
    fn eq(&self, other: &Self) -> bool {
        (self.path, self.name) == (other.path, other.name)
    }
}

impl Eq for Named<'_> {}

/// How many named types are followed to an underlying one.
const MAX_STEPS: usize = 5;

impl<'a> Type<'a> {
    /// Whether it is the type written here with full import paths, as in `*net/http.Response`, `[]byte`, `error`.
    pub fn is(&self, text: &str) -> bool {
        match self {
            Type::Basic(name) => *name == text,
            Type::Pointer(to) => text.strip_prefix('*').is_some_and(|t| to.is(t)),
            Type::Slice(of) => text.strip_prefix("[]").is_some_and(|t| of.is(t)),
            Type::Channel(of) => text.strip_prefix("chan ").is_some_and(|t| of.is(t)),
            Type::Named(named) => named.is(text),
            Type::Any => text == "any",
            _ => self.to_string() == text,
        }
    }

    /// Whether it, or what it points to, is this declared type, as in `sync.WaitGroup`.
    pub fn is_or_points_to(&self, name: &str) -> bool {
        self.pointed().is(name)
    }

    /// The type behind a pointer, or itself.
    pub fn pointed(&self) -> &Self {
        match self {
            Type::Pointer(to) => to,
            other => other,
        }
    }

    /// The declared type that it is or points to.
    pub fn named(&self) -> Option<Named<'a>> {
        match self.pointed() {
            Type::Named(named) => Some(*named),
            _ => None,
        }
    }

    /// The type below its names; `None` where a declaration is not known.
    pub fn underlying(&self) -> Option<Self> {
        let mut current = self.clone();
        for _ in 0..MAX_STEPS {
            let Type::Named(named) = current else {
                return Some(current);
            };
            current = named.spec?.declared_type()?;
        }
        None
    }

    fn underlying_is(&self, test: impl Fn(&Type<'a>) -> bool) -> bool {
        self.underlying().is_some_and(|t| test(&t))
    }

    /// A string below its names.
    pub fn is_string(&self) -> bool {
        self.underlying_is(|t| matches!(t, Type::Basic("string")))
    }

    /// An integer below its names.
    pub fn is_integer(&self) -> bool {
        self.underlying_is(|t| matches!(t, Type::Basic(name) if INTEGERS.contains(name)))
    }

    /// A floating or complex number below its names.
    pub fn is_float(&self) -> bool {
        let names = ["float32", "float64", "complex64", "complex128"];
        self.underlying_is(|t| matches!(t, Type::Basic(name) if names.contains(name)))
    }

    /// A bool below its names.
    pub fn is_bool(&self) -> bool {
        self.underlying_is(|t| matches!(t, Type::Basic("bool")))
    }

    /// A slice below its names.
    pub fn is_slice(&self) -> bool {
        self.underlying_is(|t| matches!(t, Type::Slice(_)))
    }

    /// `[]byte` below its names.
    pub fn is_bytes(&self) -> bool {
        self.underlying_is(|t| matches!(t, Type::Slice(of) if matches!(**of, Type::Basic("byte"))))
    }

    /// A map below its names.
    pub fn is_map(&self) -> bool {
        self.underlying_is(|t| matches!(t, Type::Map(..)))
    }

    /// A channel below its names.
    pub fn is_channel(&self) -> bool {
        self.underlying_is(|t| matches!(t, Type::Channel(_)))
    }

    /// A pointer below its names.
    pub fn is_pointer(&self) -> bool {
        self.underlying_is(|t| matches!(t, Type::Pointer(_)))
    }

    /// A struct below its names.
    pub fn is_struct(&self) -> bool {
        self.underlying_is(|t| matches!(t, Type::Struct(_)))
    }

    /// An interface below its names, `any` and `error` among them.
    pub fn is_interface(&self) -> bool {
        self.underlying_is(|t| matches!(t, Type::Any | Type::Interface(_) | Type::Basic("error")))
    }

    /// The element of a slice, array or channel, the value of a map, below its names.
    pub fn element(&self) -> Option<Self> {
        match self.underlying()? {
            Type::Slice(of) | Type::Array(_, of) | Type::Map(_, of) | Type::Channel(of) => Some(*of),
            Type::Pointer(to) => match to.underlying()? {
                Type::Array(_, of) => Some(*of),
                _ => None,
            },
            Type::Basic("string") => Some(Type::Basic("byte")),
            _ => None,
        }
    }

    /// Whether it has methods of its own that `fmt` would call (String, Error, Format), or may have: a type that is
    /// not known may.
    pub fn may_format_itself(&self) -> bool {
        match self {
            Type::Basic(name) => *name == "error",
            Type::Named(named) => match named.spec {
                None => true,
                Some(spec) => {
                    ["String", "Error", "Format", "GoString"]
                        .iter()
                        .any(|m| spec.package().method_named(named.name, m).is_some())
                        || self.is_struct()
                }
            },
            Type::Pointer(to) => to.may_format_itself(),
            Type::Any | Type::Interface(_) | Type::Nil => true,
            _ => false,
        }
    }
}

const INTEGERS: [&str; 11] = [
    "int", "int8", "int16", "rune", "int64", "uint", "byte", "uint16", "uint32", "uint64", "uintptr",
];

impl Named<'_> {
    /// Whether it is written so: `net/http.Client`.
    pub fn is(&self, text: &str) -> bool {
        text.rsplit_once('.')
            .is_some_and(|(path, name)| path == self.path && name == self.name)
    }
}

impl std::fmt::Display for Type<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The nesting is that of `resolve`, which stops at a fixed depth.
        match self {
            Type::Basic(name) => f.write_str(name),
            Type::Named(named) => write!(f, "{}.{}", named.path, named.name),
            Type::Pointer(to) => write!(f, "*{to}"),
            Type::Slice(of) => write!(f, "[]{of}"),
            Type::Array(Some(n), of) => write!(f, "[{n}]{of}"),
            Type::Array(None, of) => write!(f, "[?]{of}"),
            Type::Map(key, value) => write!(f, "map[{key}]{value}"),
            Type::Channel(of) => write!(f, "chan {of}"),
            Type::Function(_) => f.write_str("func"),
            Type::Struct(_) => f.write_str("struct"),
            Type::Interface(_) => f.write_str("interface"),
            Type::Any => f.write_str("any"),
            Type::Nil => f.write_str("nil"),
        }
    }
}

/// Whether a node is written like a type rather than an expression.
pub(super) fn is_type_syntax(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ArrayType
            | Kind::SliceType
            | Kind::MapType
            | Kind::ChannelType
            | Kind::PointerType
            | Kind::FunctionType
            | Kind::StructType
            | Kind::InterfaceType
            | Kind::QualifiedType
            | Kind::GenericType
            | Kind::TypeIdentifier
            | Kind::ParenthesizedType
            | Kind::ImplicitLengthArrayType
    )
}

#[cfg(test)]
mod tests;
