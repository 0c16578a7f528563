//! The repository's rules that a compiler does not know. What is only written down would be broken.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]
#![allow(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "the repository's names are in lower case"
)]

mod circles;
mod dependencies;
mod english;
mod errors;
mod formats;
mod imports;
mod lists;
mod quantization;
mod repository;
mod silence;
mod sources;
mod unsafety;
mod window;
