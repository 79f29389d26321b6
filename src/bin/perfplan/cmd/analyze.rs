//! `perfplan analyze`: the review of all inputs.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use perfplan::bench::BenchLog;
use perfplan::error::{Place, Warning};
use perfplan::flame::FlameOptions;
use perfplan::profile::filter::Filters;
use perfplan::render::{TerminalOptions, json, markdown, terminal, yaml};
use perfplan::report::review_document;
use perfplan::review::{
    AuditInput, Baseline, DumpInput, Evidence, Expectations, Figure, MemStatsInput, ModulesInput, NotesInput,
    ProfileInput, Review, RuntimeInput, review_against,
};

use crate::cli::{AnalyzeArgs, FilterArgs, ReviewFormat, Shared};
use crate::inputs::{self, Input};
use crate::output;
use crate::profiles::{filter, filters_of, given};
use crate::settings::Settings;
use crate::sources::DiskSources;

pub fn run(args: &AnalyzeArgs, shared: &Shared) -> anyhow::Result<()> {
    let targets: Vec<Target> = args
        .output
        .iter()
        .map(|p| Target::of(p, args.format))
        .collect::<Result<_, _>>()?;
    let settings = Settings::load(shared)?;
    let folders = settings.sources(&args.source)?;
    let names = match args.inputs.is_empty() {
        // The source alone tells something too.
        true if !args.source.is_empty() => settings.inputs(shared).unwrap_or_default(),
        true => settings.inputs(shared)?,
        false => args.inputs.clone(),
    };
    let policy = settings.review_policy(&args.rate)?;
    let filters = filters_of(&args.filters, "minimum")?;
    let progress = output::Progress::begin("reading and analyzing", shared);
    let mut inputs = read(&names, Some((&filters, &args.filters)), shared)?;
    if let Some(folder) = args.source.first() {
        let source = super::audit::of_folder(folder, &settings, &policy.disabled)?;
        inputs.audit = Some(source).filter(|s| s.audit.audited > 0);
    }
    let limits = super::limits(shared);
    let before = args.baseline.as_deref();
    let before = before
        .map(|name| super::render::stored(name, shared))
        .transpose()?;
    let base = inputs::benchmarks(&settings.base(&args.baseline_bench, shared)?, limits)?;
    let sources = DiskSources::new(&folders, settings.trims(), settings.excludes()?);
    let module = settings.module(args.filters.module.as_ref()).value;
    let component = settings.component(args.component.as_ref()).value;
    let expected = Expectations {
        baseline: args
            .baseline
            .as_deref()
            .zip(before.as_ref())
            .map(|(name, review)| Baseline { name, review }),
        budgets: settings.budgets(),
        base: &base,
    };
    let review = review_against(&inputs.evidence(&sources, module, component), policy, expected);
    drop(progress);
    if targets.is_empty() {
        let text = form(&review, args.format.unwrap_or(ReviewFormat::Text), shared)?;
        return output::emit(&text, None);
    }
    targets
        .iter()
        .try_for_each(|target| target.write(&review, &inputs.profiles, shared))
}

/// All inputs by what they hold.
#[derive(Default)]
pub(super) struct Inputs {
    /// One of each kind.
    pub(super) profiles: Vec<ProfileInput>,
    /// Those of goroutines before they were merged.
    goroutine_profiles: Vec<ProfileInput>,
    /// Those of one process's heap, where they are several.
    heap_profiles: Vec<ProfileInput>,
    dumps: Vec<DumpInput>,
    pub(super) benchmarks: Vec<BenchLog>,
    notes: Vec<NotesInput>,
    runtime: Vec<RuntimeInput>,
    modules: Vec<ModulesInput>,
    /// Of the program's source, where that is known.
    pub(super) audit: Option<AuditInput>,
    /// Of the heap texts before they were merged and filtered.
    memstats: Vec<MemStatsInput>,
}

impl Inputs {
    /// All of it as evidence.
    pub(super) fn evidence<'a>(
        &'a self,
        sources: &'a DiskSources,
        module: Option<String>,
        component: Option<String>,
    ) -> Evidence<'a> {
        Evidence {
            profiles: &self.profiles,
            goroutine_profiles: &self.goroutine_profiles,
            heap_profiles: &self.heap_profiles,
            dumps: &self.dumps,
            benchmarks: &self.benchmarks,
            notes: &self.notes,
            runtime: &self.runtime,
            modules: &self.modules,
            memstats: &self.memstats,
            audit: self.audit.as_ref(),
            sources,
            module,
            component,
        }
    }
}

/// Reads all inputs; profiles of one kind are merged. Filters are named with the arguments that they come from.
pub(super) fn read(
    names: &[String],
    filters: Option<(&Filters, &FilterArgs)>,
    shared: &Shared,
) -> anyhow::Result<Inputs> {
    let (mut inputs, mut profiles) = (Inputs::default(), Vec::new());
    for input in inputs::read_all(names, super::limits(shared))? {
        match input {
            Input::Profile(name, profile) => profiles.push((name, *profile)),
            Input::Benchmarks(log) => inputs.benchmarks.push(log),
            Input::Dump(dump) => inputs.dumps.push(dump),
            Input::Notes(notes) => inputs.notes.push(notes),
            Input::Runtime(trace) => inputs.runtime.push(trace),
            Input::Modules(list) => inputs.modules.push(list),
        }
    }
    inputs.memstats = inputs::memstats(&profiles);
    inputs.goroutine_profiles = inputs::goroutine_profiles(&profiles);
    inputs.heap_profiles = inputs::heap_profiles(&profiles);
    let profiles = inputs::last_of_heaps(profiles, &inputs.heap_profiles);
    inputs.profiles = inputs::merge_by_kind(profiles)?;
    if let Some((filters, args)) = filters {
        filter_each(&mut inputs.goroutine_profiles, filters, args)?;
        filter_moments(&mut inputs, filters, args);
        filter_each(&mut inputs.profiles, filters, args)?;
    }
    for input in &inputs.profiles {
        output::tell(&input.name, &input.profile, shared);
        output::warn(&input.profile.warnings, shared);
    }
    for input in &inputs.dumps {
        output::warn(&input.dump.warnings, shared);
    }
    for log in &inputs.benchmarks {
        output::warn(&log.warnings, shared);
    }
    Ok(inputs)
}

/// Filters the moments of a heap. Where a filter meets nothing at one of them they cannot be compared, which is said.
fn filter_moments(inputs: &mut Inputs, filters: &Filters, args: &FilterArgs) {
    let moments = &mut inputs.heap_profiles;
    let unmet = |input: &mut ProfileInput| {
        filter(&mut input.profile, filters, args, &input.name)
            .err()
            .map(|_| input.name.clone())
    };
    let Some(name) = moments.iter_mut().find_map(unmet) else {
        return;
    };
    let text = format!("a filter meets nothing in {name}, so it is not told what grows");
    let last = moments.last().map(|m| m.name.clone());
    moments.clear();
    for input in inputs
        .profiles
        .iter_mut()
        .filter(|i| Some(&i.name) == last.as_ref())
    {
        let warning = Warning::new("moment-unmet", Place::input(&input.name), text.clone());
        input.profile.warnings.push(warning);
    }
}

/// Filters every profile. A filter that finds nothing in one of several is a warning, in all of them an error.
fn filter_each(profiles: &mut [ProfileInput], filters: &Filters, args: &FilterArgs) -> anyhow::Result<()> {
    let mut errors = Vec::new();
    let given = given(args);
    let told: Vec<_> = given
        .iter()
        .map(|f| format!("{}={}", f.option, f.value))
        .collect();
    for input in profiles.iter_mut() {
        if !told.is_empty() {
            let text = format!("all numbers are of what these filters leave: {}", told.join(", "));
            input
                .profile
                .warnings
                .push(Warning::new("filtered", Place::input(&input.name), text));
        }
        if let Err(error) = filter(&mut input.profile, filters, args, &input.name) {
            let warning = Warning::new("filter-unmet", error.place.clone(), error.problem.to_string());
            input.profile.warnings.push(warning);
            errors.push(error);
        }
    }
    let all = errors.len() == profiles.len();
    match errors.into_iter().next() {
        Some(error) if all => Err(error.into()),
        _ => Ok(()),
    }
}

/// Where a review goes, and in which form.
pub(super) enum Target {
    Folder(PathBuf),
    File(PathBuf, ReviewFormat),
}

impl Target {
    /// Where a path leads: a folder for the whole set, or a file.
    pub(super) fn of(path: &Path, format: Option<ReviewFormat>) -> anyhow::Result<Self> {
        if path == Path::new("-") {
            return Ok(Self::File(
                path.to_path_buf(),
                format.unwrap_or(ReviewFormat::Text),
            ));
        }
        let is_folder = path.is_dir() || path.as_os_str().to_string_lossy().ends_with('/');
        let suffix = path.extension().and_then(|e| e.to_str());
        let by_suffix = match suffix {
            Some("md" | "markdown") => Some(ReviewFormat::Markdown),
            Some("yaml" | "yml") => Some(ReviewFormat::Yaml),
            Some("json") => Some(ReviewFormat::Json),
            Some("txt") => Some(ReviewFormat::Text),
            _ => None,
        };
        match format.or(by_suffix) {
            _ if is_folder => Ok(Self::Folder(path.to_path_buf())),
            Some(form) => Ok(Self::File(path.to_path_buf(), form)),
            None if suffix.is_none() => Ok(Self::Folder(path.to_path_buf())),
            None => bail!(
                "{}: the suffix tells no form; use .md, .yaml, .json or .txt, a folder, or --format",
                path.display()
            ),
        }
    }

    fn write(&self, review: &Review, profiles: &[ProfileInput], shared: &Shared) -> anyhow::Result<()> {
        match self {
            Self::File(path, format) => output::emit(&form(review, *format, shared)?, Some(path)),
            Self::Folder(folder) => write_set(folder, review, profiles, shared),
        }
    }
}

/// The whole set: everything is made before the first file is written.
fn write_set(
    folder: &Path,
    review: &Review,
    profiles: &[ProfileInput],
    shared: &Shared,
) -> anyhow::Result<()> {
    let pictures = pictures(profiles)?;
    let review = Review {
        figures: pictures.iter().map(|(figure, _)| figure.clone()).collect(),
        ..review.clone()
    };
    let markdown = form(&review, ReviewFormat::Markdown, shared)?;
    let yaml = form(&review, ReviewFormat::Yaml, shared)?;
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let mut files: Vec<(PathBuf, &[u8])> = pictures
        .iter()
        .map(|(figure, svg)| (folder.join(&figure.path), svg.as_bytes()))
        .collect();
    files.push((folder.join("review.md"), markdown.as_bytes()));
    files.push((folder.join("review.yaml"), yaml.as_bytes()));
    output::write_set(&files)
}

/// A flame graph per profile and sample type that has any weight.
fn pictures(profiles: &[ProfileInput]) -> anyhow::Result<Vec<(Figure, String)>> {
    let mut pictures = Vec::new();
    for input in profiles {
        let profile = &input.profile;
        let kind = profile.kind().name();
        for index in 0..profile.sample_types.len() {
            if profile.total(index) == 0 {
                continue;
            }
            let name = profile.type_name(index);
            let path = picture_name(kind, &name, index, &pictures);
            let figure = Figure {
                title: if kind == name {
                    name.clone()
                } else {
                    format!("{kind}: {name}")
                },
                path,
                description: format!("flame graph of {name} in {}, callers below callees", input.name),
            };
            let options = FlameOptions {
                title: format!("{} {}", profile.binary(), figure.title)
                    .trim()
                    .to_string(),
                unit: profile.unit_name(index),
                ..FlameOptions::default()
            };
            let svg = super::flamegraph::draw(profile, &options, index)?;
            pictures.push((figure, svg));
        }
    }
    Ok(pictures)
}

/// A file name for a sample type: short, plain, and not that of another type.
fn picture_name(kind: &str, name: &str, index: usize, others: &[(Figure, String)]) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let safe: String = name.chars().take(60).map(plain).collect();
    let path = format!("{kind}-{safe}.svg");
    if others
        .iter()
        .any(|(other, _)| other.path.eq_ignore_ascii_case(&path))
    {
        return format!("{kind}-{safe}-{index}.svg");
    }
    path
}

/// A review in one of its forms.
pub(super) fn form(review: &Review, format: ReviewFormat, shared: &Shared) -> anyhow::Result<String> {
    Ok(match format {
        ReviewFormat::Text => {
            let options = TerminalOptions {
                width: output::width(),
                color: output::colored(shared),
            };
            terminal(&review_document(review), options)
        }
        ReviewFormat::Markdown => markdown(&review_document(review)),
        ReviewFormat::Yaml => yaml(review)?,
        ReviewFormat::Json => json(review)?,
    })
}
