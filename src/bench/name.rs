//! The parts of a benchmark's name: `Test/foo=123-42` is `Test`, `/foo=123`, `-42`.

/// Splits off the GOMAXPROCS suffix: `-` and at least one digit at the very end, else empty.
pub fn split_gomaxprocs(full: &str) -> (&str, &str) {
    let stem = full.trim_end_matches(|c: char| c.is_ascii_digit());
    match stem.strip_suffix('-') {
        Some(name) if stem.len() < full.len() => full.split_at(name.len()),
        _ => (full, ""),
    }
}

/// The text before the first `/`, else the name without suffix.
pub fn base(full: &str) -> &str {
    let (name, _) = split_gomaxprocs(full);
    name.split_once('/').map_or(name, |(base, _)| base)
}

/// The base and the parts after it, each with its prefix, the GOMAXPROCS suffix last. Put together they are the name.
pub fn parts(full: &str) -> (&str, Vec<&str>) {
    let (name, suffix) = split_gomaxprocs(full);
    let base = base(full);
    let mut rest = &name[base.len()..];
    let mut parts = Vec::new();
    while let Some(inner) = rest.strip_prefix('/') {
        let end = inner.find('/').map_or(rest.len(), |at| at + 1);
        let (part, after) = rest.split_at(end);
        parts.push(part);
        rest = after;
    }
    parts.extend(Some(suffix).filter(|s| !s.is_empty()));
    (base, parts)
}

/// The value of `/key`: what follows `/key=` in the first part that begins so; N of the suffix for `/gomaxprocs`.
pub fn part<'a>(full: &'a str, key: &str) -> Option<&'a str> {
    let (name, suffix) = split_gomaxprocs(full);
    if key == "/gomaxprocs" && !suffix.is_empty() {
        return suffix.strip_prefix('-');
    }
    let wanted = key.strip_prefix('/')?;
    name.split('/')
        .skip(1)
        .find_map(|part| part.strip_prefix(wanted)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_split_into_parts() {
        let check = |full, expect: &[&str]| {
            let (base, parts) = parts(full);
            let all: Vec<&str> = std::iter::once(base).chain(parts).collect();
            assert_eq!(all, expect);
            assert_eq!(all.concat(), full);
        };
        check("Test", &["Test"]);
        check("Test-42", &["Test", "-42"]);
        check("Test/foo=123-42", &["Test", "/foo=123", "-42"]);
        check("Test/foo-1/bar", &["Test", "/foo-1", "/bar"]);
        check("Test/foo/", &["Test", "/foo", "/"]);
        check("Test-", &["Test-"]);
        check("Test/a-b-8", &["Test", "/a-b", "-8"]);
        check("", &[""]);
        check("-8", &["", "-8"]);
        check("8", &["8"]);
        check("/é=ü-2", &["", "/é=ü", "-2"]);
    }

    #[test]
    fn keys_find_their_part() {
        let check = |full, key, expect| assert_eq!(part(full, key), expect);
        check("Test/size=1k/fmt=json-8", "/size", Some("1k"));
        check("Test/size=1k/fmt=json-8", "/fmt", Some("json"));
        check("Test/size=1k/size=2k", "/size", Some("1k"));
        check("Test/size=-8", "/size", Some(""));
        check("Test/sizes=1", "/size", None);
        check("Test/json", "/json", None);
        check("Test-8", "/gomaxprocs", Some("8"));
        check("Test/gomaxprocs=4", "/gomaxprocs", Some("4"));
        check("Test", "/gomaxprocs", None);
        check("Test", "size", None);
    }
}
