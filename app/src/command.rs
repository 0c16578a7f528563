//! Commands of the user, by screen and topic.
//!
//! Each topic has an enum here and a file of its name in `update/`, whose `apply` matches every variant, so that a command
//! sent to the wrong file does not compile.

mod chat;
mod chats;
mod compare;
mod discover;
mod downloads;
mod library;
mod model;
mod quality;
mod quantize;
mod settings;
mod view;

pub use chat::ChatCommand;
pub use chats::ChatsCommand;
pub use compare::CompareCommand;
pub use discover::DiscoverCommand;
pub use downloads::DownloadsCommand;
pub use library::LibraryCommand;
pub use model::ModelCommand;
pub use quality::QualityCommand;
pub use quantize::QuantizeCommand;
pub use settings::SettingsCommand;
pub use view::ViewCommand;

/// A command sent by the user.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// About the current chat.
    Chat(ChatCommand),
    /// About the list of chats.
    Chats(ChatsCommand),
    /// About opening or loading a model.
    Model(ModelCommand),
    /// A command about quantizing.
    Quantize(QuantizeCommand),
    /// About measuring quality.
    Quality(QualityCommand),
    /// About comparing models.
    Compare(CompareCommand),
    /// About finding models on the Hub.
    Discover(DiscoverCommand),
    /// A command about downloads.
    Downloads(DownloadsCommand),
    /// About the models on this machine.
    Library(LibraryCommand),
    /// A command about settings.
    Settings(SettingsCommand),
    /// About the window itself.
    View(ViewCommand),
}

/// `From` for the enum of each topic, so that screens name the topic alone.
macro_rules! topics {
    ($($topic:ident($command:ident),)*) => {$(
        impl From<$command> for Command {
            fn from(command: $command) -> Self {
                Self::$topic(command)
            }
        }
    )*};
}

topics! {
    Chat(ChatCommand),
    Chats(ChatsCommand),
    Model(ModelCommand),
    Quantize(QuantizeCommand),
    Quality(QualityCommand),
    Compare(CompareCommand),
    Discover(DiscoverCommand),
    Downloads(DownloadsCommand),
    Library(LibraryCommand),
    Settings(SettingsCommand),
    View(ViewCommand),
}
