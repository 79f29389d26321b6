//! [`Function`]: a declaration, method or literal with a body.

use super::super::node::Node;
use super::super::syntax::{Field, Kind};
use super::Local;

/// A function with a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function<'a> {
    /// The declaration, method or literal.
    pub node: Node<'a>,
    /// Its body.
    pub body: Node<'a>,
}

impl<'a> Function<'a> {
    /// The function that a node is; `None` without a body.
    pub fn of(node: Node<'a>) -> Option<Self> {
        let body = node.body().filter(|_| node.kind().is_function())?;
        Some(Self { node, body })
    }

    /// Its own name; empty for literals.
    pub fn name(self) -> &'a str {
        self.node.field(Field::Name).map_or("", Node::text)
    }

    /// Whether it is a literal.
    pub fn is_literal(self) -> bool {
        self.node.is(Kind::FuncLiteral)
    }

    /// The name of the type whose method it is, without `*`.
    pub fn receiver_type(self) -> Option<&'a str> {
        let list = self.node.field(Field::Receiver)?;
        list.find_all(Kind::TypeIdentifier).next().map(Node::text)
    }

    /// The receiver as a local.
    pub fn receiver(self) -> Option<Local<'a>> {
        named(self.node.field(Field::Receiver)?).into_iter().next()
    }

    /// Its named parameters in order.
    pub fn parameters(self) -> Vec<Local<'a>> {
        self.node.field(Field::Parameters).map_or(Vec::new(), named)
    }

    /// Its named results in order.
    pub fn results(self) -> Vec<Local<'a>> {
        self.node
            .field(Field::Result)
            .filter(|r| r.is(Kind::ParameterList))
            .map_or(Vec::new(), named)
    }

    /// The parameter whose type is `context.Context`.
    pub fn context(self) -> Option<Local<'a>> {
        let is_context = |l: &Local<'a>| l.ty().is_some_and(|t| t.is("context.Context"));
        self.parameters().into_iter().find(is_context)
    }

    /// Whether a request comes in here: an HTTP handler, a gin, echo or fiber one, or a gRPC method.
    pub fn is_request_path(self) -> bool {
        let types: Vec<String> = self
            .parameters()
            .iter()
            .filter_map(|l| l.ty())
            .map(|t| t.to_string())
            .collect();
        let has = |name: &str| types.iter().any(|t| t == name);
        let is_frame = |t: &String| {
            t.starts_with("*github.com/gin-gonic/gin.Context")
                || t.starts_with("github.com/labstack/echo") && t.ends_with(".Context")
                || t.starts_with("*github.com/gofiber/fiber") && t.ends_with(".Ctx")
        };
        let is_grpc = match types.as_slice() {
            [context, request] => {
                context == "context.Context" && request.starts_with('*') && request.ends_with("Request")
            }
            _ => false,
        };
        (has("net/http.ResponseWriter") && has("*net/http.Request")) || types.iter().any(is_frame) || is_grpc
    }

    /// Whether it runs once at the start: `init`, `main` of a program, constructors and loaders, migrations.
    pub fn is_startup(self) -> bool {
        let declaration = self.node.enclosing_declaration();
        let name = declaration
            .and_then(|d| d.field(Field::Name))
            .map_or("", Node::text);
        let path = self.node.file().path();
        name == "init"
            || (name == "main" && self.node.package().name() == "main")
            || name.starts_with("New")
            || name.starts_with("Load")
            || (name.starts_with("Parse") && name.contains("Config"))
            || path.starts_with("cmd/")
            || path.contains("/cmd/")
            || path.contains("migration")
    }

    /// Whether it is the body of a `go` statement.
    pub fn is_goroutine(self) -> bool {
        let call = self.node.parent().filter(|p| p.is(Kind::CallExpression));
        call.and_then(Node::parent)
            .is_some_and(|p| p.is(Kind::GoStatement))
    }

    /// Its name as a profile shows it: `pkg.F`, `pkg.(*T).M`, `pkg.F.func1.2` for literals.
    pub fn profile_name(self) -> String {
        profile_name(self.node)
    }
}

fn named(list: Node<'_>) -> Vec<Local<'_>> {
    list.children()
        .flat_map(|p| p.fields(Field::Name))
        .filter_map(Node::local)
        .collect()
}

impl<'a> Node<'a> {
    /// The function in whose body it stands, or that it is.
    pub fn function(self) -> Option<Function<'a>> {
        let mut around = std::iter::once(self).chain(self.ancestors());
        around.find_map(Function::of)
    }
}

fn profile_name(node: Node<'_>) -> String {
    let mut literals = Vec::new();
    let mut current = node;
    while current.is(Kind::FuncLiteral) {
        let outer = current.enclosing_function();
        literals.push((current, outer));
        match outer {
            Some(outer) => current = outer,
            None => break,
        }
    }
    let package = node.package();
    let base = if package.name() == "main" {
        "main"
    } else {
        package.path()
    };
    let mut name = format!("{base}.{}", declared_name(current));
    for (literal, outer) in literals.into_iter().rev() {
        let number = match outer {
            Some(outer) => own_literals(outer).position(|l| l == literal),
            None => package_literals(literal).position(|l| l == literal),
        };
        let number = number.map_or(0, |n| n + 1);
        let is_nested = outer.is_some_and(|o| o.is(Kind::FuncLiteral));
        let word = if is_nested { "" } else { "func" };
        name = format!("{name}.{word}{number}");
    }
    name
}

/// `F`, `T.M`, `(*T).M`; `init` for what initialises package variables, `init.0` for the first `init`.
fn declared_name(node: Node<'_>) -> String {
    let Some(function) = Function::of(node).filter(|f| !f.is_literal()) else {
        return "init".to_string();
    };
    let name = function.name();
    match function.receiver_type() {
        Some(receiver) => {
            let list = node.field(Field::Receiver).map_or("", Node::text);
            if list.contains('*') {
                format!("(*{receiver}).{name}")
            } else {
                format!("{receiver}.{name}")
            }
        }
        None if name == "init" => {
            let inits = node.package().functions();
            let same = |n: &Node<'_>| n.field(Field::Name).is_some_and(|f| f.text() == "init");
            let number = inits.into_iter().filter(same).position(|n| n == node);
            format!("init.{}", number.unwrap_or(0))
        }
        None => name.to_string(),
    }
}

/// The literals directly inside a function, in source order.
fn own_literals(function: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    function.descendants_here().filter(|n| n.is(Kind::FuncLiteral))
}

/// The literals that initialise package variables, file by file.
fn package_literals(of: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let mut found = Vec::new();
    for file in of.package().files() {
        for variables in file.root().children().filter(|c| c.is(Kind::VarDeclaration)) {
            found.extend(own_literals(variables));
        }
    }
    found.into_iter()
}
