//! Type expressions to [`Type`]s.

use super::super::names::LocalKind;
use super::super::node::Node;
use super::super::syntax::{Field, Kind};
use super::{MAX_STEPS, Named, Type};

/// How deep a type expression is followed.
const MAX_DEPTH: usize = 16;

const BASIC: [&str; 20] = [
    "bool",
    "string",
    "int",
    "int8",
    "int16",
    "int64",
    "uint",
    "uint16",
    "uint32",
    "uint64",
    "uintptr",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "error",
    "byte",
    "rune",
    "comparable",
    "",
];

impl<'a> Node<'a> {
    /// The type that a type expression means; `None` where a name in it is not known.
    pub fn as_type(self) -> Option<Type<'a>> {
        resolve(self, MAX_DEPTH)
    }

    /// Of a `TypeSpec` or `TypeAlias`: the type on its right side.
    pub fn declared_type(self) -> Option<Type<'a>> {
        self.field(Field::Type)?.as_type()
    }
}

fn resolve(node: Node<'_>, depth: usize) -> Option<Type<'_>> {
    let depth = depth.checked_sub(1)?;
    let inner = |field| resolve(node.field(field)?, depth).map(Box::new);
    match node.kind() {
        Kind::TypeIdentifier | Kind::Identifier => named(node, depth),
        Kind::QualifiedType => {
            let import = node.file().import(node.field(Field::Package)?.text())?;
            member(node, &import.path, node.field(Field::Name)?.text(), depth)
        }
        Kind::SelectorExpression => {
            let import = node.field(Field::Operand)?.imported_path()?;
            member(node, import, node.field(Field::Field)?.text(), depth)
        }
        Kind::PointerType => Some(Type::Pointer(Box::new(resolve(node.child(0)?, depth)?))),
        Kind::UnaryExpression if node.text().starts_with('*') => Some(Type::Pointer(Box::new(resolve(
            node.field(Field::Operand)?,
            depth,
        )?))),
        Kind::SliceType => Some(Type::Slice(inner(Field::Element)?)),
        Kind::ArrayType | Kind::ImplicitLengthArrayType => {
            let length = node.field(Field::Length).and_then(Node::constant_integer);
            let length = length.and_then(|n| u64::try_from(n).ok());
            Some(Type::Array(length, inner(Field::Element)?))
        }
        Kind::MapType => Some(Type::Map(inner(Field::Key)?, inner(Field::Value)?)),
        Kind::ChannelType => Some(Type::Channel(inner(Field::Value)?)),
        Kind::FunctionType => Some(Type::Function(node)),
        Kind::StructType => Some(Type::Struct(node)),
        Kind::InterfaceType if node.child(0).is_none() => Some(Type::Any),
        Kind::InterfaceType => Some(Type::Interface(node)),
        Kind::GenericType => inner(Field::Type).map(|t| *t),
        Kind::ParenthesizedType | Kind::TypeElem | Kind::ParenthesizedExpression => {
            resolve(node.child(0)?, depth)
        }
        _ => None,
    }
}

fn named(node: Node<'_>, depth: usize) -> Option<Type<'_>> {
    let name = node.text();
    if let Some(local) = node.local() {
        let spec = local.definition();
        return match (local.kind(), spec.kind()) {
            (LocalKind::Type, Kind::TypeSpec | Kind::TypeAlias) => declared(spec, name, depth),
            _ => None,
        };
    }
    if let Some(spec) = node.package().type_named(name) {
        return declared(spec, name, depth);
    }
    match name {
        "uint8" => Some(Type::Basic("byte")),
        "int32" => Some(Type::Basic("rune")),
        "any" => Some(Type::Any),
        _ => match BASIC.iter().find(|b| **b == name) {
            Some(basic) => Some(Type::Basic(basic)),
            None => dot_import(node, depth).or_else(|| elsewhere(node)),
        },
    }
}

/// A type of this package whose declaration is not among the files.
fn elsewhere(node: Node<'_>) -> Option<Type<'_>> {
    let has_dots = node.file().facts().imports.iter().any(|i| i.is_dot);
    let named = Named {
        path: node.package().path(),
        name: node.text(),
        spec: None,
    };
    (node.is(Kind::TypeIdentifier) && !has_dots).then_some(Type::Named(named))
}

/// A bare name comes from a dot import only when exactly one can supply it.
fn dot_import(node: Node<'_>, depth: usize) -> Option<Type<'_>> {
    let mut dots = node.file().facts().imports.iter().filter(|i| i.is_dot);
    let path = &dots.next().filter(|_| dots.next().is_none())?.path;
    let spec = node.program.package_at(path)?.type_named(node.text())?;
    declared(spec, node.text(), depth)
}

fn member<'a>(node: Node<'a>, path: &'a str, name: &'a str, depth: usize) -> Option<Type<'a>> {
    match node.program.package_at(path) {
        // A package of which we have a part only: the name may be missing there.
        Some(package) => match package.type_named(name) {
            Some(spec) => declared(spec, name, depth),
            None => Some(Type::Named(Named {
                path,
                name,
                spec: None,
            })),
        },
        None => Some(Type::Named(Named {
            path,
            name,
            spec: None,
        })),
    }
}

/// An alias is what it stands for.
fn declared<'a>(spec: Node<'a>, name: &'a str, depth: usize) -> Option<Type<'a>> {
    if spec.is(Kind::TypeAlias) {
        return resolve(spec.field(Field::Type)?, depth.min(MAX_STEPS));
    }
    Some(Type::Named(Named {
        path: spec.package().path(),
        name,
        spec: Some(spec),
    }))
}
