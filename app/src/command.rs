//! Everything a person can ask for, and the box it is put into until `update.rs` takes it out.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::jobs::JobEvent;
use crate::state::{
    ChatFormat, ChatId, Language, MessageId, NoticeId, Precision, RemovedId, ReplyOptions, Screen, TextSize,
    ThemeChoice, Titles,
};

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
    /// Start a chat that is never stored.
    NewTemporaryChat,
    /// Go to a chat.
    OpenChat(ChatId),
    /// Go to a message of a chat.
    OpenHit(ChatId, MessageId),
    /// The message that was sought is in sight.
    Arrived,
    /// Remove a chat.
    DeleteChat(ChatId),
    /// Bring back something removed.
    BringBack(RemovedId),
    /// Give a chat a title.
    RenameChat(ChatId, String),
    /// Put a chat above the others, or back among them.
    PinChat(ChatId, bool),
    /// Put a chat out of the way, or back.
    ArchiveChat(ChatId, bool),
    /// Put a chat into the folder of this name; into none if it is empty.
    MoveChat(ChatId, String),
    /// Look for this in all chats.
    Search(String),
    /// Show the dialog that says where to write a chat.
    ExportChat(ChatId, ChatFormat),
    /// Show the dialog that chooses an export to read.
    ChooseImport,
    /// Read chats of another program from this file.
    ImportChats(PathBuf),
    /// Keep what was typed and not sent.
    KeepDraft(ChatId, String),
    /// Show the dialog that chooses a text file to attach.
    ChooseAttachment,
    /// Attach this text file to the next message; a folder or model is opened instead.
    Attach(PathBuf),
    /// Take the file in this place off the next message.
    Detach(usize),
    /// Send a message in the current chat.
    Send(String),
    /// Ask for another reply in place of the last one of the current chat.
    Regenerate,
    /// Ask for another version of this reply.
    ReplyAgain(MessageId),
    /// Have the last reply of the current chat written on.
    Continue,
    /// Send another version of this message of the person.
    Edit(MessageId, String),
    /// Show this version of a message and what follows from it.
    ShowVersion(MessageId),
    /// Remove a message and what follows from it.
    DeleteMessage(MessageId),
    /// Stop the running reply.
    StopReply,
    /// Put text on the clipboard.
    Copy(String),
    /// Close a notice.
    Dismiss(NoticeId),
    /// Choose light, dark or the system's theme.
    SetTheme(ThemeChoice),
    /// Choose the language of the interface; the system's if `None`.
    SetLanguage(Option<Language>),
    /// Choose the size of text.
    SetTextSize(TextSize),
    /// Tokens of context to load models with; a default that suits the model if `None`.
    SetContext(Option<usize>),
    /// Threads to compute with; the engine's choice if `None`.
    SetThreads(Option<usize>),
    /// Choose who makes titles.
    SetTitles(Titles),
    /// How replies are made in chats without options of their own.
    SetReplies(ReplyOptions),
    /// How replies are made in one chat; as in all if `None`.
    SetChatReplies(ChatId, Option<ReplyOptions>),
    /// Keep options under a name.
    SavePreset(String, ReplyOptions),
    /// Forget the options of that name.
    ForgetPreset(String),
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
