//! Types that stand for type parameters.

use crate::source::{Param, words};

use super::imports::Imports;

/// The type parameters as local aliases, those first on which others rest.
///
/// # Errors
/// Why a type cannot be chosen.
pub(super) fn aliases(params: &[Param], imports: &Imports<'_>) -> Result<Vec<String>, String> {
    let mut open: Vec<(&Param, String)> = Vec::new();
    for param in params {
        let chosen = chosen(&param.kind, imports).ok_or_else(|| {
            format!(
                "no type is known that fits {} of type parameter {}",
                param.kind, param.name
            )
        })?;
        open.push((param, chosen));
    }
    let mut lines = Vec::new();
    while !open.is_empty() {
        let names: Vec<String> = open.iter().map(|(p, _)| p.name.clone()).collect();
        let rests = |kind: &str| words(kind).iter().any(|w| names.iter().any(|n| n == w));
        let (later, now): (Vec<_>, Vec<_>) = open.into_iter().partition(|(_, kind)| rests(kind));
        if now.is_empty() {
            return Err("the type parameters rest on each other".to_string());
        }
        let alias = |(param, kind): (&Param, String)| {
            format!(
                "type {} = {kind} // TODO: the type that production uses",
                param.name
            )
        };
        lines.extend(now.into_iter().map(alias));
        open = later;
    }
    Ok(lines)
}

/// A type that meets a constraint.
fn chosen(constraint: &str, imports: &Imports<'_>) -> Option<String> {
    if matches!(constraint, "any" | "comparable" | "interface{}") {
        return Some("int".to_string());
    }
    if let Some((package, name)) = constraint.split_once('.') {
        let path = imports.path(package)?;
        return known(path, name).map(str::to_string);
    }
    let inside = constraint
        .strip_prefix("interface")
        .map(|c| c.trim().trim_matches(['{', '}']));
    let first = inside.unwrap_or(constraint).split(['|', ';']).next()?.trim();
    let plain = first.trim_start_matches('~').trim();
    is_concrete(plain).then(|| plain.to_string())
}

fn known(path: &str, name: &str) -> Option<&'static str> {
    match (path, name) {
        ("cmp" | "golang.org/x/exp/constraints", "Ordered") => Some("int"),
        ("golang.org/x/exp/constraints", "Integer" | "Signed") => Some("int"),
        ("golang.org/x/exp/constraints", "Unsigned") => Some("uint"),
        ("golang.org/x/exp/constraints", "Float") => Some("float64"),
        ("golang.org/x/exp/constraints", "Complex") => Some("complex128"),
        _ => None,
    }
}

/// A type that no constraint is: one of the language's own, or composed.
fn is_concrete(kind: &str) -> bool {
    const OWN: [&str; 17] = [
        "bool", "string", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32",
        "uint64", "float32", "float64", "byte", "rune", "uintptr",
    ];
    let composed = ["[]", "map[", "*", "func(", "chan "];
    OWN.contains(&kind) || composed.iter().any(|start| kind.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_stand_after_those_they_rest_on() {
        let param = |(name, kind): &(&str, &str)| Param {
            name: (*name).to_string(),
            kind: (*kind).to_string(),
            variadic: false,
        };
        let told = |params: &[(&str, &str)]| {
            let params: Vec<Param> = params.iter().map(param).collect();
            aliases(&params, &Imports::new(vec![("", "cmp")])).map(|lines| {
                let head = |l: &String| l.split(" //").next().unwrap_or_default().to_string();
                lines.iter().map(head).collect::<Vec<_>>().join("; ")
            })
        };
        let ok = |text: &str| Ok(text.to_string());
        assert_eq!(
            told(&[("S", "~[]E"), ("E", "cmp.Ordered")]),
            ok("type E = int; type S = []E")
        );
        assert_eq!(told(&[("F", "~float32 | ~float64")]), ok("type F = float32"));
        assert!(told(&[("T", "Shape")]).is_err() && told(&[("A", "*B"), ("B", "*A")]).is_err());
    }
}
