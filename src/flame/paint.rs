//! Frames with colours and words of their own, drawn by inferno.
//!
//! inferno colours by name and writes the name. So it is given numbers for names, and what it wrote for each number
//! is replaced by the frame's own title, text and colour. Its zoom and search read the titles and go on to work.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{FlameOptions, WIDTH};

/// A frame of the picture.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    /// Calls from the root, from 1.
    pub depth: u32,
    /// How wide it is, its callees included.
    pub width: i64,
    /// What stands in it.
    pub name: String,
    /// What its tooltip adds; parentheses would end it.
    pub note: String,
    /// Its colour: red, green, blue.
    pub fill: [u8; 3],
    /// Whether it has a border.
    pub is_outlined: bool,
}

/// Width of a letter, in pixels.
const LETTER: f64 = 7.08;
/// The frame that stands for everything.
const ROOT: [u8; 3] = [225, 225, 225];
/// The narrowest frame with a border, in pixels.
const NARROW: f64 = 5.0;
/// Height of a line below the picture, in pixels.
const LINE: usize = 16;

/// Draws frames, callers before callees; lines of text below.
///
/// # Errors
/// What inferno says; none is known for frames made here.
pub(super) fn paint(frames: &[Frame], options: &FlameOptions, below: &[String]) -> Result<String, String> {
    let svg = super::draw(&numbered(frames), options)?;
    let painted = FRAME
        .as_ref()
        .map(|pattern| pattern.replace_all(&svg, |found: &Captures<'_>| repainted(found, frames)));
    Ok(with_lines(&painted.map_err(ToString::to_string)?, below))
}

/// Folded lines of numbers: each frame's own weight.
fn numbered(frames: &[Frame]) -> Vec<String> {
    let below = callees(frames);
    let mut lines = Vec::new();
    let mut path: Vec<String> = Vec::new();
    for (at, frame) in frames.iter().enumerate() {
        path.truncate(frame.depth.saturating_sub(1) as usize);
        path.push(at.to_string());
        let own = frame.width - below[at];
        if own > 0 {
            lines.push(format!("{} {own}", path.join(";")));
        }
    }
    lines
}

/// For each frame the width of what it calls, one call below.
fn callees(frames: &[Frame]) -> Vec<i64> {
    let mut below = vec![0; frames.len()];
    let mut path: Vec<usize> = Vec::new();
    for (at, frame) in frames.iter().enumerate() {
        path.truncate(frame.depth.saturating_sub(1) as usize);
        if let Some(caller) = path.last() {
            below[*caller] += frame.width;
        }
        path.push(at);
    }
    below
}

/// A frame as inferno writes it: its title, its place and width in percent, the rest of its place, its text.
static FRAME: LazyLock<Result<Regex, regex::Error>> = LazyLock::new(|| {
    Regex::new(concat!(
        r#"<g><title>(all|\d+) \(([^<]*)\)</title>(<rect x="[^"]*" y="[^"]*" width="([\d.]+)%" height="[^"]*") "#,
        r#"fill="[^"]*"([^>]*)/>(<text [^>]*>)[^<]*</text></g>"#
    ))
});

fn repainted(found: &Captures<'_>, frames: &[Frame]) -> String {
    let percent: f64 = found[4].parse().unwrap_or(0.0);
    let frame = found[1].parse().ok().and_then(|at: usize| frames.get(at));
    let (name, note, fill) = frame.map_or(("all", found[2].to_string(), ROOT), |frame| {
        // The search cuts the last parentheses off a title to get the name.
        (
            frame.name.as_str(),
            escaped(&frame.note.replace(['(', ')'], "")),
            frame.fill,
        )
    });
    // A narrow frame would be nothing but border.
    let has_border = frame.is_some_and(|frame| frame.is_outlined) && pixels(percent) >= NARROW;
    let border = if has_border { " stroke=\"black\"" } else { "" };
    let [red, green, blue] = fill;
    format!(
        "<g><title>{} ({note})</title>{} fill=\"rgb({red},{green},{blue})\"{border}{}/>{}{}</text></g>",
        escaped(name),
        &found[3],
        &found[5],
        &found[6],
        escaped(&fitting(name, percent)),
    )
}

/// Pixels of a part of the picture in percent; inferno leaves a margin of ten on both sides.
fn pixels(percent: f64) -> f64 {
    percent / 100.0 * (WIDTH as f64 - 20.0)
}

/// As much of a name as a frame of this width can show.
fn fitting(name: &str, percent: f64) -> String {
    let letters = (pixels(percent) / LETTER) as usize;
    match name.chars().count() {
        _ if letters < 3 => String::new(),
        length if length <= letters => name.to_string(),
        _ => name.chars().take(letters - 2).chain("..".chars()).collect(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Makes room below the picture and writes there.
fn with_lines(svg: &str, lines: &[String]) -> String {
    let height = svg
        .split_once(" height=\"")
        .and_then(|(_, rest)| rest.split('"').next()?.parse::<usize>().ok());
    let Some(height) = height.filter(|_| !lines.is_empty()) else {
        return svg.to_string();
    };
    let whole = height + lines.len() * LINE + LINE / 2;
    let mut texts = String::new();
    for (at, line) in lines.iter().enumerate() {
        let y = height + (at + 1) * LINE - 4;
        texts.push_str(&format!(
            "<text fill=\"rgb(0,0,0)\" x=\"10\" y=\"{y}\">{}</text>",
            escaped(line)
        ));
    }
    // The picture itself, its view box and its background are the first three to tell the height.
    let taller = svg
        .replacen(
            &format!(" height=\"{height}\""),
            &format!(" height=\"{whole}\""),
            2,
        )
        .replacen(
            &format!("viewBox=\"0 0 {WIDTH} {height}\""),
            &format!("viewBox=\"0 0 {WIDTH} {whole}\""),
            1,
        );
    match taller.rsplit_once("</svg>") {
        Some((head, tail)) => format!("{head}{texts}</svg>{tail}"),
        None => taller,
    }
}
