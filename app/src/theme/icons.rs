//! Icons of the Phosphor font, by what they stand for.

/// A new chat.
pub const NEW_CHAT: &str = "\u{e34c}";
/// Icon of the models.
pub const MODELS: &str = "\u{e1da}";
/// Icon of the settings.
pub const SETTINGS: &str = "\u{e270}";
/// Icon of the settings of one chat.
pub const CHAT_SETTINGS: &str = "\u{e434}";
/// Icon of looks.
pub const APPEARANCE: &str = "\u{e472}";
/// Icon of a conversation.
pub const CHAT: &str = "\u{e168}";
/// Icon of the network.
pub const NETWORK: &str = "\u{e288}";
/// Icon of keys.
pub const KEYBOARD: &str = "\u{e2d8}";
/// Takes a model out of memory.
pub const EJECT: &str = "\u{e212}";
/// Icon of a folder.
pub const FOLDER: &str = "\u{e256}";
/// A folder that does not show what is in it.
pub const FOLDER_CLOSED: &str = "\u{e25a}";
/// A new folder.
pub const NEW_FOLDER: &str = "\u{e258}";
/// Icon of a file.
pub const FILE: &str = "\u{e230}";
/// Attaching a file.
pub const ATTACH: &str = "\u{e39a}";
/// Icon for sending.
pub const SEND: &str = "\u{e08e}";
/// Icon for stopping.
pub const STOP: &str = "\u{e46c}";
/// Icon for copying.
pub const COPY: &str = "\u{e1ca}";
/// Icon for done.
pub const CHECK: &str = "\u{e182}";
/// Icon for repeating.
pub const AGAIN: &str = "\u{e036}";
/// Icon for removing.
pub const DELETE: &str = "\u{e4a6}";
/// Icon for closing.
pub const CLOSE: &str = "\u{e4f6}";
/// Icon of a warning.
pub const WARNING: &str = "\u{e4e0}";
/// Icon of a hint.
pub const HINT: &str = "\u{e2ce}";
/// A folded part.
pub const FOLDED: &str = "\u{e13a}";
/// An unfolded part.
pub const UNFOLDED: &str = "\u{e136}";
/// Down to the end.
pub const DOWN: &str = "\u{e03e}";
/// Icon of the navigation rail.
pub const RAIL: &str = "\u{ec24}";
/// Icon of the speed.
pub const SPEED: &str = "\u{e2de}";
/// The starter model.
pub const STARTER: &str = "\u{e6a2}";
/// Down into a tray: downloading, dropping.
pub const DOWNLOAD: &str = "\u{e20c}";
/// Something bitten off.
pub const PRODUCT: &str = "\u{e6ca}";
/// Looking for something.
pub const SEARCH: &str = "\u{e30c}";
/// Above the others.
pub const PIN: &str = "\u{e3e2}";
/// Out of the way.
pub const ARCHIVE: &str = "\u{e00c}";
/// Icon for editing.
pub const EDIT: &str = "\u{e3b4}";
/// More to choose from.
pub const MORE: &str = "\u{e1fe}";
/// Icon for quoting.
pub const QUOTE: &str = "\u{e660}";
/// The version before.
pub const OLDER: &str = "\u{e138}";
/// The version after.
pub const NEWER: &str = "\u{e13a}";
/// Icon for continuing a reply.
pub const GO_ON: &str = "\u{e3d0}";
/// Stopping for a while.
pub const PAUSE: &str = "\u{e39e}";
/// Out of the program.
pub const EXPORT: &str = "\u{eaf0}";
/// Into the program.
pub const IMPORT: &str = "\u{e20c}";
/// Into another window.
pub const OPEN_OUTSIDE: &str = "\u{e5de}";
/// A chat that is kept nowhere.
pub const TEMPORARY: &str = "\u{e224}";
