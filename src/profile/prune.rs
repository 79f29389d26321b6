//! Cuts the frames that the profiler itself put on the stacks, as `drop_frames` and `keep_frames` say.

use regex::bytes::{Regex, RegexBuilder};

use super::{Line, LocationId, Profile, Samples};
use crate::error::{Place, Warning};

/// Most bytes that a compiled expression may take.
const MAX_COMPILED: usize = 10 << 20;

/// Cuts what `drop_frames` names and `keep_frames` does not: per stack the matching frame nearest to the root,
/// once a frame that does not match was seen above it, and everything leafward of it. Values stay, so a stack
/// may become shorter and never disappears. Expressions that do not compile are a warning (`drop-frames`) and
/// then unused.
///
/// ```
/// use perfplan::profile::{Format, ProfileBuilder, remove_uninteresting};
/// let mut builder = ProfileBuilder::new(Format::Folded, &[("samples", "count")]);
/// let main = builder.frame("main.main", "main.go", 7);
/// let malloc = builder.frame("malloc", "malloc.c", 12);
/// builder.sample([malloc, main], &[5], []);
/// let mut profile = builder.finish();
/// profile.drop_frames = profile.strings.intern(b"malloc|free");
/// remove_uninteresting(&mut profile, "heap.pb.gz");
/// assert_eq!(profile.samples.stack(0).collect::<Vec<_>>(), [main]);
/// ```
pub fn remove_uninteresting(profile: &mut Profile, input: &str) {
    if profile.drop_frames.is_empty() {
        return;
    }
    match Rule::of(profile) {
        Ok(rule) => rule.apply(profile),
        Err(what) => {
            let text = format!("{what} is no valid regular expression; no frames are dropped");
            let warning = Warning::new("drop-frames", Place::input(input), text);
            profile.warnings.push(warning);
        }
    }
}

/// A function name without a leading dot and without its arguments: cut at the first `(` that is not part of
/// `(anonymous namespace)` or `operator()`.
///
/// ```
/// use perfplan::profile::simplified_name;
/// assert_eq!(simplified_name(b"(anonymous namespace)::run(int)"), b"(anonymous namespace)::run");
/// ```
pub fn simplified_name(name: &[u8]) -> &[u8] {
    let name = name.strip_prefix(b".").unwrap_or(name);
    let mut at = 0;
    while let Some(bracket) = find(name, b'(', at) {
        at = match after_reserved(name, bracket) {
            Some(after) => after,
            None => return name.get(..bracket).unwrap_or(name),
        };
    }
    name
}

fn find(text: &[u8], byte: u8, from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    rest.iter().position(|b| *b == byte).map(|i| i + from)
}

/// Where the reserved name ends that the bracket belongs to.
fn after_reserved(name: &[u8], bracket: usize) -> Option<usize> {
    const NAMESPACE: &[u8] = b"(anonymous namespace)";
    let (head, tail) = name.split_at_checked(bracket)?;
    if tail.starts_with(NAMESPACE) {
        Some(bracket + NAMESPACE.len())
    } else if head.ends_with(b"operator") && tail.starts_with(b"()") {
        Some(bracket + 2)
    } else {
        None
    }
}

/// The two expressions, compiled.
struct Rule {
    drop: Regex,
    keep: Option<Regex>,
}

/// What is cut of a location.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// Nothing matches.
    Nothing,
    /// An inlined call matches: it and what is inlined into it have gone, the rest stays.
    Inlined,
    /// The outermost line matches.
    Whole,
}

impl Rule {
    /// # Errors
    /// The name of the field that does not compile.
    fn of(profile: &Profile) -> Result<Self, &'static str> {
        let drop = compile(profile.text(profile.drop_frames)).ok_or("drop_frames")?;
        let keep = match profile.text(profile.keep_frames) {
            b"" => None,
            keep => Some(compile(keep).ok_or("keep_frames")?),
        };
        Ok(Self { drop, keep })
    }

    fn matches(&self, name: &[u8]) -> bool {
        let name = simplified_name(name);
        self.drop.is_match(name) && !self.keep.as_ref().is_some_and(|keep| keep.is_match(name))
    }

    fn apply(&self, profile: &mut Profile) {
        let functions = profile.functions.iter();
        let dropped: Vec<bool> = functions
            .map(|f| !f.name.is_empty() && self.matches(profile.strings.get(f.name)))
            .collect();
        if dropped.contains(&true) {
            let cuts = cut_locations(profile, &dropped);
            profile.samples = cut_stacks(&profile.samples, &cuts);
        }
    }
}

fn compile(pattern: &[u8]) -> Option<Regex> {
    let pattern = std::str::from_utf8(pattern).ok()?;
    RegexBuilder::new(&format!("^({pattern})$"))
        .size_limit(MAX_COMPILED)
        .build()
        .ok()
}

/// Takes the dropped lines out of the locations, and tells for each location what was cut.
fn cut_locations(profile: &mut Profile, dropped: &[bool]) -> Vec<Cut> {
    let is_dropped = |line: &Line| dropped.get(line.function.index()).is_some_and(|d| *d);
    let mut cuts = Vec::with_capacity(profile.locations.len());
    for row in 0..profile.locations.len() {
        let lines = profile.lines_of(LocationId(row as u32));
        let kept = lines.iter().rev().take_while(|l| !is_dropped(l)).count();
        let cut = match kept {
            n if n == lines.len() => Cut::Nothing,
            0 => Cut::Whole,
            _ => Cut::Inlined,
        };
        if let (Cut::Inlined, Some(location)) = (cut, profile.locations.get_mut(row)) {
            location.first_line = location.end_line - kept as u32;
        }
        cuts.push(cut);
    }
    cuts
}

fn cut_stacks(samples: &Samples, cuts: &[Cut]) -> Samples {
    let mut shorter = Samples::new(samples.width());
    let mut stack = Vec::new();
    for sample in 0..samples.len() {
        stack.clear();
        stack.extend(samples.stack(sample));
        let labels = samples.labels(sample).iter().map(|l| (l.key, l.value));
        let kept = stack.iter().skip(first_kept(&stack, cuts)).copied();
        shorter.push(kept, samples.values(sample), labels);
    }
    shorter
}

/// Index of the leaf that is left of a stack.
fn first_kept(stack: &[LocationId], cuts: &[Cut]) -> usize {
    let mut below_user_code = false;
    for (i, location) in stack.iter().enumerate().rev() {
        match cuts.get(location.index()) {
            Some(Cut::Whole) if below_user_code => return i + 1,
            Some(Cut::Inlined) if below_user_code => return i,
            Some(Cut::Nothing) => below_user_code = true,
            _ => {}
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Format, Function, ProfileBuilder, StringId};

    /// Names of the frames that are left, leaf first. Stacks are written leaf first, inlined calls with `>`:
    /// `leaf>into root`.
    fn pruned(stack: &str, drop: &str, keep: &str) -> String {
        let mut builder = ProfileBuilder::new(Format::Folded, &[("samples", "count")]);
        let ids: Vec<_> = stack.split(' ').map(|l| location(&mut builder, l)).collect();
        builder.sample(ids, &[1], []);
        let mut profile = builder.finish();
        profile.drop_frames = profile.strings.intern(drop.as_bytes());
        profile.keep_frames = profile.strings.intern(keep.as_bytes());
        remove_uninteresting(&mut profile, "test");
        assert_eq!(profile.total(0), 1, "values stay");
        let names = |id| {
            let lines = profile.lines_of(id).iter();
            let names: Vec<_> = lines
                .map(|l| profile.printable(profile.functions[l.function.index()].name))
                .collect();
            names.join(">")
        };
        profile.samples.stack(0).map(names).collect::<Vec<_>>().join(" ")
    }

    fn location(builder: &mut ProfileBuilder, names: &str) -> LocationId {
        let lines: Vec<_> = names.split('>').map(|name| line(builder, name)).collect();
        builder.location(None, 0, false, &lines)
    }

    fn line(builder: &mut ProfileBuilder, name: &str) -> Line {
        let name = builder.string(name);
        let function = builder.function(Function {
            name,
            system_name: name,
            filename: StringId::EMPTY,
            start_line: 0,
        });
        Line {
            function,
            line: 1,
            column: 0,
        }
    }

    fn check(stack: &str, drop: &str, expect: &str) {
        assert_eq!(pruned(stack, drop, ""), expect, "{stack} without {drop}");
    }

    #[test]
    fn what_is_below_the_match_nearest_the_root_goes() {
        check("leaf malloc main", "malloc", "main");
        check("malloc work malloc main", "malloc", "main");
        check("leaf main", "other", "leaf main");
        check("leaf main", "mai", "leaf main");
    }

    #[test]
    fn a_matching_root_stays() {
        check("leaf main", "main", "leaf main");
        check("malloc work main", "main|malloc", "work main");
        check("malloc malloc", "malloc", "malloc malloc");
    }

    #[test]
    fn inlined_lines_are_cut_out_of_their_location() {
        check("leaf malloc>work main", "malloc", "work main");
        check("leaf work>malloc main", "malloc", "main");
        check("leaf main malloc>root", "malloc", "leaf main root");
    }

    #[test]
    fn kept_names_are_exceptions() {
        let stack = "leaf runtime.panic main";
        assert_eq!(pruned(stack, r"runtime\..*", r"runtime\.panic"), stack);
    }

    #[test]
    fn arguments_are_no_part_of_a_name() {
        let check = |name: &str, expect: &str| {
            assert_eq!(simplified_name(name.as_bytes()), expect.as_bytes());
        };
        check(".main", "main");
        check("f(int)", "f");
        check("X::operator()(int)", "X::operator()");
        check("(anonymous namespace)::f(operator())", "(anonymous namespace)::f");
    }

    #[test]
    fn a_broken_expression_is_a_warning() {
        let mut profile = ProfileBuilder::new(Format::Proto, &[("a", "b")]).finish();
        profile.drop_frames = profile.strings.intern(b"a(");
        remove_uninteresting(&mut profile, "x.pb");
        let codes: Vec<_> = profile.warnings.iter().map(|w| w.code.as_str()).collect();
        assert_eq!(codes, ["drop-frames"]);
    }
}
