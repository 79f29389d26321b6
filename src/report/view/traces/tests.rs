use super::super::testing::{OPENING, small};
use super::*;
use crate::analyze::Granularity;

fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn json_has_every_sample_leaf_first() {
    let shown = small();
    let json = written(|out| traces(&shown.subject()).write_json(out));
    let expect = [
        r#"{"schema":"perfplan.traces/1","#,
        OPENING,
        r#""traces":[{"values":[3,30],"labels":{"user":["bob \"b\"\n"]},"num_labels":{"bytes":[{"value":2048,"unit":"bytes"}]},"#,
        r#""frames":[{"name":"main.leaf","file":"/src/a.go","line":4,"address":"0x1010","inlined":true},"#,
        r#"{"name":"main.work","file":"/src/a.go","line":8,"address":"0x1010","inlined":false},"#,
        r#"{"name":"main.main","file":"/src/main.go","line":13,"address":"0x1030","inlined":false}]},"#,
        r#"{"values":[2,20],"labels":{},"num_labels":{"bytes":[{"value":2049,"unit":"bytes"}]},"#,
        r#""frames":[{"name":"main.work","file":"/src/a.go","line":8,"address":"0x1020","inlined":false},"#,
        r#"{"name":"main.work","file":"/src/a.go","line":8,"address":"0x1020","inlined":false},"#,
        r#"{"name":"main.main","file":"/src/main.go","line":13,"address":"0x1030","inlined":false}]},"#,
        r#"{"values":[1,-10],"labels":{},"num_labels":{},"frames":[]}]}"#,
        "\n",
    ];
    assert_eq!(json, expect.concat());
}

#[test]
fn own_text_has_samples_without_a_stack_and_pprof_has_not() {
    let shown = small();
    let view = traces(&shown.subject());
    let head = "File: app\nBuild ID: b1d\nType: cpu\n";
    let stacks = format!(
        "{SEPARATOR}\n      user:  bob \"b\"\\n\n     bytes:  2kB\n      30ns   main.leaf (inline)\n             main.work\n\
        \x20            main.main\n{SEPARATOR}\n     bytes:  2kB\n      20ns   main.work\n             main.work\n\
        \x20            main.main\n"
    );
    assert_eq!(
        written(|out| view.write_pprof(out)),
        format!("{head}{stacks}{SEPARATOR}\n")
    );
    let without = format!("{SEPARATOR}\n     -10ns   (no stack)\n");
    let text = format!("{head}{stacks}{without}{SEPARATOR}\n");
    assert_eq!(written(|out| view.write_text(out)), text);
    assert_eq!(
        written(|out| view.write_markdown(out)),
        format!("```text\n{text}```\n")
    );
}

#[test]
fn csv_has_a_row_per_sample() {
    let shown = small();
    let csv = written(|out| traces(&shown.subject()).write_csv(out));
    let expect = [
        "samples,cpu,labels,num_labels,frames\r\n",
        "3,30,\"user=bob \"\"b\"\"\\n\",bytes=2048,main.leaf; main.work; main.main\r\n",
        "2,20,,bytes=2049,main.work; main.work; main.main\r\n",
        "1,-10,,,\r\n",
    ];
    assert_eq!(csv, expect.concat());
}

#[test]
fn own_text_cuts_paths_and_pprof_does_not() {
    let shown = small();
    let subject = Subject {
        granularity: Granularity::Addresses,
        trim_path: "/src",
        ..shown.subject()
    };
    let view = traces(&subject);
    let leaf = |text: &str| text.lines().find(|l| l.contains("main.leaf")).map(str::to_string);
    let expect = |file: &str| {
        Some(format!(
            "      30ns   0000000000001010 main.leaf {file}:4:2 (inline)"
        ))
    };
    assert_eq!(leaf(&written(|out| view.write_text(out))), expect("a.go"));
    assert_eq!(leaf(&written(|out| view.write_pprof(out))), expect("/src/a.go"));
}
