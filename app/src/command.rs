//! Everything a person can ask for, and the box it is put into until `update.rs` takes it out.

mod sender;

use std::path::PathBuf;

use nibble_engine::jobs::KvCacheType;
use nibble_engine::jobs::protocol::FetchRequest;

use crate::state::{
    ChatFormat, ChatId, DownloadId, HubQuery, Language, MessageId, Motion, NoticeId, Precision, RemovedId,
    ReplyOptions, Screen, TextSize, ThemeChoice, Titles,
};

pub use sender::{CommandSender, Inbound};

/// One wish of the person.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Look for models on the Hub.
    SearchHub(HubQuery),
    /// Bring the next page of what was found.
    MoreFound,
    /// Open the page of a model of the Hub, `owner/name`.
    OpenHubModel(String),
    /// Choose a precision on that page.
    ChooseHubPrecision(String),
    /// Bring a model.
    Fetch(FetchRequest),
    /// Go on with the downloads of an earlier run.
    ContinueDownloads,
    /// Stop a download; what came is kept.
    PauseDownload(DownloadId),
    /// Go on with a download that was stopped or failed.
    ResumeDownload(DownloadId),
    /// Forget a download and, unless the model is here, delete what came.
    DropDownload(DownloadId),
    /// Ask whether a model of the library is to be deleted; `None` takes the question back.
    AskRemove(Option<String>),
    /// Delete a model of the library.
    RemoveModel(String),
    /// Compare the files of a model of the library with their checksums.
    VerifyModel(String),
    /// Stop that.
    CancelVerify,
    /// Show a file or folder in the file manager.
    Reveal(PathBuf),
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
    /// Show what is known of this model's quality.
    ShowQuality(PathBuf),
    /// Measure this model against the one it was made from.
    MeasureQuality(PathBuf),
    /// Stop measuring.
    CancelMeasure,
    /// Load a model and go to the chat.
    ChatWith(PathBuf),
    /// Load the chosen model although it does not fit.
    LoadAnyway,
    /// Load the chosen model with so many tokens of context.
    LoadWithContext(usize),
    /// Leave a model that does not fit unloaded.
    LeaveUnloaded,
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
    /// Choose what keys and values of the context are kept as.
    SetCache(KvCacheType),
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
    /// Give the model's memory back after so many minutes without use; never if `None`.
    SetUnloadAfter(Option<u32>),
    /// Show the dialog that chooses the folder that models go to.
    ChooseModelsFolder,
    /// Have models go to this folder; to Nibble's own if `None`.
    SetModelsFolder(Option<PathBuf>),
    /// Ask the network nothing, or when a person wants something from it.
    SetOffline(bool),
    /// Choose whether anything moves.
    SetMotion(Motion),
    /// Show the licences of all that the program is made of.
    ShowLicences,
    /// Put what concerns the program, and nothing that was written with it, on the clipboard.
    CopyDiagnostics,
    /// Take every setting back to what it was at first.
    ResetSettings,
}
