//! Maps: growth, insertion, lookup, iteration, deletion.

use super::{BASE, Effort, Symptom, algorithm, percent, saves};

/// Operations of maps, the most special first.
pub(super) const ALL: &[Symptom] = &[
    Symptom {
        id: "map.grow",
        title: "maps grow",
        families: &["map.grow"],
        levels: percent(2.0, 5.0, 10.0),
        saving: saves(40.0, 60.0),
        diagnosis: "a map that grows allocates new tables and moves its entries",
        advice: "Give the map its size, make(map[K]V, n)",
        target: "under 1 % of the CPU time",
        unless: "up to 8 entries a size gains nothing",
        effort: Effort::S,
        choice: algorithm(
            "a map that grows",
            "a map made with its size, or one that clear empties for reuse",
            "time O(n) without rehashing, space that of n entries at once",
            "a sorted slice where the map is built once and then only read",
        ),
        source: "measured: 100 entries 9.3 µs, presized 4.0 µs; 10 000 entries 1.49 and 0.85 ms; 8 \
            entries no gain",
        ..BASE
    },
    Symptom {
        id: "map.delete",
        title: "entries are deleted from maps",
        families: &["map.delete"],
        levels: percent(5.0, 10.0, 20.0),
        saving: saves(30.0, 80.0),
        diagnosis: "entry by entry deletion hashes and searches for each",
        advice: "Empty the map by clear, or drop a whole generation of entries at once",
        target: "half of the share or less",
        unless: "single entries have to go at their own time",
        effort: Effort::M,
        choice: algorithm(
            "a map with deletion entry by entry",
            "clear, or two maps that take turns as generations",
            "time O(1) a generation, space up to two generations",
            "a ring of buckets by time where entries expire",
        ),
        source: "documentation of clear",
        ..BASE
    },
    Symptom {
        id: "map.iter",
        title: "maps are ranged over",
        families: &["map.iter"],
        levels: percent(10.0, 20.0, 35.0),
        saving: saves(50.0, 90.0),
        diagnosis: "a range over a map walks its groups, full or not, in random order",
        advice: "Keep a slice of the entries beside the map and range over that",
        target: "a tenth to a half of the share",
        unless: "the map changes more often than it is ranged over",
        effort: Effort::M,
        choice: algorithm(
            "range over a map",
            "range over a slice kept beside the map",
            "time O(n) over contiguous memory, space a second copy of keys or pointers",
            "sorted keys, made once, where order matters",
        ),
        source: "Go's source of internal/runtime/maps",
        ..BASE
    },
    Symptom {
        id: "map.assign",
        title: "maps are written",
        families: &["map.assign"],
        levels: percent(5.0, 10.0, 20.0),
        saving: saves(20.0, 60.0),
        diagnosis: "each assignment hashes the key and searches its place",
        advice: "Presize the map, reuse it by clear, use integer or struct keys instead of built strings, \
            or a slice for dense integers",
        target: "two fifths to four fifths of the share",
        unless: "the work is the insertion itself and the map has its size already",
        effort: Effort::M,
        choice: algorithm(
            "a map with frequent insertion",
            "a slice indexed by dense integers, or a presized map with smaller values",
            "time O(1) either way with a smaller constant, space by the largest index for the slice",
            "sharding helps only against contention",
        ),
        source: "measured: lookup 10 ns, presizing halves the time of 100 or more insertions",
        ..BASE
    },
    Symptom {
        id: "map.access",
        title: "maps are looked up",
        families: &["map.access", "hash", "mem.equal"],
        levels: percent(10.0, 20.0, 35.0),
        saving: saves(20.0, 70.0),
        diagnosis: "each lookup hashes the key, walks a group and compares",
        advice: "Keep the result of the lookup instead of repeating it, use integer keys, or a switch or \
            a sorted slice for few keys",
        target: "a third to four fifths of the share",
        unless: "each key is looked up once",
        effort: Effort::M,
        choice: algorithm(
            "a map",
            "integer keys or a slice by index; a switch or sorted slice for few keys",
            "time O(1) with a smaller constant, O(log n) when sorted, space that of the keys",
            "a perfect hash where the keys are fixed at build time",
        ),
        source: "measured: lookup 10 ns; the linear search of 20 to 30 ints or 8 to 10 strings costs as much",
        ..BASE
    },
];
