//! `pprof-exposed`: profiling handlers on the public server.

use super::common::is_local_address;
use crate::audit::{Call, Check, Class, Field, Group, Hits, Kind, Node, Package, Rule};

/// The rule.
pub const RULE: Rule = Rule {
    id: "pprof-exposed",
    title: "profiling handlers on the public server",
    group: Group::Network,
    items: &["NE3"],
    tier: 3,
    class: Class::Safety,
    what: "net/http/pprof is imported for its effect in a package that serves http.DefaultServeMux on an address that \
           is not loopback.",
    why: "Profiles cost CPU and tell secrets.",
    limits: "An address that is not constant counts as public.",
    peers: &["G108"],
    before: r#"
import _ "net/http/pprof" // want

func serve() error { return http.ListenAndServe(":8080", nil) }"#,
    after: r#"
import _ "net/http/pprof"

func profiles() error { return http.ListenAndServe("localhost:6060", nil) }"#,
    check: Check::Packages(check),
    ..Rule::BASE
};

fn check(package: Package<'_>, hits: &mut Hits<'_>) {
    let imports = package
        .files()
        .flat_map(|f| f.root().find_all(Kind::ImportSpec).filter(|i| is_blank_pprof(*i)));
    let Some(import) = imports.into_iter().find(|i| !i.is_broken()) else {
        return;
    };
    let calls = package
        .files()
        .flat_map(|f| f.root().find_all(Kind::CallExpression));
    let public = calls.filter_map(Node::call).find(is_public);
    if let Some(call) = public {
        let place = format!("{}:{}", call.node.file().path(), call.node.line());
        hits.report(import, format!("{place} serves these handlers to everybody"))
            .fix("serve http.DefaultServeMux on localhost only, and give the public server a mux of its own");
    }
}

fn is_blank_pprof(import: Node<'_>) -> bool {
    let is = |f: Field, text: &str| {
        import
            .field(f)
            .is_some_and(|n| n.text().trim_matches(['"', '`']) == text)
    };
    is(Field::Path, "net/http/pprof") && is(Field::Name, "_")
}

/// `http.ListenAndServe(public, nil)`.
fn is_public(call: &Call<'_>) -> bool {
    let is_serve = call.callee.name.starts_with("ListenAndServe") && call.callee.package == "net/http";
    let arguments = call.arguments();
    let is_default = arguments
        .last()
        .is_some_and(|a| a.is(Kind::Nil) || a.text() == "http.DefaultServeMux");
    let address = arguments.first().and_then(|a| a.constant_string());
    is_serve && !call.callee.is_method && is_default && !address.is_some_and(|a| is_local_address(&a))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn muxes() {
        fires(
            &RULE,
            "\nimport _ \"net/http/pprof\" // want\nfunc f(a string) { http.ListenAndServe(a, http.DefaultServeMux) }",
        );
        silent(
            &RULE,
            "\nimport _ \"net/http/pprof\"\nfunc f(m http.Handler) { http.ListenAndServe(`:80`, m) }",
        );
        silent(&RULE, "func f() { http.ListenAndServe(`:80`, nil) }");
    }
}
