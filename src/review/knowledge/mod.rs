//! What the words and rules of a review mean, as data: `perfplan explain` prints it.

mod rules;
mod terms;

use serde::Serialize;

use crate::error::{Problem, nearest_names};

pub use rules::rules;
pub use terms::TERMS;

/// A rule of findings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rule {
    /// What findings carry as their rule.
    pub id: &'static str,
    /// What happens, as the beginning of a sentence.
    pub what: &'static str,
    /// Why it costs.
    pub why: &'static str,
    /// From where on it is told, and what makes it more severe.
    pub levels: String,
    /// What the advice is expected to take away.
    pub saving: String,
    /// What to do.
    pub advice: &'static str,
    /// What is reached then.
    pub target: &'static str,
    /// When not to do it.
    pub unless: &'static str,
    /// Code before and after; none for rules that are told from profiles.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<Example>,
    /// Where numbers and advice come from.
    pub source: &'static str,
}

/// Code with a fault, and the same without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Example {
    pub before: String,
    pub after: String,
}

/// A word of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Term {
    /// As it is written in reviews.
    pub name: &'static str,
    /// Other names for it.
    pub also: &'static [&'static str],
    /// What it means.
    pub meaning: &'static str,
    /// Where the number comes from.
    pub from: &'static str,
}

/// A rule or a word.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the types say it")]
pub enum Explained {
    Rule(Rule),
    Term(Term),
}

/// The rule or word of a name, whatever its case and with `-`, `_` or blanks.
///
/// # Errors
/// [`Problem::Unexplained`] with the nearest names.
pub fn explain(name: &str) -> Result<Explained, Problem> {
    let wanted = plain(name);
    if let Some(rule) = rules().into_iter().find(|rule| plain(rule.id) == wanted) {
        return Ok(Explained::Rule(rule));
    }
    let is_meant =
        |term: &&Term| plain(term.name) == wanted || term.also.iter().any(|also| plain(also) == wanted);
    if let Some(term) = TERMS.iter().find(is_meant) {
        return Ok(Explained::Term(*term));
    }
    let rules = rules();
    let names = rules.iter().map(|rule| rule.id);
    let names = names.chain(
        TERMS
            .iter()
            .flat_map(|t| std::iter::once(t.name).chain(t.also.iter().copied())),
    );
    Err(Problem::Unexplained {
        wanted: name.to_string(),
        nearest: nearest_names(name, names, 3)
            .into_iter()
            .map(str::to_string)
            .collect(),
    })
}

fn plain(name: &str) -> String {
    let name = name.trim().to_lowercase();
    name.replace([' ', '_'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::{catalogue, held};

    #[test]
    fn every_rule_and_every_word_is_whole_and_found() {
        let all = rules();
        assert_eq!(
            all.len(),
            catalogue().chain(held()).count() + 6 + crate::audit::rules::all().len()
        );
        for rule in &all {
            let texts = [
                rule.what,
                rule.why,
                rule.advice,
                rule.target,
                rule.unless,
                rule.source,
                &rule.levels,
                &rule.saving,
            ];
            assert!(
                texts.iter().all(|t| !t.is_empty() && !t.ends_with('.')),
                "{}",
                rule.id
            );
            assert_eq!(explain(rule.id), Ok(Explained::Rule(rule.clone())));
        }
        assert!(TERMS.len() >= 30, "{}", TERMS.len());
        for term in TERMS {
            assert!(
                [term.meaning, term.from]
                    .iter()
                    .all(|t| !t.is_empty() && !t.ends_with('.')),
                "{}",
                term.name
            );
            for name in std::iter::once(&term.name).chain(term.also) {
                let found = explain(name).unwrap();
                assert!(
                    matches!(found, Explained::Term(t) if t.name == term.name),
                    "{name}"
                );
            }
        }
        assert!(TERMS.is_sorted_by_key(|t| t.name.to_lowercase()));
    }

    #[test]
    fn a_name_that_is_not_known_gives_the_nearest() {
        let error = explain("slice.gorw").unwrap_err();
        assert!(error.hint().unwrap().contains("slice.grow"), "{error:?}");
        assert!(explain("").is_err());
    }
}
