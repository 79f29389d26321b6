//! The test file around the call.

use std::collections::BTreeSet;

use super::imports::Imports;
use super::types::aliases;
use super::values::{Value, value};
use crate::source::{GoFile, Param, Signature, qualifiers, words};

/// How the benchmark loops.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form {
    /// By `b.Loop`, which Go has since 1.24; else by counting to `b.N`.
    pub by_loop: bool,
}

/// The language's own names that the file may need.
const PREDECLARED: [&str; 12] = [
    "any", "byte", "error", "false", "int", "len", "make", "new", "nil", "panic", "string", "true",
];

/// The whole file.
///
/// # Errors
/// Why it cannot be written so that it compiles.
pub(super) fn test_file(
    file: &GoFile<'_>,
    signature: &Signature,
    name: &str,
    form: Form,
) -> Result<String, String> {
    let clause = file.package().ok_or("the source found has no package clause")?;
    let imports = Imports::new(file.imports());
    if imports.has_dot() {
        return Err("its file imports a package by a dot, so its types may come from there".to_string());
    }
    let kinds: Vec<&str> = signature
        .params
        .iter()
        .chain(&signature.results)
        .map(|p| p.kind.as_str())
        .collect();
    if kinds.iter().any(|kind| qualifiers(kind).contains(&"C")) {
        return Err("it takes or gives types of C, which a test file cannot name".to_string());
    }
    let mut names = Names::new(signature, &imports, name);
    let body = body(signature, &imports, &mut names, form, name)?;
    let own: Vec<&str> = names.given.iter().map(String::as_str).collect();
    let mut specs = BTreeSet::from(["\"testing\"".to_string()]);
    for used in qualifiers(&body).into_iter().filter(|q| !own.contains(q)) {
        if file.declares(used) {
            return Err(format!("its file declares {used}, which hides the package"));
        }
        specs.insert(
            imports
                .spec(used)
                .ok_or_else(|| format!("no import of its file is {used}"))?,
        );
    }
    let constraint = file
        .build_constraint()
        .map_or(String::new(), |line| format!("{line}\n\n"));
    let specs: Vec<String> = specs.iter().map(|s| format!("    {s}\n")).collect();
    Ok(format!(
        "{constraint}package {clause}\n\nimport (\n{})\n\n{body}",
        specs.concat()
    ))
}

/// A file without a call.
pub(super) fn outline(clause: &str, name: &str, short: &str, form: Form) -> String {
    let head = loop_head("b", "i", form);
    format!(
        "package {clause}\n\nimport \"testing\"\n\nfunc {name}(b *testing.B) {{\n    \
         // TODO: set up what {short} works on, as large as in production.\n    \
         b.ReportAllocs()\n{head}        // TODO: call {short} and keep its result.\n    }}\n}}\n"
    )
}

fn loop_head(bench: &str, turn: &str, form: Form) -> String {
    match form.by_loop {
        true => format!("    for {bench}.Loop() {{\n"),
        false => format!("    {bench}.ResetTimer()\n    for {turn} := 0; {turn} < {bench}.N; {turn}++ {{\n"),
    }
}

fn body(
    signature: &Signature,
    imports: &Imports<'_>,
    names: &mut Names,
    form: Form,
    name: &str,
) -> Result<String, String> {
    let bench = names.free("b", "bench");
    let turn = names.free("i", "turn");
    let mut before = aliases(&signature.type_params, imports)?;
    let callee = callee(signature, names, &mut before);
    let mut each = Vec::new();
    let mut arguments = Vec::new();
    for (n, param) in signature.params.iter().enumerate() {
        let value = argument(param, n, imports, names, &bench);
        before.extend(value.before);
        each.extend(value.each);
        arguments.push(value.argument);
    }
    let call = format!("{callee}({})", arguments.join(", "));
    let results: Vec<String> = (1..=signature.results.len())
        .map(|n| names.free(&format!("result{n}"), "kept"))
        .collect();
    let kinds = results.iter().zip(&signature.results);
    before.extend(kinds.map(|(result, kind)| format!("var {result} {}", kind.kind)));
    let sink = format!("sink{}", name.trim_start_matches("Benchmark"));
    let mut out = String::new();
    if !results.is_empty() {
        out.push_str(&format!(
            "// {sink} keeps the results, so that the compiler cannot leave out the call.\n"
        ));
        out.push_str(&format!("var {sink} []any\n\n"));
    }
    out.push_str(&format!("func {name}({bench} *testing.B) {{\n"));
    before
        .iter()
        .for_each(|line| out.push_str(&format!("    {line}\n")));
    out.push_str(&format!(
        "    {bench}.ReportAllocs()\n{}",
        loop_head(&bench, &turn, form)
    ));
    each.iter()
        .for_each(|line| out.push_str(&format!("        {line}\n")));
    match results.is_empty() {
        true => out.push_str(&format!("        {call}\n    }}\n}}\n")),
        false => {
            let list = results.join(", ");
            out.push_str(&format!(
                "        {list} = {call}\n    }}\n    {sink} = []any{{{list}}}\n}}\n"
            ));
        }
    }
    Ok(out)
}

/// What is called: the function with its types, or the method of a value that is declared before.
fn callee(signature: &Signature, names: &mut Names, before: &mut Vec<String>) -> String {
    let types: Vec<&str> = signature.type_params.iter().map(|p| p.name.as_str()).collect();
    let args = match types.is_empty() {
        true => String::new(),
        false => format!("[{}]", types.join(", ")),
    };
    let Some(receiver) = &signature.receiver else {
        return format!("{}{args}", signature.name);
    };
    let kind = format!("{}{args}", receiver.kind);
    let subject = names.free("subject", "receiver");
    let remark = format!("// TODO: a {} as production makes it", receiver.kind);
    before.push(match receiver.pointer {
        true => format!("{subject} := new({kind}) {remark}"),
        false => format!("var {subject} {kind} {remark}"),
    });
    format!("{subject}.{}", signature.name)
}

fn argument(param: &Param, number: usize, imports: &Imports<'_>, names: &mut Names, bench: &str) -> Value {
    let wanted = match param.name.as_str() {
        "" | "_" => format!("arg{}", number + 1),
        name => name.to_string(),
    };
    let name = names.free(&wanted, &format!("{wanted}Arg"));
    let kind = match param.variadic {
        true => format!("[]{}", param.kind),
        false => param.kind.clone(),
    };
    let mut value = value(&name, &kind, imports, bench);
    if param.variadic {
        value.argument.push_str("...");
    }
    value
}

/// Names that are taken, and those that were given away.
struct Names {
    taken: BTreeSet<String>,
    given: Vec<String>,
}

impl Names {
    fn new(signature: &Signature, imports: &Imports<'_>, name: &str) -> Self {
        let params = signature
            .params
            .iter()
            .chain(&signature.results)
            .chain(&signature.type_params);
        let of_types = params.flat_map(|p| words(&p.kind));
        let receiver = signature.receiver.iter().map(|r| r.kind.as_str());
        let type_params = signature.type_params.iter().map(|p| p.name.as_str());
        let all = of_types
            .chain(receiver)
            .chain(type_params)
            .chain(imports.names())
            .chain(PREDECLARED);
        let all = all.chain([signature.name.as_str(), name]);
        Self {
            taken: all.map(str::to_string).collect(),
            given: Vec::new(),
        }
    }

    /// The first name if it is free, else the second, else that with a number.
    fn free(&mut self, first: &str, second: &str) -> String {
        let numbered = (2..).map(|n| format!("{second}{n}"));
        let mut names = [first.to_string(), second.to_string()]
            .into_iter()
            .chain(numbered);
        let is_free =
            |name: &String| !self.taken.contains(name) && !self.taken.contains(&format!("{name}Text"));
        let name = names.find(is_free).unwrap_or_default();
        self.taken.insert(name.clone());
        self.given.push(name.clone());
        name
    }
}
