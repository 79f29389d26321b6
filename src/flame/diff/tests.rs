use super::*;
use crate::analyze::{Adjust, DeltaOptions, Granularity, delta};
use crate::profile::{Format, Profile, ProfileBuilder};

fn cpu(counts: &[(&str, i64)]) -> Profile {
    let mut b = ProfileBuilder::new(Format::Proto, &[("samples", "count"), ("cpu", "nanoseconds")]);
    b.head().duration_nanos = 10_000_000_000;
    let main = b.frame("main.main", "", 0);
    for (name, count) in counts {
        let leaf = b.frame(name, "", 0);
        b.sample([leaf, main], &[*count, count * 10_000_000], []);
    }
    b.finish()
}

fn drawn(width: Width) -> String {
    let before = cpu(&[("a.Hot<T>", 300), ("a.Calm", 500), ("a.Old", 90), ("a.Slim", 200)]);
    let after = cpu(&[("a.Hot<T>", 450), ("a.Calm", 505), ("a.New", 80), ("a.Slim", 100)]);
    let recording = |profile| Recording {
        name: "x",
        profile,
        index: 1,
        operations: None,
        whole: None,
    };
    let (before, after) = ([recording(&before)], [recording(&after)]);
    let options = DeltaOptions {
        measure: None,
        alpha: 0.05,
        adjust: Adjust::Bh,
        granularity: Granularity::Functions,
        by_cum: false,
    };
    let delta = delta(&before, &after, &options).unwrap();
    let options = FlameOptions {
        title: "t".into(),
        unit: "nanoseconds".into(),
        ..Default::default()
    };
    diff_svg(&before, &after, &delta, width, &options).unwrap()
}

/// The frame of a name, from its title to its end.
fn frame<'a>(svg: &'a str, title: &str) -> &'a str {
    let start = svg
        .find(&format!("<title>{title} ("))
        .unwrap_or_else(|| panic!("no {title} in {svg}"));
    svg[start..].split("</g>").next().unwrap_or_default()
}

#[test]
fn colours_signs_and_outlines_tell_what_changed() {
    let svg = drawn(Width::After);
    let hot = frame(&svg, "+ a.Hot&lt;T&gt;");
    assert!(
        hot.contains("(300ms/s → 450ms/s; the function: more +50.0 %, p 0.000)"),
        "{hot}"
    );
    assert!(
        hot.contains("fill=\"rgb(245,148,137)\"") && !hot.contains("stroke"),
        "{hot}"
    );
    assert!(hot.ends_with(">+ a.Hot&lt;T&gt;</text>"), "{hot}");
    assert!(frame(&svg, "a.Calm").contains("rgb(212,212,212)"));
    assert!(frame(&svg, "- a.Slim").contains("rgb(104,146,244)"));
    let new = frame(&svg, "+ a.New");
    assert!(
        new.contains("stroke=\"black\"") && new.contains("rgb(240,100,86)"),
        "{new}"
    );
    assert!(
        svg.contains(">gone: 90ms/s a.Old, called by main.main</text>"),
        "{svg}"
    );
    assert!(!svg.contains("<title>- a.Old"));
}

#[test]
fn widths_may_be_those_of_before() {
    let svg = drawn(Width::Before);
    assert!(frame(&svg, "- a.Old").contains("fg:w=\"900000000\""));
    assert!(
        svg.contains(">new: 80ms/s a.New, called by main.main</text>"),
        "{svg}"
    );
    assert_eq!(svg, drawn(Width::Before));
}
