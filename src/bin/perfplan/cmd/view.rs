//! The views of a profile: one function a verb.

use std::path::{Path, PathBuf};

use perfplan::error::{Problem, nearest_names};
use perfplan::flame::callgraph_svg;
use perfplan::profile::filter::Pattern;
use perfplan::report::view::{self, ListOptions, Subject, Trim};

use crate::cli::{
    GraphArgs, GraphFormat, MatchArgs, ProfileArgs, RawArgs, Rows, Shared, TrimArgs, ViewArgs, ViewFormat,
};
use crate::output;
use crate::profiles::{Opened, open};
use crate::sources::DiskSources;

pub fn top(args: &ViewArgs, shared: &Shared) -> anyhow::Result<()> {
    show(args, shared, |subject, format| {
        let trim = trim(&args.trim, 0);
        let view = || view::top(subject, &trim);
        Ok(match format {
            ViewFormat::Text => view().text(),
            ViewFormat::Json => perfplan::render::json(&view())?,
            ViewFormat::Csv => view().csv(),
            ViewFormat::Markdown => view().markdown(),
            ViewFormat::Pprof => view::top_pprof(subject, &trim),
        })
    })
}

pub fn tree(args: &ViewArgs, shared: &Shared) -> anyhow::Result<()> {
    show(args, shared, |subject, format| {
        tree_form(&view::tree(subject, &trim(&args.trim, 80)), format)
    })
}

pub fn peek(args: &MatchArgs, shared: &Shared) -> anyhow::Result<()> {
    let regex = pattern(&args.regex)?;
    show(&args.view, shared, |subject, format| {
        let view = view::peek(subject, &trim(&args.view.trim, 0), &regex);
        if view.nodes.is_empty() {
            return Err(nothing_matches(subject, &regex));
        }
        tree_form(&view, format)
    })
}

pub fn list(args: &MatchArgs, shared: &Shared) -> anyhow::Result<()> {
    let regex = pattern(&args.regex)?;
    let folder = std::env::current_dir().unwrap_or_default();
    let folder = folder.to_string_lossy();
    let options = ListOptions {
        regex: &regex,
        drop_negative: args.view.trim.drop_negative,
        folder: &folder,
    };
    let folders: Vec<PathBuf> = std::env::split_paths(&args.view.trim.source_path).collect();
    show(&args.view, shared, |subject, format| {
        let view = view::list(subject, &options, &DiskSources::new(&folders, &[], Vec::new()));
        if view.functions.is_empty() {
            return Err(nothing_matches(subject, &regex));
        }
        Ok(match format {
            ViewFormat::Text => view.text(),
            ViewFormat::Json => perfplan::render::json(&view)?,
            ViewFormat::Csv => view.csv(),
            ViewFormat::Markdown => view.markdown(),
            ViewFormat::Pprof => view.pprof(),
        })
    })
}

pub fn traces(args: &ViewArgs, shared: &Shared) -> anyhow::Result<()> {
    let opened = open(&args.profile, shared)?;
    let view = view::traces(&subject(&opened, args));
    output::stream(args.profile.output.as_deref(), |mut out| match format(args) {
        ViewFormat::Text => view.write_text(&mut out),
        ViewFormat::Json => view.write_json(&mut out),
        ViewFormat::Csv => view.write_csv(&mut out),
        ViewFormat::Markdown => view.write_markdown(&mut out),
        ViewFormat::Pprof => view.write_pprof(&mut out),
    })
}

pub fn tags(args: &ViewArgs, shared: &Shared) -> anyhow::Result<()> {
    show(args, shared, |subject, format| {
        let view = view::tags(subject);
        Ok(match format {
            ViewFormat::Text => view.text(),
            ViewFormat::Json => perfplan::render::json(&view)?,
            ViewFormat::Csv => view.csv(),
            ViewFormat::Markdown => view.markdown(),
            ViewFormat::Pprof => view.pprof(),
        })
    })
}

pub fn raw(args: &RawArgs, shared: &Shared) -> anyhow::Result<()> {
    let opened = open(&args.profile, shared)?;
    print_raw(&opened, &args.profile)
}

fn print_raw(opened: &Opened, args: &ProfileArgs) -> anyhow::Result<()> {
    let subject = opened.subject(Rows::Addresses, "", "");
    output::stream(args.output.as_deref(), |mut out| {
        view::raw(&subject).write_pprof(&mut out)
    })
}

pub fn info(args: &ViewArgs, shared: &Shared) -> anyhow::Result<()> {
    if let [input] = args.profile.inputs.as_slice()
        && let Some(view) = crate::inputs::other_info(input, super::limits(shared))?
    {
        let text = match format(args) {
            ViewFormat::Text | ViewFormat::Pprof => view.text(),
            ViewFormat::Json => perfplan::render::json(&view)?,
            ViewFormat::Csv => view.csv(),
            ViewFormat::Markdown => view.markdown(),
        };
        return output::emit(&text, args.profile.output.as_deref());
    }
    let opened = open(&args.profile, shared)?;
    let subject = subject(&opened, args);
    let view = view::info(&subject, &opened.stored);
    let text = match format(args) {
        ViewFormat::Pprof => return print_raw(&opened, &args.profile),
        ViewFormat::Text => view.text(),
        ViewFormat::Json => perfplan::render::json(&view)?,
        ViewFormat::Csv => view.csv(),
        ViewFormat::Markdown => view.markdown(),
    };
    output::emit(&text, args.profile.output.as_deref())
}

pub fn graph(args: &GraphArgs, shared: &Shared) -> anyhow::Result<()> {
    let opened = open(&args.profile, shared)?;
    let subject = opened.subject(
        args.trim.granularity,
        &args.trim.source_path,
        &args.trim.trim_path,
    );
    let view = view::graph(&subject, &trim(&args.trim, 80));
    let text = match args
        .format
        .unwrap_or_else(|| graph_format(args.profile.output.as_deref()))
    {
        GraphFormat::Dot => view.dot(),
        GraphFormat::Svg => callgraph_svg(view.drawn()),
        GraphFormat::Json => perfplan::render::json(&view)?,
        GraphFormat::Csv => view.csv(),
    };
    output::emit(&text, args.profile.output.as_deref())
}

fn graph_format(output: Option<&Path>) -> GraphFormat {
    match suffix(output) {
        Some("svg") => GraphFormat::Svg,
        Some("json") => GraphFormat::Json,
        Some("csv") => GraphFormat::Csv,
        _ => GraphFormat::Dot,
    }
}

fn suffix(output: Option<&Path>) -> Option<&str> {
    output.and_then(Path::extension).and_then(|e| e.to_str())
}

fn tree_form(view: &view::TreeView, format: ViewFormat) -> anyhow::Result<String> {
    Ok(match format {
        ViewFormat::Text | ViewFormat::Pprof => view.text().to_string(),
        ViewFormat::Json => perfplan::render::json(view)?,
        ViewFormat::Csv => view.csv(),
        ViewFormat::Markdown => view.markdown(),
    })
}

/// Opens the profile, makes the view in the wanted form, and prints it.
fn show(
    args: &ViewArgs,
    shared: &Shared,
    make: impl FnOnce(&Subject<'_>, ViewFormat) -> anyhow::Result<String>,
) -> anyhow::Result<()> {
    let opened = open(&args.profile, shared)?;
    let text = make(&subject(&opened, args), format(args))?;
    output::emit(&text, args.profile.output.as_deref())
}

fn subject<'a>(opened: &'a Opened, args: &'a ViewArgs) -> Subject<'a> {
    opened.subject(
        args.trim.granularity,
        &args.trim.source_path,
        &args.trim.trim_path,
    )
}

/// The form: as asked for, else by the suffix of the file, else text.
fn format(args: &ViewArgs) -> ViewFormat {
    args.format
        .unwrap_or(match suffix(args.profile.output.as_deref()) {
            Some("json") => ViewFormat::Json,
            Some("csv") => ViewFormat::Csv,
            Some("md" | "markdown") => ViewFormat::Markdown,
            _ => ViewFormat::Text,
        })
}

fn trim(args: &TrimArgs, default_count: usize) -> Trim {
    let trim = Trim {
        by_cum: args.cum,
        drop_negative: args.drop_negative,
        node_count: args.nodecount.unwrap_or(default_count),
        node_fraction: args.nodefraction,
        edge_fraction: args.edgefraction,
    };
    if args.no_trim { trim.all() } else { trim }
}

fn pattern(text: &str) -> anyhow::Result<Pattern> {
    Ok(Pattern::new("REGEX", text)?)
}

/// The error of an expression that no function matches, with the nearest names.
fn nothing_matches(subject: &Subject<'_>, regex: &Pattern) -> anyhow::Error {
    let profile = subject.profile;
    let names: Vec<String> = profile
        .functions
        .iter()
        .map(|f| profile.printable(f.name))
        .collect();
    let nearest = nearest_names(regex.text(), names.iter().map(String::as_str), 3);
    let problem = Problem::NothingMatches {
        option: "REGEX".to_string(),
        pattern: regex.text().to_string(),
        nearest: nearest.into_iter().map(str::to_string).collect(),
    };
    problem
        .at(subject.inputs.first().map_or("-", String::as_str))
        .into()
}
