use super::super::testing::small;
use super::*;
use crate::profile::{Format, ProfileBuilder};

#[test]
fn a_dump_has_all_tables() {
    let mut shown = small();
    shown.profile.time_nanos = 1_000_000_500_000_000;
    shown.profile.duration_nanos = 16_500_000_000_000;
    let mut out = Vec::new();
    raw(&shown.subject()).write_pprof(&mut out).unwrap();
    let expect = "PeriodType: cpu nanoseconds\nPeriod: 10\nTime: 1970-01-12 13:46:40.5 +0000 UTC\nDuration: 4h35\n\
        Samples:\nsamples/count cpu/nanoseconds\n\
        \x20         3         30: 1 3 \n                user:[bob \"b\"\\n]\n                bytes:[2048]\n\
        \x20         2         20: 2 2 3 \n                bytes:[2049]\n\
        \x20         1        -10: \nLocations\n\
        \x20    1: 0x1010 M=1 main.leaf /src/a.go:4:2 s=3\n             main.work /src/a.go:8:0 s=7\n\
        \x20    2: 0x1020 M=1 main.work /src/a.go:8:0 s=7\n\
        \x20    3: 0x1030 M=1 main.main /src/main.go:13:0 s=12\n\
        Mappings\n1: 0x1000/0x2000/0x0 /bin/app b1d [FN][IN]\n";
    assert_eq!(String::from_utf8(out).unwrap(), expect);
}

#[test]
fn without_binaries_there_is_one_without_a_name() {
    let mut b = ProfileBuilder::new(Format::Proto, &[("samples", "count")]);
    let place = b.location(None, 0x10, true, &[]);
    b.sample([place], &[1], []);
    b.head().stored_ids.locations = vec![77];
    let shown = super::super::testing::Shown::of(b.finish());
    let mut out = Vec::new();
    raw(&shown.subject()).write_pprof(&mut out).unwrap();
    let expect = "PeriodType:  \nPeriod: 0\nSamples:\nsamples/count\n          1: 77 \nLocations\n    77: 0x10 M=1 [F] \n\
        Mappings\n1: 0x0/0x0/0x0   \n";
    assert_eq!(String::from_utf8(out).unwrap(), expect);
}

#[test]
fn durations_are_written_as_in_go() {
    let check = |ns, expect: &str| assert_eq!(duration_text(ns), expect);
    check(0, "0s");
    check(7, "7ns");
    check(1_500, "1.5µs");
    check(-2_000_000, "-2ms");
    check(207_500_000_000, "3m27.5s");
    check(3_600_000_000_001, "1h0m0.000000001s");
    check(i64::MIN, "-2562047h47m16.854775808s");
}
