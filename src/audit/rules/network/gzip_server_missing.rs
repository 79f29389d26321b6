//! `gzip-server-missing`: text is served uncompressed.

use crate::audit::{Call, Check, Confidence, Field, File, Group, Hits, Kind, Node, Package, Rule, Scope};

/// The rule.
pub const RULE: Rule = Rule {
    id: "gzip-server-missing",
    title: "text is served uncompressed",
    group: Group::Network,
    items: &["NE5"],
    scope: Scope::Program,
    what: "The module serves JSON, HTML or text by HTTP, and nothing in it compresses. One hit, at the first start of a \
           server.",
    why: "Text shrinks by 70 % and more above 1 KiB.",
    limits: "A compressing proxy in front would refute it; its configuration is not looked at. Silent for modules that \
             proxy themselves, or only serve metrics or gRPC.",
    target: "compress text over 1 KiB at level 5 with pooled writers; no images",
    before: r#"
func serve(addr string) error {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(list())
	})
	srv := &http.Server{Addr: addr, ReadTimeout: time.Minute}
	return srv.ListenAndServe() // want
}"#,
    after: r#"
func serve(addr string) error {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(list())
	})
	srv := &http.Server{Addr: addr, Handler: gziphandler.GzipHandler(mux), ReadTimeout: time.Minute}
	return srv.ListenAndServe()
}"#,
    check: Check::Packages(check),
    ..Rule::BASE
};

const STARTS: [&str; 5] = [
    "net/http.ListenAndServe|ListenAndServeTLS|Serve|ServeTLS",
    "(*net/http.Server).ListenAndServe|ListenAndServeTLS|Serve|ServeTLS",
    "(*github.com/gin-gonic/gin.Engine).Run|RunTLS",
    "(*github.com/labstack/echo/v4.Echo).Start|StartTLS",
    "(*github.com/gofiber/fiber/v2.App).Listen",
];

/// Words in a file's text that show that it compresses, or hands on what others serve.
const SIGNS: [&str; 8] = [
    "compress/gzip",
    "gziphandler",
    "httpcompression",
    "middleware.Gzip",
    "middleware.Compress",
    "Content-Encoding",
    "ReverseProxy",
    "/compress",
];

fn check(package: Package<'_>, hits: &mut Hits<'_>) {
    let program = package.program;
    let sources = || program.files().filter(|f| !f.facts().is_test);
    // Its own files first: most packages start no server, and the others are looked at once.
    let own = package.files().filter(|f| !f.facts().is_test).find_map(start_in);
    let Some(start) = own.filter(|own| sources().find_map(start_in) == Some(*own)) else {
        return;
    };
    let is_compressed = |f: File<'_>| {
        SIGNS.iter().any(|s| f.root().text().contains(s)) || f.imports("github.com/gin-contrib/gzip")
    };
    if sources().any(is_compressed) || !sources().any(serves_text) {
        return;
    }
    hits.report(start, "this module serves text, and nothing in it compresses")
        .confidence(Confidence::Medium)
        .fix("wrap the handler in one that compresses, unless a proxy in front does");
}

/// The first start of a server in a file.
fn start_in(file: File<'_>) -> Option<Node<'_>> {
    let is_server = [
        "net/http",
        "github.com/gin-gonic/gin",
        "github.com/labstack/echo",
        "github.com/gofiber/fiber",
    ]
    .iter()
    .any(|p| file.imports(p));
    if !is_server {
        return None;
    }
    let names = ["ListenAndServe", "Serve", "Run", "Start", "Listen"];
    let calls = file.root().find_all(Kind::CallExpression).filter(|n| {
        let name = n
            .field(Field::Function)
            .and_then(|f| f.field(Field::Field))
            .map_or("", Node::text);
        !n.is_broken() && names.iter().any(|s| name.starts_with(s))
    });
    calls
        .filter_map(Node::call)
        .find(|c| c.is_to_any(&STARTS) && !is_own(c))
        .map(|c| c.node)
}

/// Served on a loopback address: for this machine only.
fn is_own(call: &Call<'_>) -> bool {
    let address = call.argument(0).and_then(Node::constant_string);
    address.is_some_and(|a| super::common::is_local_address(&a))
}

/// JSON, a template or files go to a response.
fn serves_text(file: File<'_>) -> bool {
    let text = file.root().text();
    let has_writer = text.contains("http.ResponseWriter");
    let writes = [
        "json.NewEncoder(",
        ".Write(",
        ".Execute(",
        ".ExecuteTemplate(",
        "fmt.Fprint",
        "io.WriteString(",
    ];
    (has_writer && writes.iter().any(|w| text.contains(w)))
        || text.contains("http.FileServer")
        || (file.imports("github.com/gin-gonic/gin") && text.contains(".JSON("))
        || (file.imports("github.com/labstack/echo") && text.contains(".JSON("))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::audit::rules::harness::{fires, silent};

    #[test]
    fn modules() {
        fires(
            &RULE,
            "func f() { http.Handle(`/`, http.FileServer(http.Dir(`.`)))\nhttp.ListenAndServe(`:80`, nil) // want\nhttp.ListenAndServe(`:81`, nil) }",
        );
        silent(&RULE, "func f() { http.ListenAndServe(`:80`, nil) }");
        silent(
            &RULE,
            "func f() { use(http.FileServer(nil)); http.ListenAndServe(`localhost:80`, nil) }",
        );
        silent(
            &RULE,
            "func f() { use(http.FileServer(nil), httputil.ReverseProxy{}); http.ListenAndServe(`:80`, nil) }",
        );
        silent(
            &RULE,
            "func f() { use(http.FileServer(nil), gzip.NewWriter(nil)); http.ListenAndServe(`:80`, nil) }"
                .replace("func f", "// compress/gzip\nfunc f")
                .as_str(),
        );
    }
}
