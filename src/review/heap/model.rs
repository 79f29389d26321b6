//! What the heap holds, how fast it is filled, and what grows, as data.

use serde::{Deserialize, Serialize};

use crate::review::{Level, Share};

/// From where on numbers of the heap are named.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeapLimits {
    /// Share of the bytes in use of a site that is listed: warn, high, critical.
    pub live_levels: [f64; 3],
    /// Allocated per live byte from which memory is short-lived.
    pub short_lived: f64,
    /// Allocated per live byte up to which it is kept.
    pub kept: f64,
    /// How much larger a site's share of the objects must be than that of the bytes for its objects to be tiny.
    pub tiny_ratio: f64,
    /// Least share of the objects of such a site.
    pub tiny_share: f64,
    /// Bytes by which a site must grow from the first to the last profile.
    pub least_growth_bytes: i64,
    /// The same as a part of the bytes in use at the end.
    pub growth_share: f64,
    /// The same in standard errors of sampling.
    pub growth_errors: f64,
    /// Least mean size in bytes of objects for which a pool is worth a try.
    pub pool_bytes: f64,
    /// Share of the allocated bytes from which request-scoped memory is worth an arena.
    pub arena_share: f64,
}

impl HeapLimits {
    /// The defaults.
    pub const DEFAULT: Self = Self {
        live_levels: [0.03, 0.10, 0.25],
        short_lived: 100.0,
        kept: 2.0,
        tiny_ratio: 4.0,
        tiny_share: 0.05,
        least_growth_bytes: 1 << 20,
        growth_share: 0.05,
        growth_errors: 3.0,
        pool_bytes: 1024.0,
        arena_share: 0.10,
    };
}

impl Default for HeapLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// How long memory lives, of the whole profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HeapReading {
    /// Far more was allocated than is in use.
    ShortLived,
    /// Between.
    Mixed,
    /// Most of what was allocated is still in use: a cache, a start-up, or a leak.
    Kept,
}

/// The heap of a process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeapFacts {
    /// The input.
    pub file: String,
    /// Bytes allocated since the start.
    pub allocated_bytes: i64,
    /// Bytes in use at the last completed collection.
    pub live_bytes: i64,
    /// Allocated bytes for each in use; none where none is.
    pub allocated_per_live: Option<f64>,
    /// What that says.
    pub reading: HeapReading,
    /// How fast memory is allocated, by each source that tells it.
    pub rates: Vec<AllocationRate>,
    /// The sites that hold most, by bytes in use; none where next to nothing is in use.
    pub live_sites: Vec<LiveSite>,
    /// Sites of many small objects, by objects.
    pub tiny_sites: Vec<TinySite>,
    /// What the process may need; none where next to nothing is in use.
    pub resident: Option<ResidentEstimate>,
    /// How it moves; none with fewer than two profiles of one process.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub series: Option<HeapSeries>,
    /// The thresholds in force.
    pub limits: HeapLimits,
}

impl HeapFacts {
    /// The sites whose growth passes the test.
    pub(in crate::review) fn grown(&self) -> impl Iterator<Item = &SiteGrowth> {
        let series = self.series.iter();
        series.flat_map(|s| &s.rows).filter(|row| row.passes)
    }
}

/// Bytes allocated per second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AllocationRate {
    /// The benchmark, or the stretch of time.
    pub of: String,
    /// How it follows.
    pub arithmetic: String,
    /// The rate.
    pub bytes_per_second: f64,
    /// How bad that is.
    pub level: Level,
}

/// A site by what it holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LiveSite {
    /// The function.
    pub function: String,
    /// The file as the profile names it.
    pub file: String,
    /// The line.
    pub line: i64,
    /// Its text, empty without fitting source.
    pub source: String,
    /// The function that allocates.
    pub through: String,
    /// Bytes in use.
    pub bytes: i64,
    /// Objects in use.
    pub objects: i64,
    /// Part of the bytes in use.
    pub share: Share,
    /// How much that is.
    pub level: Level,
    /// What memory of that kind means; empty where nothing is known.
    pub meaning: String,
}

/// A site of many small objects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[expect(missing_docs, reason = "the same as in MemorySite")]
pub struct TinySite {
    pub function: String,
    pub file: String,
    pub line: i64,
    pub source: String,
    pub objects_share: f64,
    pub bytes_share: f64,
    pub objects: i64,
    pub mean_size: f64,
}

/// What a process with this heap needs in memory, about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ResidentEstimate {
    /// GOGC that is assumed, in percent.
    pub gogc: f64,
    /// Bytes in use × (1 + GOGC/100).
    pub heap_bytes: f64,
    /// Goroutines, if an input tells.
    pub goroutines: Option<u64>,
    /// The least that their stacks take.
    pub stack_bytes: f64,
    /// Most that the process had in memory, where the runtime or system counted it.
    pub counted_bytes: Option<u64>,
}

/// Heap profiles of one process in the order of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct HeapSeries {
    /// The inputs.
    pub files: Vec<String>,
    /// Seconds from each to the next; none where the files do not tell.
    pub seconds: Vec<Option<f64>>,
    /// Bytes in use at each.
    pub totals: Vec<i64>,
    /// The sites that grew, largest first.
    pub rows: Vec<SiteGrowth>,
}

/// A site that holds more at the end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SiteGrowth {
    /// The function.
    pub function: String,
    /// The file as the profile names it.
    pub file: String,
    /// The line.
    pub line: i64,
    /// Its text, empty without fitting source.
    pub source: String,
    /// The function that allocates.
    pub through: String,
    /// Whether the line is of the program, not of the runtime or standard library.
    pub own: bool,
    /// Bytes in use at each moment.
    pub bytes: Vec<i64>,
    /// Bytes per second from each to the next; none where the files do not tell the time.
    pub slopes: Vec<Option<f64>>,
    /// Last less first.
    pub delta: i64,
    /// Standard error of that by sampling.
    pub delta_error: f64,
    /// Intervals in which it grew.
    pub rises: u64,
    /// Whether the growth passes the test: in every interval, and more than the thresholds.
    pub passes: bool,
    /// What memory of that kind means; empty where nothing is known.
    pub meaning: String,
}
