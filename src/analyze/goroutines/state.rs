//! What a goroutine of a profile waits for, from the functions at its leaf.

use super::{CodePlace, side_of};
use crate::analyze::Side;

/// A function of the runtime or of `sync`, and the state in which a dump shows a goroutine below it. The names are
/// those of Go 1.21 to 1.27.
const STATES: [(&str, &str); 32] = [
    ("runtime.chansend", "chan send"),
    ("runtime.chansend1", "chan send"),
    ("runtime.chanrecv", "chan receive"),
    ("runtime.chanrecv1", "chan receive"),
    ("runtime.chanrecv2", "chan receive"),
    ("runtime.selectgo", "select"),
    ("runtime.block", "select (no cases)"),
    ("runtime.netpollblock", "IO wait"),
    ("internal/poll.runtime_pollWait", "IO wait"),
    ("runtime.timeSleep", "sleep"),
    ("time.Sleep", "sleep"),
    ("sync.(*Mutex).Lock", "sync.Mutex.Lock"),
    ("sync.(*Mutex).lockSlow", "sync.Mutex.Lock"),
    ("internal/sync.(*Mutex).Lock", "sync.Mutex.Lock"),
    ("internal/sync.(*Mutex).lockSlow", "sync.Mutex.Lock"),
    ("sync.(*RWMutex).RLock", "sync.RWMutex.RLock"),
    ("sync.(*RWMutex).Lock", "sync.RWMutex.Lock"),
    ("sync.(*WaitGroup).Wait", "sync.WaitGroup.Wait"),
    ("sync.(*Cond).Wait", "sync.Cond.Wait"),
    ("runtime.coroswitch_m", "coroutine"),
    ("runtime.coroswitch", "coroutine"),
    ("os/signal.signal_recv", "syscall"),
    ("runtime.cgocall", "syscall"),
    ("runtime.entersyscall", "syscall"),
    ("runtime.runFinalizers", "finalizer wait"),
    ("runtime.runfinq", "finalizer wait"),
    ("runtime.runCleanups", "cleanup wait"),
    ("runtime.bgsweep", "GC sweep wait"),
    ("runtime.bgscavenge", "GC scavenge wait"),
    ("runtime.gcBgMarkWorker", "GC worker (idle)"),
    ("runtime.forcegchelper", "force gc (idle)"),
    ("runtime/pprof.writeGoroutine", "running"),
];

/// The state of a goroutine with these frames, leaf first; only those of the standard library before the first
/// other one are looked at. `is_text`: the runtime's functions at the leaf are missing, so that nothing follows
/// from their absence.
pub(super) fn state_of(frames: &[CodePlace], is_text: bool) -> &'static str {
    let is_foreign = |f: &&CodePlace| matches!(side_of(&f.function, None), Side::Std | Side::Runtime);
    let below = || frames.iter().take_while(is_foreign).map(|f| f.function.as_str());
    let known = |name: &str| STATES.iter().find(|(function, _)| *function == name);
    if let Some((_, state)) = below().find_map(known) {
        return state;
    }
    if below().any(|f| f.starts_with("runtime.semacquire")) {
        return "semacquire";
    }
    match below().next() {
        Some("runtime.gopark" | "runtime.goparkunlock") => "waiting",
        Some(leaf) if leaf.starts_with("syscall.") || leaf.starts_with("internal/runtime/syscall") => {
            "syscall"
        }
        _ if is_text => "",
        _ => "running",
    }
}
