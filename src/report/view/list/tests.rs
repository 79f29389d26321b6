use std::collections::HashMap;

use super::super::testing::{OPENING, small};
use super::*;

const SOURCE: &str = "package main\n\nfunc leaf() {\n\tx++\n}\n\nfunc work() {\n\tleaf()\n}\n";

fn options<'a>(regex: &'a Pattern) -> ListOptions<'a> {
    ListOptions {
        regex,
        drop_negative: false,
        folder: "/home",
    }
}

fn sources(text: &str) -> HashMap<String, String> {
    [("/src/a.go".to_string(), text.to_string())].into()
}

#[test]
fn json_has_the_lines_from_the_start_of_the_function() {
    let shown = small();
    let regex = Pattern::new("REGEX", "work|main.main").unwrap();
    let view = list(&shown.subject(), &options(&regex), &sources(SOURCE));
    let expect = [
        r#"{"schema":"perfplan.list/1","#,
        OPENING,
        r#""regex":"work|main.main","functions":["#,
        r#"{"name":"main.main","file":"/src/main.go","source":null,"#,
        r#""source_error":"open /src/main.go: no such file or directory","start_line":12,"flat":0,"cum":50,"#,
        r#""lines":[{"line":13,"text":null,"flat":0,"cum":50}]},"#,
        r#"{"name":"main.work","file":"/src/a.go","source":"/src/a.go","source_error":null,"start_line":7,"flat":20,"cum":50,"#,
        r#""lines":[{"line":7,"text":"func work() {","flat":0,"cum":0},{"line":8,"text":"\tleaf()","flat":20,"cum":50},"#,
        r#"{"line":9,"text":"}","flat":0,"cum":0}]}]}"#,
    ];
    assert_eq!(serde_json::to_string(&view).unwrap(), expect.concat());
}

#[test]
fn pprof_has_no_lines_without_a_source() {
    let shown = small();
    let regex = Pattern::new("REGEX", "work|main.main").unwrap();
    let view = list(&shown.subject(), &options(&regex), &sources(SOURCE));
    let work = "ROUTINE ======================== main.work in /src/a.go\n\
        \x20     20ns       50ns (flat, cum) 83.33% of Total\n\
        \x20        .          .      7:func work() {\n\
        \x20     20ns       50ns      8:\tleaf()\n\
        \x20        .          .      9:}\n";
    let main = "ROUTINE ======================== main.main in /src/main.go\n\
        \x20        0       50ns (flat, cum) 83.33% of Total\n";
    let error = " Error: open /src/main.go: no such file or directory\n";
    assert_eq!(view.pprof(), format!("Total: 60ns\n{main}{error}{work}"));
    let bare = " No source: open /src/main.go: no such file or directory\n         .       50ns     13:\n";
    assert_eq!(view.text(), format!("Total: 60ns\n{main}{bare}{work}"));
    assert!(view.csv().contains("main.work,/src/a.go,8,\\tleaf(),20,50\r\n"));
    assert!(view.markdown().starts_with("### main.main\n\n```text\nROUTINE"));
}

#[test]
fn another_version_of_the_source_is_not_shown() {
    let shown = small();
    let regex = Pattern::new("REGEX", "work").unwrap();
    let view = list(
        &shown.subject(),
        &options(&regex),
        &sources("\n\n\n\n\n\n// other\n\tx()\n"),
    );
    let function = &view.functions[0];
    assert!(
        function
            .source_error
            .as_ref()
            .is_some_and(|why| why.contains("another version: line 7"))
    );
    let lines: Vec<_> = function.lines.iter().map(|l| (l.line, &l.text, l.cum)).collect();
    assert_eq!(lines, [(8, &None, 50)]);
    // The reference does not look.
    assert!(view.pprof().contains("     7:// other\n"));
}

#[test]
fn names_alone_are_matched() {
    let shown = small();
    let regex = Pattern::new("REGEX", "a\\.go").unwrap();
    assert!(
        list(&shown.subject(), &options(&regex), &sources(SOURCE))
            .functions
            .is_empty()
    );
}

#[test]
fn recursion_through_two_lines_counts_once() {
    let mut b = crate::profile::ProfileBuilder::new(crate::profile::Format::Folded, &[("samples", "count")]);
    let [f4, f5] = [4, 5].map(|line| b.frame("f", "/src/a.go", line));
    b.sample([f4, f5, f5], &[3], []);
    let shown = super::super::testing::Shown::of(b.finish());
    let regex = Pattern::new("REGEX", "f").unwrap();
    let view = list(&shown.subject(), &options(&regex), &sources(SOURCE));
    assert_eq!((view.functions[0].flat, view.functions[0].cum), (3, 3));
    assert!(
        view.text()
            .contains("         3          3 (flat, cum) 100% of Total\n")
    );
    // The reference adds up its lines.
    assert!(
        view.pprof()
            .contains("         3          6 (flat, cum) 200.00% of Total\n")
    );
}
