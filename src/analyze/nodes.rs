//! What the frames of a profile stand for at a granularity: functions, lines, packages.

use std::collections::HashMap;

use crate::profile::{LocationId, Profile, StringId, clean_path, package_of};

/// What is one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Granularity {
    /// A function name.
    Functions,
    /// A function name in a file.
    FileFunctions,
    /// A line of a function.
    Lines,
    /// An address.
    Addresses,
    /// A file.
    Files,
    /// A Go package.
    Packages,
}

impl Granularity {
    /// As options and JSON name it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Functions => "functions",
            Self::FileFunctions => "filefunctions",
            Self::Lines => "lines",
            Self::Addresses => "addresses",
            Self::Files => "files",
            Self::Packages => "packages",
        }
    }
}

/// A row of [`Nodes::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct NodeId(pub u32);

impl NodeId {
    /// Index into the table, from 0.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a frame stands for. Fields that do not belong to the granularity are empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Node {
    /// Function name as stored; empty where there is no symbol.
    pub function: Vec<u8>,
    /// Cleaned path of the source file.
    pub file: Vec<u8>,
    /// Line, 0 if none.
    pub line: i64,
    /// Column, 0 if none; only addresses have one.
    pub column: i64,
    /// Address, 0 if none.
    pub address: u64,
    /// Path of the binary, for nodes without a name.
    pub object: Vec<u8>,
    /// Start line of the function, for nodes without a name.
    pub start_line: i64,
}

impl Node {
    /// The name as reports print it, on one line of safe text.
    pub fn printable(&self) -> String {
        crate::error::printable(&self.name())
    }

    /// The name as it is sorted and matched: address, function, place, joined by blanks; the file of the binary
    /// in brackets where there is no symbol.
    pub fn name(&self) -> Vec<u8> {
        let mut parts: Vec<Vec<u8>> = Vec::new();
        if self.address != 0 {
            parts.push(format!("{:016x}", self.address).into_bytes());
        }
        if !self.function.is_empty() {
            parts.push(self.function.clone());
        }
        if self.line != 0 {
            let column = if self.column == 0 {
                String::new()
            } else {
                format!(":{}", self.column)
            };
            parts.push([&self.file, format!(":{}{column}", self.line).as_bytes()].concat());
        } else if !self.file.is_empty() {
            parts.push(self.file.clone());
        } else if self.function.is_empty() && !self.object.is_empty() {
            let base = self.object.rsplit(|b| *b == b'/').next().unwrap_or_default();
            parts.push([b"[", base, b"]"].concat());
        } else if self.function.is_empty() {
            parts.push(b"<unknown>".to_vec());
        }
        parts.join(&b' ')
    }

    /// The Go package, `[binary]` where the name has none.
    pub fn package(&self) -> String {
        package_of(&crate::error::printable(&self.function)).unwrap_or_else(|| "[binary]".to_string())
    }
}

/// What every location of a profile stands for.
#[derive(Debug, Clone)]
pub struct Nodes {
    /// What is one row.
    pub granularity: Granularity,
    /// The nodes, in the order of their first location.
    pub nodes: Vec<Node>,
    /// The frames of all locations, leaf first within each.
    frames: Vec<NodeId>,
    /// Where the frames of a location end.
    ends: Vec<u32>,
}

impl Nodes {
    /// The nodes of a profile. The work is done once per location, so that samples only follow numbers.
    pub fn of(profile: &Profile, granularity: Granularity) -> Self {
        let mut maker = Maker {
            profile,
            granularity,
            known: HashMap::new(),
            nodes: Vec::new(),
        };
        let mut frames = Vec::with_capacity(profile.lines.len());
        let mut ends = Vec::with_capacity(profile.locations.len());
        for index in 0..profile.locations.len() {
            maker.location(LocationId(index as u32), &mut frames);
            ends.push(frames.len() as u32);
        }
        Self {
            granularity,
            nodes: maker.nodes,
            frames,
            ends,
        }
    }

    /// The frames of a location, innermost inlined call first; never none.
    #[inline]
    pub fn frames(&self, location: LocationId) -> &[NodeId] {
        let start = if location.0 == 0 {
            0
        } else {
            self.ends[location.index() - 1]
        };
        &self.frames[start as usize..self.ends[location.index()] as usize]
    }

    /// A node.
    pub fn get(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}

struct Maker<'a> {
    profile: &'a Profile,
    granularity: Granularity,
    known: HashMap<Node, NodeId>,
    nodes: Vec<Node>,
}

impl Maker<'_> {
    fn location(&mut self, id: LocationId, frames: &mut Vec<NodeId>) {
        let profile = self.profile;
        let location = &profile.locations[id.index()];
        let object = location
            .mapping
            .map_or(StringId::EMPTY, |m| profile.mappings[m.index()].filename);
        let address = if self.granularity == Granularity::Addresses {
            location.address
        } else {
            0
        };
        let object = profile.text(object);
        let lines = profile.lines_of(id);
        if lines.is_empty() {
            let node = Node {
                object: object.to_vec(),
                address,
                ..Node::default()
            };
            frames.push(self.intern(node));
        }
        for line in lines {
            let node = self.node(line, object, address);
            frames.push(self.intern(node));
        }
    }

    fn node(&self, line: &crate::profile::Line, object: &[u8], address: u64) -> Node {
        use Granularity::{Addresses, FileFunctions, Files, Functions, Lines, Packages};
        let function = &self.profile.functions[line.function.index()];
        let name = match self.granularity {
            Files => Vec::new(),
            Packages => package(self.profile.text(function.name)),
            Functions | FileFunctions | Lines | Addresses => self.profile.text(function.name).to_vec(),
        };
        let with_file = matches!(self.granularity, FileFunctions | Lines | Addresses | Files);
        let file = if with_file {
            clean(self.profile.text(function.filename))
        } else {
            Vec::new()
        };
        let with_line = matches!(self.granularity, Lines | Addresses);
        let nameless = name.is_empty() && self.granularity != Files;
        Node {
            line: if with_line { line.line } else { 0 },
            column: if self.granularity == Addresses {
                line.column
            } else {
                0
            },
            object: if nameless { object.to_vec() } else { Vec::new() },
            start_line: if nameless { function.start_line } else { 0 },
            function: name,
            file,
            address,
        }
    }

    fn intern(&mut self, node: Node) -> NodeId {
        let next = NodeId(self.nodes.len() as u32);
        *self.known.entry(node).or_insert_with_key(|node| {
            self.nodes.push(node.clone());
            next
        })
    }
}

fn package(name: &[u8]) -> Vec<u8> {
    package_of(&String::from_utf8_lossy(name)).map_or_else(|| b"[binary]".to_vec(), String::into_bytes)
}

fn clean(path: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(path) {
        Ok(path) => clean_path(path).into_bytes(),
        Err(_) => path.to_vec(),
    }
}
