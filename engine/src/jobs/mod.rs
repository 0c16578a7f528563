//! The engine's face: what an application asks for, and what comes back.
//!
//! [`Command`] and [`Event`] are plain values, so the same jobs run in this process (`nibble-cli`, tests) and in a child
//! process behind a pipe (the window; see [`worker`]). Start reading at [`mod@quantize`]: it is the pipeline in one page.

pub mod advice;
pub mod bench;
pub mod download;
mod engine;
mod error;
mod evaluate;
mod generate;
mod inspect;
pub mod library;
mod load;
mod prompt_parts;
pub mod protocol;
pub mod quantize;
pub mod starter;
mod thoughts;
pub mod worker;

pub use crate::backend::CacheType;
pub use download::{DownloadReport, DownloadRequest, download, plan_download, search};
pub use engine::Engine;
pub use error::Error;
pub use evaluate::{evaluate, read_text};
pub use generate::{Chat, Turn, generate};
pub use inspect::inspect;
pub use load::{Backend, LoadOptions, LoadedModel, load};
pub use protocol::{
    ChatRequest, Command, Event, Failure, GenerateOptions, LoadReport, LoadRequest, Message, ModelSummary,
    PromptParts, QuantizeReport, QuantizeRequest, ReplyReport, Role, TensorSummary,
};
pub use quantize::quantize;
