//! Chats that are imported from files and exported to them.

use std::path::PathBuf;

use crate::command::ChatsCommand;
use crate::import_export::{self, PortableChat, PortableMessage};
use crate::jobs::Task;
use crate::state::{
    Chat, ChatFormat, ChatHead, ChatId, ChatMessage, Conversation, Keeping, MessageId, NoticeKind,
    NoticeTopic, Outcome, Reading, State, title_of,
};
use crate::store::{ImportedChat, StoreCommand};

use super::effect::Effect;
use super::stored;

/// Most characters of the title of an imported chat.
const TITLE_CHARS: usize = 120;

/// Writes a chat to a file that the person chooses, after reading its messages from the store if they are not in memory.
pub(super) fn export(state: &mut State, id: ChatId, format: ChatFormat) -> Vec<Effect> {
    let Some(chat) = state.chats.find_mut(id) else { return Vec::new() };
    if !chat.is_read() {
        let effects = stored::read(chat);
        state.exporting = Some((id, format));
        return effects;
    }
    let extension = match format {
        ChatFormat::Markdown => "md",
        ChatFormat::Json => "json",
    };
    let name = format!("{}.{extension}", file_name(&chat.head.title));
    vec![Effect::Task(Task::WriteChat { name, text: import_export::write(chat, format) })]
}

/// Shows that a chat was exported to `path`.
pub(super) fn exported(state: &mut State, path: PathBuf) {
    state.notices.show(NoticeKind::Good, NoticeTopic::ChatWritten(path), None);
}

/// Shows why a chat could not be exported to `path`.
pub(super) fn fail_export(state: &mut State, path: PathBuf, reason: String) {
    state.notices.show(NoticeKind::Problem, NoticeTopic::ChatNotWritten { path, reason }, None);
}

/// Shows why no chats could be imported from `path`.
pub(super) fn fail_import(state: &mut State, path: PathBuf, reason: String) {
    let topic = NoticeTopic::ChatsNotRead { path, reason };
    state.notices.show(NoticeKind::Problem, topic, Some(ChatsCommand::ChooseImport.into()));
}

/// Shows which chats of a file could not be imported.
pub(super) fn leave_out(state: &mut State, names: Vec<String>) {
    state.notices.show(NoticeKind::Hint, NoticeTopic::ChatsLeftOut { names }, None);
}

/// A title as every system takes it for a file's name.
fn file_name(title: &str) -> String {
    let plain: String = title.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join("-");
    if words.is_empty() { "chat".to_owned() } else { words }
}

/// Adds chats that were read from a file.
pub(super) fn import(state: &mut State, chats: Vec<PortableChat>) -> Vec<Effect> {
    let count = chats.len();
    let imported: Vec<ImportedChat> = chats.into_iter().map(|chat| number(state, chat)).collect();
    state.notices.show(NoticeKind::Good, NoticeTopic::ChatsImported { count }, None);
    if state.keeping == Keeping::OnDisk {
        state.chats.add(imported.iter().map(|chat| Chat::stored(chat.head.clone())));
        return vec![Effect::Store(StoreCommand::Import(imported))];
    }
    state.chats.add(imported.into_iter().map(|ImportedChat { head, messages }| Chat {
        messages: Conversation::new(messages, head.leaf),
        reading: Reading::Read,
        temporary: false,
        pending: Vec::new(),
        head,
    }));
    Vec::new()
}

/// Gives a chat from elsewhere and its messages numbers of ours.
fn number(state: &mut State, chat: PortableChat) -> ImportedChat {
    let now = state.clock.unix_secs;
    let id = ChatId(state.chats.next_number());
    let ids: Vec<MessageId> = chat.messages.iter().map(|_| MessageId(state.chats.next_number())).collect();
    let first_words = chat.messages.first().map(|message| message.text.clone()).unwrap_or_default();
    let title = if chat.title.trim().is_empty() { first_words } else { chat.title };
    let or_now = |time: i64, other: i64| if time > 0 { time } else { other };
    let created = or_now(chat.created, now);
    let messages = chat.messages.into_iter().map(PortableMessage::with_reasoning_apart);
    let messages = messages.enumerate().map(|(at, message)| ChatMessage {
        id: ids[at],
        parent: message.parent.filter(|parent| *parent < at).map(|parent| ids[parent]),
        role: message.role,
        text: message.text,
        reasoning: message.reasoning,
        files: message.files,
        outcome: Outcome::Written,
        created: or_now(message.created, created),
        model: message.model,
    });
    let messages = messages.collect();
    let head = ChatHead {
        id,
        title: title_of(&title, TITLE_CHARS),
        created,
        updated: or_now(chat.updated, created),
        pinned: chat.pinned,
        archived: chat.archived,
        folder: chat.folder,
        draft: String::new(),
        options: chat.options,
        leaf: chat.shown.or(ids.len().checked_sub(1)).and_then(|at| ids.get(at).copied()),
        model: None,
    };
    ImportedChat { head, messages }
}
