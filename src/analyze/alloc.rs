//! Allocation sites of a heap or allocs profile.

use std::collections::HashMap;

use super::entry::{mine, own_frames};
use super::{Granularity, Node, NodeId, Nodes};
use crate::profile::Profile;

/// The sizes in which Go's allocator hands out small objects, in bytes (runtime/sizeclasses.go).
const SIZE_CLASSES: [u64; 67] = [
    8, 16, 24, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416,
    448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200,
    3456, 4096, 4864, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336,
    16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768,
];

/// The size in which Go hands out an object of `bytes`; `None` for large ones, which get whole pages. A mean of
/// scaled-up samples that is less than 1 % above a class belongs to it.
pub fn size_class(bytes: f64) -> Option<u64> {
    SIZE_CLASSES
        .iter()
        .copied()
        .find(|class| *class as f64 * 1.01 >= bytes)
}

/// A line of the user's code at which memory is allocated, by itself or by what it calls.
#[derive(Debug, Clone, PartialEq)]
pub struct AllocSite {
    /// The line; code below it that is not the user's is charged to it.
    pub node: Node,
    /// The functions in which the allocation happens, heaviest first by allocated bytes: the site's own one,
    /// or what it calls.
    pub through: Vec<(String, i64)>,
    /// Allocated objects, scaled up from the samples.
    pub objects: i64,
    /// Allocated bytes.
    pub bytes: i64,
    /// Objects still live.
    pub live_objects: i64,
    /// Bytes still live.
    pub live_bytes: i64,
    /// Number of sample records behind it.
    pub samples: u64,
}

impl AllocSite {
    /// Mean size of an object in bytes; `None` without objects.
    pub fn mean_size(&self) -> Option<f64> {
        (self.objects > 0).then(|| self.bytes as f64 / self.objects as f64)
    }

    /// Live bytes per allocated byte, how long objects live: near 0 for garbage of a request, near 1 for what
    /// stays. `None` without allocated bytes.
    pub fn live_ratio(&self) -> Option<f64> {
        (self.bytes > 0).then(|| self.live_bytes as f64 / self.bytes as f64)
    }
}

/// The allocation sites of a profile with Go's four heap types, by allocated bytes descending, then by line;
/// none for other profiles. Samples without a frame of the user's count for their leaf. The sites add up to
/// the sum of the profile.
pub fn alloc_sites(profile: &Profile, prefix: Option<&str>) -> Vec<AllocSite> {
    let names = ["alloc_objects", "alloc_space", "inuse_objects", "inuse_space"];
    let [Some(objects), Some(bytes), Some(live_objects), Some(live_bytes)] =
        names.map(|n| profile.type_named(n))
    else {
        return Vec::new();
    };
    let lines = Nodes::of(profile, Granularity::Lines);
    let own = own_frames(profile, &lines, &mine(&lines, prefix));
    let mut sites: HashMap<NodeId, AllocSite> = HashMap::new();
    for (sample, own) in own.into_iter().enumerate() {
        let Some(leaf) = profile.samples.stack(sample).next().map(|l| lines.frames(l)[0]) else {
            continue;
        };
        let own = own.unwrap_or(leaf);
        let site = sites.entry(own).or_insert_with(|| empty_site(lines.get(own)));
        let value = |index| profile.samples.value(sample, index);
        site.objects += value(objects);
        site.bytes += value(bytes);
        site.live_objects += value(live_objects);
        site.live_bytes += value(live_bytes);
        site.samples += 1;
        let function = crate::error::printable(&lines.get(leaf).function);
        match site.through.iter_mut().find(|(name, _)| *name == function) {
            Some((_, sum)) => *sum += value(bytes),
            None => site.through.push((function, value(bytes))),
        }
    }
    let mut sites: Vec<_> = sites.into_values().collect();
    sites
        .iter_mut()
        .for_each(|s| s.through.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0))));
    sites.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.node.cmp(&b.node)));
    sites
}

fn empty_site(node: &Node) -> AllocSite {
    AllocSite {
        node: node.clone(),
        through: Vec::new(),
        objects: 0,
        bytes: 0,
        live_objects: 0,
        live_bytes: 0,
        samples: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_round_up() {
        assert_eq!(size_class(1.0), Some(8));
        assert_eq!(size_class(33.0), Some(48));
        assert_eq!(size_class(32768.0), Some(32768));
        assert_eq!(size_class(16.0003), Some(16));
        assert_eq!(size_class(33000.0), Some(32768));
        assert_eq!(size_class(34000.0), None);
    }
}
