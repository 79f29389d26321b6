//! The modules of a build: which there are, in which version, which of them the program asks for itself.
//!
//! ```text
//! go.mod                  ─▶ what the module requires; direct ones and others
//! go list -m all          ─▶ the versions that are really built, nothing else
//! go list -m -json all    ─▶ both
//! ```
//! Told from content. Source of the forms: the Go Modules Reference and `go help list`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A module that the program is built from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Module {
    /// Its path.
    pub path: String,
    /// Its version; empty for the main module.
    pub version: String,
    /// Path and version, or the folder, that is built instead; empty where none is.
    pub replaced_by: String,
    /// Whether the main module's go.mod requires it itself; `None` where the form does not tell.
    pub direct: Option<bool>,
}

/// All modules that were told, by path, without the main one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ModuleList {
    /// Path of the main module, the first one of several; empty where none is told.
    pub main: String,
    /// The others; paths differ.
    pub modules: Vec<Module>,
}

impl ModuleList {
    /// Adds another list of the same build: a version that `go list` tells counts before that of a go.mod, which only
    /// sets the least one; what only one of them tells is kept.
    pub fn merge(&mut self, other: Self) {
        if self.main.is_empty() {
            self.main = other.main;
        }
        let own = std::mem::take(&mut self.modules).into_iter();
        let mut by_path: BTreeMap<String, Module> = own.map(|m| (m.path.clone(), m)).collect();
        for module in other.modules {
            let known = by_path.entry(module.path.clone()).or_default();
            let direct = module.direct.or(known.direct);
            let replaced_by = match module.replaced_by.is_empty() {
                true => std::mem::take(&mut known.replaced_by),
                false => module.replaced_by.clone(),
            };
            *known = Module {
                direct,
                replaced_by,
                ..module
            };
        }
        self.modules = by_path.into_values().collect();
    }

    /// A list of modules in any order; of one that stands there twice the later one counts.
    fn of(main: String, modules: impl IntoIterator<Item = Module>) -> Self {
        let by_path: BTreeMap<String, Module> = modules.into_iter().map(|m| (m.path.clone(), m)).collect();
        Self {
            main,
            modules: by_path.into_values().filter(|m| !m.path.is_empty()).collect(),
        }
    }
}

/// Whether a text is a go.mod or the output of `go list -m all`, plain or as JSON.
pub fn looks_like_modules(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    is_go_mod(text) || is_json(text) || is_plain(text)
}

/// Reads any of the three forms; what does not fit is left out.
pub fn parse_modules(data: &[u8]) -> ModuleList {
    let text = String::from_utf8_lossy(data);
    if is_json(&text) {
        parse_json(&text)
    } else if is_go_mod(&text) {
        parse_go_mod(&text)
    } else {
        parse_plain(&text)
    }
}

/// What a line of a go.mod may begin with.
const DIRECTIVES: [&str; 10] = [
    "module",
    "go",
    "toolchain",
    "godebug",
    "require",
    "exclude",
    "replace",
    "retract",
    "tool",
    "ignore",
];

/// A line of a go.mod: its directive, its words, its comment.
struct Directive<'a> {
    name: &'a str,
    words: Vec<&'a str>,
    comment: &'a str,
}

/// The directives, those of a block one by one; `None` where a line is none.
fn directives(text: &str) -> Option<Vec<Directive<'_>>> {
    let mut found = Vec::new();
    let mut block = None;
    for line in text.trim_start_matches('\u{feff}').lines() {
        let (code, comment) = line.split_once("//").unwrap_or((line, ""));
        let mut words: Vec<&str> = code
            .split_whitespace()
            .map(|w| w.trim_matches(['"', '`']))
            .collect();
        match (block, words.as_slice()) {
            (_, []) => continue,
            (Some(_), [")"]) => {
                block = None;
                continue;
            }
            (None, [name, "("]) => {
                block = Some(*DIRECTIVES.iter().find(|d| *d == name)?);
                continue;
            }
            _ => {}
        }
        let name = match block {
            Some(name) => name,
            None => {
                let first = words.remove(0);
                *DIRECTIVES.iter().find(|d| **d == first)?
            }
        };
        found.push(Directive {
            name,
            words,
            comment: comment.trim(),
        });
    }
    Some(found)
}

fn is_go_mod(text: &str) -> bool {
    let is_module = |d: &Directive<'_>| d.name == "module" && d.words.len() == 1;
    directives(text).is_some_and(|all| all.iter().filter(|d| is_module(d)).count() == 1)
}

/// The modules that a go.mod requires.
pub fn parse_go_mod(text: &str) -> ModuleList {
    let all = directives(text).unwrap_or_default();
    let main = all
        .iter()
        .find(|d| d.name == "module")
        .and_then(|d| d.words.first());
    let required = all.iter().filter(|d| d.name == "require");
    let modules = required.filter_map(|d| {
        let [path, version] = d.words.as_slice() else {
            return None;
        };
        Some(Module {
            path: (*path).to_string(),
            version: (*version).to_string(),
            replaced_by: String::new(),
            direct: Some(!d.comment.split(';').any(|part| part.trim() == "indirect")),
        })
    });
    let mut list = ModuleList::of(main.map_or_else(String::new, |m| (*m).to_string()), modules);
    for replace in all.iter().filter(|d| d.name == "replace") {
        let mut sides = replace.words.split(|w| *w == "=>");
        let (Some([path, versions @ ..]), Some(by)) = (sides.next(), sides.next()) else {
            continue;
        };
        let fits = |m: &&mut Module| m.path == *path && versions.first().is_none_or(|v| *v == m.version);
        if let Some(module) = list.modules.iter_mut().find(fits) {
            module.replaced_by = by.join(" ");
        }
    }
    list
}

/// The words of a line of `go list -m all`: path, version, what replaces it.
fn plain_line(line: &str) -> Option<Module> {
    let (module, by) = line.split_once(" => ").unwrap_or((line, ""));
    let mut words = module.split_whitespace();
    let path = words.next().filter(|p| is_path(p))?;
    let version = words.next().unwrap_or_default();
    let fits = version.is_empty() || is_version(version) || matches!(path, "go" | "toolchain");
    (fits && words.next().is_none()).then(|| Module {
        path: path.to_string(),
        version: version.to_string(),
        replaced_by: by.trim().to_string(),
        direct: None,
    })
}

fn is_path(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    !text.starts_with(['-', '/', '.']) && text.chars().all(plain) && text.chars().any(char::is_alphabetic)
}

/// `v1.2.3` and what may follow.
fn is_version(text: &str) -> bool {
    let number = text.strip_prefix('v').and_then(|rest| rest.split('.').next());
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
        && text.matches('.').count() >= 2
}

/// Every line is one, and at least one tells a version.
fn is_plain(text: &str) -> bool {
    let mut versions = 0;
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        match plain_line(line) {
            Some(module) => versions += usize::from(is_version(&module.version)),
            None => return false,
        }
    }
    versions > 0
}

fn parse_plain(text: &str) -> ModuleList {
    let lines = text.lines().filter_map(plain_line);
    let (mains, others): (Vec<_>, Vec<_>) = lines.partition(|m| m.version.is_empty());
    let main = mains.into_iter().next().map_or_else(String::new, |m| m.path);
    let is_tool = |m: &Module| matches!(m.path.as_str(), "go" | "toolchain");
    ModuleList::of(main, others.into_iter().filter(|m| !is_tool(m)))
}

/// What `go list -m -json` says of a module, as far as it is used.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    path: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    main: bool,
    #[serde(default)]
    indirect: bool,
    replace: Option<Replacement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Replacement {
    path: String,
    #[serde(default)]
    version: String,
}

fn listed(text: &str) -> impl Iterator<Item = Listed> + '_ {
    let objects = serde_json::Deserializer::from_str(text).into_iter::<Listed>();
    objects.map_while(Result::ok)
}

/// The first object names a module: it is the main one, or has a version, or stands in a folder.
fn is_json(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    text.trim_start().starts_with('{')
        && listed(text)
            .next()
            .is_some_and(|m| is_path(&m.path) && (m.main || is_version(&m.version)))
}

fn parse_json(text: &str) -> ModuleList {
    let (mains, others): (Vec<_>, Vec<_>) = listed(text.trim_start_matches('\u{feff}')).partition(|m| m.main);
    let main = mains.into_iter().next().map_or_else(String::new, |m| m.path);
    let module = |m: Listed| Module {
        path: m.path,
        version: m.version,
        replaced_by: m.replace.map_or_else(String::new, |r| {
            format!("{} {}", r.path, r.version).trim_end().to_string()
        }),
        direct: Some(!m.indirect),
    };
    ModuleList::of(main, others.into_iter().map(module))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        assert!(looks_like_modules(text.as_bytes()), "{text}");
        let list = parse_modules(text.as_bytes());
        let module = |m: &Module| {
            let direct = m.direct.map_or("?", |d| if d { "direct" } else { "indirect" });
            format!("{} {} [{}] {direct}", m.path, m.version, m.replaced_by)
        };
        std::iter::once(list.main.clone())
            .chain(list.modules.iter().map(module))
            .collect()
    }

    #[test]
    fn a_go_mod_tells_what_is_required_and_replaced() {
        let text = "module example.com/a // x\n\ngo 1.26\n\nrequire (\n\tb.org/c/v2 v2.1.0 // indirect\n\td.org/e v0.1.0\n)\n\
                    require \"f.org/g\" v1.0.0 // indirect; why\nreplace d.org/e v0.1.0 => ../e\nreplace f.org/g v9.9.9 => ../g\n";
        assert_eq!(
            told(text),
            [
                "example.com/a",
                "b.org/c/v2 v2.1.0 [] indirect",
                "d.org/e v0.1.0 [../e] direct",
                "f.org/g v1.0.0 [] indirect"
            ]
        );
    }

    #[test]
    fn both_forms_of_go_list_are_read() {
        let plain = "example.com/a\nd.org/e v0.1.0 => ../e\nb.org/c v1.0.0 => h.org/c v1.0.1\ngo 1.26\n";
        assert_eq!(
            told(plain),
            [
                "example.com/a",
                "b.org/c v1.0.0 [h.org/c v1.0.1] ?",
                "d.org/e v0.1.0 [../e] ?"
            ]
        );
        let json = "{\n\t\"Path\": \"example.com/a\",\n\t\"Main\": true,\n\t\"GoVersion\": \"1.26\"\n}\n{\"Path\": \"d.org/e\", \
                    \"Version\": \"v0.1.0\", \"Indirect\": true, \"Replace\": {\"Path\": \"../e\", \"Dir\": \"/e\"}}\n";
        assert_eq!(told(json), ["example.com/a", "d.org/e v0.1.0 [../e] indirect"]);
    }

    #[test]
    fn lists_of_one_build_complete_each_other() {
        let mut list = parse_go_mod("module a.b/c\nrequire d.org/e v0.1.0\nreplace d.org/e => ../e\n");
        list.merge(parse_modules(b"a.b/c\nd.org/e v0.2.0\nf.org/g v1.0.0\n"));
        let module = list.modules.first().cloned().unwrap_or_default();
        assert_eq!((module.version.as_str(), module.direct), ("v0.2.0", Some(true)));
        assert_eq!((module.replaced_by.as_str(), list.modules.len()), ("../e", 2));
    }

    #[test]
    fn other_texts_are_no_modules() {
        let others = [
            "",
            "example.com/a\n",
            "module a\nand more\n",
            "hello v1.2.3 world\n",
            "goos: linux\nBenchmarkX 1 2 ns/op\n",
            "{\"Action\":\"output\"}\n",
            "{\"Path\":\"x\"}\n",
            "main;work 3\n",
            "go 1.26\n",
        ];
        for text in others {
            assert!(!looks_like_modules(text.as_bytes()), "{text:?}");
        }
        assert!(!looks_like_modules(&[0xff, 0xfe, b'm']));
    }
}
