//! Reads inputs: files and standard input, each kind told from its content.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use perfplan::analyze::is_one_process;
use perfplan::bench::{BenchLog, looks_like_bench, parse};
use perfplan::compiler::{self, looks_like_notes};
use perfplan::error::{Error, Place, Problem, Warning};
use perfplan::goroutine::{self, looks_like_dump};
use perfplan::profile::{
    Kind, Limits, Profile, decode_plain, is_gzip, merge, remove_uninteresting, subtract, unpack,
};
use perfplan::report::view::{OtherInfo, Stored};
use perfplan::review::{DumpInput, MemStatsInput, ModulesInput, NotesInput, ProfileInput, RuntimeInput};
use perfplan::runtime_trace::{self, looks_like_runtime_trace};
use perfplan::source::{looks_like_modules, parse_modules};
use rayon::prelude::*;

use crate::cli::BaseArgs;
use crate::profiles::base_of;

/// The bytes of an input, at most as many as the limit allows.
pub fn read(input: &str, limits: Limits) -> Result<Vec<u8>, Error> {
    let problem = |e: io::Error| system(input, &e);
    let mut data = Vec::new();
    if path_of(input) == "-" {
        read_capped(io::stdin().lock(), &mut data, limits).map_err(problem)?;
    } else {
        let file = File::open(path_of(input)).map_err(problem)?;
        read_capped(file, &mut data, limits).map_err(problem)?;
    }
    // What is longer than the limit was cut at it; compressed it would only be said to end early.
    if data.len() as u64 > limits.max_size {
        Err(Problem::TooLarge {
            limit: limits.max_size,
        }
        .at(input))
    } else {
        Ok(data)
    }
}

/// The bytes of a file that is no input: its name is never a label, and `-` is no standard input.
pub fn read_file(path: &str, limits: Limits) -> Result<Vec<u8>, Error> {
    let problem = |e: io::Error| system(path, &e);
    let mut data = Vec::new();
    read_capped(File::open(path).map_err(problem)?, &mut data, limits).map_err(problem)?;
    Ok(data)
}

/// The path of `label=path`; an input that is itself a file is no such pair.
pub fn path_of(input: &str) -> &str {
    labelled(input).1
}

/// The label of `label=path`, else the input as given.
pub fn label(input: &str) -> &str {
    labelled(input).0
}

fn labelled(input: &str) -> (&str, &str) {
    match input.split_once('=') {
        Some((label, path)) if !Path::new(input).exists() => (label, path),
        _ => (input, input),
    }
}

/// Hands an input to a function that reads it piece by piece, at most as much as the limit allows.
pub fn read_lines<T>(
    input: &str,
    limits: Limits,
    take: impl FnOnce(&mut io::Take<Box<dyn io::BufRead>>) -> io::Result<T>,
) -> Result<T, Error> {
    let problem = |e: io::Error| system(input, &e);
    let reader: Box<dyn io::BufRead> = match input {
        "-" => Box::new(io::BufReader::new(io::stdin())),
        path => Box::new(io::BufReader::with_capacity(
            1 << 16,
            File::open(path).map_err(problem)?,
        )),
    };
    let mut reader = reader.take(limits.max_size.saturating_add(1));
    let taken = take(&mut reader).map_err(problem)?;
    if reader.limit() == 0 {
        return Err(Problem::TooLarge {
            limit: limits.max_size,
        }
        .at(input));
    }
    Ok(taken)
}

fn read_capped(reader: impl Read, data: &mut Vec<u8>, limits: Limits) -> io::Result<()> {
    reader
        .take(limits.max_size.saturating_add(1))
        .read_to_end(data)
        .map(|_| ())
}

/// The system's reason in lower case, and what to do about it.
fn system(input: &str, error: &io::Error) -> Error {
    let (reason, hint) = match error.kind() {
        io::ErrorKind::NotFound => ("no such file".to_string(), None),
        io::ErrorKind::IsADirectory => (
            "is a directory".to_string(),
            Some("give the profiles in it by name".to_string()),
        ),
        io::ErrorKind::PermissionDenied => ("permission denied".to_string(), None),
        _ => (error.to_string(), None),
    };
    Error::new(Place::input(input), Problem::System { reason, hint })
}

/// Standard input can be read once.
fn check_stdin(inputs: &[String]) -> Result<(), Error> {
    if inputs.iter().filter(|i| path_of(i) == "-").count() < 2 {
        return Ok(());
    }
    let hint = Some("standard input can be read only once".to_string());
    Err(Problem::System {
        reason: "given twice".to_string(),
        hint,
    }
    .at("-"))
}

/// One profile of all inputs less a base, if one is named; a single one stays as it is.
pub fn profile_less(inputs: &[String], base: &BaseArgs, limits: Limits) -> Result<Profile, Error> {
    profile_and_storage(inputs, base, limits).map(|(profile, _)| profile)
}

/// The inputs as one profile, as it was read.
fn together(inputs: &[String], limits: Limits) -> Result<(Profile, Vec<Stored>), Error> {
    let (mut profiles, stored) = profiles(inputs, limits)?;
    if profiles.len() == 1 {
        return Ok((profiles.remove(0), stored));
    }
    let merged = merge(&named(inputs, &profiles)).map_err(|problem| problem.at(first_of(inputs)))?;
    Ok((merged, stored))
}

/// Its sums fit, and frames that it asks to drop are cut.
fn checked(mut profile: Profile, name: &str) -> Result<Profile, Error> {
    profile.check_sums().map_err(|problem| problem.at(name))?;
    remove_uninteresting(&mut profile, name);
    Ok(profile)
}

/// The same for writing: equal samples are added up even where there is one input.
pub fn merged_profile(inputs: &[String], limits: Limits) -> Result<Profile, Error> {
    let (profiles, _) = profiles(inputs, limits)?;
    let first = inputs.first().map_or("-", String::as_str);
    let one = merge(&named(inputs, &profiles)).map_err(|problem| problem.at(first))?;
    checked(one, first)
}

/// How every input is stored, with one profile of all of them.
pub fn profile_and_storage(
    inputs: &[String],
    base: &BaseArgs,
    limits: Limits,
) -> Result<(Profile, Vec<Stored>), Error> {
    let Some((bases, kind)) = base_of(base) else {
        let (one, stored) = together(inputs, limits)?;
        return Ok((checked(one, first_of(inputs))?, stored));
    };
    check_stdin(&[inputs, bases].concat())?;
    let ((source, stored), (base_profile, _)) = (together(inputs, limits)?, together(bases, limits)?);
    let (name, base_name) = (first_of(inputs), first_of(bases));
    let less = subtract((name, &source), (base_name, &base_profile), kind, base.normalize);
    Ok((checked(less.map_err(|problem| problem.at(name))?, name)?, stored))
}

/// The profiles of two sides, each on its own; standard input may be one of them.
pub fn sides(inputs: &[Vec<String>; 2], limits: Limits) -> Result<[Vec<Profile>; 2], Error> {
    check_stdin(&inputs.concat())?;
    let read = |side: &Vec<String>| {
        let one = |input: &String| profile_less(std::slice::from_ref(input), &BaseArgs::default(), limits);
        in_order(side.par_iter().map(one).collect())
    };
    Ok([read(&inputs[0])?, read(&inputs[1])?])
}

/// Results in the order of their inputs; of several errors the first input's, whichever thread came first.
fn in_order<T>(results: Vec<Result<T, Error>>) -> Result<Vec<T>, Error> {
    results.into_iter().collect()
}

fn first_of(inputs: &[String]) -> &str {
    inputs.first().map_or("-", String::as_str)
}

/// All profiles, read in parallel, in their order, and how they are stored.
fn profiles(inputs: &[String], limits: Limits) -> Result<(Vec<Profile>, Vec<Stored>), Error> {
    check_stdin(inputs)?;
    let read_one = |input: &String| {
        let data = read(input, limits)?;
        let plain = unpack(&data, limits).map_err(|problem| problem.at(input))?;
        let stored = Stored {
            container: if is_gzip(&data) { "gzip" } else { "raw" },
            bytes: data.len() as u64,
            bytes_uncompressed: plain.len() as u64,
        };
        decode_plain(&plain, input).map(|profile| (profile, stored))
    };
    let read = in_order(inputs.par_iter().map(read_one).collect())?;
    Ok(read.into_iter().unzip())
}

fn named<'a>(inputs: &'a [String], profiles: &'a [Profile]) -> Vec<(&'a str, &'a Profile)> {
    inputs.iter().map(String::as_str).zip(profiles).collect()
}

/// One profile of several: a single one stays as it is. Frames that the profile asks to drop are cut.
fn merged(profiles: &[(&str, &Profile)]) -> Result<Profile, Error> {
    let (first, profile) = profiles.first().ok_or_else(|| Problem::Empty.at("-"))?;
    let one = match profiles {
        [_] => (*profile).clone(),
        _ => merge(profiles).map_err(|problem| problem.at(first))?,
    };
    checked(one, first)
}

/// An input by what it holds.
pub enum Input {
    Profile(String, Box<Profile>),
    Benchmarks(BenchLog),
    Dump(DumpInput),
    Notes(NotesInput),
    Runtime(RuntimeInput),
    Modules(ModulesInput),
}

/// Reads inputs of any kind, in parallel, in their order. A text may hold several kinds.
pub fn read_all(inputs: &[String], limits: Limits) -> Result<Vec<Input>, Error> {
    check_stdin(inputs)?;
    let read = in_order(inputs.par_iter().map(|input| read_any(input, limits)).collect())?;
    Ok(read.into_iter().flatten().collect())
}

/// Reads benchmark texts.
///
/// # Errors
/// Also for an input that holds none.
pub fn benchmarks(inputs: &[String], limits: Limits) -> Result<Vec<BenchLog>, Error> {
    check_stdin(inputs)?;
    let one = |input: &String| {
        let data = read(input, limits)?;
        let plain = unpack(&data, limits).map_err(|problem| problem.at(input))?;
        parse(&plain, input)
    };
    in_order(inputs.par_iter().map(one).collect())
}

fn read_any(input: &str, limits: Limits) -> Result<Vec<Input>, Error> {
    let data = read(input, limits)?;
    let plain = unpack(&data, limits).map_err(|problem| problem.at(input))?;
    let name = || input.to_string();
    let mut found = Vec::new();
    if looks_like_notes(&plain) {
        let notes = compiler::parse(&plain);
        found.push(Input::Notes(NotesInput { name: name(), notes }));
    }
    if looks_like_runtime_trace(&plain) {
        let trace = runtime_trace::parse(&plain);
        found.push(Input::Runtime(RuntimeInput { name: name(), trace }));
    }
    if looks_like_bench(&plain) {
        match parse(&plain, input) {
            // A name whose numbers are not there, among lines of the runtime.
            Err(error) if error.problem == Problem::NoResults && !found.is_empty() => {}
            log => found.push(Input::Benchmarks(log?)),
        }
    } else if looks_like_dump(&plain) {
        let dump = goroutine::parse(&plain, input)?;
        found.push(Input::Dump(DumpInput { name: name(), dump }));
    }
    if found.is_empty() && looks_like_modules(&plain) {
        let modules = parse_modules(&plain);
        found.push(Input::Modules(ModulesInput {
            name: name(),
            modules,
        }));
    }
    if found.is_empty() {
        let profile = decode_plain(&plain, input)?;
        found.push(Input::Profile(name(), Box::new(profile)));
    }
    Ok(found)
}

/// The goroutine and goroutineleak profiles one by one: they are moments to be compared.
pub fn goroutine_profiles(profiles: &[(String, Profile)]) -> Vec<ProfileInput> {
    let is_meant = |p: &Profile| matches!(p.kind(), Kind::Goroutine | Kind::Goroutineleak);
    let one = |(name, profile): &(String, Profile)| ProfileInput {
        name: name.clone(),
        profile: profile.clone(),
    };
    profiles.iter().filter(|(_, p)| is_meant(p)).map(one).collect()
}

/// What `info` says of an input that is no profile, but an execution trace or a prepared profile; `None` for all others,
/// and for standard input, which can be read once.
pub fn other_info(input: &str, limits: Limits) -> Result<Option<OtherInfo>, Error> {
    const HEAD: u64 = 16;
    if path_of(input) == "-" {
        return Ok(None);
    }
    let mut head = Vec::new();
    let Ok(file) = File::open(path_of(input)) else {
        return Ok(None);
    };
    let is_read = file.take(HEAD).read_to_end(&mut head).is_ok();
    if !is_read || !(head.starts_with(b"go 1.") || head.starts_with(b"GO PREPROFILE")) {
        return Ok(None);
    }
    OtherInfo::of(&read(input, limits)?, input).map_err(|problem| problem.at(input))
}

/// Of several moments of one process the one with most threads: they are counted from its start, so sums say nothing.
fn most_threads(group: Vec<(String, Profile)>) -> Result<ProfileInput, Error> {
    let total = |p: &Profile| p.total(p.default_type());
    let count = group.len();
    let most = group
        .into_iter()
        .reduce(|a, b| if total(&b.1) > total(&a.1) { b } else { a });
    let (name, mut profile) = most.ok_or_else(|| Problem::Empty.at("-"))?;
    let text = format!("of {count} threadcreate profiles the one with most threads counts");
    profile
        .warnings
        .push(Warning::new("threadcreate-largest", Place::input(&name), text));
    Ok(ProfileInput { name, profile })
}

/// The MemStats blocks of heap texts, each with what the samples of its own text stand for.
pub fn memstats(profiles: &[(String, Profile)]) -> Vec<MemStatsInput> {
    let one = |(name, profile): &(String, Profile)| MemStatsInput {
        name: name.clone(),
        stats: profile.memstats.clone(),
        sampled_bytes: profile
            .type_named("alloc_space")
            .map(|index| profile.total(index)),
    };
    let with_block = profiles.iter().filter(|(_, p)| !p.memstats.is_empty());
    with_block.map(one).collect()
}

/// The heap profiles in the order of time, where they are moments of one process; else none.
pub fn heap_profiles(profiles: &[(String, Profile)]) -> Vec<ProfileInput> {
    let of = |kind: Kind| {
        profiles
            .iter()
            .filter(|(_, p)| p.kind() == kind)
            .collect::<Vec<_>>()
    };
    let mut heaps = match of(Kind::Heap) {
        heaps if heaps.is_empty() => of(Kind::Allocs),
        heaps => heaps,
    };
    // Texts tell no time: they stay in the order given.
    if heaps.iter().all(|(_, p)| p.time_nanos > 0) {
        heaps.sort_by_key(|(_, p)| p.time_nanos);
    }
    let moments: Vec<&Profile> = heaps.iter().map(|(_, p)| p).collect();
    if !is_one_process(&moments) {
        return Vec::new();
    }
    let one = |(name, profile): &&(String, Profile)| ProfileInput {
        name: name.clone(),
        profile: profile.clone(),
    };
    heaps.iter().map(one).collect()
}

/// Takes the last of several moments of a heap for all: what was held at each must not be added up.
pub fn last_of_heaps(profiles: Vec<(String, Profile)>, moments: &[ProfileInput]) -> Vec<(String, Profile)> {
    let Some(last) = moments.last() else {
        return profiles;
    };
    let kind = last.profile.kind();
    let mut seen = false;
    let stays = |(name, profile): &(String, Profile)| {
        profile.kind() != kind || (*name == last.name && !std::mem::replace(&mut seen, true))
    };
    profiles.into_iter().filter(stays).collect()
}

/// Profiles of one kind become one, named by all of their inputs; kinds in the order of their first input.
pub fn merge_by_kind(profiles: Vec<(String, Profile)>) -> Result<Vec<ProfileInput>, Error> {
    let mut groups: Vec<(Kind, Vec<(String, Profile)>)> = Vec::new();
    for (name, profile) in profiles {
        let kind = profile.kind();
        match groups.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, group)) => group.push((name, profile)),
            None => groups.push((kind, vec![(name, profile)])),
        }
    }
    let one = |(kind, group): (Kind, Vec<(String, Profile)>)| {
        if kind == Kind::Threadcreate && group.len() > 1 {
            return most_threads(group);
        }
        let named: Vec<_> = group
            .iter()
            .map(|(name, profile)| (name.as_str(), profile))
            .collect();
        let names: Vec<_> = group.iter().map(|(name, _)| name.as_str()).collect();
        let (mut profile, name) = (merged(&named)?, names.join(" + "));
        // The review is given each block on its own.
        profile.warnings.retain(|w| w.code != "memstats-left-out");
        if matches!(kind, Kind::Heap | Kind::Allocs) && names.len() > 1 {
            let text = "heap profiles of several processes are added up, what is in use too";
            let warning = Warning::new("heaps-added-up", Place::input(&name), text.to_string());
            profile.warnings.push(warning);
        }
        Ok(ProfileInput { name, profile })
    };
    groups.into_iter().map(one).collect()
}
