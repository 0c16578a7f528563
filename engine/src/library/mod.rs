//! Models on this machine: the built-in one, those Nibble quantized, those in the shared cache of the Hugging Face tools, and
//! those of other programs; and the files that Nibble stores beside them.
//!
//! Everything of Nibble's own lies in its one folder where there is one (see [`nibble_home`]); otherwise the platform's data
//! folder serves.

mod data_file;
mod data_folder;
mod elsewhere;
mod error;
mod list;
mod locate;
pub mod memory_speed;
mod place;
mod program;
pub mod quality_file;
mod remove;
pub mod starter;
mod usage;
mod verify;

pub use data_folder::{MODELS_FOLDER, PORTABLE_FOLDER, data_folder, models_folder, nibble_home};
pub use error::Error;
pub use list::{LibraryModel, ModelOrigin, list, precision, source_repository};
pub use locate::{locate, models, places};
pub use place::{Origin, Place};
pub use program::Program;
pub use quality_file::QualityFigures;
pub use remove::{RemovedModel, discard, remove};
pub use usage::note_use;
pub use verify::{VerifyReport, verify};
