//! The messages between the window and its worker, one JSON object per line: requests in, events out.
//!
//! Every request names its job, and every event names the job it belongs to, so that jobs may run side by side and a late event
//! is known as such. A job sends any number of events and then exactly one that ends it ([`Event::ends_job`]).

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use super::calibration::Calibration;
pub use super::compare::{CompareOutcome, CompareReport, CompareRequest, CompareRow};
pub use super::curve::{CurvePoint, CurveReport, CurveRequest};
pub use super::describe::{DescribeRequest, ListedFile, ModelPage, ReadyMade};
pub use super::download::{DownloadReport, DownloadRequest};
pub use super::estimate::QuantizeEstimate;
pub use super::failure::Failure;
pub use super::fetch::{FetchReport, FetchRequest, Wish};
pub use super::ids::{JobId, ModelId, SessionId};
pub use super::quality::{MeasureRequest, QualityReport};
pub use super::quantize::{IfTaken, QuantizeReport, QuantizeRequest};
pub use super::reply_report::ReplyReport;
pub use super::search::{Found, FoundPage, SearchRequest};
use crate::backend::KvCacheType;
use crate::base::{DType, dtype_name};
pub use crate::fit::{Advice, AdviseRequest, MemoryNeed, Verdict};
pub use crate::hub::{Refusal, RepoFacts, Sort, Verified};
pub use crate::library::{LibraryModel, ModelOrigin, Program, QualityFigures, RemovedModel, VerifyReport};
use crate::progress::{Progress, Warning};
use crate::quant::Precision;
pub use crate::session::GenerateOptions;
pub use crate::text::{Delta, Message, Part, PromptParts, Role};

/// A message from the window to its worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ClientMessage {
    /// Starts a job.
    Start(Request),
    /// Cancels the job of this name, which then ends with its own result or [`Event::Cancelled`]; a job that ended before is left
    /// alone.
    Cancel(JobId),
}

/// A job to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The job's name, which no running job has.
    pub id: JobId,
    /// The requested work.
    pub ask: Ask,
}

/// A message from the worker to the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkerMessage {
    /// The job that the event belongs to.
    pub id: JobId,
    /// The event of the job.
    pub event: Event,
}

/// The work of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Ask {
    /// Inspect a GGUF file or a checkpoint folder; answered by [`Event::Inspected`].
    Inspect {
        /// Path of the file or folder.
        path: PathBuf,
    },
    /// Quantize; answered by [`Event::Progress`]es and [`Event::Quantized`].
    Quantize(QuantizeRequest),
    /// Measure the quality of a quantized model; answered by [`Event::Progress`]es and [`Event::Measured`].
    Measure(MeasureRequest),
    /// Measure several models against one original on the same text; answered by [`Event::Progress`]es and [`Event::Compared`].
    Compare(CompareRequest),
    /// Estimate what a quantizing run takes; answered by [`Event::Estimated`].
    Estimate(QuantizeRequest),
    /// Compute the size-quality curve of a model; answered by [`Event::Progress`]es and [`Event::Curve`].
    Curve(CurveRequest),
    /// Delete what a cancelled quantizing run left for this file; answered by [`Event::Discarded`].
    DiscardUnfinished {
        /// Path of the GGUF file that the run would have written.
        target: PathBuf,
    },
    /// Load a model for chatting; answered by [`Event::Loaded`], or by [`Event::TooLarge`] when it would not fit.
    Load(LoadRequest),
    /// Reply to a conversation; answered by [`Event::Delta`]s and [`Event::Replied`].
    Chat(ChatRequest),
    /// Release the memory of a session; answered by [`Event::SessionEnded`].
    EndSession(SessionId),
    /// Unload a model and end its sessions, after the jobs that use them; answered by [`Event::Unloaded`].
    Unload(ModelId),
    /// Advise on a model's memory and speed at each precision; answered by [`Event::Advised`].
    Advise(AdviseRequest),
    /// Search the Hub; answered by [`Event::Found`].
    Search(SearchRequest),
    /// Describe a model of the Hub; answered by [`Event::Described`].
    Describe(DescribeRequest),
    /// Download a model; answered by [`Event::Progress`]es and [`Event::Downloaded`].
    Download(DownloadRequest),
    /// Download a model and convert it to the wanted form; answered by [`Event::FetchSettled`] if the request leaves open which
    /// file that is, [`Event::Progress`]es, which name their stage, and [`Event::Fetched`].
    Fetch(FetchRequest),
    /// Ask the Hub whose token is set; answered by [`Event::Account`].
    Account,
    /// Look up the speed of this machine's memory, and measure it the first time; answered by [`Event::MemorySpeed`].
    MemorySpeed,
    /// List the models on this machine; answered by [`Event::Listed`].
    Library,
    /// Delete the model of this name in the library; answered by [`Event::Removed`].
    Remove {
        /// Name of the model.
        name: String,
    },
    /// Delete an unfinished download of this repository; answered by [`Event::Removed`].
    Discard {
        /// Name of the repository, `owner/name`.
        repo: String,
    },
    /// Verify the model of this name in the library; answered by [`Event::Progress`]es and [`Event::Verified`].
    Verify {
        /// Name of the model.
        name: String,
    },
    /// Count the tokens of texts; answered by [`Event::Counted`].
    Count(CountRequest),
}

/// A request to load a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadRequest {
    /// Path of the GGUF file or checkpoint folder.
    pub path: PathBuf,
    /// Context in tokens; a default for the model if `None`.
    pub context: Option<usize>,
    /// Number of threads; physical cores if `None`.
    pub threads: Option<usize>,
    /// Whether to load a model that does not fit the available memory.
    #[serde(default)]
    pub anyway: bool,
    /// Whether to unload all other models first, after cancelling their replies, so that their memory is free for this one.
    #[serde(default)]
    pub alone: bool,
    /// KV cache type: the element type of the KV cache.
    #[serde(default)]
    pub cache: KvCacheType,
}

/// A conversation to reply to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatRequest {
    /// The model that replies.
    pub model: ModelId,
    /// The session, whose KV cache keeps the common prefix with the conversation before; jobs of one session run one after the
    /// other.
    pub session: SessionId,
    /// The messages, oldest first.
    pub messages: Vec<Message>,
    /// Options of sampling and of the end of the reply.
    pub options: GenerateOptions,
}

/// Texts to tokenize.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountRequest {
    /// The model whose tokens are counted.
    pub model: ModelId,
    /// The texts to count.
    pub texts: Vec<String>,
}

/// An event of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// Progress of a job; replaces the one before.
    Progress(Progress),
    /// A problem that the job survived.
    Warning(Warning),
    /// Summary of an inspected model.
    Inspected(ModelSummary),
    /// A model was quantized.
    Quantized(QuantizeReport),
    /// Quality of a model, which is stored beside it.
    Measured(Box<QualityReport>),
    /// Several models, measured against one original; each result is also stored beside its model.
    Compared(Box<CompareReport>),
    /// What a quantizing run takes.
    Estimated(QuantizeEstimate),
    /// The size-quality curve of a model.
    Curve(Box<CurveReport>),
    /// The remains of a cancelled quantizing run were deleted.
    Discarded,
    /// A model is ready to chat.
    Loaded(LoadReport),
    /// The model would not fit, and was not loaded.
    TooLarge(MemoryNeed),
    /// A model was unloaded.
    Unloaded,
    /// A session was ended.
    SessionEnded,
    /// Advice for each precision, best first.
    Advised(Vec<Advice>),
    /// A part of the running reply: of its answer or its reasoning.
    Delta(Delta),
    /// Number of tokens of each text.
    Counted(Vec<usize>),
    /// The reply has ended.
    Replied(ReplyReport),
    /// A page of models that a search found.
    Found(FoundPage),
    /// Page of a model on the Hub.
    Described(Box<ModelPage>),
    /// A model was downloaded.
    Downloaded(DownloadReport),
    /// The exact request of a running fetch, which had left open which file it is.
    FetchSettled(FetchRequest),
    /// A model was fetched in the wanted form.
    Fetched(FetchReport),
    /// Name of the account on the Hub that the token belongs to.
    Account(String),
    /// Speed of this machine's memory.
    MemorySpeed {
        /// Read speed with all physical cores, in 10⁹ bytes per second; `None` if it cannot be measured.
        read_gbps: Option<f64>,
    },
    /// The models on this machine.
    Listed(Vec<LibraryModel>),
    /// A model was deleted.
    Removed(RemovedModel),
    /// A model's files match their checksums.
    Verified(VerifyReport),
    /// The job was cancelled.
    Cancelled,
    /// The job failed.
    Failed(Failure),
}

impl Event {
    /// Whether this event is the last of its job.
    pub fn ends_job(&self) -> bool {
        !matches!(self, Self::Progress(_) | Self::Warning(_) | Self::Delta(_) | Self::FetchSettled(_))
    }
}

/// Summary of a model, from its headers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelSummary {
    /// Path of the file or folder.
    pub path: PathBuf,
    /// Display name of the model.
    pub name: String,
    /// Name of the architecture in GGUF.
    pub architecture: String,
    /// Number of weights.
    pub parameters: u64,
    /// Longest context of the model in tokens.
    pub context_length: usize,
    /// Size of all tensors in bytes.
    pub bytes: u64,
    /// Average bits per weight.
    pub bits_per_weight: f64,
    /// Whether the model has a chat template.
    pub has_chat_template: bool,
    /// Predicted size of the file for each precision, best first.
    pub predicted_bytes: Vec<(Precision, u64)>,
    /// Bytes of KV cache per token of context.
    pub cache_bytes_per_token: u64,
    /// Tensors of the model, in the order of the file.
    pub tensors: Vec<TensorSummary>,
}

/// One tensor of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TensorSummary {
    /// Name of the tensor in GGUF.
    pub name: String,
    /// Shape, outermost dimension first.
    pub shape: Vec<usize>,
    /// Element type of the tensor.
    #[serde(with = "dtype_name")]
    pub dtype: DType,
    /// Size of the tensor in bytes.
    pub bytes: u64,
}

/// Report of a loaded model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadReport {
    /// Id of the model for requests.
    pub model: ModelId,
    /// Path of the file or folder.
    pub path: PathBuf,
    /// Display name of the model.
    pub name: String,
    /// Context in tokens.
    pub context: usize,
    /// Memory of the weights in bytes.
    pub weights_bytes: u64,
    /// Duration of loading in seconds.
    pub seconds: f64,
}
