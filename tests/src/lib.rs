//! What the end-to-end tests share.

pub mod hub_server;
