//! Events to lines: the text of each package is put together and read as one stream.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::config::Config;
use super::failure::{Failure, FailureKind};
use super::reader::{At, Reader, Stream};
use super::test2json::{Event, event};
use super::text::lines;
use crate::error::{Place, Warning, counted};

impl Reader<'_> {
    pub(super) fn take_event_line(&mut self, streams: &mut Streams, line: u64, bytes: &[u8]) {
        match event(bytes) {
            Some(event) => {
                let (index, stream) = streams.of(&event.package);
                self.take_event(stream, line, &event);
                streams.owners.resize(self.results.len(), index);
            }
            None => self.ignored_lines += usize::from(!bytes.trim_ascii().is_empty()),
        }
    }

    /// What is left in the streams when all lines, `last` of them, are read.
    pub(super) fn end_events(&mut self, mut streams: Streams, last: u64) {
        let mut owners = std::mem::take(&mut streams.owners);
        for (index, stream) in streams.list.iter_mut().enumerate() {
            let rest = std::mem::take(&mut stream.partial);
            let at = At {
                line: last,
                time: None,
            };
            self.take_line(stream, at, &rest);
            self.stop_waiting(stream);
            owners.resize(self.results.len(), index);
        }
        self.name_packages(&streams.list, &owners);
        self.tell_ignored();
    }

    fn take_event(&mut self, stream: &mut Stream, line: u64, event: &Event) {
        let benchmark = event.test.strip_prefix("Benchmark");
        match (event.action.as_ref(), benchmark) {
            ("output", _) => self.take_output(stream, line, event),
            ("run", Some(name)) => stream.started = Some(name.to_string()),
            ("fail", Some(name)) => self.failures.add_without_suffix(Failure {
                kind: FailureKind::Failed,
                benchmark: Some(name.to_string()),
                package: stream.package.clone(),
                line,
                message: format!("event fail of {}", event.test),
            }),
            _ => {}
        }
    }

    /// Appends to the text of the package and takes the lines that are complete.
    fn take_output(&mut self, stream: &mut Stream, line: u64, event: &Event) {
        stream.partial.extend_from_slice(event.output.as_bytes());
        if !event.output.contains('\n') {
            return;
        }
        let mut text = std::mem::take(&mut stream.partial);
        let end = text.iter().rposition(|byte| *byte == b'\n').unwrap_or_default();
        stream.partial = text.split_off(end + 1);
        let at = At {
            line,
            time: event.nanoseconds(),
        };
        text.truncate(end);
        for (_, bytes) in lines(&text) {
            self.take_line(stream, at, bytes);
        }
    }

    fn tell_ignored(&mut self) {
        if self.ignored_lines > 0 {
            let message = format!(
                "{} between the events left out",
                counted(self.ignored_lines as u64, "line")
            );
            self.warnings
                .push(Warning::new("not-json", Place::input(self.input), message));
        }
    }

    /// Results of a package whose text has no `pkg:` line get the name that the events give.
    fn name_packages(&mut self, streams: &[Stream], owners: &[usize]) {
        // By address: a configuration that is still to be met is alive, so its address is nobody else's.
        let mut named: FxHashMap<(usize, *const Config), Arc<Config>> = FxHashMap::default();
        for (result, owner) in self.results.iter_mut().zip(owners) {
            let stream = streams
                .get(*owner)
                .filter(|s| !s.has_pkg_line && !s.package.is_empty());
            let Some(stream) = stream else { continue };
            let key = (*owner, Arc::as_ptr(&result.config));
            let config = named.entry(key).or_insert_with(|| {
                let mut config = result.config.as_ref().clone();
                config.set("pkg", &stream.package);
                Arc::new(config)
            });
            result.config = config.clone();
        }
    }
}

/// The packages of a series of events, in order of first appearance.
#[derive(Default)]
pub(super) struct Streams {
    list: Vec<Stream>,
    /// Of each result the stream that it comes from.
    owners: Vec<usize>,
    index: FxHashMap<String, usize>,
}

impl Streams {
    fn of(&mut self, package: &str) -> (usize, &mut Stream) {
        let index = match self.index.get(package) {
            Some(index) => *index,
            None => {
                self.index.insert(package.to_string(), self.list.len());
                self.list.push(Stream {
                    package: package.to_string(),
                    ..Stream::default()
                });
                self.list.len() - 1
            }
        };
        (index, &mut self.list[index])
    }
}
