//! Words on lines of a given width, measured as a terminal shows them.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::error::printable;
use crate::report::document::Inline;

/// What stands for the part of a word that was cut out.
const CUT: char = '…';

/// How a piece looks where there is colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Strong,
    Code,
    Better,
    Worse,
}

/// How names are set off from words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// Between backticks, in sentences.
    Quoted,
    /// As they are, in tables.
    Bare,
}

/// What is never broken: a word, a name with its blanks, or several of them without a blank between.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word {
    pieces: Vec<(Style, String)>,
}

impl Word {
    /// Columns on the screen.
    pub(super) fn width(&self) -> usize {
        self.pieces.iter().map(|(_, text)| text.width()).sum()
    }

    /// The word cut in its middle to fit; of a Go name the end says more than the beginning.
    pub(super) fn cut(self, width: usize) -> Self {
        if self.width() <= width {
            return self;
        }
        let room = width.saturating_sub(1);
        let whole = self.painted(false);
        let head = fitting(whole.chars(), room / 3);
        let tail = fitting(whole.chars().rev(), room - room / 3);
        let text: String = head
            .into_iter()
            .chain([CUT])
            .chain(tail.into_iter().rev())
            .collect();
        Self {
            pieces: vec![(Style::Plain, text)],
        }
    }

    /// The verdicts among its pieces.
    pub(super) fn verdicts(&self) -> impl Iterator<Item = &(Style, String)> {
        self.pieces
            .iter()
            .filter(|(style, _)| matches!(style, Style::Better | Style::Worse))
    }

    fn painted(&self, color: bool) -> String {
        self.pieces
            .iter()
            .map(|(style, text)| paint(text, *style, color))
            .collect()
    }
}

fn fitting(chars: impl Iterator<Item = char>, room: usize) -> Vec<char> {
    let mut used = 0;
    chars
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= room
        })
        .collect()
}

/// The text in its style. Without colour, and for no text, it stays as it is.
pub(super) fn paint(text: &str, style: Style, color: bool) -> String {
    let code = match style {
        Style::Strong => "1",
        Style::Code => "36",
        Style::Better => "1;32",
        Style::Worse => "1;31",
        Style::Plain => "",
    };
    if color && !text.is_empty() && !code.is_empty() {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_string()
    }
}

/// The words of a text, made printable. Blanks separate words and names stay whole.
pub(super) fn words(text: &[Inline], names: Names) -> Vec<Word> {
    let mut line = Line::default();
    for piece in text {
        match piece {
            Inline::Text(text) => line.text(Style::Plain, text),
            Inline::Strong(text) => line.text(Style::Strong, text),
            Inline::Better(text) => line.text(Style::Better, text),
            Inline::Worse(text) => line.text(Style::Worse, text),
            Inline::Code(text) => line.name(text, names),
            Inline::Link { text, target } if text == target => line.name(text, Names::Bare),
            Inline::Link { text, target } => {
                line.text(Style::Plain, text);
                line.text(Style::Plain, " (");
                line.name(target, Names::Bare);
                line.text(Style::Plain, ")");
            }
        }
    }
    line.words
}

#[derive(Default)]
struct Line {
    words: Vec<Word>,
    /// Whether the next piece belongs to the last word.
    open: bool,
}

impl Line {
    fn text(&mut self, style: Style, text: &str) {
        for (i, part) in printable(text.as_bytes()).split(' ').enumerate() {
            self.open &= i == 0;
            self.push(style, part.to_string());
        }
    }

    fn name(&mut self, text: &str, names: Names) {
        let text = printable(text.as_bytes());
        match names {
            Names::Quoted => self.push(Style::Code, format!("`{text}`")),
            Names::Bare => self.push(Style::Code, text.trim_matches(' ').to_string()),
        }
    }

    fn push(&mut self, style: Style, text: String) {
        if text.is_empty() {
            return;
        }
        if !self.open {
            self.words.push(Word::default());
        }
        self.open = true;
        if let Some(word) = self.words.last_mut() {
            word.pieces.push((style, text));
        }
    }
}

/// The words on lines of at most `width` columns; a word that is wider has a line of its own.
pub(super) fn wrap(words: &[Word], width: usize, color: bool) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0;
    for word in words {
        let wide = word.width();
        match lines.last_mut() {
            Some(line) if used + 1 + wide <= width => {
                line.push(' ');
                line.push_str(&word.painted(color));
                used += 1 + wide;
            }
            _ => {
                lines.push(word.painted(color));
                used = wide;
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &[Inline], width: usize, expect: &[&str]) {
        assert_eq!(wrap(&words(text, Names::Quoted), width, false), expect);
    }

    fn text(words: &str) -> Inline {
        Inline::Text(words.into())
    }

    fn code(name: &str) -> Inline {
        Inline::Code(name.into())
    }

    #[test]
    fn words_fill_lines() {
        check(&[text("one two three")], 7, &["one two", "three"]);
        check(&[text("one  two")], 80, &["one two"]);
        check(&[text("")], 80, &[]);
        check(&[text("a b")], 0, &["a", "b"]);
    }

    #[test]
    fn wide_characters_count_twice() {
        check(&[text("世界 世界")], 8, &["世界", "世界"]);
        check(&[text("世界 世界")], 9, &["世界 世界"]);
    }

    #[test]
    fn names_stay_whole() {
        check(
            &[text("see "), code("a b"), text(", then")],
            10,
            &["see `a b`,", "then"],
        );
        check(&[text("see "), code("a b"), text(".")], 7, &["see", "`a b`."]);
    }

    #[test]
    fn links_show_where_they_go() {
        let link = |text: &str| Inline::Link {
            text: text.into(),
            target: "a.svg".into(),
        };
        check(&[link("the graph"), text(".")], 80, &["the graph (a.svg)."]);
        check(&[link("a.svg")], 80, &["a.svg"]);
    }

    #[test]
    fn cutting_keeps_both_ends() {
        let cut = |name: &str, width| {
            words(&[code(name)], Names::Bare)
                .remove(0)
                .cut(width)
                .painted(false)
        };
        assert_eq!(cut("example.com/shop.(*Cart).Total", 13), "exam…t).Total");
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("世界世界", 5), "…界");
        assert_eq!(cut("abc", 0), "…");
    }
}
