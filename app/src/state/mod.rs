//! State of the window: plain data, without egui, threads or engine handles.

mod attachment;
mod chat;
mod clock;
mod compare;
mod context;
mod conversation;
mod discover;
mod downloads;
mod engine;
mod kept_run;
mod lane;
mod library;
mod machine;
mod notice;
mod pending;
mod quality;
mod quantize;
mod search;
mod settings;
mod source;
mod token;

use std::path::{Path, PathBuf};

use nibble_engine::hardware::SystemMemory;
use nibble_engine::quant::{Precision, methods};

pub use crate::base::{
    CalibrationChoice, ChatFormat, ChatId, DownloadId, Goal, HubQuery, Language, LimitKind, MessageId,
    Motion, NoticeId, Preset, RemovedId, ReplyOptions, Screen, SettingsPage, SizeBudget, SizeLimit, Style,
    TextSize, ThemeChoice, Titles,
};
pub use attachment::{AttachedFile, NoText, PendingFile};
pub use chat::{Chat, ChatHead, Chats, NewMessage, Reading, RemovedItem, title_of};
pub use clock::{Age, Clock};
pub use compare::{Compare, CompareRun};
pub use context::DEFAULT_CONTEXT;
pub use conversation::{ChatMessage, Conversation, Outcome};
pub use discover::{Discover, HubPage, PageLook, Results};
pub use downloads::{AfterStop, Download, DownloadPhase, Downloads, KeptDownload, Work};
pub use engine::{ChatEngine, ChosenModel, Growth, Phase};
pub use kept_run::KeptRun;
pub use lane::{Death, Lane};
pub use library::{LibraryListing, LibraryWork, listed_name, name_of_path};
pub use machine::Machine;
pub use notice::{Notice, NoticeKind, NoticeTopic, Notices};
pub use pending::{Need, Pending, Purpose, Waiting};
pub use quality::{Closeness, MeasureRun, Quality};
pub use quantize::{CurveRun, Quantize, QuantizeChoice, QuantizeJob};
pub use search::{Hit, Search};
pub use settings::Settings;
pub use source::{Advised, Look, Source, is_gguf};
pub use token::TokenState;

/// The precision of the fastest models.
pub const FASTEST: Precision = Precision::Q4_0;
/// The precision of balanced models.
pub const BALANCED: Precision = Precision::Q4_K_M;

/// Whether chats are kept on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keeping {
    /// They are not, or not yet.
    #[default]
    InMemory,
    /// The files are on disk.
    OnDisk,
}

/// Folders the program works in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Where quantized models go.
    pub models: PathBuf,
    /// Default folder of the models.
    pub own_models: PathBuf,
    /// The settings file.
    pub settings_file: PathBuf,
    /// The file of chats.
    pub chats_file: PathBuf,
    /// The file of the last listing of models.
    pub listing_file: PathBuf,
    /// The file with the access token of the Hub that was given to this program.
    pub token_file: PathBuf,
    /// Path of the log file.
    pub log_file: PathBuf,
    /// The portable folder of all data, if there is one.
    pub portable: Option<PathBuf>,
}

impl Places {
    /// The same, with models where these settings want them.
    #[must_use]
    pub fn with_models_of(self, settings: &Settings) -> Self {
        let models = settings.models_folder.clone().unwrap_or_else(|| self.own_models.clone());
        Self { models, ..self }
    }
}

/// Everything the window shows.
#[allow(clippy::struct_excessive_bools, reason = "each says something of its own, and all mixtures exist")]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// What fills the middle.
    pub screen: Screen,
    /// The page of the settings.
    pub settings_page: SettingsPage,
    /// The access token of the Hub, as far as it was looked for.
    pub token: TokenState,
    /// How many tokens were given to the program since it started.
    pub token_version: u64,
    /// Whether the drawer with the settings of the current chat is open.
    pub drawer_open: bool,
    /// Whether the left rail is closed.
    pub rail_closed: bool,
    /// Settings that are stored between runs.
    pub settings: Settings,
    /// The language of the system, where it is one of the interface's.
    pub system_language: Language,
    /// Models on this machine.
    pub library: LibraryListing,
    /// Search of the Hub.
    pub discover: Discover,
    /// Models on their way.
    pub downloads: Downloads,
    /// The model being looked at.
    pub source: Option<Source>,
    /// Quantizing, running or done.
    pub quantize: Quantize,
    /// Quality of quantized models.
    pub quality: Quality,
    /// Comparing several models.
    pub compare: Compare,
    /// All chats, and the open one.
    pub chats: Chats,
    /// Whether they are kept on disk.
    pub keeping: Keeping,
    /// Search of the chats.
    pub search: Search,
    /// A message to scroll to.
    pub sought: Option<MessageId>,
    /// The chat to write to a file as soon as its messages are read.
    pub exporting: Option<(ChatId, ChatFormat)>,
    /// The time of day.
    pub clock: Clock,
    /// The model that replies.
    pub engine: ChatEngine,
    /// The jobs of the engine that have not ended, and what waits for them.
    pub pending: Pending,
    /// This machine, once looked at.
    pub machine: Option<Machine>,
    /// Whether the window has the keyboard.
    pub focused: bool,
    /// Whether the system asks for nothing to move.
    pub system_is_still: bool,
    /// Memory of this machine, once measured.
    pub memory: Option<SystemMemory>,
    /// Speed of reading that memory in 10⁹ bytes per second, once known.
    pub read_gbps: Option<f64>,
    /// What the person should know.
    pub notices: Notices,
    /// Folders the program works in.
    pub places: Places,
}

impl State {
    /// Whether the lane that quantizes is busy with work that a person waits for.
    pub fn is_lane_taken(&self) -> bool {
        self.quantize.run.is_some() || self.quantize.curve_run.is_some() || self.compare.run.is_some()
    }

    /// The goal that the present choice stands for; `None` for a choice of one's own.
    pub fn goal(&self) -> Option<Goal> {
        let choice = &self.quantize.choice;
        let is_usual = choice.method == methods::USUAL;
        match self.settings.precision {
            _ if choice.budget.is_some() => Some(Goal::Memory),
            FASTEST if is_usual => Some(Goal::Fastest),
            BALANCED if is_usual => Some(Goal::Balanced),
            _ => None,
        }
    }

    /// The state of a fresh start with these settings and folders.
    pub fn new(settings: Settings, places: Places) -> Self {
        let places = places.with_models_of(&settings);
        let downloads = Downloads::of_earlier(&settings.downloads);
        Self { settings, places, downloads, focused: true, ..Self::default() }
    }

    /// Whether nothing may move.
    pub fn is_still(&self) -> bool {
        self.settings.motion == Motion::None || self.system_is_still
    }

    /// The language of the interface: the chosen one, or the system's.
    pub fn language(&self) -> Language {
        self.settings.language.unwrap_or(self.system_language)
    }

    /// Whether a reply grows in this chat, or waits for the model.
    pub fn is_busy_with(&self, chat: ChatId) -> bool {
        self.engine.replying_in() == Some(chat) || self.pending.waiting_chat() == Some(chat)
    }

    /// Whether a reply is being written or waits for the model.
    pub fn is_replying(&self) -> bool {
        self.engine.is_replying() || self.pending.waiting_chat().is_some()
    }

    /// Whether the chosen model is in use, or about to be.
    pub fn uses_model(&self) -> bool {
        self.engine.phase != Phase::Idle
            || self.pending.waiting_chat().is_some()
            || self.pending.jobs().any(|(_, purpose)| purpose.concerns_model())
    }

    /// The model that replies in a chat: the one that did before, if it is still there, or else the one in use.
    pub fn model_in<'a>(&'a self, chat: &'a Chat) -> Option<&'a Path> {
        let is_there = |path: &&Path| {
            self.library.ready().any(|model| model.path == *path) || self.library.has_starter_at(path)
        };
        let own = chat.head.model.as_deref().filter(is_there);
        own.or_else(|| self.engine.model.as_ref().map(|model| model.path.as_path()))
    }

    /// What people call the model at `path`.
    pub fn model_name(&self, path: &Path) -> String {
        let listed = self.library.models.iter().find(|model| model.path == path);
        let open = self.source.as_ref().filter(|source| source.path == path).and_then(Source::summary);
        match (listed, open) {
            _ if self.library.is_starter(path) => nibble_engine::library::starter::TITLE.to_owned(),
            (Some(model), _) => listed_name(model).to_owned(),
            (None, Some(summary)) => summary.name.clone(),
            (None, None) => name_of_path(path),
        }
    }
}
