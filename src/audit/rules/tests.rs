//! What holds for every rule.

use std::collections::HashSet;

use super::harness::{fires, silent};
use super::{Rule, all};

#[test]
fn every_rule_fires_on_its_before_and_not_on_its_after() {
    assert!(!all().is_empty());
    for rule in all() {
        fires(rule, rule.before);
        silent(rule, rule.after);
    }
}

#[test]
fn every_rule_is_whole() {
    let mut ids = HashSet::new();
    for rule in all() {
        assert!(ids.insert(rule.id), "{} is there twice", rule.id);
        let gaps = gaps(rule);
        assert!(gaps.is_empty(), "{}: {}", rule.id, gaps.join(", "));
    }
}

/// What is missing or out of form.
fn gaps(rule: &Rule) -> Vec<&'static str> {
    let is_clause = |text: &str| !text.is_empty() && !text.ends_with('.');
    let is_id = !rule.id.is_empty() && rule.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let in_range = |s: &super::super::Saving| 0.0 <= s.low && s.low <= s.high && s.high <= 1.0;
    let checks = [
        (is_id, "id"),
        (is_clause(rule.title), "title"),
        (!rule.items.is_empty(), "items"),
        ((1..=3).contains(&rule.tier), "tier"),
        (rule.what.ends_with('.'), "what is no sentence"),
        (rule.why.ends_with('.'), "why is no sentence"),
        (rule.before.contains("// want"), "before has no mark"),
        (!rule.after.is_empty() && !rule.after.contains("// want"), "after"),
        (rule.saves.iter().all(in_range), "saves"),
    ];
    checks
        .iter()
        .filter(|(ok, _)| !ok)
        .map(|(_, what)| *what)
        .collect()
}

#[test]
fn before_is_shown_without_its_mark() {
    assert!(all().iter().all(|r| !r.before_text().contains("want")));
}
