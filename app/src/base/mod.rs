//! Plain values that commands and the state share: ids, the user's choices, screens.

mod appearance;
mod chat_format;
mod goal;
mod hub_query;
mod ids;
mod language;
mod precision;
mod replies;
mod screen;
mod titles;

pub use appearance::{Motion, TextSize, ThemeChoice};
pub use chat_format::ChatFormat;
pub use goal::{CalibrationChoice, Goal, LimitKind, SizeBudget};
pub use hub_query::{HubQuery, SizeLimit};
pub use ids::{ChatId, DownloadId, MessageId, NoticeId, RemovedId};
pub use language::Language;
pub use precision::USUAL_PRECISIONS;
pub use replies::{Preset, ReplyOptions, Style};
pub use screen::{Screen, SettingsPage};
pub use titles::Titles;
