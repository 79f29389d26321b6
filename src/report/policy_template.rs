//! The commented perfplan.yaml that `perfplan init` writes: every key with its meaning and default.

use serde_json::Value;

use crate::review::policy::{FUNCTION_METRICS, OPERATIONS, TOTAL_METRICS, default_settings};
use crate::review::schema::policy_schema;

/// What is known of a project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Module path of its go.mod.
    pub module: Option<String>,
    /// Kind and path of profiles, the path relative to the file that is written.
    pub profiles: Vec<(String, String)>,
    /// Paths of benchmark results.
    pub results: Vec<String>,
    /// Names of Go benchmarks, `BenchmarkParse`.
    pub benchmarks: Vec<String>,
}

/// The text of a policy for a project, which reads as one: what was found is set, all else stands in comments.
pub fn policy_template(found: &Found) -> String {
    let mut out = Out::default();
    out.line("# perfplan.yaml holds what is agreed on for this project. Every key may be left out; a flag or a variable");
    out.line(
        "# PERFPLAN_* comes before it. `perfplan config show --origin` tells where each value comes from.",
    );
    out.line("version: 1");
    project(&mut out, found);
    profiles(&mut out, found);
    benchmarks(&mut out, found);
    budgets(&mut out, found);
    production(&mut out, found);
    audit_and_gate(&mut out);
    thresholds(&mut out);
    out.text
}

/// A text under construction, with the descriptions of the keys.
struct Out {
    text: String,
    schema: Value,
}

impl Default for Out {
    fn default() -> Self {
        Self {
            text: String::new(),
            schema: policy_schema(),
        }
    }
}

impl Out {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// The meaning of a key, as a comment at its depth.
    fn about(&mut self, key: &str, indent: usize) {
        let description = self.description(key);
        self.comment(&description, indent);
    }

    fn comment(&mut self, words: &str, indent: usize) {
        for line in wrapped(words, 100) {
            self.line(&format!("{}# {line}", " ".repeat(indent)));
        }
    }

    fn chapter(&mut self, key: &str) {
        self.line("");
        self.about(key, 0);
    }

    /// A key that is not set, with its meaning.
    fn unset(&mut self, key: &str, value: &str) {
        self.about(key, 2);
        let name = key.rsplit('.').next().unwrap_or(key);
        self.line(&format!("  # {name}: {value}"));
    }

    fn description(&self, key: &str) -> String {
        let mut at = &self.schema;
        for name in key.split('.') {
            let properties = &self.resolved(at)["properties"];
            at = &properties[name];
        }
        let text = at["description"].as_str().unwrap_or_default();
        text.replace('\n', " ").replace("[`", "`").replace("`]", "`")
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let name = schema["$ref"].as_str().and_then(|r| r.strip_prefix("#/$defs/"));
        name.map_or(schema, |name| &self.schema["$defs"][name])
    }
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines
            .last_mut()
            .filter(|l| l.is_empty() || l.chars().count() + 1 + word.chars().count() <= width);
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => line.push_str(&format!(" {word}")),
            None => lines.push(word.to_string()),
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}

fn project(out: &mut Out, found: &Found) {
    out.chapter("module");
    match &found.module {
        Some(module) => out.line(&format!("module: {}", scalar(module))),
        None => out.line("# module: example.com/shop"),
    }
    out.chapter("component");
    out.line("# component: Shop");
    out.chapter("source");
    out.line("source:");
    out.about("source.path", 2);
    out.line(if found.module.is_some() {
        "  path: ."
    } else {
        "  # path: ."
    });
    out.unset("source.trim", "[/build/]");
    out.unset("source.exclude", "[\"**/*_gen.go\", \"vendor/**\"]");
}

fn profiles(out: &mut Out, found: &Found) {
    out.chapter("profiles");
    out.line("profiles:");
    for kind in [
        "cpu",
        "heap",
        "allocs",
        "goroutine",
        "goroutineleak",
        "block",
        "mutex",
    ] {
        let paths: Vec<&str> = found
            .profiles
            .iter()
            .filter(|(k, _)| k == kind)
            .map(|(_, p)| p.as_str())
            .collect();
        match list(&paths) {
            Some(paths) => out.line(&format!("  {kind}: {paths}")),
            None => out.line(&format!("  # {kind}: prof/{kind}*.pb.gz")),
        }
    }
}

fn list(paths: &[&str]) -> Option<String> {
    let texts: Vec<String> = paths.iter().map(|p| scalar(p)).collect();
    match texts.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        all => Some(format!("[{}]", all.join(", "))),
    }
}

fn benchmarks(out: &mut Out, found: &Found) {
    out.chapter("benchmarks");
    out.line("benchmarks:");
    out.unset("benchmarks.base", "bench/main.txt");
    out.about("benchmarks.new", 2);
    let results: Vec<&str> = found.results.iter().map(String::as_str).collect();
    out.line(&match list(&results) {
        Some(paths) => format!("  new: {paths}"),
        None => "  # new: bench/pr.txt".to_string(),
    });
    out.unset("benchmarks.min_runs", "10");
    out.unset("benchmarks.alpha", "0.05");
    out.unset("benchmarks.threshold", "1%");
}

fn budgets(out: &mut Out, found: &Found) {
    let name = found.benchmarks.first().map_or("BenchmarkParse", String::as_str);
    out.chapter("budgets");
    out.line("budgets:");
    out.about("budgets.benchmarks", 2);
    out.line("  benchmarks:");
    out.line(&format!("  #   - match: ^{name}$"));
    out.line("  #     sec/op: { max: 250ns, regress: 10% }");
    out.line("  #     allocs/op: { regress: 0% }");
    out.about("budgets.functions", 2);
    out.comment(&format!("The metrics are {}.", FUNCTION_METRICS.join(", ")), 2);
    out.line("  functions:");
    out.line("  #   - match: shop/cart\\.\\(\\*Cart\\)\\.Total");
    out.line("  #     cpu.cum: { max: 5% }");
    out.line(&format!(
        "  #     heap.alloc_space: {{ max: 1MiB/op, bench: {name} }}"
    ));
    out.about("budgets.totals", 2);
    out.comment(&format!("The metrics are {}.", TOTAL_METRICS.join(", ")), 2);
    out.line("  totals:");
    out.line("  #   goroutineleak: 0");
    out.line("  #   gc.cpu: { max: 15% }");
}

fn production(out: &mut Out, found: &Found) {
    out.chapter("rates");
    out.line("rates:");
    if found.benchmarks.is_empty() {
        out.line("  # BenchmarkParse: 2000/s");
    }
    for name in &found.benchmarks {
        out.line(&format!("  # {}: 100/s", scalar(name)));
    }
    out.chapter("costs");
    out.line("costs:");
    for (name, cost, what) in OPERATIONS {
        out.line(&format!("  # {name}: {cost}  # {what}"));
    }
}

fn audit_and_gate(out: &mut Out) {
    out.chapter("audit");
    out.line("audit:");
    out.unset("audit.min_severity", "low");
    out.unset("audit.disable", "[alloc-churn]");
    out.unset("audit.hot", "1%");
    out.unset("audit.baseline", ".perfplan/baseline.yaml");
    out.unset("audit.exclude", "[\"**/*_test.go\"]");
    out.chapter("gate");
    out.line("gate:");
    out.unset("gate.preset", "ci");
    out.unset("gate.fail_on", "[\"sec/op>10%\", \"severity>=high\"]");
    out.unset("gate.warn_on", "[\"sec/op>5%\"]");
}

fn thresholds(out: &mut Out) {
    out.chapter("thresholds");
    out.line("thresholds:");
    let mut group = String::new();
    for setting in default_settings() {
        let key = setting.key.trim_start_matches("thresholds.");
        match key.split_once('.') {
            None => out.unset(&setting.key, &setting.value),
            Some((name, last)) => {
                if name != group {
                    out.about(&format!("thresholds.{name}"), 2);
                    out.line(&format!("  {name}:"));
                    group = name.to_string();
                }
                out.about(&setting.key, 4);
                out.line(&format!("    # {last}: {}", setting.value));
            }
        }
    }
    out.about("thresholds.symptoms", 2);
    out.line("  symptoms:");
    out.line("  #   json: { levels: [3%, 8%, 15%], saving: 20%..60% }");
}

/// A text as YAML: plain where that is safe, else in the quotes of JSON, which YAML reads.
fn scalar(text: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '-');
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    if begins && text.chars().all(safe) && !matches!(text, "null" | "true" | "false") {
        text.to_string()
    } else {
        Value::from(text).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::policy::read;

    #[test]
    fn what_is_written_reads_as_a_policy() {
        let empty = policy_template(&Found::default());
        let policy = read(&empty, "p").unwrap();
        assert_eq!(policy.file.version, Some(1));
        let found = Found {
            module: Some("example.com/a b".to_string()),
            profiles: vec![
                ("cpu".into(), "x: y.pb.gz".into()),
                ("cpu".into(), "b.pb.gz".into()),
            ],
            results: vec!["bench.txt".into()],
            benchmarks: vec!["BenchmarkParse".into()],
        };
        let file = read(policy_template(&found), "p").unwrap().file;
        assert_eq!(file.module.as_deref(), Some("example.com/a b"));
        assert_eq!(file.profiles.cpu.0, ["x: y.pb.gz", "b.pb.gz"]);
        assert_eq!(file.benchmarks.new.0, ["bench.txt"]);
    }

    /// What stands in a comment is what a user would write: without its mark it reads as well.
    #[test]
    fn what_is_in_comments_reads_as_a_policy_too() {
        let text = policy_template(&Found::default());
        let is_setting = |l: &str| {
            let bare = l
                .trim_start()
                .trim_start_matches("# ")
                .trim_start()
                .trim_start_matches("- ");
            let (key, rest) = bare.split_once(": ").unwrap_or((bare, ""));
            !key.contains(' ') && !key.contains(':') && !rest.is_empty() && !bare.ends_with('.')
        };
        let uncommented: Vec<String> = text
            .lines()
            .filter(|l| !l.trim_start().starts_with('#') || is_setting(l))
            .map(|l| l.replacen("# ", "", 1))
            .collect();
        let policy =
            read(uncommented.join("\n"), "p").unwrap_or_else(|e| panic!("{e}\n{}", uncommented.join("\n")));
        let missing: Vec<&str> = [
            "budgets.totals.gc.cpu",
            "costs.pool",
            "gate.warn_on",
            "thresholds.gc.pause",
            "audit.hot",
        ]
        .into_iter()
        .filter(|key| policy.line(key).is_none())
        .collect();
        assert_eq!(missing, [""; 0], "{}", uncommented.join("\n"));
    }
}
