//! Network and HTTP.

mod body_defer_before_err;
mod body_not_closed;
mod body_not_drained;
mod canonical_header;
mod client_no_timeout;
mod client_per_call;
mod common;
mod dial_no_timeout;
mod gzip_client_disabled;
mod gzip_server_missing;
mod gzip_writer_per_request;
mod http_nobody;
mod idle_conns_per_host;
mod keepalive_disabled;
mod pprof_exposed;
mod read_unlimited;
mod reverse_proxy_bufferpool;
mod server_no_timeouts;
mod tls_config_per_call;
mod tls_no_session_cache;
mod unbuffered_io;

use crate::audit::Rule;

/// The group's rules by their ids.
pub(super) const ALL: &[Rule] = &[
    body_defer_before_err::RULE,
    body_not_closed::RULE,
    body_not_drained::RULE,
    canonical_header::RULE,
    client_no_timeout::RULE,
    client_per_call::RULE,
    dial_no_timeout::RULE,
    gzip_client_disabled::RULE,
    gzip_server_missing::RULE,
    gzip_writer_per_request::RULE,
    http_nobody::RULE,
    idle_conns_per_host::RULE,
    keepalive_disabled::RULE,
    pprof_exposed::RULE,
    read_unlimited::RULE,
    reverse_proxy_bufferpool::RULE,
    server_no_timeouts::RULE,
    tls_config_per_call::RULE,
    tls_no_session_cache::RULE,
    unbuffered_io::RULE,
];
