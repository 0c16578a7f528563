//! The jobs of the engine, which an application requests and follows.
//!
//! [`Request`] and [`Event`] are plain values, so the same jobs run in this process (`nibble-cli`, tests) and in a child
//! process behind a pipe (the window; see [`worker`]). Start reading at [`mod@quantize`]: it is the pipeline in one page.

mod begun_reply;
pub mod bench;
pub mod calibrate;
pub mod calibration;
pub mod compare;
pub mod curve;
mod default_context;
pub mod describe;
pub mod download;
mod error;
pub mod estimate;
mod evaluate;
mod failure;
pub mod fetch;
mod generate;
mod header;
mod hosted;
mod ids;
mod inspect;
mod job_queue;
mod load;
mod load_key;
mod losses;
pub mod protocol;
pub mod quality;
pub mod quantize;
mod reply_report;
mod runner;
pub mod search;
pub mod sensitivity;
mod small_files;
pub mod worker;

pub use crate::backend::{ActivationMode, KvCacheType, RunOptions};
pub use compare::compare;
pub use curve::curve;
pub use describe::describe;
pub use download::{DownloadReport, DownloadRequest, download, plan_download};
pub use error::Error;
pub use estimate::estimate;
pub use evaluate::{evaluate, read_text};
pub use fetch::fetch;
pub use generate::{ChatModel, ChatSession, Turn, generate};
pub use inspect::inspect;
pub use load::{LoadOptions, LoadedModel, level, load, load_if_it_fits};
pub use protocol::{
    AdviseRequest, Ask, Calibration, ChatRequest, ClientMessage, CompareOutcome, CompareReport,
    CompareRequest, CompareRow, CountRequest, CurvePoint, CurveReport, CurveRequest, Delta, Event, Failure,
    GenerateOptions, IfTaken, JobId, LoadReport, LoadRequest, MeasureRequest, MemoryNeed, Message, ModelId,
    ModelSummary, Part, PromptParts, QualityReport, QuantizeEstimate, QuantizeReport, QuantizeRequest,
    ReplyReport, Request, Role, SessionId, TensorSummary, WorkerMessage,
};
pub use quality::measure;
pub use quantize::{discard_unfinished, quantize};
pub use runner::Runner;
pub use search::search;
