//! What is typed into the palette, and the chats that were found by it.

use super::chat_rows::title_of;
use crate::state::{Chat, ChatId, State};

/// Entries in sight at once.
pub(super) const IN_SIGHT: usize = 12;

/// Most entries that are listed.
pub(super) const MOST: usize = 100;

/// What is typed into the palette, and which entry would be done.
#[derive(Clone, Debug, Default)]
pub struct PaletteForm {
    /// What is typed.
    pub(super) query: String,
    /// The entry that would be done, from 0.
    pub(super) chosen: usize,
    /// Whether an arrow key was pressed just now.
    pub(super) moved: bool,
    /// Whether the field had the keyboard already.
    pub(super) asked_focus: bool,
    /// Chats that hold what is typed.
    pub(super) chats: FoundChats,
}

/// Chats whose titles hold what is typed, looked for again only when something changed.
#[derive(Clone, Debug, Default)]
pub(super) struct FoundChats {
    made_from: Option<(String, u64)>,
    pub(super) ids: Vec<ChatId>,
}

/// Whether a label holds all that was typed, word by word.
pub(super) fn holds(label: &str, query: &str) -> bool {
    let label = label.to_lowercase();
    query.to_lowercase().split_whitespace().all(|word| label.contains(word))
}

impl FoundChats {
    /// Looks for `query` in the titles, if it or the chats changed.
    pub(super) fn look(&mut self, state: &State, query: &str) {
        let made_from = Some((query.to_owned(), state.chats.revision));
        if self.made_from != made_from {
            let listed = state.chats.all().iter().filter(|chat| !chat.is_empty());
            let found = listed.filter(|chat| holds(title_of(chat), query));
            self.ids = found.map(Chat::id).take(MOST).collect();
            self.made_from = made_from;
        }
    }
}
