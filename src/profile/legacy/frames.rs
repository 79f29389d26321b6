//! The frames that these profilers leave on the stacks, as expressions for `drop_frames` and `keep_frames`.

use super::super::{Format, Profile, StringId};

/// Sets the frames to drop by the types of the profile, where names can match. Stacks that Go's comment lines
/// name are left alone: Go has already hidden its allocator.
pub(super) fn describe(profile: &mut Profile) {
    let by_go = matches!(
        profile.format,
        Format::HeapText | Format::CountText | Format::ContentionText
    );
    if by_go && !profile.functions.is_empty() {
        return;
    }
    let (drop, keep) = if has_both(profile, HEAPS) {
        (ALLOCATORS.join("|"), KEPT.join("|"))
    } else if has_both(profile, &[("contentions", "delay")]) {
        (unlockers(), String::new())
    } else {
        (HANDLERS.join("|"), String::new())
    };
    let mut intern = |text: String| -> StringId { profile.strings.intern(text.as_bytes()) };
    (profile.drop_frames, profile.keep_frames) = (intern(drop), intern(keep));
}

/// Types by which a heap profile is known.
const HEAPS: &[(&str, &str)] = &[("objects", "space"), ("inuse_objects", "inuse_space")];

fn has_both(profile: &Profile, pairs: &[(&str, &str)]) -> bool {
    let has = |name| profile.type_named(name).is_some();
    pairs.iter().any(|(first, second)| has(first) && has(second))
}

/// Allocators: libc, tcmalloc, macOS, C++ and Go's runtime.
const ALLOCATORS: &[&str] = &[
    r"(__libc_)?malloc|[cm]alloc|p?valloc|realloc|c?free|allocate|cpp_alloc|_M_allocate",
    r"(do_)?memalign|(__)?posix_memalign",
    r"tcmalloc::.*|(::)?do_malloc(_no_errno|_pages)?|DoSampledAllocation",
    r"tc_([cm]alloc|p?valloc|realloc|c?free|(posix_)?memalign)",
    r"tc_(new|newarray)(_nothrow)?|tc_(delete|deletearray)",
    r"malloc_zone_([cm]alloc|valloc|realloc|memalign|free)",
    r"operator new(\[\])?|__builtin_(vec_)?(new|delete)",
    r"__gnu_cxx::new_allocator::allocate|(__malloc_alloc_template|simple_alloc)::allocate",
    r"BaseArena::.*|MallocedMemBlock::MallocedMemBlock",
    r"runtime\..*",
];

/// Frames of Go's runtime that stand in the middle of a stack.
const KEPT: &[&str] = &[r"runtime\.panic|runtime\.reflectcall|runtime\.call[0-9]*"];

/// What a profiling signal pushes.
const HANDLERS: &[&str] =
    &["ProfileData::Add|(ProfileData|CpuProfiler)::prof_handler|__pthread_sighandler|__restore"];

/// What releases a lock, and what records that it did.
fn unlockers() -> String {
    [
        r"(base::)?(RecordLock|SubmitMutex|SubmitSpinLock)ProfileData.*",
        r"((base::)?Mutex::)?(AwaitCommon|Unlock|ReaderUnlock).*",
        r"((base::)?MutexLock::)?~MutexLock.*",
        r"(SpinLock::)?(Unlock|SlowUnlock).*|(SpinLockHolder::)?~SpinLockHolder.*",
    ]
    .join("|")
}
