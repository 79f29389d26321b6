use super::super::testing::{OPENING, Shown, small};
use super::*;
use crate::profile::{Limits, decode};

const STORED: [Stored; 1] = [Stored {
    container: "gzip",
    bytes: 10,
    bytes_uncompressed: 25,
}];

#[test]
fn json_has_the_head_and_all_that_is_counted() {
    let shown = small();
    let json = serde_json::to_string(&info(&shown.subject(), &STORED)).unwrap();
    let expect = [
        r#"{"schema":"perfplan.info/1","#,
        OPENING,
        r#""sample_types":[{"index":0,"type":"samples","unit":"count","sum":6,"total":6},"#,
        r#"{"index":1,"type":"cpu","unit":"nanoseconds","sum":40,"total":60}],"default_sample_index":1,"#,
        r#""container":"gzip","format":"proto","bytes":10,"bytes_uncompressed":25,"#,
        r#""counts":{"samples":3,"locations":3,"functions":3,"mappings":1,"locations_without_lines":0,"#,
        r#""locations_with_inlines":1,"empty_stacks":1,"max_stack_depth":3},"#,
        r#""labels":[{"key":"bytes","kind":"number","unit":"bytes","values":2,"samples":2},"#,
        r#"{"key":"user","kind":"text","unit":null,"values":1,"samples":1}],"#,
        r#""mappings":[{"start":"0x1000","limit":"0x2000","offset":"0x0","file":"/bin/app","build_id":"b1d","#,
        r#""has_functions":true,"has_filenames":false,"has_line_numbers":false,"has_inline_frames":true}],"#,
        r#""comments":[],"doc_url":null,"drop_frames":null,"keep_frames":null,"memstats":null,"#,
        r#""pgo":{"accepted":true,"serves":false,"sample_type":"samples/count","samples":6,"functions":3,"#,
        r#""functions_with_start_line":3,"own_share":0.8333333333333334,"own_code":"main","#,
        r#""doubts":["only 6 samples: 300 or more tell hot calls from others"]}}"#,
    ];
    assert_eq!(json, expect.concat());
}

const HEAP: &str = "heap profile: 1: 16 [2: 32] @ heap/2\n1: 16 [2: 32] @ 0x11\n#\t0x10\tmain.f+0x1\t/src/a.go:7\n\n\
    # runtime.MemStats\n# Sys = 99\n# PauseNs = [5 7 0]\n";

#[test]
fn a_heap_dump_tells_what_go_leaves_out_and_the_memory_of_the_runtime() {
    let shown = Shown::of(decode(HEAP.as_bytes(), "heap.txt", Limits::default()).unwrap());
    let view = info(&shown.subject(), &[]);
    let codes: Vec<_> = view.warnings.iter().map(|w| w.code.as_str()).collect();
    assert_eq!(codes, ["hidden-runtime-frames"]);
    let json = serde_json::to_value(&view).unwrap();
    assert_eq!(
        json["memstats"],
        serde_json::json!({"Sys": 99, "PauseNs": [5, 7, 0]})
    );
    assert_eq!(json["container"], serde_json::Value::Null);
    let text = view.text();
    assert!(
        text.contains("memstats PauseNs: last 2 collections, the longest pause 7ns\n"),
        "{text}"
    );
    assert!(text.contains("runtime's own frames"), "{text}");
}

#[test]
fn text_names_each_fact_once() {
    let shown = small();
    let text = info(&shown.subject(), &STORED).text();
    let expect = "input:         cpu.pb.gz\nformat:        protobuf, gzip\nbytes:         10, 25 uncompressed\n\
        kind:          cpu\nbinary:        app\nbuild id:      b1d\nperiod:        10 nanoseconds of cpu\n\
        sample type:   0 samples/count: total 6\n\
        sample type:   1 cpu/nanoseconds: total 60, sum 40, shown by default\n\
        samples:       3, 1 without a stack\ndeepest stack: 3 frames\n\
        locations:     3, 0 without symbols, 1 with inlined calls\nfunctions:     3\nmappings:      1\n\
        label:         bytes (number in bytes): 2 values in 2 samples\n\
        label:         user (text): 1 value in 1 sample\n\
        mapping:       0x1000-0x2000 at 0x0 /bin/app b1d, with functions, inlined calls\n\
        pgo:           taken as default.pgo, but not worth it as it is: only 6 samples: 300 or more tell hot calls from \
        others (6 samples of samples/count, 3 of 3 functions with a start line, 83.3 % of the weight passes through main)\n";
    assert_eq!(text, expect);
}

#[test]
fn containers_that_differ_are_none() {
    let shown = small();
    let raw = Stored {
        container: "raw",
        ..STORED[0]
    };
    let view = info(&shown.subject(), &[STORED[0], raw]);
    assert_eq!((view.container, view.bytes), (None, 20));
    assert!(
        view.csv()
            .starts_with("field,value\r\ninput,cpu.pb.gz\r\nformat,protobuf\r\n")
    );
    assert!(
        view.markdown()
            .starts_with("| field | value |\n| --- | --- |\n| input | cpu.pb.gz |\n")
    );
}
