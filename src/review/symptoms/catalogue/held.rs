//! What a heap profile shows to be held although it should have been let go. Levels are of the bytes in use.

use super::{BASE, Effort, Symptom, percent, saves};

/// The most special makers first: a connection of TLS has buffers too.
pub(super) const ALL: &[Symptom] = &[
    held(
        "held.tls",
        &["held.tls"],
        "TLS connections are kept",
        "each keeps its buffers, keys and certificates",
        "Set IdleConnTimeout and MaxIdleConns, and read and close each body",
        "documentation of net/http.Transport",
    ),
    held(
        "held.compressor",
        &["held.compressor"],
        "compressors are kept",
        "each holds about 1 MB of tables",
        "Keep compressors in a sync.Pool and Reset them instead of one for each connection",
        "measured: gzip.NewWriter 1.08 MB",
    ),
    held(
        "held.regexp",
        &["held.regexp"],
        "compiled regular expressions are kept",
        "each object compiled its own",
        "Compile once in a package variable, or keep them in a bounded cache",
        "measured: 2.7 KB for a short expression",
    ),
    held(
        "held.context",
        &["held.context"],
        "contexts are kept by their parents",
        "a context that is never cancelled stays in the list of its parent",
        "Call the cancel function by defer right after the context is made",
        "documentation of package context",
    ),
    held(
        "held.timer",
        &["held.timer"],
        "timers are kept",
        "before Go 1.23 a timer stays until it fires, and a ticker until it is stopped",
        "Stop timers and tickers by defer, and Reset one instead of making many",
        "release notes of Go 1.23",
    ),
    held(
        "held.buffer",
        &["held.buffer"],
        "buffers of connections are kept",
        "each idle connection keeps a reader and a writer of 4 KiB",
        "Set IdleTimeout of the server and IdleConnTimeout of the client, and read and close each body",
        "Go's source of net/http",
    ),
    held(
        "held.goroutine",
        &["held.goroutine"],
        "goroutines are kept",
        "each keeps its descriptor and a stack of at least 2 KiB, and all that its variables refer to",
        "Take a goroutine profile, and give those that hang a way to end",
        "Go's source of runtime.malg",
    ),
];

const fn held(
    id: &'static str,
    families: &'static [&'static str],
    title: &'static str,
    diagnosis: &'static str,
    advice: &'static str,
    source: &'static str,
) -> Symptom {
    Symptom {
        id,
        title,
        families,
        levels: percent(3.0, 10.0, 25.0),
        // Whether they are let go too late, or needed, a single profile cannot tell.
        saving: saves(0.0, 100.0),
        diagnosis,
        advice,
        target: "in use by what is being worked on alone",
        unless: "they are in use now: two profiles under the same load tell, for then their bytes do not grow",
        effort: Effort::S,
        source,
        ..BASE
    }
}
