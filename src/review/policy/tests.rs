use super::*;

const EXAMPLE: &str = r#"version: 1
module: github.com/acme/shop            # default: go.mod
component: Cart
source: { path: ., trim: [/build/], exclude: ["**/*_gen.go", "vendor/**"] }
profiles: { cpu: "prof/cpu*.pb.gz", heap: prof/mem.pb.gz, goroutineleak: prof/leak.pb.gz }
benchmarks: { base: bench/main.txt, new: bench/pr.txt, min_runs: 10, alpha: 0.05, threshold: 1% }
budgets:
  benchmarks:
    - match: ^BenchmarkParse/.*$
      sec/op:    { max: 250ns, regress: 10% }
      allocs/op: { max: 0 }
    - match: .*
      allocs/op: { regress: 0% }
  functions:
    - match: acme/shop/cart\.\(\*Cart\)\.Total
      cpu.cum: { max: 5% }
      heap.alloc_space: { max: 1MiB/op, bench: BenchmarkTotal }
  totals: { goroutineleak: 0, gc.cpu: { max: 15% }, mutex.delay: { max: 50ms/s } }
rates: { BenchmarkCheckout: 2000/s }    # how often a path runs in production, for gains in cores and money
audit: { min_severity: medium, disable: [sync-map], hot: 1%, baseline: .perfplan/baseline.yaml }
costs: { heap_alloc: 60ns..90ns }       # overrides of the assumed costs
gate: { preset: ci, fail_on: ["severity>=high"], warn_on: ["sec/op>5%"] }
"#;

/// What is wrong with a text: place, key, cause, and the hint after a bar.
fn fault(text: impl AsRef<[u8]>) -> String {
    let error = read(text, "p.yaml").unwrap_err();
    let hint = error.hint().map(|h| format!(" | {h}")).unwrap_or_default();
    format!("{error}{hint}")
}

#[track_caller]
fn check(text: &str, expect: &str) {
    assert_eq!(fault(text), expect, "{text}");
}

#[test]
fn the_whole_example_is_read() {
    let policy = read(EXAMPLE, "perfplan.yaml").unwrap();
    let file = &policy.file;
    assert_eq!(file.profiles.cpu, Paths(vec!["prof/cpu*.pb.gz".to_string()]));
    assert_eq!(file.benchmarks.threshold, Some(Part(0.01)));
    let parse = &file.budgets.benchmarks[0];
    assert_eq!(parse.match_, "^BenchmarkParse/.*$");
    assert_eq!(parse.limits["sec/op"].max.as_ref().unwrap().0.value, 2.5e-7);
    assert_eq!(parse.limits["sec/op"].regress, Some(Part(0.1)));
    let total = &file.budgets.functions[0].limits["heap.alloc_space"];
    assert_eq!(total.bench.as_deref(), Some("BenchmarkTotal"));
    assert_eq!(file.budgets.totals["goroutineleak"].max.0.value, 0.0);
    assert_eq!(file.budgets.totals["mutex.delay"].max.0.unit, "sec/s");
    assert_eq!(file.rates["BenchmarkCheckout"], Rate(2000.0));
    assert_eq!(file.audit.min_severity, Some(Severity::Medium));
    assert_eq!(
        file.costs["heap_alloc"],
        Cost {
            low: 6e-8,
            high: 9e-8
        }
    );
    assert_eq!(file.gate.preset, Some(Preset::Ci));
    assert_eq!(
        policy.origin("budgets.totals.gc.cpu").as_deref(),
        Some("perfplan.yaml:18")
    );
    assert_eq!(policy.line("budgets.benchmarks[1].allocs/op.regress"), Some(13));
}

#[test]
fn what_is_written_is_read_back() {
    let file = read(EXAMPLE, "p").unwrap().file;
    let text = serde_yaml::to_string(&file).unwrap();
    assert_eq!(read(&text, "p").unwrap().file, file, "{text}");
}

#[test]
fn an_empty_file_says_nothing() {
    for text in [
        "",
        "\n# only a comment\n",
        "---\n",
        "~",
        "\u{feff}",
        "source:\nbudgets:\n  totals:\nprofiles: {cpu: }\n",
    ] {
        assert_eq!(read(text, "p").unwrap().file, PolicyFile::default(), "{text:?}");
    }
}

#[test]
fn unknown_and_double_keys_are_told_with_their_line() {
    check(
        "versoin: 1\n",
        "p.yaml:1: versoin: unknown key | did you mean version?",
    );
    check(
        "benchmarks:\n  alhpa: 0.1\n",
        "p.yaml:2: benchmarks.alhpa: unknown key | did you mean alpha?",
    );
    check(
        "budgets:\n  benchmarks:\n  - match: a\n    sec/op: {mx: 1ns}\n",
        "p.yaml:4: budgets.benchmarks[0].sec/op.mx: unknown key | did you mean max?",
    );
    check(
        "budgets: {functions: [{match: a, cpu.kum: {max: 5%}}]}",
        "p.yaml:1: budgets.functions[0].cpu.kum: unknown key | did you mean cpu.cum?",
    );
    check(
        "budgets: {totals: {\n gorotineleak: 0}}",
        "p.yaml:2: budgets.totals.gorotineleak: unknown key | did you mean goroutineleak?",
    );
    check(
        "thresholds: {symptoms: {jsn: {levels: [1%, 2%, 3%]}}}",
        "p.yaml:1: thresholds.symptoms.jsn: unknown key | did you mean json?",
    );
    check(
        "module: a\ncomponent: b\nmodule: c\n",
        "p.yaml:3: module: a second time, after line 1",
    );
    check(
        "rates:\n  A: 1/s\n  A: 2/s\n",
        "p.yaml:3: rates.A: a second time, after line 2",
    );
    check(
        "costs: {heap: 1ns..2ns}",
        "p.yaml:1: costs.heap: unknown key | known are heap_alloc, arena_alloc, pool, stack_alloc, call, map_lookup, mutex, channel, cas, goroutine, conversion",
    );
}

#[test]
fn values_of_the_wrong_kind_are_told() {
    check("module: [a]", "p.yaml:1: module: expected a text, got a list");
    check(
        "source: here",
        "p.yaml:1: source: expected a map of keys and values, got \"here\"",
    );
    check(
        "benchmarks: {alpha: big}",
        "p.yaml:1: benchmarks.alpha: expected a number, got \"big\"",
    );
    check(
        "benchmarks: {alpha: 2}",
        "p.yaml:1: benchmarks.alpha: expected a chance above 0 and below 1, got 2",
    );
    check(
        "benchmarks: {min_runs: 0.5}",
        "p.yaml:1: benchmarks.min_runs: expected a whole number from 0, got \"0.5\"",
    );
    check(
        "benchmarks:\n  threshold: 5ms",
        "p.yaml:2: benchmarks.threshold: expected a part such as 5% or 0.05, got \"5ms\"",
    );
    check(
        "rates: {A: 2000}",
        "p.yaml:1: rates.A: expected a rate such as 2000/s, 90/min or 5/h, got 2000",
    );
    check(
        "costs: {pool: 9ns..1ns}",
        "p.yaml:1: costs.pool: expected a duration or two such as 60ns..90ns, got \"9ns..1ns\"",
    );
    check(
        "audit: {min_severity: hihg}",
        "p.yaml:1: audit.min_severity: expected one of low, medium, high, critical, got \"hihg\" | did you mean high?",
    );
    check(
        "profiles: {cpu: {a: b}}",
        "p.yaml:1: profiles.cpu: expected a path or a list of paths, got a map",
    );
    check(
        "budgets: {benchmarks: [{sec/op: {max: 1ns}}]}",
        "p.yaml:1: budgets.benchmarks[0]: no `match`",
    );
    check(
        "budgets: {benchmarks: [{match: a, sec/op: {max: 5MB}}]}",
        "p.yaml:1: budgets.benchmarks[0].sec/op.max: expected an amount such as 250ns, 1MiB/op, 10% or 0, got \"5MB\"",
    );
    check(
        "budgets: {benchmarks: [{match: a, sec/op: {max: 5}}]}",
        "p.yaml:1: budgets.benchmarks[0].sec/op.max: expected an amount such as 250ns, 250ns/op, got 5",
    );
    check(
        "budgets: {benchmarks: [{match: (, B/op: {max: 5}}]}",
        "p.yaml:1: budgets.benchmarks[0].match: no regular expression: unclosed group",
    );
    check(
        "budgets: {benchmarks: [{match: a, B/op: {}}]}",
        "p.yaml:1: budgets.benchmarks[0].B/op: no limit | write { max: AMOUNT } or { regress: PERCENT }",
    );
    check(
        "budgets: {functions: [{match: a, cpu.flat: {max: 1ms/op}}]}",
        "p.yaml:1: budgets.functions[0].cpu.flat.max: per operation, but no `bench` | name the benchmark whose operations are counted: bench: BenchmarkTotal",
    );
    check(
        "budgets: {totals: {gc.cpu: 5}}",
        "p.yaml:1: budgets.totals.gc.cpu: expected an amount such as 5%, got 5",
    );
    check(
        "thresholds: {gc: {share: [1%]}}",
        "p.yaml:1: thresholds.gc.share: expected a list of 2, got a list",
    );
    check(
        "thresholds: {symptoms: {json: {levels: [3%, 2%, 9%]}}}",
        "p.yaml:1: thresholds.symptoms.json.levels: expected medium, high, critical, none below the one before, up to 100%",
    );
    check(
        "gate: {fail_on: [\n\"score\"]}",
        "p.yaml:2: gate.fail_on[0]: \"score\": no comparison such as `>` | the form is METRIC(REGEX)>LIMIT, such as 'cpu.flat(.*)>2pp' or 'total>64MiB'",
    );
    check(
        "version: 2",
        "p.yaml:1: version: version 2 is not known | this perfplan reads version 1; a newer one may read this file",
    );
}

#[test]
fn what_is_no_policy_is_told() {
    check(
        "a: b: c\n",
        "p.yaml:1: no YAML: mapping values are not allowed in this context",
    );
    check("- a\n", "p.yaml:1: expected a map of keys and values, got a list");
    check("module: a\n---\nmodule: b\n", "p.yaml:2: a second document");
    check(
        "module: !!str a\n",
        "p.yaml:1: tags are not read here: write the value alone",
    );
    check("? [a]\n: b\n", "p.yaml:1: a list or map as a key");
    assert_eq!(fault([0xff, 0xfe]), "p.yaml: no UTF-8 text");
    assert_eq!(
        fault(vec![b' '; (1 << 20) + 1]),
        "p.yaml: more than 1 MiB: no policy"
    );
}

#[test]
fn bombs_and_depth_are_refused_at_once() {
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n";
    check(
        bomb,
        "p.yaml:2: aliases are not read here: write the value itself",
    );
    check(&"- ".repeat(500_000), "p.yaml:1: more than 32 levels");
    assert!(fault("[".repeat(500_000)).contains("p.yaml:1: "));
    assert!(fault("{a: ".repeat(200_000)).contains("p.yaml:1: "));
    assert!(fault("? ".repeat(500_000)).contains("p.yaml:1: "));
}

#[test]
fn thresholds_reach_the_review_and_tell_where_they_are_from() {
    let text = "thresholds:\n  min_score: 90\n  line_share: 2%\n  hot_path_share: 0.05\n  gc: { pause: [2ms, 20ms] }\n  \
                symptoms:\n    json: { levels: [20%, 30%, 40%], saving: 1%..2% }\n";
    let policy = crate::review::Policy::of(&read(text, "p.yaml").unwrap());
    assert_eq!(
        (policy.min_score, policy.line_share, policy.gc.pause),
        (90.0, 0.02, [0.002, 0.02])
    );
    let told = |c: &Changed| format!("{} {} {} {}", c.key, c.value, c.default, c.from);
    let told: Vec<String> = policy.changed.iter().map(told).collect();
    assert_eq!(
        told[..3],
        [
            "thresholds.min_score 90 80 p.yaml:2",
            "thresholds.line_share 2% 1% p.yaml:3",
            "thresholds.gc.pause [2ms, 20ms] [1ms, 10ms] p.yaml:5",
        ]
    );
    assert!(
        told[3].starts_with("thresholds.symptoms.json.levels [20%, 30%, 40%] ["),
        "{}",
        told[3]
    );
    let json = policy.symptom_in_force(crate::review::symptom("json").unwrap());
    assert_eq!((json.levels.medium, json.saving.high), (0.2, 0.02));
}

#[test]
fn all_thresholds_are_written_as_the_file_takes_them() {
    let mut text = String::new();
    for Setting { key, value } in default_settings() {
        let parts: Vec<&str> = key.split('.').collect();
        let tail = "}".repeat(parts.len() - 1);
        let one = format!("{}: {value}{tail}", parts.join(": {"));
        read(&one, "p").unwrap_or_else(|e| panic!("{one}: {e}"));
        text.push_str(&one);
    }
    assert_eq!(text.matches("thresholds").count(), 32);
}
