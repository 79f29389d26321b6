//! Types that guard their fields with a lock, and what their methods do under it.

use rustc_hash::FxHashSet;

use crate::audit::{Field, Function, Kind, Local, Node, Package, StructField};

use super::sections::{Section, root_of, sections};

/// A struct with a lock among its fields.
pub(super) struct Guarded<'a> {
    /// The `TypeSpec`.
    pub spec: Node<'a>,
    /// Its fields.
    pub fields: Vec<StructField<'a>>,
    /// The field that is the lock.
    pub lock: StructField<'a>,
    /// It is an RWMutex.
    pub is_rw: bool,
    /// Its methods that take this lock.
    pub methods: Vec<Method<'a>>,
    /// The names of its methods that write its fields, whether they lock or not.
    writers: FxHashSet<&'a str>,
}

/// A method with its sections under the lock.
pub(super) struct Method<'a> {
    pub function: Function<'a>,
    pub receiver: Local<'a>,
    pub sections: Vec<Section<'a>>,
}

/// The types of a package that hold a lock by value, once for each lock.
pub(super) fn guarded(package: Package<'_>) -> Vec<Guarded<'_>> {
    package.types().into_iter().flat_map(guards_of).collect()
}

fn guards_of(spec: Node<'_>) -> Vec<Guarded<'_>> {
    let Some(declared) = spec.declared_type().filter(|_| spec.is(Kind::TypeSpec)) else {
        return Vec::new();
    };
    let fields = declared.struct_fields();
    let kind = |f: &StructField<'_>| {
        let ty = f.field_type()?;
        let is_rw = ty.is("sync.RWMutex");
        (is_rw || ty.is("sync.Mutex")).then_some(is_rw)
    };
    let locks: Vec<_> = fields.iter().filter_map(|f| Some((*f, kind(f)?))).collect();
    if locks.is_empty() {
        return Vec::new();
    }
    let name = spec.field(Field::Name).map_or("", Node::text);
    let functions: Vec<Function<'_>> = spec
        .package()
        .methods_of(name)
        .into_iter()
        .filter_map(Function::of)
        .collect();
    let writers = functions.iter().filter(|f| writes_anything(**f));
    let writers: FxHashSet<&str> = writers.map(|f| f.name()).collect();
    let mut found = Vec::new();
    for (lock, is_rw) in locks {
        found.push(Guarded {
            spec,
            fields: fields.clone(),
            lock,
            is_rw,
            methods: functions.iter().filter_map(|f| method(*f, &lock)).collect(),
            writers: writers.clone(),
        });
    }
    found
}

fn method<'a>(function: Function<'a>, lock: &StructField<'a>) -> Option<Method<'a>> {
    let receiver = function.receiver()?;
    let path = format!("{}.{}", receiver.name(), lock.name);
    let is_this = |s: &Section<'a>| {
        let text = s.lock().text();
        text == path || (lock.is_embedded && text == receiver.name())
    };
    let own: Vec<Section<'a>> = sections(function.body).into_iter().filter(is_this).collect();
    (!own.is_empty()).then_some(Method {
        function,
        receiver,
        sections: own,
    })
}

fn writes_anything(function: Function<'_>) -> bool {
    let Some(receiver) = function.receiver() else {
        return false;
    };
    function.body.descendants().any(|n| writes(n, receiver, None))
}

impl<'a> Guarded<'a> {
    /// Its name.
    pub fn name(&self) -> &'a str {
        self.spec.field(Field::Name).map_or("", Node::text)
    }

    /// Whether a method writes a field under the lock.
    pub fn is_writer(&self, method: &Method<'a>) -> bool {
        method
            .sections
            .iter()
            .any(|s| self.section_writes(s, method.receiver))
    }

    /// Whether anything in a section writes a field of the receiver.
    pub fn section_writes(&self, section: &Section<'a>, receiver: Local<'a>) -> bool {
        section.nodes().any(|n| writes(n, receiver, Some(&self.writers)))
    }
}

/// Whether a node by itself changes what belongs to the receiver. Without a table of writers its own methods count as
/// changing nothing.
pub(super) fn writes<'a>(node: Node<'a>, receiver: Local<'a>, writers: Option<&FxHashSet<&'a str>>) -> bool {
    match node.kind() {
        Kind::AssignmentStatement => node.list(Field::Left).into_iter().any(|t| belongs(t, receiver)),
        Kind::IncStatement | Kind::DecStatement => node.child(0).is_some_and(|t| belongs(t, receiver)),
        Kind::UnaryExpression => {
            let is_address = node.text().starts_with('&');
            is_address && node.field(Field::Operand).is_some_and(|o| belongs(o, receiver))
        }
        Kind::CallExpression => call_writes(node, receiver, writers),
        _ => false,
    }
}

/// A field of the receiver, or something behind a pointer, map or slice that was taken from it.
fn belongs<'a>(target: Node<'a>, receiver: Local<'a>) -> bool {
    let Some((root, steps)) = root_of(target) else {
        return false;
    };
    let Some(local) = root.local().filter(|_| steps > 0) else {
        return false;
    };
    local == receiver || is_taken_from(local, receiver)
}

fn is_taken_from<'a>(local: Local<'a>, receiver: Local<'a>) -> bool {
    let is_shared = local
        .ty()
        .is_none_or(|t| t.is_pointer() || t.is_map() || t.is_slice());
    let definition = local.definition();
    let is_statement = matches!(definition.kind(), Kind::ShortVarDeclaration | Kind::RangeClause);
    is_shared && is_statement && definition.uses(receiver)
}

const GETTERS: [&str; 27] = [
    "Get", "Len", "Has", "Is", "Contains", "Load", "String", "Peek", "Find", "Lookup", "Size", "Count",
    "Cap", "Equal", "Compare", "Keys", "Values", "Front", "Back", "Err", "Name", "Bytes", "Test", "Can",
    "Min", "Max", "Type",
];

fn call_writes<'a>(node: Node<'a>, receiver: Local<'a>, writers: Option<&FxHashSet<&'a str>>) -> bool {
    let Some(call) = node.call() else { return false };
    if call.is_to_any(&["delete", "clear", "copy"]) && call.callee.package.is_empty() {
        return call.argument(0).is_some_and(|a| belongs(a, receiver));
    }
    let Some(operand) = call.operand().filter(|_| call.callee.is_method) else {
        return false;
    };
    let Some((root, steps)) = root_of(operand) else {
        return false;
    };
    if root.local() != Some(receiver) {
        return false;
    }
    let name = call.callee.name;
    if super::sections::LockOp::named(name).is_some() {
        return false;
    }
    let Some(writers) = writers else {
        return steps > 0 && is_setter(name, call.callee.package);
    };
    if steps == 0 {
        return writers.contains(name);
    }
    is_setter(name, call.callee.package)
}

fn is_setter(name: &str, package: &str) -> bool {
    package != "time" && package != "sync/atomic" && !GETTERS.iter().any(|g| name.starts_with(g))
}
