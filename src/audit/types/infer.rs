//! Types of expressions.

use super::super::names::Local;
use super::super::node::Node;
use super::super::syntax::{Field, Kind};
use super::{Type, is_type_syntax};

/// How many expressions are followed from one to the next.
const MAX_DEPTH: usize = 24;

impl<'a> Node<'a> {
    /// The type of an expression, or `None`. A constant has its default type.
    pub fn ty(self) -> Option<Type<'a>> {
        infer(self, MAX_DEPTH)
    }

    /// The types of a call's results in order; `None` for what is not known, empty where nothing is.
    pub fn result_types(self) -> Vec<Option<Type<'a>>> {
        results(self.unparen(), MAX_DEPTH)
    }
}

impl<'a> Local<'a> {
    /// Its type, or `None`.
    pub fn ty(self) -> Option<Type<'a>> {
        local_type(self, None, MAX_DEPTH)
    }
}

fn infer(node: Node<'_>, depth: usize) -> Option<Type<'_>> {
    let depth = depth.checked_sub(1)?;
    let of = |field| infer(node.field(field)?, depth);
    match node.kind() {
        Kind::ParenthesizedExpression | Kind::LiteralElement | Kind::ExpressionStatement => {
            infer(node.child(0)?, depth)
        }
        Kind::IntLiteral => Some(Type::Basic("int")),
        Kind::FloatLiteral => Some(Type::Basic("float64")),
        Kind::ImaginaryLiteral => Some(Type::Basic("complex128")),
        Kind::RuneLiteral => Some(Type::Basic("rune")),
        Kind::InterpretedStringLiteral | Kind::RawStringLiteral => Some(Type::Basic("string")),
        Kind::True | Kind::False => Some(Type::Basic("bool")),
        Kind::Iota => Some(Type::Basic("int")),
        Kind::Nil => Some(Type::Nil),
        Kind::Identifier => identifier(node, depth),
        Kind::SelectorExpression => selector(node, depth),
        Kind::IndexExpression => index(node, depth),
        Kind::SliceExpression => match of(Field::Operand)? {
            Type::Array(_, of) => Some(Type::Slice(of)),
            Type::Pointer(to) => match *to {
                Type::Array(_, of) => Some(Type::Slice(of)),
                _ => None,
            },
            other => Some(other),
        },
        Kind::UnaryExpression => unary(node, depth),
        Kind::BinaryExpression => binary(node, depth),
        Kind::CallExpression => results(node, depth).into_iter().next()?,
        Kind::CompositeLiteral | Kind::TypeConversionExpression | Kind::TypeAssertionExpression => {
            node.field(Field::Type)?.as_type()
        }
        Kind::FuncLiteral => Some(Type::Function(node)),
        _ => None,
    }
}

fn identifier(node: Node<'_>, depth: usize) -> Option<Type<'_>> {
    if let Some(local) = node.local() {
        return local_type(local, Some(node), depth);
    }
    package_member(node, node.package(), depth)
}

/// A variable, constant or function of a package, by the name that a node shows.
fn package_member<'a>(
    name: Node<'a>,
    package: super::super::program::Package<'a>,
    depth: usize,
) -> Option<Type<'a>> {
    let text = name.text();
    if let Some(function) = package.function_named(text) {
        return Some(Type::Function(function));
    }
    let declared = package
        .variable_named(text)
        .or_else(|| package.constant_named(text))?;
    let spec = declared.parent()?;
    if let Some(written) = spec.field(Field::Type) {
        return written.as_type();
    }
    spec_value(spec, declared, depth)
}

/// The type that a `VarSpec` without a written type gives to a name.
fn spec_value<'a>(spec: Node<'a>, name: Node<'a>, depth: usize) -> Option<Type<'a>> {
    let names: Vec<Node<'a>> = spec.fields(Field::Name).collect();
    let at = names.iter().position(|n| *n == name)?;
    component(&spec.list(Field::Value), names.len(), at, depth)
}

/// The type of the value at an index, where one call, receive, index or assertion may give several.
fn component<'a>(values: &[Node<'a>], names: usize, at: usize, depth: usize) -> Option<Type<'a>> {
    if values.len() == names {
        return infer(*values.get(at)?, depth);
    }
    let value = values.first().filter(|_| values.len() == 1)?.unparen();
    match value.kind() {
        Kind::CallExpression => results(value, depth).into_iter().nth(at)?,
        _ if at == 0 => infer(value, depth),
        _ => Some(Type::Basic("bool")),
    }
}

/// A type switch gives its name another type in each clause.
fn local_type<'a>(local: Local<'a>, use_: Option<Node<'a>>, depth: usize) -> Option<Type<'a>> {
    let definition = local.definition();
    let name = local.declaration();
    if let Some(written) = local.type_node() {
        let own = written.as_type()?;
        let is_variadic = definition.is(Kind::VariadicParameterDeclaration);
        return Some(if is_variadic {
            Type::Slice(Box::new(own))
        } else {
            own
        });
    }
    match definition.kind() {
        Kind::VarSpec | Kind::ConstSpec => spec_value(definition, name, depth),
        Kind::ShortVarDeclaration => {
            let left = definition.list(Field::Left);
            let at = left.iter().position(|l| *l == name)?;
            component(&definition.list(Field::Right), left.len(), at, depth)
        }
        Kind::ReceiveStatement => {
            let at = definition.list(Field::Left).iter().position(|l| *l == name)?;
            component(&definition.list(Field::Right), 2, at, depth)
        }
        Kind::RangeClause => {
            let at = definition.list(Field::Left).iter().position(|l| *l == name)?;
            range_component(&infer(definition.field(Field::Right)?, depth)?, at)
        }
        Kind::TypeSwitchStatement => {
            let clause = use_?
                .ancestors()
                .take_while(|n| *n != definition)
                .find(|n| n.kind().is_case() && n.parent() == Some(definition))?;
            let types: Vec<Node<'a>> = clause.fields(Field::Type).collect();
            match (clause.kind(), types.as_slice()) {
                (Kind::TypeCase, [one]) => one.as_type(),
                _ => infer(definition.field(Field::Value)?, depth),
            }
        }
        _ => None,
    }
}

/// What a range gives as first (0) and second (1) value.
fn range_component<'a>(over: &Type<'a>, at: usize) -> Option<Type<'a>> {
    match (over.underlying()?, at) {
        (Type::Slice(_) | Type::Array(..) | Type::Basic("string"), 0) => Some(Type::Basic("int")),
        (Type::Basic("string"), _) => Some(Type::Basic("rune")),
        (Type::Basic(name), 0) if name != "error" => Some(over.clone()),
        (Type::Map(key, _), 0) => Some(*key),
        (Type::Channel(of), 0) => Some(*of),
        (Type::Pointer(_), 0) => Some(Type::Basic("int")),
        (Type::Slice(_) | Type::Array(..) | Type::Map(..) | Type::Pointer(_), 1) => over.element(),
        _ => None,
    }
}

fn selector(node: Node<'_>, depth: usize) -> Option<Type<'_>> {
    let operand = node.field(Field::Operand)?;
    let field = node.field(Field::Field)?;
    if let Some(path) = operand.imported_path() {
        return package_member(field, node.program.package_at(path)?, depth);
    }
    let owner = infer(operand, depth)?;
    owner
        .field_type(field.text())
        .or_else(|| Some(Type::Function(owner.method(field.text())?.1)))
}

fn index(node: Node<'_>, depth: usize) -> Option<Type<'_>> {
    infer(node.field(Field::Operand)?, depth)?.element()
}

fn unary(node: Node<'_>, depth: usize) -> Option<Type<'_>> {
    let operand = infer(node.field(Field::Operand)?, depth)?;
    match node.field(Field::Operator)?.text() {
        "&" => Some(Type::Pointer(Box::new(operand))),
        "*" => match operand.underlying()? {
            Type::Pointer(to) => Some(*to),
            _ => None,
        },
        "<-" => operand.element(),
        "!" => Some(Type::Basic("bool")),
        _ => Some(operand),
    }
}

fn binary(node: Node<'_>, depth: usize) -> Option<Type<'_>> {
    let (left, right) = (node.field(Field::Left)?, node.field(Field::Right)?);
    match node.field(Field::Operator)?.text() {
        "==" | "!=" | "<" | "<=" | ">" | ">=" | "&&" | "||" => Some(Type::Basic("bool")),
        "<<" | ">>" => infer(left, depth),
        // A literal takes the type of the other side; the right side first, for chains lean to the left.
        _ if left.kind().is_literal() => infer(right, depth),
        _ if !right.kind().is_literal() && !right.is(Kind::ParenthesizedExpression) => {
            infer(right, depth).or_else(|| infer(left, depth))
        }
        _ => infer(left, depth),
    }
}

fn results(call: Node<'_>, depth: usize) -> Vec<Option<Type<'_>>> {
    let Some(depth) = depth.checked_sub(1) else {
        return Vec::new();
    };
    if !call.is(Kind::CallExpression) {
        return vec![infer(call, depth)];
    }
    let Some(function) = call.field(Field::Function).map(Node::unparen) else {
        return Vec::new();
    };
    if let Some(converted) = converted_type(function) {
        return vec![Some(converted)];
    }
    if function.is_builtin() {
        return vec![builtin(call, function.text(), depth)];
    }
    match infer(function, depth).and_then(|t| t.underlying()) {
        Some(Type::Function(signature)) => result_nodes(signature)
            .into_iter()
            .map(|result| {
                result
                    .as_type()
                    .or_else(|| generic(call, signature, result, depth))
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The type to which a call converts, as in `string(b)`.
fn converted_type(function: Node<'_>) -> Option<Type<'_>> {
    match function.kind() {
        kind if is_type_syntax(kind) => function.as_type(),
        Kind::Identifier => {
            let is_value = function.package().function_named(function.text()).is_some();
            function.as_type().filter(|_| !is_value)
        }
        Kind::SelectorExpression => {
            let path = function.field(Field::Operand)?.imported_path()?;
            let name = function.field(Field::Field)?.text();
            function.program.package_at(path)?.type_named(name)?;
            function.as_type()
        }
        Kind::UnaryExpression if function.text().starts_with('*') => function.as_type(),
        _ => None,
    }
}

fn builtin<'a>(call: Node<'a>, name: &str, depth: usize) -> Option<Type<'a>> {
    let first = call.field(Field::Arguments)?.child(0);
    match name {
        "len" | "cap" | "copy" => Some(Type::Basic("int")),
        "make" => first?.as_type(),
        "new" => {
            let own = first?.as_type().or_else(|| infer(first?, depth));
            Some(Type::Pointer(Box::new(own?)))
        }
        "append" | "min" | "max" => infer(first?, depth),
        "recover" => Some(Type::Any),
        _ => None,
    }
}

/// The type nodes of a signature's results, one for each value.
pub(in crate::audit) fn result_nodes(signature: Node<'_>) -> Vec<Node<'_>> {
    let Some(result) = signature.field(Field::Result) else {
        return Vec::new();
    };
    if !result.is(Kind::ParameterList) {
        return vec![result];
    }
    parameter_types(result)
}

/// The type nodes of a parameter list, one for each parameter.
pub(in crate::audit) fn parameter_types(list: Node<'_>) -> Vec<Node<'_>> {
    let mut types = Vec::new();
    for declaration in list.children() {
        let Some(written) = declaration.field(Field::Type) else {
            continue;
        };
        let count = declaration.fields(Field::Name).count().max(1);
        types.extend(std::iter::repeat_n(written, count));
    }
    types
}

/// A result that is a type parameter (or a slice of one) takes the type of an argument that has it.
fn generic<'a>(call: Node<'a>, signature: Node<'a>, result: Node<'a>, depth: usize) -> Option<Type<'a>> {
    let wanted = result.text();
    let parameters = parameter_types(signature.field(Field::Parameters)?);
    let arguments: Vec<Node<'a>> = call.field(Field::Arguments)?.children().collect();
    for (parameter, argument) in parameters.iter().zip(arguments) {
        let written = parameter.text();
        if written == wanted {
            return infer(argument, depth);
        }
        if written.strip_prefix("[]") == Some(wanted) || constraint(signature, written, wanted) {
            return infer(argument, depth)?.element();
        }
    }
    None
}

/// Whether `[S ~[]E]` ties the parameter's type to the element that is wanted.
fn constraint(signature: Node<'_>, parameter: &str, wanted: &str) -> bool {
    let Some(list) = signature.field(Field::TypeParameters) else {
        return false;
    };
    list.children().any(|p| {
        let named = p.fields(Field::Name).any(|n| n.text() == parameter);
        let bound = p.field(Field::Type).map_or("", Node::text);
        named && bound.trim().strip_prefix("~[]") == Some(wanted)
    })
}
