//! Calls and whom they call, by canonical names.

use super::super::node::Node;
use super::super::syntax::{Field, Kind};

/// Whom a call calls, as far as that can be told.
#[derive(Debug, Clone, Copy)]
pub struct Callee<'a> {
    /// Import path of the package that declares it; empty where unknown and for builtins.
    pub package: &'a str,
    /// The type whose method it is, without `*`; empty for functions and where the receiver is unknown.
    pub receiver: &'a str,
    /// Its own name; empty for the call of a literal or of a call's result.
    pub name: &'a str,
    /// Written `x.name(…)` with an `x` that is no package.
    pub is_method: bool,
    /// Its declaration, where that is known: function, method, `MethodElem` or literal.
    pub declaration: Option<Node<'a>>,
}

impl<'a> Callee<'a> {
    /// Whether it is the function or method of this name:
    /// `net/http.Get`, `(*database/sql.DB).Query` (the star makes no difference), `.Close` for a method of that name
    /// on whatever receiver, `len` for a builtin. Alternatives of the last part stand side by side: `fmt.Print|Println`.
    pub fn is(&self, pattern: &str) -> bool {
        let (owner, names) = split_pattern(pattern);
        names.split('|').any(|n| n == self.name) && self.is_of(&owner)
    }

    /// Whether it is any of them.
    pub fn is_any(&self, patterns: &[&str]) -> bool {
        patterns.iter().any(|p| self.is(p))
    }

    fn is_of(&self, owner: &Owner<'_>) -> bool {
        match owner {
            Owner::Builtin => self.package.is_empty() && !self.is_method && self.declaration.is_none(),
            Owner::Any => self.is_method,
            Owner::Package(path) => !self.is_method && self.package == *path,
            Owner::Type(path, name) => self.is_method && self.package == *path && self.receiver == *name,
        }
    }

    /// Whether it is a method of this type, as in `database/sql.DB`.
    pub fn is_method_of(&self, type_name: &str) -> bool {
        type_name
            .rsplit_once('.')
            .is_some_and(|(path, name)| self.is_method && self.package == path && self.receiver == name)
    }

    /// Whether nothing but its name is known.
    pub fn is_unknown(&self) -> bool {
        self.package.is_empty() && self.declaration.is_none()
    }
}

enum Owner<'p> {
    Builtin,
    Any,
    Package(&'p str),
    Type(&'p str, &'p str),
}

fn split_pattern(pattern: &str) -> (Owner<'_>, &str) {
    if let Some(names) = pattern.strip_prefix('.') {
        return (Owner::Any, names);
    }
    if let Some((owner, names)) = pattern.strip_prefix('(').and_then(|p| p.split_once(").")) {
        let owner = owner.trim_start_matches('*');
        return (
            owner
                .rsplit_once('.')
                .map_or(Owner::Type("", owner), |(p, t)| Owner::Type(p, t)),
            names,
        );
    }
    pattern
        .rsplit_once('.')
        .map_or((Owner::Builtin, pattern), |(path, names)| {
            (Owner::Package(path), names)
        })
}

/// The names by which a pattern can be called, for a table of rules.
pub(in crate::audit) fn pattern_names(pattern: &str) -> impl Iterator<Item = &str> {
    split_pattern(pattern).1.split('|')
}

/// A call with its callee.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The `CallExpression`.
    pub node: Node<'a>,
    /// Whom it calls.
    pub callee: Callee<'a>,
}

impl<'a> Call<'a> {
    /// Whether it calls this, by the pattern of [`Callee::is`].
    pub fn is_to(&self, pattern: &str) -> bool {
        self.callee.is(pattern)
    }

    /// Whether it calls any of these.
    pub fn is_to_any(&self, patterns: &[&str]) -> bool {
        self.callee.is_any(patterns)
    }

    /// Whether it calls a predeclared function such as `len`.
    pub fn is_builtin(&self) -> bool {
        self.node.field(Field::Function).is_some_and(Node::is_builtin)
    }

    /// Its arguments in order; types too, as in `make([]int, n)`.
    pub fn arguments(&self) -> Vec<Node<'a>> {
        self.node
            .field(Field::Arguments)
            .map_or(Vec::new(), |list| list.children().collect())
    }

    /// The argument at an index.
    pub fn argument(&self, index: usize) -> Option<Node<'a>> {
        self.node.field(Field::Arguments)?.child(index)
    }

    /// `x` of `x.f(…)`.
    pub fn operand(&self) -> Option<Node<'a>> {
        self.node.field(Field::Function)?.unparen().field(Field::Operand)
    }

    /// Whether its last argument is spread: `f(xs...)`.
    pub fn is_spread(&self) -> bool {
        self.arguments()
            .last()
            .is_some_and(|a| a.is(Kind::VariadicArgument))
    }
}

impl<'a> Node<'a> {
    /// The call that this node is; `None` for conversions and what is no call.
    pub fn call(self) -> Option<Call<'a>> {
        let node = self.unparen();
        let node = match node.kind() {
            Kind::ExpressionStatement | Kind::GoStatement | Kind::DeferStatement => node.child(0)?.unparen(),
            _ => node,
        };
        let callee = callee_of(node)?;
        Some(Call { node, callee })
    }

    /// Whether it is a call of this, by the pattern of [`Callee::is`].
    pub fn is_call_to(self, pattern: &str) -> bool {
        self.call().is_some_and(|c| c.is_to(pattern))
    }

    /// Every call below it.
    pub fn calls(self) -> impl Iterator<Item = Call<'a>> {
        self.find_all(Kind::CallExpression).filter_map(Node::call)
    }

    /// The path of the package that this identifier names; `None` where something nearer has that name.
    pub fn imported_path(self) -> Option<&'a str> {
        let node = self.unparen();
        if !node.is(Kind::Identifier) || node.local().is_some() {
            return None;
        }
        let import = node.file().import(node.text())?;
        let package = node.package();
        let is_shadowed = package.variable_named(node.text()).is_some();
        (!is_shadowed).then_some(import.path.as_str())
    }

    /// Whether this identifier is a predeclared function.
    pub(in crate::audit) fn is_builtin(self) -> bool {
        self.is(Kind::Identifier)
            && BUILTINS.contains(&self.text())
            && self.local().is_none()
            && self.package().function_named(self.text()).is_none()
    }
}

const BUILTINS: [&str; 18] = [
    "append", "cap", "clear", "close", "complex", "copy", "delete", "imag", "len", "make", "max", "min",
    "new", "panic", "print", "println", "real", "recover",
];

fn callee_of(call: Node<'_>) -> Option<Callee<'_>> {
    if !call.is(Kind::CallExpression) {
        return None;
    }
    let function = call.field(Field::Function)?.unparen();
    let function = match function.kind() {
        // f[int](x)
        Kind::IndexExpression | Kind::TypeInstantiationExpression => function.child(0)?.unparen(),
        _ => function,
    };
    match function.kind() {
        Kind::Identifier => Some(plain(function)),
        Kind::SelectorExpression => selected(function),
        Kind::FuncLiteral => Some(Callee {
            declaration: Some(function),
            ..unnamed()
        }),
        Kind::CallExpression => Some(unnamed()),
        _ => None,
    }
}

fn unnamed<'a>() -> Callee<'a> {
    Callee {
        package: "",
        receiver: "",
        name: "",
        is_method: false,
        declaration: None,
    }
}

fn plain(function: Node<'_>) -> Callee<'_> {
    let name = function.text();
    let callee = Callee { name, ..unnamed() };
    if let Some(local) = function.local() {
        let literal = local
            .initial_value()
            .filter(|v| v.is(Kind::FuncLiteral) && local.is_assigned_once());
        return Callee {
            declaration: literal,
            // Not a builtin of the same name.
            package: "local",
            ..callee
        };
    }
    let package = function.package();
    if let Some(declaration) = package.function_named(name) {
        return Callee {
            package: package.path(),
            declaration: Some(declaration),
            ..callee
        };
    }
    if package.variable_named(name).is_some() {
        return Callee {
            package: package.path(),
            ..callee
        };
    }
    if function.is_builtin() {
        return callee;
    }
    dot_imported(function, callee)
}

fn dot_imported<'a>(function: Node<'a>, callee: Callee<'a>) -> Callee<'a> {
    let mut dots = function.file().facts().imports.iter().filter(|i| i.is_dot);
    let Some(import) = dots.next().filter(|_| dots.next().is_none()) else {
        return callee;
    };
    let package = function.program.package_at(&import.path);
    let is_other = package.is_some_and(|p| p.function_named(callee.name).is_none());
    Callee {
        package: if is_other { "" } else { &import.path },
        declaration: package.and_then(|p| p.function_named(callee.name)),
        ..callee
    }
}

fn selected(function: Node<'_>) -> Option<Callee<'_>> {
    let operand = function.field(Field::Operand)?;
    let name = function.field(Field::Field)?.text();
    let callee = Callee { name, ..unnamed() };
    if let Some(path) = operand.imported_path() {
        let package = function.program.package_at(path);
        return Some(Callee {
            package: path,
            declaration: package.and_then(|p| p.function_named(name)),
            ..callee
        });
    }
    let callee = Callee {
        is_method: true,
        ..callee
    };
    let Some(owner) = operand.ty() else {
        return Some(callee);
    };
    if let Some((named, method)) = owner.method(name) {
        return Some(Callee {
            package: named.path,
            receiver: named.name,
            declaration: Some(method),
            ..callee
        });
    }
    Some(owner.named().map_or(callee, |named| Callee {
        package: named.path,
        receiver: named.name,
        ..callee
    }))
}

/// The name that a call shows, without asking whose it is.
pub(in crate::audit) fn called_name(call: Node<'_>) -> Option<&str> {
    let function = call.field(Field::Function)?.unparen();
    let function = match function.kind() {
        Kind::IndexExpression | Kind::TypeInstantiationExpression => function.child(0)?,
        _ => function,
    };
    Some(match function.kind() {
        Kind::SelectorExpression => function.field(Field::Field)?.text(),
        _ => function.text(),
    })
}
