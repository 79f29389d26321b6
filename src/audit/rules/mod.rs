//! The rules, one per file, and how to write one.
//!
//! # A rule
//! A rule is a constant and a function. Its file stands in the folder of its group and is named like its id; the
//! group's `mod.rs` lists it twice, in alphabetical order: as `mod`, and in `ALL`. Nothing else is to be touched.
//!
//! ```ignore
//! //! `sleep-in-handler`: a request handler sleeps.
//!
//! use crate::audit::{Call, Check, Class, Group, Hits, Rule, Severity};
//!
//! /// The rule.
//! pub const RULE: Rule = Rule {
//!     id: "sleep-in-handler",
//!     title: "a request handler sleeps",
//!     group: Group::Network,
//!     items: &["NE3"],
//!     class: Class::Safety,
//!     base: Some(Severity::Medium),
//!     what: "time.Sleep in a function that takes a ResponseWriter and a Request, outside loops.",
//!     why: "every request waits that long, and a goroutine with it.",
//!     before: r#"
//! func serve(w http.ResponseWriter, r *http.Request) {
//!     time.Sleep(time.Second) // want
//! }"#,
//!     after: r#"
//! func serve(w http.ResponseWriter, r *http.Request) {
//!     w.WriteHeader(http.StatusTooManyRequests)
//! }"#,
//!     check: Check::Calls(&["time.Sleep"], check),
//!     ..Rule::BASE
//! };
//!
//! fn check(call: Call<'_>, hits: &mut Hits<'_>) {
//!     let Some(function) = call.node.function().filter(|f| f.is_request_path()) else {
//!         return;
//!     };
//!     if call.node.enclosing_loop().is_none() {
//!         hits.report(call.node, format!("{} sleeps before it answers", function.name()))
//!             .fix("answer at once, and let the client come again");
//!     }
//! }
//!
//! #[cfg(test)]
//! mod tests {
//!     use super::RULE;
//!     use crate::audit::rules::harness::{fires, silent};
//!
//!     #[test]
//!     fn elsewhere_and_in_loops_it_is_silent() {
//!         silent(&RULE, "func f() { time.Sleep(1) }");
//!         fires(&RULE, "func f(w http.ResponseWriter, r *http.Request) { x()\n time.Sleep(1) // want\n }");
//!     }
//! }
//! ```
//! `before` and `after` are tested by themselves (`cargo test --lib audit::rules`): in `before` the rule must fire on
//! every line that ends in `// want` and nowhere else, in `after` not at all. Such pieces of Go are whole
//! declarations; the package clause and the imports of known packages are added (see `rules/harness.rs`), and they are
//! of the newest Go unless they begin with `// go 1.22`.
//!
//! # When the function is called
//! [`Check::Calls`](super::Check) for calls of given functions and methods, which is the cheapest; `Nodes` for kinds of
//! nodes; `Functions` for each function, method and literal (a literal's statements are not those of the function around
//! it: walk with `descendants_here`); `Files`; `Packages` for rules about types with their methods. There is one walk
//! over each file for all rules.
//!
//! # What can be asked
//! | question | answer |
//! |---|---|
//! | whom does a call call? | `call.is_to("net/http.Get")`, `"(*database/sql.DB).Query\|QueryContext"`, `".Close"` on any receiver, `"len"`; `call.callee` with `package`, `receiver`, `name`, `declaration` |
//! | from a node to its call | `node.call()` (through parentheses, `go`, `defer` and expression statements), `node.is_call_to(…)`, `node.calls()` below it |
//! | the parts of a call | `call.arguments()`, `argument(i)`, `operand()` (the `x` of `x.f()`), `is_spread()` |
//! | who gets a call's results | `call.node.targets()`; for one expression `assigned_value()` the other way |
//! | the type of an expression | `node.ty()`; then `ty.is("*net/http.Response")`, `is_string()`, `is_integer()`, `is_bytes()`, `is_struct()`, `is_or_points_to("sync.Mutex")`, `element()`, `struct_fields()`, `field_type("mu")`, `method("Close")`, `underlying()`, `size()` |
//! | a type as written | `node.as_type()` |
//! | the types of a call's results | `node.result_types()` |
//! | which variable a name means | `node.local()`; `local.uses()`, `writes()`, `reads()`, `is_assigned_once()`, `is_used_after(node)`, `is_captured()`, `kind()`, `declaration()`, `initial_value()`, `ty()` |
//! | does an expression depend on variables | `node.uses_any(&locals)`, `node.uses(local)` |
//! | constants | `is_constant()`, `constant_integer()`, `constant_string()` |
//! | package or file | `node.package().type_named(…)`, `function_named`, `method_named`, `variable_named`, `types()`, `functions()`, `methods_of(…)`; `node.file().imports("database/sql")`, `facts()`, `go()` |
//! | around | `parent()`, `ancestors()`, `enclosing(Kind::…)`, `statement()`, `function()`, `enclosing_loop()`, `enclosing_loops()`, `next_sibling()` |
//! | below | `children()`, `field(Field::…)`, `list(Field::Left)` (the expressions of a list), `descendants()`, `descendants_here()` (not into literals), `find_all(Kind::…)`, `statements()` of a block |
//! | loops | `as_loop()`, `ranged()`, `range_targets()`, `loop_variables()`, `is_counted()`, `is_over_data()`, `is_endless()`, `constant_turns()`, `leaves()` |
//! | functions | `function.parameters()`, `context()`, `receiver()`, `results()`, `is_request_path()`, `is_startup()`, `is_goroutine()`, `profile_name()` |
//! | where does it go next | `statement.successors()`, `never_returns()`, `jump_target()` |
//! | on every path | [`Paths::open_ends`](super::Paths::open_ends); for things to be closed a [`Resource`](super::Resource) and its `fate(call, index)` |
//! | over calls | `call.reaches(Reach::Query)`: a query, a write, a remote call or a wait within three calls, with the names on the way |
//! | versions | `hits.go()`, and `since`, `until` of the rule |
//!
//! # Reporting
//! `hits.report(node, message)` reports a place; the hit that it returns takes `.severity(…)` where it is not the base,
//! `.confidence(…)` where a name or a heuristic decided, `.fix(…)`, `.tag(…)`, `.heat_at(node)` where the heat lies in
//! other lines than the rule's scope around the place. A message is a clause in lower case without a full stop that
//! names what stands there.
//!
//! Unknown means silent: use `?`-style early returns on every `None`.

pub mod algorithms;
pub mod channels;
pub mod companions;
pub mod context;
pub mod database;
pub mod goroutines;
#[cfg(test)]
pub(in crate::audit) mod harness;
pub mod interfaces;
pub mod memory;
pub mod network;
pub mod strings;
pub mod sync;
pub(in crate::audit) mod value;

use super::rule::Rule;

/// Every rule, in the order of the groups and then of their ids.
pub fn all() -> Vec<&'static Rule> {
    let groups: [&[Rule]; 11] = [
        goroutines::ALL,
        channels::ALL,
        sync::ALL,
        memory::ALL,
        interfaces::ALL,
        strings::ALL,
        algorithms::ALL,
        database::ALL,
        network::ALL,
        context::ALL,
        companions::ALL,
    ];
    groups.into_iter().flatten().collect()
}

/// The rule with an id.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().into_iter().find(|r| r.id == id)
}

#[cfg(test)]
mod tests;
