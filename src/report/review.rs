//! The review in words: one file per chapter, in the order of the document.
//!
//! Nothing is judged here. A chapter says what the review holds; where a number is missing it says so, and which
//! command would measure it.

mod algorithms;
mod benchmark_lines;
mod choices;
mod compiler;
mod concurrency;
mod gc;
mod goroutine_growth;
mod goroutines;
mod hot_paths;
mod memory;
mod method;
mod plan;
mod recommendations;
mod runtime;
mod steps;
mod summary;
mod targets;
pub(super) mod words;

use super::document::{Block, Document};
use crate::review::Review;
use words::{heading, line, point, prose};

/// A picture that belongs to a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What it is called.
    pub title: String,
    /// Path relative to the review.
    pub path: String,
    /// What it shows, for those who cannot see it.
    pub description: String,
}

/// The whole review as a document. Chapters on algorithms, concurrency, goroutines, risks and figures are left out when there is nothing to say; every other
/// chapter stands in its place and says so when nothing was measured. The same review gives the same document.
pub fn review_document(review: &Review, figures: &[Figure]) -> Document {
    let title = format!("Performance Review: {}", review.component);
    let mut blocks = vec![heading(1, line(&title))];
    let mut chapter = |name: &str, content: Vec<Block>| {
        if !content.is_empty() {
            blocks.push(heading(2, line(name)));
            blocks.extend(content);
        }
    };
    chapter("Summary", summary::blocks(review));
    chapter(
        "Hot Path Analysis",
        [hot_paths::blocks(review), compiler::blocks(review)].concat(),
    );
    chapter("Memory Strategy", memory::blocks(review));
    chapter("Algorithmic Choices", algorithms::blocks(review));
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
    chapter("Figures", figures.iter().map(figure).collect());
    Document { blocks }
}

fn risks(review: &Review) -> Vec<Block> {
    let items: Vec<_> = review.risks.iter().map(|risk| point(prose(risk))).collect();
    if items.is_empty() {
        return Vec::new();
    }
    vec![Block::List(items)]
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
