//! The fields that every view begins with.

use serde::Serialize;

use super::super::head::Head;
use super::subject::{Filter, Subject};
use crate::error::Warning;

/// `profile`, `total`, `filters` and `warnings` of a view's JSON.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Opening<'a> {
    profile: Head,
    total: i64,
    filters: &'a [Filter],
    warnings: &'a [Warning],
}

impl<'a> Opening<'a> {
    pub(super) fn of(subject: &Subject<'a>) -> Self {
        Self {
            profile: subject.head(),
            total: subject.total,
            filters: subject.filters,
            warnings: &subject.profile.warnings,
        }
    }
}
