//! How control runs: loops, the statement graph, paths, resources.

mod graph;
mod loops;
mod paths;
mod resource;

pub use graph::Edge;
pub use loops::Loop;
pub use paths::{Effect, Paths, nilness};
pub use resource::{Fate, Resource};

#[cfg(test)]
mod tests;
