//! The engine's face: what an application asks for, and what comes back.
//!
//! [`Command`] and [`Event`] are plain values, so the same jobs run in this process (`nibble-cli`, tests) and in a child
//! process behind a pipe (the window; see [`worker`]). Start reading at [`mod@quantize`]: it is the pipeline in one page.

pub mod bench;
pub mod describe;
pub mod download;
mod engine;
mod error;
mod evaluate;
mod failure;
pub mod fetch;
mod generate;
mod header;
mod inspect;
mod load;
pub mod protocol;
pub mod quality;
pub mod quantize;
mod reply_report;
pub mod search;
pub mod worker;

pub use crate::backend::{CacheType, RunOptions};
pub use describe::describe;
pub use download::{DownloadReport, DownloadRequest, download, plan_download};
pub use engine::Engine;
pub use error::Error;
pub use evaluate::{evaluate, read_text};
pub use fetch::fetch;
pub use generate::{Chat, Turn, generate};
pub use inspect::inspect;
pub use load::{LoadOptions, LoadedModel, level, load};
pub use protocol::{
    AdviseRequest, ChatRequest, Command, Event, Failure, GenerateOptions, LoadReport, LoadRequest,
    MeasureRequest, MemoryNeed, Message, ModelSummary, PromptParts, QualityReport, QuantizeReport,
    QuantizeRequest, ReplyReport, Role, TensorSummary,
};
pub use quality::measure;
pub use quantize::quantize;
pub use search::search;
