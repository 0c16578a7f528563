//! What the end-to-end tests share.

#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    clippy::format_collect,
    clippy::print_stdout,
    clippy::case_sensitive_file_extension_comparisons,
    reason = "helpers of tests fail as tests do, and know the names they made"
)]

pub mod divergence;
pub mod hub_server;
pub mod real_models;
