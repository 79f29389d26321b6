//! What names mean: locals by Go's scopes, calls by their canonical names.

mod callee;
mod constant;
mod function;
mod local;
mod scope;

pub use callee::{Call, Callee};
pub(super) use callee::{called_name, pattern_names};
pub use function::Function;
pub use local::Local;
pub use scope::LocalKind;
pub(super) use scope::Names;

#[cfg(test)]
mod tests;
