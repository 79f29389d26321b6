use super::*;
use crate::profile::{Format, LocationId, ProfileBuilder};

/// Stacks are written root first with `;`, inlined calls `caller>inlined`, then value and labels:
/// `main;run>leaf 5 k=v`.
fn profile(stacks: &[&str]) -> Profile {
    let mut builder = ProfileBuilder::new(Format::Proto, &[("samples", "count")]);
    for stack in stacks {
        let mut parts = stack.split(' ');
        let frames: Vec<&str> = parts
            .next()
            .unwrap_or_default()
            .split(';')
            .filter(|f| !f.is_empty())
            .collect();
        let value = parts.next().and_then(|v| v.parse().ok()).unwrap_or(1);
        let labels: Vec<_> = parts
            .filter_map(|l| l.split_once('='))
            .map(|(k, v)| {
                let key = builder.string(k);
                let number = v.parse().map(|n| LabelValue::Number(n, StringId::EMPTY));
                (
                    key,
                    number.unwrap_or_else(|_| LabelValue::Text(builder.string(v))),
                )
            })
            .collect();
        let ids: Vec<_> = frames.iter().rev().map(|f| location(&mut builder, f)).collect();
        builder.sample(ids, &[value], labels);
    }
    builder.finish()
}

fn location(builder: &mut ProfileBuilder, frame: &str) -> LocationId {
    let lines: Vec<_> = frame
        .split('>')
        .rev()
        .map(|name| {
            let (name, filename) = (builder.string(name), StringId::EMPTY);
            let function = builder.function(super::super::Function {
                name,
                system_name: name,
                filename,
                start_line: 0,
            });
            super::super::Line {
                function,
                line: 1,
                column: 0,
            }
        })
        .collect();
    builder.location(None, 0, false, &lines)
}

/// The stacks as they were written.
fn stacks(profile: &Profile) -> Vec<String> {
    let name = |l: &super::super::Line| profile.printable(profile.functions[l.function.index()].name);
    let frame = |id| {
        profile
            .lines_of(id)
            .iter()
            .rev()
            .map(name)
            .collect::<Vec<_>>()
            .join(">")
    };
    let stack = |sample| {
        let mut frames: Vec<String> = profile.samples.stack(sample).map(frame).collect();
        frames.reverse();
        format!("{} {}", frames.join(";"), profile.samples.value(sample, 0))
    };
    (0..profile.samples.len()).map(stack).collect()
}

fn pattern(text: &str) -> Option<Pattern> {
    Some(Pattern::new("test", text).expect("a pattern"))
}

fn tag(text: &str) -> Option<TagFilter> {
    Some(TagFilter::new("test", text).expect("a filter"))
}

const STACKS: [&str; 4] = [
    "main;run;json>scan 5 user=bob",
    "main;gc 3 user=al bytes=64",
    "main;run;fmt 2",
    " 1",
];

fn check(filters: &Filters, expect: &[&str]) -> Filtered {
    let mut profile = profile(&STACKS);
    let filtered = filters.apply(&mut profile);
    assert_eq!(stacks(&profile), expect, "{filters:?}");
    filtered
}

#[test]
fn focus_looks_at_inlined_calls_too_and_ignore_wins() {
    let all = Filters::default();
    check(
        &Filters {
            focus: pattern("scan"),
            ..all.clone()
        },
        &["main;run;json>scan 5"],
    );
    check(
        &Filters {
            focus: pattern("run"),
            ignore: pattern("json"),
            ..all.clone()
        },
        &["main;run;fmt 2"],
    );
    let kept = ["main;run;json>scan 5", "main;run;fmt 2"];
    check(
        &Filters {
            ignore: pattern("gc"),
            ..all
        },
        &kept,
    );
}

#[test]
fn hidden_frames_leave_the_stacks() {
    let all = Filters::default();
    check(
        &Filters {
            hide: pattern("scan|run|gc"),
            ..all.clone()
        },
        &["main;json 5", "main 3", "main;fmt 2"],
    );
    check(
        &Filters {
            show: pattern("run|json"),
            ..all
        },
        &["run;json 5", "run 2"],
    );
}

#[test]
fn stacks_are_cut_at_either_end() {
    let all = Filters::default();
    check(
        &Filters {
            show_from: pattern("run|json"),
            ..all.clone()
        },
        &["run;json>scan 5", "run;fmt 2"],
    );
    check(
        &Filters {
            show_from: pattern("scan"),
            ..all.clone()
        },
        &["scan 5"],
    );
    let pruned = ["main;run;json 5", "main;gc 3", "main;run;fmt 2", " 1"];
    check(
        &Filters {
            prune_from: pattern("json"),
            ..all.clone()
        },
        &pruned,
    );
    let outer = ["main;run;json 5", "main;gc 3", "main;run;fmt 2", " 1"];
    check(
        &Filters {
            no_inlines: true,
            ..all
        },
        &outer,
    );
}

#[test]
fn labels_select_samples() {
    let all = Filters::default();
    check(
        &Filters {
            tag_focus: tag("user=bob"),
            ..all.clone()
        },
        &["main;run;json>scan 5"],
    );
    check(
        &Filters {
            tag_focus: tag("bytes=:64"),
            ..all.clone()
        },
        &[],
    );
    check(
        &Filters {
            tag_focus: tag("64b"),
            ..all.clone()
        },
        &["main;gc 3"],
    );
    check(
        &Filters {
            tag_ignore: tag("user"),
            ..all
        },
        &["main;run;fmt 2", " 1"],
    );
}

#[test]
fn labels_become_frames() {
    let filters = Filters {
        tag_root: vec!["user".into(), "none".into()],
        tag_leaf: vec!["bytes".into()],
        focus: pattern("^bob$"),
        ..Filters::default()
    };
    check(&filters, &["bob;;main;run;json>scan; 5"]);
}

#[test]
fn totals_are_those_before_filters_unless_relative() {
    let focus = Filters {
        focus: pattern("run"),
        ..Filters::default()
    };
    let kept = ["main;run;json>scan 5", "main;run;fmt 2"];
    assert_eq!(check(&focus, &kept).totals, [11]);
    assert_eq!(
        check(
            &Filters {
                relative: true,
                ..focus
            },
            &kept
        )
        .totals,
        [7]
    );
}

#[test]
fn what_meets_nothing_is_told() {
    let filters = Filters {
        hide: pattern("nowhere"),
        tag_focus: tag("no=x"),
        ..Filters::default()
    };
    let unmet = check(&filters, &[]).unmet;
    assert_eq!(unmet, ["hide", "tagfocus"]);
}

#[test]
fn foreign_frames_fold_into_the_own_code_that_called_them() {
    let mut profile = profile(&[
        "rt;main;run>copy;json>scan 5",
        "rt;gc>mark;sweep 3",
        "rt;main;fmt;run 2",
    ]);
    let mine: Vec<bool> = profile
        .functions
        .iter()
        .map(|f| matches!(profile.text(f.name), b"main" | b"run"))
        .collect();
    fold_foreign(&mut profile, &mine);
    assert_eq!(stacks(&profile), ["main;run 5", "rt 3", "main;run 2"]);
}
