//! What pprof's users have in their fingers: one dash, underscores, words that stand for options.

use std::ffi::OsString;

/// Options of pprof and benchstat with a value.
const VALUED: [&str; 32] = [
    "sample-index",
    "nodecount",
    "nodefraction",
    "edgefraction",
    "granularity",
    "output",
    "focus",
    "ignore",
    "hide",
    "show",
    "show-from",
    "tagfocus",
    "tagignore",
    "tagshow",
    "taghide",
    "tagroot",
    "tagleaf",
    "prune-from",
    "unit",
    "divide-by",
    "source-path",
    "trim-path",
    "base",
    "diff-base",
    "source",
    "filter",
    "table",
    "row",
    "col",
    "alpha",
    "confidence",
    "format",
];

/// Options without one, or with `=true` and `=false`.
const SWITCHES: [&str; 8] = [
    "cum",
    "noinlines",
    "mean",
    "relative-percentages",
    "normalize",
    "drop-negative",
    "no-trim",
    "flat",
];

/// Words that stand for options.
const WORDS: [(&str, &[&str]); 19] = [
    ("functions", &["--granularity=functions"]),
    ("filefunctions", &["--granularity=filefunctions"]),
    ("lines", &["--granularity=lines"]),
    ("addresses", &["--granularity=addresses"]),
    ("files", &["--granularity=files"]),
    ("inuse-space", &["--sample-index=inuse_space"]),
    ("inuse-objects", &["--sample-index=inuse_objects"]),
    ("alloc-space", &["--sample-index=alloc_space"]),
    ("alloc-objects", &["--sample-index=alloc_objects"]),
    ("total-delay", &["--sample-index=delay"]),
    ("mean-delay", &["--sample-index=delay", "--mean"]),
    ("contentions", &["--sample-index=contentions"]),
    ("trim", &[]),
    ("trim=true", &[]),
    ("trim=false", &["--no-trim"]),
    ("sort=flat", &["--flat"]),
    ("sort=cum", &["--cum"]),
    // Names are never looked up in binaries, so what pprof is told of it changes nothing.
    ("symbolize=none", &[]),
    ("compact-labels", &[]),
];

/// Formats of pprof that are verbs here.
const VERBS: [&str; 8] = ["top", "text", "tree", "traces", "tags", "raw", "list", "peek"];

/// Rewrites Go's spellings: `-sample_index=alloc_space` is `--sample-index=alloc_space`.
pub fn go_spellings(arguments: Vec<OsString>) -> Vec<OsString> {
    let mut literal = false;
    let rewrite = |argument: OsString| {
        literal |= argument == "--";
        match argument.to_str().filter(|_| !literal) {
            Some(text) => spelling(text).into_iter().map(OsString::from).collect(),
            None => vec![argument],
        }
    };
    arguments.into_iter().flat_map(rewrite).collect()
}

fn spelling(text: &str) -> Vec<String> {
    let Some(bare) = text.strip_prefix("--").or_else(|| text.strip_prefix('-')) else {
        return vec![text.to_string()];
    };
    let (name, value) = bare.split_once('=').map_or((bare, None), |(n, v)| (n, Some(v)));
    let name = name.replace('_', "-");
    let word = value.map_or_else(|| name.clone(), |v| format!("{name}={v}"));
    if let Some((_, options)) = WORDS.iter().find(|(w, _)| *w == word) {
        return options.iter().map(|o| (*o).to_string()).collect();
    }
    match value {
        Some("true" | "1" | "t") if SWITCHES.contains(&name.as_str()) => vec![format!("--{name}")],
        Some("false" | "0" | "f") if SWITCHES.contains(&name.as_str()) => vec![],
        _ if VALUED.contains(&name.as_str()) || SWITCHES.contains(&name.as_str()) => {
            vec![format!("--{word}")]
        }
        _ => vec![text.to_string()],
    }
}

/// The verb that does what one of pprof's format flags asks for: `-top`, `-list=RX`.
pub fn verb_of_flag(argument: &str) -> Option<&'static str> {
    let bare = argument
        .strip_prefix("--")
        .or_else(|| argument.strip_prefix('-'))?;
    let name = bare.split_once('=').map_or(bare, |(name, _)| name);
    match name {
        "text" => Some("top"),
        "svg" | "dot" | "png" | "web" => Some("graph"),
        "proto" => Some("merge"),
        _ => VERBS.iter().copied().find(|v| *v == name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_spellings_are_understood() {
        let check = |given: &str, expect: &[&str]| assert_eq!(spelling(given), expect);
        check("-sample_index=alloc_space", &["--sample-index=alloc_space"]);
        check("-nodecount", &["--nodecount"]);
        check("-lines", &["--granularity=lines"]);
        check("-mean_delay", &["--sample-index=delay", "--mean"]);
        check("-trim=false", &["--no-trim"]);
        check("-cum=true", &["--cum"]);
        check("-noinlines=false", &[]);
        check("-focus=a_b=c", &["--focus=a_b=c"]);
        check("-o", &["-o"]);
        check("-", &["-"]);
        check("cpu.pb.gz", &["cpu.pb.gz"]);
    }

    #[test]
    fn what_follows_two_dashes_stays() {
        let given = ["perfplan", "top", "--", "-cum"].map(OsString::from).to_vec();
        assert_eq!(go_spellings(given.clone()), given);
    }

    #[test]
    fn format_flags_are_verbs() {
        assert_eq!(verb_of_flag("-top"), Some("top"));
        assert_eq!(verb_of_flag("-list=main"), Some("list"));
        assert_eq!(verb_of_flag("--quiet"), None);
    }
}
