//! The messages between the window and its worker, one JSON object per line: requests in, events out.
//!
//! Every request names its job, and every event names the job it belongs to, so that jobs may run side by side and a late event
//! is known as such. A job sends any number of events and then exactly one that ends it ([`Event::ends_job`]).

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use super::describe::{DescribeRequest, ListedFile, ModelPage, ReadyMade};
pub use super::download::{DownloadReport, DownloadRequest};
pub use super::failure::Failure;
pub use super::fetch::{FetchReport, FetchRequest, Wish};
pub use super::ids::{JobId, ModelId, SessionId};
pub use super::quality::{MeasureRequest, QualityReport};
pub use super::quantize::{QuantizeReport, QuantizeRequest};
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
    /// Look into a GGUF file or a checkpoint folder; answered by [`Event::Inspected`].
    Inspect {
        /// The file or folder.
        path: PathBuf,
    },
    /// Quantize; answered by [`Event::Progress`]es and [`Event::Quantized`].
    Quantize(QuantizeRequest),
    /// Measure what quantizing cost; answered by [`Event::Progress`]es and [`Event::Measured`].
    Measure(MeasureRequest),
    /// Load a model for chatting; answered by [`Event::Loaded`], or by [`Event::TooLarge`] when it would not fit.
    Load(LoadRequest),
    /// Reply to a conversation; answered by [`Event::Delta`]s and [`Event::Replied`].
    Chat(ChatRequest),
    /// Release the memory of a session; answered by [`Event::SessionEnded`].
    EndSession(SessionId),
    /// Unload a model and end its sessions, after the jobs that use them; answered by [`Event::Unloaded`].
    Unload(ModelId),
    /// Say what a model takes at each precision and whether this machine has it; answered by [`Event::Advised`].
    Advise(AdviseRequest),
    /// Search the Hub; answered by [`Event::Found`].
    Search(SearchRequest),
    /// Describe a model of the Hub; answered by [`Event::Described`].
    Describe(DescribeRequest),
    /// Bring a model; answered by [`Event::Progress`]es and [`Event::Downloaded`].
    Download(DownloadRequest),
    /// Bring a model and make of it what is wanted; answered by [`Event::Progress`]es, which name
    /// their stage, and [`Event::Fetched`].
    Fetch(FetchRequest),
    /// List the models on this machine; answered by [`Event::Listed`].
    Library,
    /// Delete the model of this name in the library; answered by [`Event::Removed`].
    Remove {
        /// Name of the model.
        name: String,
    },
    /// Delete what an unfinished download of this repository left; answered by [`Event::Removed`].
    Discard {
        /// Name of the repository, `owner/name`.
        repo: String,
    },
    /// Check the model of this name in the library; answered by [`Event::Progress`]es and [`Event::Verified`].
    Verify {
        /// Name of the model.
        name: String,
    },
    /// Count the tokens of texts; answered by [`Event::Counted`].
    Count(CountRequest),
}

/// What to load.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadRequest {
    /// GGUF file or checkpoint folder.
    pub path: PathBuf,
    /// Tokens of context; a default that suits the model if `None`.
    pub context: Option<usize>,
    /// Threads; physical cores if `None`.
    pub threads: Option<usize>,
    /// Load even what does not fit the memory that is free.
    #[serde(default)]
    pub anyway: bool,
    /// Unload all other models first, after cancelling the replies they write, so that their memory is free for this one.
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
    /// The session, whose KV cache keeps what the conversation has in common with the one before; jobs of one session run one
    /// after the other.
    pub session: SessionId,
    /// The messages, oldest first.
    pub messages: Vec<Message>,
    /// How to choose tokens and when to stop.
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
    /// How far a job is; replaces the one before.
    Progress(Progress),
    /// Something a job survived.
    Warning(Warning),
    /// What a model is.
    Inspected(ModelSummary),
    /// A model was quantized.
    Quantized(QuantizeReport),
    /// A model's quality was measured, and is kept beside it.
    Measured(Box<QualityReport>),
    /// A model is ready to chat.
    Loaded(LoadReport),
    /// The model would not fit, and was not loaded.
    TooLarge(MemoryNeed),
    /// A model was unloaded.
    Unloaded,
    /// A session was ended.
    SessionEnded,
    /// What a model takes at each precision, best first.
    Advised(Vec<Advice>),
    /// More of the running reply: of its answer or its reasoning.
    Delta(Delta),
    /// Tokens of each text.
    Counted(Vec<usize>),
    /// The reply is over.
    Replied(ReplyReport),
    /// A page of models that a search found.
    Found(FoundPage),
    /// What a model of the Hub is.
    Described(Box<ModelPage>),
    /// A model was brought.
    Downloaded(DownloadReport),
    /// A model was brought, and made what was wanted.
    Fetched(FetchReport),
    /// The models on this machine.
    Listed(Vec<LibraryModel>),
    /// A model was deleted.
    Removed(RemovedModel),
    /// A model's files are what they were.
    Verified(VerifyReport),
    /// The job stopped because it was asked to.
    Cancelled,
    /// The job failed.
    Failed(Failure),
}

impl Event {
    /// Whether this event is the last of its job.
    pub fn ends_job(&self) -> bool {
        !matches!(self, Self::Progress(_) | Self::Warning(_) | Self::Delta(_))
    }
}

/// What a model is, without loading it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelSummary {
    /// The file or folder.
    pub path: PathBuf,
    /// Its name for people.
    pub name: String,
    /// GGUF's name of the architecture.
    pub architecture: String,
    /// Number of weights.
    pub parameters: u64,
    /// Longest context it was made for, in tokens.
    pub context_length: usize,
    /// Bytes of all tensors.
    pub bytes: u64,
    /// Average bits per weight.
    pub bits_per_weight: f64,
    /// Whether it carries a chat template.
    pub has_chat_template: bool,
    /// Predicted size of the file for each precision, best first.
    pub predicted_bytes: Vec<(Precision, u64)>,
    /// Bytes of the key-value cache per token of context.
    pub cache_bytes_per_token: u64,
    /// Its tensors, in the order of the file.
    pub tensors: Vec<TensorSummary>,
}

/// One tensor of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TensorSummary {
    /// Name of the tensor in GGUF.
    pub name: String,
    /// Outermost dimension first.
    pub shape: Vec<usize>,
    /// Element type of the tensor.
    #[serde(with = "dtype_name")]
    pub dtype: DType,
    /// Size of the tensor in bytes.
    pub bytes: u64,
}

/// A loaded model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoadReport {
    /// The model's name in requests.
    pub model: ModelId,
    /// The file or folder it was loaded from.
    pub path: PathBuf,
    /// Its name for people.
    pub name: String,
    /// Tokens of context.
    pub context: usize,
    /// Bytes the weights take in memory.
    pub weights_bytes: u64,
    /// Time it took.
    pub seconds: f64,
}
