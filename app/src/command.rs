//! Everything a person can ask for, and the box it is put into until `update.rs` takes it out.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::jobs::JobEvent;
use crate::state::{ChatId, NoticeId, Precision, Screen, TextSize, ThemeChoice};

/// One wish of the person.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Show the dialog that chooses a checkpoint folder.
    ChooseFolder,
    /// Show the dialog that chooses a GGUF file.
    ChooseFile,
    /// Look into this folder or file.
    OpenModel(PathBuf),
    /// Take this path off the list of recent models; the file stays.
    ForgetRecent(PathBuf),
    /// Look again which models lie in the data folder.
    RefreshLibrary,
    /// Go to a screen.
    Show(Screen),
    /// Open or close the settings drawer.
    ToggleDrawer,
    /// Open or close the left rail.
    ToggleRail,
    /// Choose the precision to quantize to.
    SetPrecision(Precision),
    /// Quantize the open model.
    Quantize,
    /// Stop quantizing.
    CancelQuantize,
    /// Load a model and go to the chat.
    ChatWith(PathBuf),
    /// Start an empty chat.
    NewChat,
    /// Go to a chat.
    OpenChat(ChatId),
    /// Remove a chat.
    DeleteChat(ChatId),
    /// Give a chat a title.
    RenameChat(ChatId, String),
    /// Keep what was typed and not sent.
    KeepDraft(ChatId, String),
    /// Send a message in the current chat.
    Send(String),
    /// Drop the last reply of the current chat and ask for another.
    Regenerate,
    /// Stop the running reply.
    StopReply,
    /// Put text on the clipboard.
    Copy(String),
    /// Close a notice.
    Dismiss(NoticeId),
    /// Choose light, dark or the system's theme.
    SetTheme(ThemeChoice),
    /// Choose the size of text.
    SetTextSize(TextSize),
    /// Tokens of context to load models with; a default that suits the model if `None`.
    SetContext(Option<usize>),
    /// Threads to compute with; the engine's choice if `None`.
    SetThreads(Option<usize>),
    /// How freely replies are worded.
    SetTemperature(f32),
    /// Most tokens of a reply; until the context is full if `None`.
    SetMaxTokens(Option<usize>),
    /// Instructions that stand before every chat.
    SetSystemPrompt(String),
    /// Take every setting back to what it was at first.
    ResetSettings,
}

/// Something that waits for `update.rs`.
#[derive(Clone, Debug, PartialEq)]
pub enum Inbound {
    /// The person asked.
    Command(Command),
    /// A job told.
    Job(JobEvent),
}

/// Where commands wait; clones share the box. Wakes the window when something is put in.
#[derive(Clone)]
pub struct CommandSender {
    waiting: Arc<Mutex<Vec<Inbound>>>,
    wake: Arc<dyn Fn() + Send + Sync>,
}

impl CommandSender {
    /// An empty box that calls `wake` whenever something is put in.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self { waiting: Arc::default(), wake: Arc::new(wake) }
    }

    /// Asks for something.
    pub fn send(&self, command: Command) {
        self.put(Inbound::Command(command));
    }

    /// Reports what a short background task found.
    pub fn report(&self, event: JobEvent) {
        self.put(Inbound::Job(event));
    }

    /// Everything that waits, in order.
    pub fn take(&self) -> Vec<Inbound> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, inbound: Inbound) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push(inbound);
        (self.wake)();
    }
}
