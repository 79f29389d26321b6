//! `perfplan explain` and `perfplan schema`: what is known, printed.

use perfplan::render::{TerminalOptions, json, markdown, terminal};
use perfplan::report::document::Document;
use perfplan::report::{explain_document, explain_list};
use perfplan::review::knowledge::{TERMS, explain, rules};
use perfplan::review::schema::{policy_schema, review_schema};

use crate::cli::Shared;
use crate::knowledge_args::{ExplainArgs, ExplainFormat, SchemaArgs, SchemaOf};
use crate::output;

pub fn run(args: &ExplainArgs, shared: &Shared) -> anyhow::Result<()> {
    let name = args.name.join(" ");
    if name.is_empty() {
        let text = match args.format {
            ExplainFormat::Json => json(&serde_json::json!({ "rules": rules(), "terms": TERMS }))?,
            format => form(&explain_list(), format, shared),
        };
        return output::emit(&text, None);
    }
    let explained = explain(&name).map_err(|problem| problem.at("explain"))?;
    let text = match args.format {
        ExplainFormat::Json => json(&explained)?,
        format => form(&explain_document(&explained), format, shared),
    };
    output::emit(&text, None)
}

fn form(document: &Document, format: ExplainFormat, shared: &Shared) -> String {
    let options = TerminalOptions {
        width: output::width(),
        color: output::colored(shared),
    };
    match format {
        ExplainFormat::Markdown => markdown(document),
        _ => terminal(document, options),
    }
}

pub fn schema(args: &SchemaArgs) -> anyhow::Result<()> {
    let schema = match args.of {
        SchemaOf::Policy => policy_schema(),
        SchemaOf::Review => review_schema(),
    };
    output::emit(&json(&schema)?, args.output.as_deref())
}
