//! Profiles for speedscope, in its own file format (`file-format-schema.json` of speedscope 1.x), one profile of type
//! `sampled` per sample type.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::analyze::{Granularity, NodeId, Nodes};
use crate::error::printable;
use crate::profile::Profile;

#[derive(Serialize)]
struct File {
    #[serde(rename = "$schema")]
    schema: &'static str,
    name: String,
    exporter: &'static str,
    #[serde(rename = "activeProfileIndex")]
    active: usize,
    shared: Shared,
    profiles: Vec<Sampled>,
}

#[derive(Serialize)]
struct Shared {
    frames: Vec<Frame>,
}

#[derive(Serialize)]
struct Frame {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

#[derive(Serialize)]
struct Sampled {
    r#type: &'static str,
    name: String,
    unit: &'static str,
    #[serde(rename = "startValue")]
    start: i64,
    #[serde(rename = "endValue")]
    end: i64,
    samples: Vec<Vec<u32>>,
    weights: Vec<i64>,
}

/// The profile as JSON for speedscope: every sample type is a profile of its own, the one with this index is shown
/// first. Equal stacks are summed; stacks run from the root, in the order of their frames' numbers. Values that are not
/// above 0 have no width there and are left out, as are empty stacks.
///
/// # Errors
/// What serde says; none is known for these values.
pub fn speedscope(profile: &Profile, index: usize, name: &str) -> Result<String, serde_json::Error> {
    let nodes = Nodes::of(profile, Granularity::FileFunctions);
    let frame = |node: &crate::analyze::Node| Frame {
        name: crate::analyze::Node {
            file: Vec::new(),
            ..node.clone()
        }
        .printable(),
        file: (!node.file.is_empty()).then(|| printable(&node.file)),
    };
    let file = File {
        schema: "https://www.speedscope.app/file-format-schema.json",
        name: name.to_string(),
        exporter: concat!("perfplan ", env!("CARGO_PKG_VERSION")),
        active: index,
        shared: Shared {
            frames: (0..nodes.len())
                .map(|i| frame(nodes.get(NodeId(i as u32))))
                .collect(),
        },
        profiles: (0..profile.sample_types.len())
            .map(|i| sampled(profile, &nodes, i))
            .collect(),
    };
    Ok(serde_json::to_string(&file)? + "\n")
}

fn sampled(profile: &Profile, nodes: &Nodes, index: usize) -> Sampled {
    let mut stacks: BTreeMap<Vec<u32>, i64> = BTreeMap::new();
    for sample in 0..profile.samples.len() {
        let value = profile.samples.value(sample, index);
        if value <= 0 {
            continue;
        }
        let leaf_first = profile
            .samples
            .stack(sample)
            .flat_map(|location| nodes.frames(location));
        let mut stack: Vec<u32> = leaf_first.map(|node| node.0).collect();
        stack.reverse();
        if !stack.is_empty() {
            let sum = stacks.entry(stack).or_default();
            *sum = sum.saturating_add(value);
        }
    }
    let (samples, weights): (Vec<_>, Vec<i64>) = stacks.into_iter().unzip();
    Sampled {
        r#type: "sampled",
        name: profile.type_name(index),
        unit: unit_of(&profile.unit_name(index)),
        start: 0,
        end: weights.iter().fold(0, |sum, weight| sum.saturating_add(*weight)),
        samples,
        weights,
    }
}

/// Units that speedscope knows; a number of anything else is `none`.
fn unit_of(unit: &str) -> &'static str {
    match unit {
        "nanoseconds" | "ns" => "nanoseconds",
        "microseconds" | "us" => "microseconds",
        "milliseconds" | "ms" => "milliseconds",
        "seconds" | "s" => "seconds",
        "bytes" | "B" => "bytes",
        _ => "none",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{Format, ProfileBuilder};

    #[test]
    fn every_type_is_a_profile_of_weighted_stacks() {
        let mut b = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", "nanoseconds")]);
        let (main, f) = (b.frame("main.main", "m.go", 1), b.frame("main.f", "m.go", 2));
        b.sample([f, main], &[1, 10], []);
        b.sample([main], &[2, 20], []);
        b.sample([f, main], &[3, 30], []);
        b.sample([main], &[0, 0], []);
        b.sample([], &[5, 50], []);
        let text = speedscope(&b.finish(), 1, "cpu.pb.gz").unwrap();
        let expect = format!(
            r#"{{"$schema":"https://www.speedscope.app/file-format-schema.json","name":"cpu.pb.gz","exporter":"perfplan {}","activeProfileIndex":1,"shared":{{"frames":[{{"name":"main.main","file":"m.go"}},{{"name":"main.f","file":"m.go"}}]}},"profiles":[{{"type":"sampled","name":"samples","unit":"none","startValue":0,"endValue":6,"samples":[[0],[0,1]],"weights":[2,4]}},{{"type":"sampled","name":"cpu","unit":"nanoseconds","startValue":0,"endValue":60,"samples":[[0],[0,1]],"weights":[20,40]}}]}}"#,
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(text.trim_end(), expect);
    }
}
