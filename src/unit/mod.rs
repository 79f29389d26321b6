//! Units, and numbers as people read them.
//!
//! Two worlds meet here and stay apart. [`mod@profile`] prints a sample value exactly as `go tool pprof` does; [`mod@bench`]
//! normalises the unit of a benchmark measurement as benchstat does, and says what kind of unit it is. [`mod@human`] is
//! for our own views, [`mod@amounts`] for their columns. This module never knows what a profile or a benchmark file is.

pub mod amounts;
pub mod bench;
pub mod human;
pub mod prefix;
pub mod profile;
pub mod quantity;

pub use amounts::Amounts;
pub use bench::{Direction, Tidy, UnitClass, class, direction, is_binary, is_time_like, tidy};
pub use human::{human, human_count, share};
pub use prefix::{Scale, fixed, shortest};
pub use profile::{label, minimum_unit, percent, ratio, scale, scaled_label};
pub use quantity::Quantity;
