//! A place in a line that moves on over what is expected there.

/// The rest of a line.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    pub fn new(rest: &'a str) -> Self {
        Self { rest }
    }

    /// The text, exactly.
    pub fn word(&mut self, word: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(())
    }

    /// Digits.
    pub fn integer(&mut self) -> Option<u64> {
        self.taken(|c| c.is_ascii_digit())?.parse().ok()
    }

    /// Digits with a point.
    pub fn number(&mut self) -> Option<f64> {
        let text = self.taken(|c| c.is_ascii_digit() || c == '.')?;
        text.parse().ok().filter(|n: &f64| n.is_finite())
    }

    /// What stands before a text, and moves behind that.
    pub fn until(&mut self, end: &str) -> Option<&'a str> {
        let (before, rest) = self.rest.split_once(end)?;
        self.rest = rest;
        Some(before)
    }

    /// Digits and blanks, maybe none.
    pub fn numbers(&mut self) -> &'a str {
        let is_part = |c: char| c.is_ascii_digit() || c == ' ';
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// What is left.
    pub fn rest(&self) -> &'a str {
        self.rest
    }

    /// At most as many characters as a number of the runtime can have.
    fn taken(&mut self, is_part: impl Fn(char) -> bool) -> Option<&'a str> {
        const MOST: usize = 24;
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        if end == 0 || end > MOST {
            return None;
        }
        let (taken, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        Some(taken)
    }
}
