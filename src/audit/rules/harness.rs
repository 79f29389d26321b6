//! One `check` for all rules: pieces of Go in which a rule must fire, or must not.

use crate::audit::{GoVersion, Options, Rule, SourceText, audit};

/// Asserts that a rule fires on every line that ends in `// want`, at least one, and on no other.
#[track_caller]
pub fn fires(rule: &Rule, source: &str) {
    let (found, wanted) = lines(rule, source);
    assert!(!wanted.is_empty(), "{}: no `// want` in\n{source}", rule.id);
    assert_eq!(
        found,
        wanted,
        "{}: lines found and wanted in\n{}",
        rule.id,
        whole(source)
    );
}

/// Asserts that a rule does not fire.
#[track_caller]
pub fn silent(rule: &Rule, source: &str) {
    let (found, _) = lines(rule, source);
    assert!(
        found.is_empty(),
        "{}: fires at {found:?} in\n{}",
        rule.id,
        whole(source)
    );
}

/// What a rule finds in a piece of Go.
#[track_caller]
pub fn hits(rule: &Rule, source: &str) -> Vec<crate::audit::Hit> {
    let file = SourceText {
        path: "p/p.go".to_string(),
        text: whole(source),
    };
    let options = Options {
        rules: vec![rule],
        go: version(source),
        ..Options::default()
    };
    let audit = audit(vec![file], &options);
    assert_eq!(audit.warnings, [], "in\n{}", whole(source));
    audit.hits
}

fn lines(rule: &Rule, source: &str) -> (Vec<u32>, Vec<u32>) {
    let found = hits(rule, source).iter().map(|h| h.line).collect();
    let text = whole(source);
    let is_wanted = |(_, line): &(u32, &str)| line.ends_with("// want");
    let wanted = (1..).zip(text.lines()).filter(is_wanted).map(|(at, _)| at);
    (found, wanted.collect())
}

/// `// go 1.22` on the first line.
fn version(source: &str) -> Option<GoVersion> {
    source
        .trim_start()
        .strip_prefix("// go ")
        .and_then(GoVersion::parse)
}

/// A piece of Go with a package clause and imports of the packages that it names, on one line before it.
pub fn whole(source: &str) -> String {
    if source.lines().any(|l| l.starts_with("package ")) {
        return source.to_string();
    }
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '"' || c == '/' || c == '.';
    let is_used = |path: &&&str| {
        let name = path.rsplit('/').find(|p| !p.starts_with('v')).unwrap_or(path);
        let used = source
            .match_indices(&format!("{name}."))
            .any(|(at, _)| !source[..at].ends_with(is_name));
        used && !source.contains(&format!("\"{path}\""))
    };
    let imports: Vec<String> = PACKAGES
        .iter()
        .filter(is_used)
        .map(|p| format!("import \"{p}\""))
        .collect();
    format!("package p; {}; {source}", imports.join("; "))
}

/// Packages by whose last name pieces of Go may call them.
const PACKAGES: [&str; 57] = [
    "archive/zip",
    "bufio",
    "bytes",
    "cmp",
    "compress/gzip",
    "container/heap",
    "container/list",
    "context",
    "crypto/hmac",
    "crypto/sha256",
    "crypto/tls",
    "database/sql",
    "encoding/binary",
    "encoding/hex",
    "encoding/json",
    "errors",
    "fmt",
    "hash",
    "html/template",
    "io",
    "iter",
    "log",
    "log/slog",
    "maps",
    "math",
    "math/rand",
    "net",
    "net/http",
    "net/http/httptest",
    "net/http/httputil",
    "net/http/pprof",
    "net/url",
    "os",
    "os/exec",
    "os/signal",
    "path/filepath",
    "reflect",
    "regexp",
    "runtime",
    "runtime/debug",
    "slices",
    "sort",
    "strconv",
    "strings",
    "sync",
    "sync/atomic",
    "testing",
    "time",
    "unicode",
    "unicode/utf8",
    "unsafe",
    "golang.org/x/sync/errgroup",
    "golang.org/x/sync/semaphore",
    "github.com/jmoiron/sqlx",
    "github.com/jackc/pgx/v5",
    "gorm.io/gorm",
    "google.golang.org/grpc",
];
