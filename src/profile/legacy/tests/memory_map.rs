use super::super::super::{Mapping, MappingId};
use super::read;

/// Start, limit, offset and file of each mapping, and the mapping of each location.
fn mapped(map: &str, addresses: &str) -> (Vec<String>, Vec<usize>) {
    let text = format!("x profile: total 1\n1 @ {addresses}\n--- Memory map: ---\n{map}");
    let profile = read(text);
    let mapping = |m: &Mapping| {
        format!(
            "{:x}-{:x}@{:x} {}",
            m.start,
            m.limit,
            m.offset,
            profile.printable(m.filename)
        )
    };
    let locations = profile.locations.iter().filter_map(|l| l.mapping);
    (
        profile.mappings.iter().map(mapping).collect(),
        locations.map(MappingId::index).collect(),
    )
}

#[test]
fn maps_have_two_forms_names_and_log_prefixes() {
    let (mappings, found) = mapped(
        "build=/bin/app\n\
         00001000-00002000 r-xp 00000000 08:01 123  $build\n\
         00003000-00004000 rw-p 00000000 08:01 123  /data\n\
         x.cc:12] 5000-6000: /lib/x.so (@200)\n",
        "0x1011 0x5011",
    );
    assert_eq!(mappings, ["1000-2000@0 /bin/app", "5000-6000@200 /lib/x.so"]);
    assert_eq!(found, [0, 1]);
}

#[test]
fn mappings_are_tidied_up() {
    let check = |map: &str, addresses: &str, expect: &[&str]| {
        assert_eq!(mapped(map, addresses).0, expect, "{map}");
    };
    check("1000-2000: /a\n2000-3000: /a\n", "0x1011", &["1000-3000@0 /a"]);
    check(
        "1000-2000: /a.so\n3000-4000: /b\n",
        "0x1011",
        &["3000-4000@0 /b", "1000-2000@0 /a.so"],
    );
    check(
        "1000-2000: /anon_hugepage\n2000-3000: /a\n",
        "0x2011",
        &["2000-3000@0 /a"],
    );
    check("401000-402000: /a (@1000)\n", "0x400011", &["400000-402000@0 /a"]);
    check("5000-6000: /a (@1000)\n", "0x4011", &["4000-6000@0 /a"]);
    check(
        "5000-6000: /a (@1000)\n",
        "0x9011 0x4011",
        &["5000-6000@1000 /a", "0-ffffffffffffffff@0 "],
    );
    check(
        "5000-6000: /a\n",
        "0x9011",
        &["5000-6000@0 /a", "0-ffffffffffffffff@0 "],
    );
}
