//! The repository's rules that a compiler does not know. What is only written down would be broken.

mod dependencies;
mod formats;
mod imports;
mod repository;
mod sources;
mod unsafety;
