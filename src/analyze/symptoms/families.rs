//! The families of functions by which a profile tells a symptom, in the order of their precedence.
//!
//! The names are those of Go 1.20 to 1.27: the runtime, `internal/runtime` and `internal/sync` have moved functions
//! between releases, and each expression knows all the names that one thing has had. Facts from the sources of the Go
//! releases and of the libraries named.

use std::sync::LazyLock;

use regex::bytes::{RegexSet, RegexSetBuilder};

/// A family: functions that stand for one kind of work below the user's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Family {
    /// Short name, such as `slice.grow`.
    pub id: &'static str,
    /// Regular expression on function names as the profile stores them; classes are those of ASCII.
    pub pattern: &'static str,
}

const fn family(id: &'static str, pattern: &'static str) -> Family {
    Family { id, pattern }
}

/// Families of which one sample may have several; where it has to be one, the first counts.
pub const FAMILIES: [Family; 70] = [
    family("gc.assist", r"^runtime\.(gcAssistAlloc\w*|gcParkAssist)$"),
    family(
        "gc.mark",
        concat!(
            r"^runtime\.(gcBgMarkWorker.*|gcDrain\w*|gcMark\w*|scanobject|scanblock|scanSpan|",
            r"scanObjectsSmall|scanObject\w*|scanstack|scanframeworker|greyobject|markroot\w*|",
            r"wbBufFlush\w*|gcmarknewobject|tryDeferToSpanScan|spanQueue\S*|gcWork\S*|",
            r"\(\*gcWork\)\S*)$|^gcWriteBarrier$|^internal/runtime/gc/scan\.",
        ),
    ),
    family(
        "gc.sweep",
        concat!(
            r"^runtime\.(bgsweep|sweepone|\(\*sweepLocked\)\.sweep|\(\*mspan\)\.sweep|",
            r"deductSweepCredit|\(\*mheap\)\.reclaim\w*)$",
        ),
    ),
    family(
        "gc.scavenge",
        concat!(
            r"^runtime\.(bgscavenge|\(\*scavengerState\)\..*|\(\*pageAlloc\)\.scavenge\w*|",
            r"sysUnused\w*|madvise)$",
        ),
    ),
    family(
        "gc.forced",
        r"^runtime\.(GC|gcStart|ReadMemStats)$|^runtime/debug\.(FreeOSMemory|SetGCPercent)$",
    ),
    family(
        "string.concat",
        r"^runtime\.concat(string|byte)s?\d?$|^runtime\.concatbytes$",
    ),
    family("string.from_bytes", r"^runtime\.slicebytetostring(tmp)?$"),
    family(
        "bytes.from_string",
        r"^runtime\.(stringtoslicebyte|rawbyteslice)$",
    ),
    family(
        "runes.conv",
        r"^runtime\.(stringtoslicerune|slicerunetostring|intstring|encoderune)$",
    ),
    family(
        "slice.grow",
        r"^runtime\.(growslice\w*|appendIntStr|makeslicecopy)$",
    ),
    family(
        "map.grow",
        concat!(
            r"^internal/runtime/maps\.\(\*(table|Map)\)\.(rehash|grow\w*|split|uncheckedPutSlot|",
            r"installTableSplit)$|^runtime\.(hashGrow|growWork\w*|evacuate\w*)$|",
            r"^internal/runtime/maps\.(newTable|newGroups|newarray|NewMap|NewEmptyMap)$|",
            r"^runtime\.makemap\w*$",
        ),
    ),
    family(
        "map.assign",
        r"^runtime\.mapassign\w*$|^internal/runtime/maps\.\(\*Map\)\.(PutSlot\w*|putSlot\w*)$",
    ),
    family(
        "map.access",
        concat!(
            r"^runtime\.mapaccess\w*$|^internal/runtime/maps\.(runtime_mapaccess\w*|",
            r"\(\*Map\)\.(Get\w*|get\w*))$",
        ),
    ),
    family(
        "map.iter",
        r"^runtime\.mapiter\w*$|^runtime\.mapIter\w*$|^internal/runtime/maps\.\(\*Iter\)\.",
    ),
    family(
        "map.delete",
        concat!(
            r"^runtime\.map(delete|clear)\w*$|^internal/runtime/maps\.\(\*(Map|table)\)\.(Delete|",
            r"Clear)",
        ),
    ),
    family("iface.box", r"^runtime\.convT\w*$"),
    family(
        "iface.assert",
        concat!(
            r"^runtime\.(assertE2I2?|typeAssert|interfaceSwitch|getitab|\(\*itabTableType\)\.find|",
            r"assertI2I2?)$",
        ),
    ),
    family(
        "defer",
        concat!(
            r"^runtime\.(deferproc\w*|newdefer|popDefer|freedefer|deferreturn|deferconvert|",
            r"\(\*_panic\)\.nextDefer|deferrangefunc)$",
        ),
    ),
    family(
        "panic",
        r"^runtime\.(gopanic|gorecover\S*|recovery|\(\*_panic\)\.(start|nextFrame)\S*)$",
    ),
    family(
        "regexp.compile",
        concat!(
            r"^regexp\.(compile|Compile|MustCompile|CompilePOSIX|MustCompilePOSIX|Match|MatchString|",
            r"MatchReader)$|^regexp/syntax\.",
        ),
    ),
    family("regexp.match", r"^regexp\."),
    family("json", r"^encoding/json(/v2|/jsontext|/internal\S*)?\."),
    family("xml", r"^encoding/xml\."),
    family("gob", r"^encoding/gob\."),
    family(
        "binary.reflect",
        r"^encoding/binary\.(Read|Write|\(\*(en|de)coder\)\.value|Size|dataSize)",
    ),
    family("fmt", r"^fmt\."),
    family(
        "log",
        concat!(
            r"^log(/slog(/internal\S*)?)?\.|^go\.uber\.org/zap|^github\.com/(sirupsen/logrus|",
            r"rs/zerolog)",
        ),
    ),
    family("reflect", r"^reflect\.|^internal/reflectlite\."),
    family(
        "sort.reflect",
        r"^sort\.(Slice|SliceStable|pdqsort_func|stable_func)$",
    ),
    family("sort", r"^sort\.|^slices\.(pdqsort\w*|Sort\w*|insertionSort\w*)"),
    family(
        "time.now",
        r"^time\.(Now|Since|Until|now|runtimeNow|runtimeNano)$|^runtime\.(walltime|nanotime1)$",
    ),
    family(
        "time.format",
        r"^time\.(Time\.(Format|AppendFormat|append\w*|String)|Parse\w*|parse\w*)",
    ),
    family(
        "timer",
        concat!(
            r"^time\.(After|AfterFunc|NewTimer|newTimer|NewTicker|Tick|Sleep|\(\*Timer\)\.\w+|",
            r"resetTimer|stopTimer)$|^runtime\.\(\*timers?\)\.|^runtime\.(resetForSleep|timeSleep)$",
        ),
    ),
    family("context", r"^context\."),
    family(
        "lock.mutex",
        concat!(
            r"^(internal/)?sync\.\(\*Mutex\)\.|^sync\.(runtime_SemacquireMutex|runtime_Semrelease)$|",
            r"^internal/sync\.runtime_",
        ),
    ),
    family(
        "lock.rwmutex",
        r"^sync\.\(\*RWMutex\)\.|^sync\.runtime_SemacquireRWMutex\w*$",
    ),
    family("syncmap", r"^sync\.\(\*Map\)\.|^internal/sync\.\(\*HashTrieMap"),
    family("pool", r"^sync\.\(\*Pool\)\."),
    family("cond", r"^sync\.\(\*Cond\)\.|^sync\.runtime_notifyList\w+$"),
    family("waitgroup", r"^sync\.\(\*WaitGroup\)\."),
    family(
        "chan.select",
        r"^runtime\.(selectgo|sellock|selunlock|selectnb\w+)$",
    ),
    family("chan.send", r"^runtime\.(chansend1?|send)$"),
    family("chan.recv", r"^runtime\.(chanrecv[12]?|recv)$"),
    family(
        "goroutine.spawn",
        r"^runtime\.(newproc1?|newproc\.func1|malg|goexit0|gdestroy|gfget|gfput)$",
    ),
    family(
        "stack.grow",
        r"^runtime\.(newstack|copystack|morestack\w*|adjustframe\w*)$",
    ),
    family("net.tls", r"^crypto/tls\."),
    family("crypto", r"^crypto/|^golang\.org/x/crypto"),
    family("compress", r"^compress/|^github\.com/klauspost/compress"),
    family(
        "net.getconn",
        r"^net/http\.\(\*Transport\)\.(getConn|queueForDial|queueForIdleConn)$",
    ),
    family(
        "net.dial",
        concat!(
            r"^net/http\.\(\*Transport\)\.(dialConn\w*|startDialConn\w*|dial|queueForDial)|",
            r"^net\.\(\*(Dialer|sysDialer)\)\.",
        ),
    ),
    family(
        "net.dns",
        r"^net\.\(\*Resolver\)\.|^net\.(goLookup\w*|cgoLookup\w*|lookup\w*)",
    ),
    family(
        "db.conn",
        r"^database/sql\.\(\*DB\)\.(conn|openNewConnection|connectionOpener|connectionResetter)",
    ),
    family(
        "db",
        concat!(
            r"^database/sql\.|^github\.com/(lib/pq|go-sql-driver|jackc/pgx|mattn/go-sqlite3)|",
            r"^modernc\.org/sqlite",
        ),
    ),
    family("http", r"^net/http\."),
    family(
        "cgo",
        r"^runtime\.(cgocall|cgoCheck\w*|asmcgocall\w*|exitsyscall\w*)$|^_cgo_|^runtime/cgo\.",
    ),
    family(
        "syscall",
        concat!(
            r"^(internal/runtime/syscall(/linux)?|runtime/internal/syscall|syscall|",
            r"internal/syscall/unix|internal/poll|golang\.org/x/sys/unix)\.",
        ),
    ),
    family(
        "finalizer",
        concat!(
            r"^runtime\.(SetFinalizer\S*|addfinalizer|addspecial|AddCleanup\S*|runFinalizers|runfinq|",
            r"queuefinalizer|freeSpecial)$",
        ),
    ),
    family(
        "caller",
        concat!(
            r"^runtime\.(Caller|Callers|callers\S*|CallersFrames|\(\*Frames\)\.Next|tracebackPCs|",
            r"FuncForPC|Stack)$",
        ),
    ),
    family(
        "rand.seed",
        r"^math/rand\.(NewSource|newSource|\(\*rngSource\)\.Seed|seedrand)$",
    ),
    family("readall", r"^(io|io/ioutil)\.ReadAll$|^os\.ReadFile$"),
    family("strings", r"^(strings|bytes)\."),
    family("strconv", r"^(internal/)?strconv\."),
    family(
        "alloc",
        concat!(
            r"^runtime\.(mallocgc\w*|newobject|makeslice(64)?|newarray|\(\*mcache\)\..*|",
            r"\(\*mcentral\)\..*|\(\*mheap\)\..*|nextFreeFast|makechan(64)?|rawstring\w*)$",
        ),
    ),
    family("mem.clear", r"^runtime\.(memclr\w+|duffzero)$"),
    family(
        "mem.copy",
        concat!(
            r"^runtime\.(memmove|duffcopy|typedmemmove|typedslicecopy|bulkBarrierPreWrite\w*)$|",
            r"^memmove$",
        ),
    ),
    family(
        "mem.equal",
        r"^runtime\.(memequal\w*|efaceeq|ifaceeq|strequal|cmpstring)$|^(memeqbody|cmpbody)$",
    ),
    family(
        "hash",
        concat!(
            r"^runtime\.(memhash\w*|strhash\w*|aeshash\w*|nilinterhash|interhash|typehash)$|",
            r"^internal/runtime/maps\.memHash\w*$|^aeshashbody$",
        ),
    ),
    family("sched.gosched", r"^runtime\.(Gosched|gosched_m|goschedImpl)$"),
    family(
        "sched",
        concat!(
            r"^runtime\.(findRunnable|findrunnable|schedule|park_m|mcall|stealWork|runqgrab|runqsteal|",
            r"wakep|startm|stopm|notesleep|notewakeup|mPark|futex\w*|usleep|osyield|procyield|",
            r"netpoll\w*|epollwait|resetspinning|execute|goready\S*|ready|injectglist|sysmon|retake|",
            r"preemptone|gcstopm|semasleep|semawakeup|lock2|unlock2|asyncPreempt\w*|pidleget\w*|",
            r"casgstatus)$",
        ),
    ),
    family("sema", r"^runtime\.(semacquire\w*|semrelease\w*|sema\w+)$"),
];

/// Finer marks that no sample is counted for by itself: the collector on processors that had nothing else to do, where a
/// running goroutine is stopped for another (the frame above it tells what it was doing), what only a handshake runs; and,
/// of a heap profile, makers of things that are held for long when somebody forgets to let go.
pub const MARKS: [Family; 11] = [
    family("gc.idle", r"^runtime\.gcDrainMarkWorkerIdle$"),
    family(
        "crypto.handshake",
        r"^crypto/.*(handshakeContext|SignPSS|bigmod|x25519|X25519|ScalarMult|ScalarBaseMult)",
    ),
    family("preempted", r"^runtime\.asyncPreempt\d?$"),
    // Values without a type, or maps of them: their code in encoding/json, of Go 1.27, of version 2, of before.
    family(
        "json.any",
        r"^encoding/json(/v2)?\.((un)?marshal(Value|Object|Array)Any|make(Interface|Map)Arshaler\S*|\(\*decodeState\)\.(value|object|array|literal)Interface|(mapEncoder|interfaceEncoder)\S*)$",
    ),
    family("held.tls", r"^crypto/tls\."),
    family("held.compressor", r"^compress/flate\."),
    family("held.regexp", r"^regexp(/syntax)?\.(compile|Compile|parse)"),
    family(
        "held.context",
        r"^context\.(WithCancel\w*|withCancel|WithDeadline\w*|\(\*cancelCtx\)\.propagateCancel)$",
    ),
    family(
        "held.timer",
        r"^time\.(NewTimer|newTimer|After|AfterFunc|NewTicker)$",
    ),
    family(
        "held.buffer",
        r"^bufio\.New(Reader|Writer)Size$|^net/http\.newBufio\w*$",
    ),
    family("held.goroutine", r"^runtime\.malg$"),
];

/// A set of families and marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, PartialOrd, Ord)]
pub struct FamilySet(u128);

impl FamilySet {
    /// Those with these ids; an id that no family has adds nothing.
    pub fn of(ids: &[&str]) -> Self {
        let bit = |id: &&str| all().position(|f| f.id == *id);
        Self(ids.iter().filter_map(bit).fold(0, |set, at| set | 1 << at))
    }

    /// Whether it has none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether one of the other set is in it.
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Both together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The family that comes first in [`FAMILIES`], as its place there; `None` without a family.
    pub fn first(self) -> Option<usize> {
        let at = self.0.trailing_zeros() as usize;
        (at < FAMILIES.len()).then_some(at)
    }

    /// Only that first family, or none.
    #[must_use]
    pub fn first_alone(self) -> Self {
        Self(self.first().map_or(0, |at| 1 << at))
    }

    /// The places in [`FAMILIES`] of those that are in it, ascending.
    pub fn places(self) -> impl Iterator<Item = usize> {
        (0..FAMILIES.len()).filter(move |at| self.0 >> at & 1 == 1)
    }
}

/// Families, then marks: the places of the bits.
fn all() -> impl Iterator<Item = &'static Family> {
    FAMILIES.iter().chain(&MARKS)
}

/// The families and marks that a function belongs to.
pub fn families_of(function: &[u8]) -> FamilySet {
    /// No set at all if an expression were broken, which a test would show.
    static SET: LazyLock<RegexSet> = LazyLock::new(|| {
        let patterns = all().map(|f| f.pattern);
        let set = RegexSetBuilder::new(patterns).unicode(false).build();
        set.unwrap_or_else(|_| RegexSet::empty())
    });
    let matched = SET.matches(function);
    FamilySet(matched.iter().fold(0, |set, at| set | 1 << at))
}
