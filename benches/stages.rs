//! One benchmark per stage, named like the function it times, on a recorded profile.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use perfplan::analyze::{CallTree, Granularity, Nodes, Selection, heat};
use perfplan::bench::parse;
use perfplan::flame::{MAX_DEPTH, min_visible};
use perfplan::profile::{Limits, decode, unpack};

#[expect(clippy::disallowed_methods, reason = "a benchmark reads its input")]
fn recorded(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/feed/before/out")
        .join(name);
    std::fs::read(&path).expect("a recorded input")
}

/// Times a stage.
fn stage<T>(c: &mut Criterion, name: &str, mut run: impl FnMut() -> T) {
    c.bench_function(name, |b| {
        b.iter(&mut run);
    });
}

fn stages(c: &mut Criterion) {
    let data = recorded("cpu.pb.gz");
    let limits = Limits::default();
    stage(c, "unpack", || unpack(black_box(&data), limits).map(|d| d.len()));
    stage(c, "decode", || decode(black_box(&data), "cpu.pb.gz", limits));
    let profile = decode(&data, "cpu.pb.gz", limits).expect("a recorded profile");
    let index = profile.default_type();
    stage(c, "nodes", || {
        Nodes::of(black_box(&profile), Granularity::Functions)
    });
    let nodes = Nodes::of(&profile, Granularity::Functions);
    stage(c, "heat", || {
        heat(&profile, black_box(&nodes), index, Selection::All)
    });
    let min_value = min_visible(profile.total(index));
    stage(c, "tree", || {
        CallTree::of(
            &profile,
            black_box(&nodes),
            index,
            Selection::All,
            min_value,
            MAX_DEPTH,
        )
    });
    let text = recorded("bench.txt");
    stage(c, "parse", || parse(black_box(&text), "bench.txt"));
}

criterion_group!(benches, stages);
criterion_main!(benches);
