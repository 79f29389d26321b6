use super::super::testing::{OPENING, small};
use super::*;

#[test]
fn json_has_exact_numbers_by_weight() {
    let shown = small();
    let json = serde_json::to_string(&tags(&shown.subject())).unwrap();
    let expect = [
        r#"{"schema":"perfplan.tags/1","#,
        OPENING,
        r#""keys":[{"key":"bytes","total":50,"share":0.8333333333333334,"unit":"bytes","values":["#,
        r#"{"text":null,"number":2048,"weight":30,"share":0.5,"samples":1},"#,
        r#"{"text":null,"number":2049,"weight":20,"share":0.3333333333333333,"samples":1}]},"#,
        r#"{"key":"user","total":30,"share":0.5,"unit":null,"values":["#,
        r#"{"text":"bob \"b\"\n","number":null,"weight":30,"share":0.5,"samples":1}]}]}"#,
    ];
    assert_eq!(json, expect.concat());
}

#[test]
fn pprof_puts_numbers_together_that_print_alike() {
    let shown = small();
    let view = tags(&shown.subject());
    let pprof = " bytes: Total 50ns of 60ns (83.33%)\n        50ns (83.33%): 2kB\n\n\
        \x20user: Total 30ns of 60ns (50.00%)\n       30ns (50.00%): bob \"b\"\\n\n\n";
    assert_eq!(view.pprof(), pprof);
    let text = " bytes: Total 50ns of 60ns (83.33%)\n        30ns (50.00%): 2048\n        20ns (33.33%): 2049\n\n\
        \x20user: Total 30ns of 60ns (50.00%)\n       30ns (50.00%): bob \"b\"\\n\n\n";
    assert_eq!(view.text(), text);
}

#[test]
fn rows_are_values() {
    let shown = small();
    let view = tags(&shown.subject());
    let csv = "key,text,number,unit,weight,share,samples\r\nbytes,,2048,bytes,30,0.5,1\r\n\
        bytes,,2049,bytes,20,0.3333333333333333,1\r\nuser,\"bob \"\"b\"\"\\n\",,,30,0.5,1\r\n";
    assert_eq!(view.csv(), csv);
    let markdown = "| key | value | weight | share | samples |\n| --- | --- | --- | ---: | ---: |\n\
        | bytes | 2048 | 30ns | 50.00 % | 1 |\n| bytes | 2049 | 20ns | 33.33 % | 1 |\n\
        | user | bob \"b\"\\\\n | 30ns | 50.00 % | 1 |\n";
    assert_eq!(view.markdown(), markdown);
}

#[test]
fn without_a_total_there_are_no_shares() {
    let shown = small();
    let subject = Subject {
        total: 0,
        ..shown.subject()
    };
    let view = tags(&subject);
    assert!(
        view.keys
            .iter()
            .all(|k| k.share.is_none() && k.values.iter().all(|v| v.share.is_none()))
    );
    assert!(
        view.pprof()
            .starts_with(" bytes: Total 50ns of 0\n        50ns: 2kB\n")
    );
}
