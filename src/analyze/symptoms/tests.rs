//! Names of all releases find their family; samples are charged once.

use super::*;
use crate::profile::{Format, ProfileBuilder};

fn ids(function: &str) -> Vec<&'static str> {
    let places = families_of(function.as_bytes()).places();
    places.map(|at| FAMILIES[at].id).collect()
}

#[test]
fn every_expression_compiles_and_ids_differ() {
    for family in FAMILIES.iter().chain(&MARKS) {
        assert!(regex::bytes::Regex::new(family.pattern).is_ok(), "{}", family.id);
        assert!(!FamilySet::of(&[family.id]).is_empty(), "{}", family.id);
        let same = FAMILIES.iter().chain(&MARKS).filter(|f| f.id == family.id);
        assert_eq!(same.count(), 1, "{}", family.id);
    }
    assert!(!families_of(b"runtime.mallocgc").is_empty());
}

#[test]
fn both_columns_of_a_drifted_name_are_one_family() {
    let check = |names: &[&str], expect: &str| {
        for name in names {
            assert!(ids(name).contains(&expect), "{name}: {:?}", ids(name));
        }
    };
    check(
        &[
            "runtime.hashGrow",
            "runtime.growWork_faststr",
            "runtime.evacuate_fast64",
            "internal/runtime/maps.(*table).rehash",
            "internal/runtime/maps.newGroups",
        ],
        "map.grow",
    );
    check(
        &[
            "runtime.mapassign_faststr",
            "internal/runtime/maps.(*Map).PutSlot",
        ],
        "map.assign",
    );
    check(
        &["sync.(*Mutex).lockSlow", "internal/sync.(*Mutex).unlockSlow"],
        "lock.mutex",
    );
    check(
        &[
            "runtime/internal/syscall.Syscall6",
            "internal/runtime/syscall.Syscall6",
            "internal/runtime/syscall/linux.Syscall6",
            "syscall.Syscall",
        ],
        "syscall",
    );
    check(
        &[
            "runtime.mallocgc",
            "runtime.mallocgcTinySC2",
            "runtime.mallocgcSmallScanNoHeaderSC3",
            "runtime.nextFreeFast",
        ],
        "alloc",
    );
    check(
        &[
            "runtime.scanobject",
            "runtime.scanSpan",
            "internal/runtime/gc/scan.ScanSpanPacked",
        ],
        "gc.mark",
    );
    check(
        &[
            "runtime.growslice",
            "runtime.growsliceNoAlias",
            "runtime.growsliceBuf",
        ],
        "slice.grow",
    );
    check(
        &[
            "encoding/json.(*decodeState).object",
            "encoding/json/v2.unmarshal",
            "encoding/json/jsontext.x",
        ],
        "json",
    );
    check(&["strconv.AppendInt", "internal/strconv.AppendInt"], "strconv");
    check(
        &["crypto/sha256.block", "crypto/internal/fips140/sha256.block"],
        "crypto",
    );
    check(
        &[
            "sync.(*Map).Load",
            "internal/sync.(*HashTrieMap[go.shape.int,go.shape.int]).Load",
        ],
        "syncmap",
    );
}

#[test]
fn what_is_no_family_is_none() {
    for name in [
        "main.main",
        "example.com/jsonx.Do",
        "runtime.goexit",
        "",
        "sortie.Do",
    ] {
        assert_eq!(ids(name), [""; 0], "{name}");
    }
}

#[test]
fn a_sample_counts_for_all_its_families_and_once_for_the_first() {
    let mut b = ProfileBuilder::new(Format::Folded, &[("samples", "count")]);
    let [main, parse, grow, malloc, mark, worker] = [
        ("main.main", 3),
        ("main.parse", 7),
        ("runtime.growslice", 1),
        ("runtime.mallocgc", 1),
        ("runtime.scanobject", 1),
        ("runtime.gcBgMarkWorker", 1),
    ]
    .map(|(name, line)| b.frame(name, "f.go", line));
    b.sample([malloc, grow, parse, main], &[5], []);
    b.sample([mark, worker], &[3], []);
    b.sample([parse, main], &[2], []);
    let profile = b.finish();
    let found = symptoms(&profile, None);
    assert_eq!(found.samples[2].below, 0);
    assert_eq!(
        found.chain(&profile, 0, 9),
        ["main.parse", "runtime.growslice", "runtime.mallocgc"]
    );
    let weights = found.weights(&profile, 0);
    let told: Vec<_> = weights
        .iter()
        .map(|w| (w.family.id, w.inclusive, w.exclusive, w.samples))
        .collect();
    assert_eq!(
        told,
        [("slice.grow", 5, 5, 1), ("gc.mark", 3, 3, 1), ("alloc", 5, 0, 1)]
    );
    let line = weights[0].lines[0].0.expect("a line of the user's");
    assert_eq!((found.lines.get(line).line, weights[1].lines[0].0), (7, None));
}
