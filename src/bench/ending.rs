//! How benchmarks and packages end when they do not end with a result.

use super::failure::{Failure, FailureKind, Note};
use super::name::split_gomaxprocs;
use super::reader::{At, Reader, Stream, Waiting};

impl Reader<'_> {
    pub(super) fn take_note(&mut self, stream: &mut Stream, at: At, text: &str, note: Note) {
        match note {
            Note::Started(name) => stream.started = Some(name.to_string()),
            Note::Failed(name) => self.end_benchmark(stream, at, text, FailureKind::Failed, name),
            Note::Skipped(name) => self.end_benchmark(stream, at, text, FailureKind::Skipped, name),
            Note::Panicked => self.panicked(stream, at, text),
            Note::Frame(name) => self.name_panic(stream, name),
            Note::Died => self.fail_package(stream, at, text, ""),
            Note::PackageFailed(package) => {
                self.stop_waiting(stream);
                if !package.is_empty() {
                    self.fail_package(stream, at, text, package);
                    self.leave_package(stream);
                }
            }
            Note::Passed => self.stop_waiting(stream),
            Note::Done => self.leave_package(stream),
        }
    }

    /// A benchmark failed or was skipped: its name, or one of its parts, waits no more.
    fn end_benchmark(&mut self, stream: &mut Stream, at: At, text: &str, kind: FailureKind, name: &str) {
        let (stem, _) = split_gomaxprocs(name);
        stream.waiting.take_if(|waiting| waiting.name.starts_with(stem));
        self.stop_waiting(stream);
        stream.started = None;
        self.fail(stream, at, text, kind, Some(name.to_string()));
    }

    fn panicked(&mut self, stream: &mut Stream, at: At, text: &str) {
        let waiting = stream.waiting.take().map(|waiting| waiting.name);
        let benchmark = waiting.or_else(|| stream.started.take());
        let unknown = benchmark.is_none();
        let before = self.failures.list.len();
        self.fail(stream, at, text, FailureKind::Panicked, benchmark);
        stream.panic = Some(before).filter(|at| unknown && *at < self.failures.list.len());
    }

    /// The first frame of a benchmark function in the trace of a panic names the benchmark.
    fn name_panic(&mut self, stream: &mut Stream, name: &str) {
        let Some(index) = stream.panic.take() else { return };
        if let Some(failure) = self.failures.list.get_mut(index) {
            failure.benchmark = Some(name.to_string());
        }
    }

    fn fail_package(&mut self, stream: &Stream, at: At, text: &str, package: &str) {
        // `exit status 1` comes first and does not know its package where there was no `pkg:` line.
        let nameless = |f: &&mut Failure| f.kind == FailureKind::PackageFailed && f.package.is_empty();
        match self.failures.list.last_mut().filter(nameless) {
            Some(last) => last.package = package.to_string(),
            None => {
                let package = if package.is_empty() {
                    stream.package()
                } else {
                    package
                };
                self.failures.add(Failure {
                    kind: FailureKind::PackageFailed,
                    benchmark: None,
                    package: package.to_string(),
                    line: at.line,
                    message: text.to_string(),
                });
            }
        }
    }

    fn leave_package(&mut self, stream: &mut Stream) {
        self.stop_waiting(stream);
        stream.started = None;
        stream.panic = None;
    }

    /// The numbers of a waiting name will not come any more.
    pub(super) fn stop_waiting(&mut self, stream: &mut Stream) {
        if let Some(Waiting { name, line, text }) = stream.waiting.take() {
            self.fail(
                stream,
                At { line, time: None },
                &text,
                FailureKind::NoResult,
                Some(name),
            );
        }
    }

    fn fail(&mut self, stream: &Stream, at: At, text: &str, kind: FailureKind, benchmark: Option<String>) {
        let package = stream.package().to_string();
        self.failures.add(Failure {
            kind,
            benchmark,
            package,
            line: at.line,
            message: text.to_string(),
        });
    }
}
