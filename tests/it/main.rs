//! Everything that needs more than one module, in one binary.

mod bench_property;
mod cli;
mod cli_diff;
mod diff_simulation;
mod go_pprof;
mod go_views;
mod golden;
mod goroutine_cli;
mod goroutine_dumps;
mod help;
mod layers;
mod legacy_corpus;
mod pprof_matrix;
mod profile_property;
mod readme;
mod sha256;
mod shared_diff;
mod shared_goroutines;
mod shared_layouts;
mod shared_oracle;
mod shared_profiles;
mod shared_views;
mod support;
mod views;
