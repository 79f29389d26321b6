//! Which functions `list` shows, and what the lines of every location are to it.

use std::collections::HashMap;

use crate::profile::filter::Pattern;

use super::super::names::base_path;
use super::super::subject::Subject;
use crate::profile::{LocationId, Profile, StringId};

/// A function in a file.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// Name as stored.
    pub(super) name: StringId,
    /// Trimmed and cleaned path, empty if unknown.
    pub(super) file: String,
    /// Path as stored.
    pub(super) stored_file: StringId,
}

/// What the reference takes for one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Node {
    /// Row of its group.
    pub(super) group: u32,
    pub(super) line: i64,
    pub(super) start_line: i64,
    object: StringId,
}

/// The functions that are shown and their nodes.
#[derive(Debug, Default)]
pub(super) struct ListNodes {
    pub(super) groups: Vec<Group>,
    pub(super) nodes: Vec<Node>,
    /// A number for the group and line of each node.
    pub(super) lines: Vec<u32>,
    /// How many such numbers there are.
    pub(super) line_count: u32,
    /// The nodes of all locations, leaf first within each; `None` where the function is not shown.
    frames: Vec<Option<u32>>,
    /// Where the frames of a location end.
    ends: Vec<usize>,
}

impl ListNodes {
    /// The functions whose name matches; those of one name and file are one. Places without symbols are a function
    /// without name and file.
    pub(super) fn of(subject: &Subject<'_>, regex: &Pattern) -> Self {
        let mut maker = Maker {
            profile: subject.profile,
            known_nodes: HashMap::new(),
            known_lines: HashMap::new(),
            made: Self::default(),
        };
        let groups = maker.groups(subject, regex);
        let nameless = regex.is_match(b"").then(|| maker.nameless());
        for row in 0..subject.profile.locations.len() {
            maker.location(LocationId(row as u32), &groups, nameless);
        }
        maker.made
    }

    /// The nodes of a location.
    pub(super) fn frames(&self, location: LocationId) -> &[Option<u32>] {
        let start = location
            .index()
            .checked_sub(1)
            .map_or(0, |before| self.ends[before]);
        &self.frames[start..self.ends[location.index()]]
    }
}

struct Maker<'a> {
    profile: &'a Profile,
    known_nodes: HashMap<Node, u32>,
    known_lines: HashMap<(u32, i64), u32>,
    made: ListNodes,
}

impl Maker<'_> {
    /// The group of every function.
    fn groups(&mut self, subject: &Subject<'_>, regex: &Pattern) -> Vec<Option<u32>> {
        let mut known: HashMap<(StringId, String), u32> = HashMap::new();
        let mut groups = Vec::with_capacity(self.profile.functions.len());
        for function in &self.profile.functions {
            if !regex.is_match(self.profile.text(function.name)) {
                groups.push(None);
                continue;
            }
            let file = base_path(subject, function.filename);
            let next = self.made.groups.len() as u32;
            let group = *known.entry((function.name, file.clone())).or_insert(next);
            if group == next {
                self.made.groups.push(Group {
                    name: function.name,
                    file,
                    stored_file: function.filename,
                });
            }
            groups.push(Some(group));
        }
        groups
    }

    fn nameless(&mut self) -> u32 {
        let groups = &mut self.made.groups;
        let known = groups.iter().position(|g| g.name.is_empty() && g.file.is_empty());
        let row = known.unwrap_or(groups.len());
        if known.is_none() {
            groups.push(Group {
                name: StringId::EMPTY,
                file: String::new(),
                stored_file: StringId::EMPTY,
            });
        }
        row as u32
    }

    fn location(&mut self, id: LocationId, groups: &[Option<u32>], nameless: Option<u32>) {
        let profile = self.profile;
        let mapping = profile.locations[id.index()].mapping;
        let object = mapping.map_or(StringId::EMPTY, |m| profile.mappings[m.index()].filename);
        let lines = profile.lines_of(id);
        if lines.is_empty() {
            let bare = nameless.map(|group| Node {
                group,
                line: 0,
                start_line: 0,
                object,
            });
            self.push(bare);
        }
        for line in lines {
            let group = groups.get(line.function.index()).copied().flatten();
            self.push(group.map(|group| Node {
                group,
                line: line.line,
                start_line: profile.functions[line.function.index()].start_line,
                object,
            }));
        }
        self.made.ends.push(self.made.frames.len());
    }

    fn push(&mut self, node: Option<Node>) {
        let row = node.map(|node| self.row(node));
        self.made.frames.push(row);
    }

    fn row(&mut self, node: Node) -> u32 {
        let made = &mut self.made;
        let next = made.nodes.len() as u32;
        let row = *self.known_nodes.entry(node).or_insert(next);
        if row == next {
            made.nodes.push(node);
            let line = self.known_lines.entry((node.group, node.line));
            let line = *line.or_insert(made.line_count);
            made.lines.push(line);
            made.line_count = made.line_count.max(line + 1);
        }
        row
    }
}
