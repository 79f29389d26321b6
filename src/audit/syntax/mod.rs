//! Go's syntax behind a few types of our own: [`Tree`], [`Kind`], [`Field`]. Nothing outside this module knows which
//! parser made the tree. Rules do not use trees either: they get a [`Node`](crate::audit::Node).

mod kind;
mod parse;
mod tree;

pub use kind::{Field, Kind};
pub use parse::{MAX_BYTES, MAX_DEPTH, Unparsed, parse};
pub use tree::{NodeId, Tree};

/// What a node is made of, by its number; for `Node`, which knows the rest.
impl Tree {
    pub(in crate::audit) fn kind(&self, id: NodeId) -> Kind {
        self.record(id).kind
    }

    pub(in crate::audit) fn field(&self, id: NodeId) -> Field {
        self.record(id).field
    }

    pub(in crate::audit) fn span(&self, id: NodeId) -> (u32, u32) {
        let record = self.record(id);
        (record.start, record.stop)
    }

    pub(in crate::audit) fn parent(&self, id: NodeId) -> Option<NodeId> {
        (id != 0).then(|| self.record(id).parent)
    }

    /// One past the last descendant, which is the next sibling where there is one.
    pub(in crate::audit) fn end(&self, id: NodeId) -> NodeId {
        self.record(id).end
    }

    pub(in crate::audit) fn is_broken(&self, id: NodeId) -> bool {
        self.record(id).is_broken
    }
}

#[cfg(test)]
mod tests;
