//! From the name of a function in a profile to its declaration in source.

/// The receiver's type without pointer and type arguments, empty for functions, and the name. Closures and wrappers
/// stand for the function that holds them; `None` for initialisers, which have no declaration to be found by name.
pub(super) fn declared(function: &str) -> Option<(String, String)> {
    let head = function.find(['[', '(']).unwrap_or(function.len());
    let last = function.get(..head)?.rfind('/').map_or(0, |at| at + 1);
    let dot = function.get(last..)?.find('.')?;
    let rest = without_arguments(function.get(last + dot + 1..)?);
    if let Some(method) = rest.strip_prefix("(*") {
        let (receiver, name) = method.split_once(").")?;
        return Some((receiver.to_string(), first_part(name)?));
    }
    let name = first_part(&rest)?;
    if matches!(name.as_str(), "init" | "glob") {
        return None;
    }
    let after = rest
        .get(name.len()..)
        .and_then(|r| r.strip_prefix('.'))
        .and_then(first_part);
    Some(match after {
        Some(method) if !is_made(&method) => (name, method),
        _ => (String::new(), name),
    })
}

/// Whether a text declares it. A receiver may be a pointer and have type parameters.
pub(super) fn declares(text: &str, (receiver, name): &(String, String)) -> bool {
    text.lines().filter_map(|l| l.strip_prefix("func ")).any(|line| {
        let (of, rest) = match line.strip_prefix('(').and_then(|l| l.split_once(')')) {
            Some((of, rest)) => (of, rest.trim_start()),
            None => ("", line),
        };
        let after = rest.strip_prefix(name.as_str());
        let of = of.split('[').next().unwrap_or_default().trim_end();
        let of = of.rsplit([' ', '*']).next().unwrap_or_default();
        of == receiver && after.is_some_and(|a| a.trim_start().starts_with(['(', '[']))
    })
}

/// Up to the next point or the mark of a part that the compiler made.
fn first_part(text: &str) -> Option<String> {
    let part = text.split(['.', '-']).next()?;
    (!part.is_empty()).then(|| part.to_string())
}

/// Names that the compiler makes: `func1`, `gowrap2`, `1`.
fn is_made(name: &str) -> bool {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    stem.is_empty() || (stem.len() < name.len() && matches!(stem, "func" | "gowrap" | "deferwrap"))
}

/// Without what stands in brackets.
fn without_arguments(text: &str) -> String {
    let mut depth = 0usize;
    let outside = |c: &char| {
        let was = depth;
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        was == 0 && depth == 0
    };
    text.chars().filter(outside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_declarations() {
        let check = |function: &str, expect: Option<(&str, &str)>| {
            let expect = expect.map(|(r, n)| (r.to_string(), n.to_string()));
            assert_eq!(declared(function), expect, "{function}");
        };
        check("a.b/c.F", Some(("", "F")));
        check("a.b/c.F.func1.2", Some(("", "F")));
        check("a.b/c.(*T[go.shape.int]).M.gowrap1", Some(("T", "M")));
        check("a.b/c%2ev3.T.M-fm", Some(("T", "M")));
        check("a.b/c.Map[go.shape.[]a/b.T,int]", Some(("", "Map")));
        check("a.b/c.F-range1", Some(("", "F")));
        check("a.b/c.init.0", None);
        check("a.b/c.glob..func1", None);
        check("memmove", None);
    }

    #[test]
    fn declarations_are_found_by_receiver_and_name() {
        let text = "package c\nfunc F(x int) {\n}\nfunc (t *T[K, V]) M() {\n}\nfunc (T) N() {}\nfunc Map[K any](k K) {}\n";
        let has = |receiver: &str, name: &str| declares(text, &(receiver.to_string(), name.to_string()));
        assert!(has("", "F") && has("T", "M") && has("T", "N") && has("", "Map"));
        assert!(!has("", "M") && !has("U", "M") && !has("", "Fx") && !has("T", "F"));
    }
}
