//! Fields and methods of types.

use super::super::node::Node;
use super::super::syntax::{Field, Kind};
use super::{Named, Type};

/// How many levels of embedding are followed.
const MAX_EMBEDDING: usize = 3;

/// A field of a struct.
#[derive(Clone, Copy, Debug)]
pub struct StructField<'a> {
    /// Its name; of an embedded field the name of its type.
    pub name: &'a str,
    /// The identifier that declares it; of an embedded field its type.
    pub node: Node<'a>,
    /// Its type as written.
    pub type_node: Node<'a>,
    /// Whether it is embedded.
    pub is_embedded: bool,
    /// Whether it is an embedded pointer.
    pub is_embedded_pointer: bool,
}

impl<'a> StructField<'a> {
    /// Its type.
    pub fn field_type(&self) -> Option<Type<'a>> {
        let own = self.type_node.as_type()?;
        Some(if self.is_embedded_pointer {
            Type::Pointer(Box::new(own))
        } else {
            own
        })
    }
}

impl<'a> Type<'a> {
    /// The fields of a struct below its names, in order; empty for other types.
    pub fn struct_fields(&self) -> Vec<StructField<'a>> {
        match self.underlying() {
            Some(Type::Struct(node)) => fields_of(node),
            _ => Vec::new(),
        }
    }

    /// The type of a field, through pointers and embedded structs.
    pub fn field_type(&self, name: &str) -> Option<Type<'a>> {
        self.search(MAX_EMBEDDING, &|owner| {
            let own = owner.struct_fields();
            own.iter().find(|f| f.name == name)?.field_type()
        })
    }

    /// The declaration of a method (`MethodDeclaration` or `MethodElem`) and the type that declares it, through
    /// pointers and embedded types.
    pub fn method(&self, name: &str) -> Option<(Named<'a>, Node<'a>)> {
        self.search(MAX_EMBEDDING, &|owner| {
            let named = owner.named()?;
            let spec = named.spec?;
            let declared = spec.package().method_named(named.name, name);
            let method = declared.or_else(|| interface_method(owner, name))?;
            Some((named, method))
        })
    }

    /// The first answer of this type or of what it embeds, level by level.
    fn search<T>(&self, levels: usize, ask: &dyn Fn(&Type<'a>) -> Option<T>) -> Option<T> {
        let mut level = vec![self.pointed().clone()];
        for _ in 0..=levels {
            if let Some(found) = level.iter().find_map(ask) {
                return Some(found);
            }
            let embedded = |owner: &Type<'a>| {
                let fields = owner.struct_fields();
                fields
                    .into_iter()
                    .filter(|f| f.is_embedded)
                    .filter_map(|f| f.type_node.as_type())
            };
            level = level.iter().flat_map(embedded).take(16).collect();
        }
        None
    }
}

fn interface_method<'a>(owner: &Type<'a>, name: &str) -> Option<Node<'a>> {
    let Some(Type::Interface(node)) = owner.underlying() else {
        return None;
    };
    let mut methods = node.children().filter(|c| c.is(Kind::MethodElem));
    methods.find(|m| m.field(Field::Name).is_some_and(|n| n.text() == name))
}

/// The fields of a `StructType`.
fn fields_of(node: Node<'_>) -> Vec<StructField<'_>> {
    let Some(list) = node.child(0) else {
        return Vec::new();
    };
    let mut fields = Vec::new();
    for declaration in list.children().filter(|c| c.is(Kind::FieldDeclaration)) {
        let Some(type_node) = declaration.field(Field::Type) else {
            continue;
        };
        let names: Vec<Node<'_>> = declaration.fields(Field::Name).collect();
        if names.is_empty() {
            fields.push(embedded(declaration, type_node));
        }
        fields.extend(names.into_iter().map(|name| StructField {
            name: name.text(),
            node: name,
            type_node,
            is_embedded: false,
            is_embedded_pointer: false,
        }));
    }
    fields
}

fn embedded<'a>(declaration: Node<'a>, type_node: Node<'a>) -> StructField<'a> {
    let base = match type_node.kind() {
        Kind::GenericType => type_node.field(Field::Type).unwrap_or(type_node),
        _ => type_node,
    };
    let name = base.field(Field::Name).unwrap_or(base);
    StructField {
        name: name.text(),
        node: type_node,
        type_node,
        is_embedded: true,
        is_embedded_pointer: declaration.text().starts_with('*'),
    }
}
