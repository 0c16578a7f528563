//! models.

mod vocabulary;

pub use vocabulary::{read_vocabulary, write_vocabulary};
