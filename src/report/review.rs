//! The review in words: one file per chapter, in the order of the document.
//!
//! Nothing is judged here. A chapter says what the review holds; where a number is missing it says so, and which
//! command would measure it.

mod algorithms;
pub(in crate::report) mod baseline;
mod benchmark_lines;
mod choices;
mod compiler;
mod concurrency;
mod dependencies;
mod gc;
mod goroutine_growth;
mod goroutines;
mod heap;
mod hot_paths;
mod locks;
mod memory;
mod method;
mod pgo;
mod plan;
mod recommendations;
mod runtime;
mod simd;
mod source;
mod steps;
mod summary;
mod targets;
pub(in crate::report) mod words;

use super::document::{Align, Block, Document};
use crate::review::{Figure, Priority, Review, Risk};
use words::{heading, line, prose, table};

/// The whole review as a document. Chapters on algorithms, concurrency, goroutines, risks and figures are left out when there is nothing to say; every other
/// chapter stands in its place and says so when nothing was measured. The same review gives the same document.
pub fn review_document(review: &Review) -> Document {
    let title = format!("Performance Review: {}", review.component);
    let mut blocks = vec![heading(1, line(&title))];
    let mut chapter = |name: &str, content: Vec<Block>| {
        if !content.is_empty() {
            blocks.push(heading(2, line(name)));
            blocks.extend(content);
        }
    };
    chapter("Summary", summary::blocks(review));
    chapter("What became of the last review", baseline::blocks(review));
    chapter(
        "Hot Path Analysis",
        [
            hot_paths::blocks(review),
            dependencies::blocks(review),
            compiler::blocks(review),
            pgo::blocks(review),
            source::blocks(review),
        ]
        .concat(),
    );
    chapter("Memory Strategy", memory::blocks(review));
    chapter("Algorithmic Choices", algorithms::blocks(review));
    chapter("SIMD Opportunities", simd::blocks(review));
    chapter("Concurrency Design", concurrency::blocks(review));
    chapter(
        "Goroutines",
        [goroutines::blocks(review), runtime::scheduler(review)].concat(),
    );
    chapter("Performance Targets", targets::blocks(review));
    chapter("Benchmark Plan", plan::blocks(review));
    chapter("Recommendations", recommendations::blocks(review));
    chapter("Risks", risks(review));
    chapter("Next Steps", steps::blocks(review));
    chapter("Method and caveats", method::blocks(review));
    chapter("Figures", review.figures.iter().map(figure).collect());
    Document { blocks }
}

fn risks(review: &Review) -> Vec<Block> {
    if review.risks.is_empty() {
        return Vec::new();
    }
    let columns = ["Of", "What can go wrong", "Mitigation", "Probability", "Impact"];
    let row = |risk: &Risk| {
        vec![
            prose(&risk.of),
            prose(&risk.what),
            prose(&risk.mitigation),
            line(priority(risk.probability)),
            line(priority(risk.impact)),
        ]
    };
    let rows = review.risks.iter().map(row).collect();
    vec![table(&columns.map(|name| (name, Align::Left)), rows)]
}

fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Low => "Low",
        Priority::Medium => "Medium",
        Priority::High => "High",
    }
}

fn figure(figure: &Figure) -> Block {
    Block::Figure {
        title: figure.title.clone(),
        path: figure.path.clone(),
        description: figure.description.clone(),
    }
}

#[cfg(test)]
mod tests;
