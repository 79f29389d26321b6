//! Allocation sites: how much, how large, how long they live.

use super::resource::{Column, columns};
use super::{Context, Lifetime, MemorySite, Resource};
use crate::analyze::{AllocSite, alloc_sites, is_std, size_class};
use crate::error::printable;
use crate::profile::{Profile, package_of};

/// Live part of the allocated bytes below which objects are garbage soon after, and above which they stay.
const GARBAGE: f64 = 0.01;
const LONG_LIVED: f64 = 0.5;

/// The sites of the profile that allocated most, by bytes. Sites under the line share are left out, unless
/// they are the user's and have that share of the objects.
pub(super) fn sites(context: &Context<'_>) -> Vec<MemorySite> {
    let Some((profile, bytes, objects)) = allocation_profile(context) else {
        return Vec::new();
    };
    let source = context.source_lines();
    let mut sites: Vec<MemorySite> = alloc_sites(profile, context.prefix.as_deref())
        .iter()
        .map(|site| MemorySite {
            source: source.text(&site.node),
            ..memory_site(site, &bytes, &objects)
        })
        .filter(|s| is_worth(context, s))
        .collect();
    sites.truncate(2 * context.policy.most_lines);
    sites
}

/// Whether a site is listed: for its bytes, or for its objects where these are the user's to change.
fn is_worth(context: &Context<'_>, site: &MemorySite) -> bool {
    let least = context.policy.line_share;
    let is_std = package_of(&site.function).is_none_or(|p| is_std(&p));
    site.share.share >= least || (!is_std && site.objects_share >= least)
}

/// The profile with the most allocated bytes, and its columns of bytes and objects.
pub(super) fn allocation_profile<'a>(context: &'a Context<'_>) -> Option<(&'a Profile, Column, Column)> {
    let with_columns = context.evidence.profiles.iter().filter_map(|input| {
        let columns = columns(&input.profile);
        let find = |resource| columns.iter().find(|c| c.resource == resource).copied();
        Some((
            &input.profile,
            find(Resource::AllocatedBytes)?,
            find(Resource::AllocatedObjects)?,
        ))
    });
    with_columns.max_by_key(|(_, bytes, _)| bytes.total)
}

fn memory_site(site: &AllocSite, bytes: &Column, objects: &Column) -> MemorySite {
    let live_ratio = site.live_ratio().unwrap_or(0.0);
    let mean_size = site.mean_size().unwrap_or(0.0);
    MemorySite {
        function: printable(&site.node.function),
        file: printable(&site.node.file),
        line: site.node.line,
        source: String::new(),
        through: site.through.first().map_or_else(String::new, |t| t.0.clone()),
        objects: site.objects,
        bytes: site.bytes,
        share: bytes.share(site.bytes),
        objects_share: objects.share(site.objects).share,
        mean_size,
        size_class: size_class(mean_size),
        live_objects: site.live_objects,
        live_bytes: site.live_bytes,
        live_ratio,
        lifetime: match live_ratio {
            r if r < GARBAGE => Lifetime::RequestScoped,
            r if r > LONG_LIVED => Lifetime::LongLived,
            _ => Lifetime::Mixed,
        },
        compiler: None,
    }
}
