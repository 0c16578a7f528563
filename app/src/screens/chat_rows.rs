//! The rows of the list of chats and the fields above it: what the list and its menus share.

use std::collections::BTreeSet;

use crate::state::{Age, Chat, ChatId, Hit, State};
use crate::text::labels;

/// Fields and folds of the list, and its rows as they were worked out last.
#[derive(Clone, Debug, Default)]
pub struct ChatListForm {
    /// What is looked for, as typed.
    pub query: String,
    /// Whether the field for it should get the keyboard.
    pub focus_search: bool,
    /// The chat being named, and its name.
    pub renaming: Option<(ChatId, String)>,
    /// The chat being put into a new folder, and the folder's name.
    pub moving: Option<(ChatId, String)>,
    /// Folders that are shown.
    pub open_folders: BTreeSet<String>,
    /// Whether chats that were put away are shown.
    pub archive_open: bool,
    /// The rows as they were worked out last.
    pub(super) rows: Vec<Row>,
    made_from: Option<MadeFrom>,
}

/// What rows depend on; they are worked out anew when it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct MadeFrom {
    revision: u64,
    today: i64,
    archive_open: bool,
    open_folders: BTreeSet<String>,
    query: String,
    hits: Vec<Hit>,
}

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    Heading(&'static str),
    Chat(ChatId),
    Hit(Hit),
    Folder(String, usize),
    Archive(usize),
}

/// A chat's name for people.
pub(super) fn title_of(chat: &Chat) -> &str {
    if chat.head.title.is_empty() { labels::untitled() } else { &chat.head.title }
}

/// Works the rows out anew, if what they depend on changed.
pub(super) fn work_out_rows(state: &State, form: &mut ChatListForm) {
    let made_from = MadeFrom {
        revision: state.chats.revision,
        today: state.clock.today(),
        archive_open: form.archive_open,
        open_folders: form.open_folders.clone(),
        query: state.search.query.clone(),
        hits: state.search.hits.clone(),
    };
    if form.made_from.as_ref() != Some(&made_from) {
        form.rows = if state.search.is_active() { found(state) } else { by_date(state, form) };
        form.made_from = Some(made_from);
    }
}

/// Chats whose title holds what is looked for, then messages that do.
fn found(state: &State) -> Vec<Row> {
    let query = state.search.query.trim().to_lowercase();
    let named = sorted(state, |chat| chat.head.title.to_lowercase().contains(&query));
    let mut rows = Vec::new();
    if !named.is_empty() {
        rows.push(Row::Heading(labels::found_in_titles()));
        rows.extend(named.into_iter().map(|chat| Row::Chat(chat.id())));
    }
    let hits: Vec<&Hit> =
        state.search.hits.iter().filter(|hit| state.chats.find(hit.chat).is_some()).collect();
    if !hits.is_empty() {
        rows.push(Row::Heading(labels::found_in_messages()));
        rows.extend(hits.into_iter().cloned().map(Row::Hit));
    }
    rows
}

fn by_date(state: &State, form: &ChatListForm) -> Vec<Row> {
    let mut rows = folders(state, &form.open_folders);
    let mut under = None;
    for chat in sorted(state, |chat| !chat.head.archived && chat.head.folder.is_empty()) {
        let words = match (chat.temporary, chat.head.pinned) {
            (true, _) => labels::temporary(),
            (false, true) => labels::pinned(),
            (false, false) => age(state.clock.age(chat.head.updated)),
        };
        if under.replace(words) != Some(words) {
            rows.push(Row::Heading(words));
        }
        rows.push(Row::Chat(chat.id()));
    }
    let archived = sorted(state, |chat| chat.head.archived);
    if !archived.is_empty() {
        rows.push(Row::Archive(archived.len()));
        if form.archive_open {
            rows.extend(archived.into_iter().map(|chat| Row::Chat(chat.id())));
        }
    }
    rows
}

/// Folders by name, with their chats where they are open.
fn folders(state: &State, open: &BTreeSet<String>) -> Vec<Row> {
    let mut rows = Vec::new();
    for name in state.chats.folders() {
        let inside = sorted(state, |chat| !chat.head.archived && chat.head.folder == name);
        rows.push(Row::Folder(name.to_owned(), inside.len()));
        if open.contains(name) {
            rows.extend(inside.into_iter().map(|chat| Row::Chat(chat.id())));
        }
    }
    if !rows.is_empty() {
        rows.insert(0, Row::Heading(labels::folders()));
    }
    rows
}

/// Chats worth listing, in the order of the list.
fn sorted(state: &State, wanted: impl Fn(&Chat) -> bool) -> Vec<&Chat> {
    let worth_it = |chat: &&Chat| !chat.is_empty() || !chat.head.draft.is_empty();
    let mut chats: Vec<&Chat> =
        state.chats.all().iter().filter(worth_it).filter(|chat| wanted(chat)).collect();
    chats.sort_by_key(|chat| {
        std::cmp::Reverse((chat.temporary, chat.head.pinned, chat.head.updated, chat.head.id))
    });
    chats
}

/// How long ago something was, in words.
pub(super) fn age(age: Age) -> &'static str {
    match age {
        Age::Today => labels::today(),
        Age::Yesterday => labels::yesterday(),
        Age::Week => labels::last_week(),
        Age::Month => labels::last_month(),
        Age::Older => labels::older(),
    }
}
