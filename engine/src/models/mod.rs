//! Model architectures, one file each, named as `model_type` in `config.json`; and the opening of a model on disk.
//!
//! An architecture has two functions: one converts its configuration to GGUF's terms (metadata, tensor names and transforms),
//! the other derives the decoder that a GGUF file's metadata describes. A checkpoint is seen as the GGUF file it would become,
//! so that loading a checkpoint, quantizing it and loading the result share one path.
//!
//! A new architecture is a file here, an entry in [`registry`], and parity vectors (`tests/record`).

mod architecture;
mod checkpoint;
mod converted;
mod error;
mod exaone4;
mod experts;
mod fields;
mod gemma2;
mod gemma3;
mod general;
mod glm4;
mod granite;
mod keys;
mod kind;
mod lfm2;
mod llama;
mod mistral;
mod mistral3;
mod model;
mod names;
mod olmo2;
mod original;
mod outline;
mod phi3;
mod qwen2;
mod qwen3;
mod qwen3_5;
mod qwen3_moe;
mod registry;
mod rope;
mod row_order;
mod shape;
mod smollm3;
#[cfg(test)]
#[allow(clippy::float_cmp, reason = "numbers are passed on unchanged")]
mod tests;
mod tied;
mod tokenizer;
mod tokenizer_files;
mod vocabulary;

pub use checkpoint::StoredFormat;
pub use error::{ConfigFile, Error};
pub use model::{Model, open};
pub use original::{FINGERPRINT_KEY, Original};
pub use outline::{Outline, outline, outline_gguf};
pub use registry::{gguf_architectures, model_types};
pub use vocabulary::{read_vocabulary, write_vocabulary};
