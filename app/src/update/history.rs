//! What the store tells, and chats that come from files and go there.

use crate::command::Command;
use crate::exchange::{self, PortableChat};
use crate::jobs::{JobEvent, Task};
use crate::state::{
    Chat, ChatFormat, ChatHead, ChatId, ChatMessage, Conversation, Keeping, MessageId, NoticeKind,
    NoticeTopic, Outcome, Reading, State, title_of,
};
use crate::store::{ImportedChat, StoreCommand, StoreEvent};

use super::chats;
use super::effect::Effect;

/// Most characters of a title that comes from elsewhere.
const TITLE_CHARS: usize = 120;

/// Does what the person asked for.
pub(super) fn apply(state: &mut State, command: Command) -> Vec<Effect> {
    match command {
        Command::ExportChat(id, format) => export(state, id, format),
        Command::ChooseImport => vec![Effect::Task(Task::PickExport)],
        Command::ImportChats(path) => vec![Effect::Task(Task::ReadChats(path))],
        _ => Vec::new(),
    }
}

/// Takes in what the store told.
pub(super) fn absorb(state: &mut State, event: StoreEvent) -> Vec<Effect> {
    match event {
        StoreEvent::Opened { chats, newest, set_aside } => {
            state.chats.count_from(newest);
            state.keeping = Keeping::OnDisk;
            take_list(state, chats);
            if let Some((kept_as, reason)) = set_aside {
                let topic = NoticeTopic::ChatsSetAside { kept_as, reason };
                state.notices.show(NoticeKind::Problem, topic, None);
            }
            Vec::new()
        }
        StoreEvent::Messages(id, messages) => take_messages(state, id, messages),
        StoreEvent::Found { round, hits } => {
            if state.search.round == round {
                state.search.hits = hits;
                state.search.waiting = false;
            }
            Vec::new()
        }
        StoreEvent::NotOpened { reason } => {
            state.keeping = Keeping::InMemory;
            let topic = NoticeTopic::ChatsNotKept { reason };
            state.notices.show(NoticeKind::Problem, topic, None);
            Vec::new()
        }
        StoreEvent::Failed { reason } => {
            state.search.waiting = false;
            let topic = NoticeTopic::ChatsNotSaved { reason };
            state.notices.show(NoticeKind::Problem, topic, None);
            Vec::new()
        }
    }
}

/// Takes in what a task told of a file.
pub(super) fn absorb_file(state: &mut State, event: JobEvent) -> Vec<Effect> {
    match event {
        JobEvent::ChatsRead(chats) => return import(state, chats),
        JobEvent::ChatsNotRead { path, reason } => {
            let topic = NoticeTopic::ChatsNotRead { path, reason };
            state.notices.show(NoticeKind::Problem, topic, Some(Command::ChooseImport));
        }
        JobEvent::ChatWritten(path) => {
            state.notices.show(NoticeKind::Good, NoticeTopic::ChatWritten(path), None);
        }
        JobEvent::ChatNotWritten { path, reason } => {
            state.notices.show(NoticeKind::Problem, NoticeTopic::ChatNotWritten { path, reason }, None);
        }
        _ => {}
    }
    Vec::new()
}

/// Adds the chats of the store to those begun since the start.
fn take_list(state: &mut State, heads: Vec<ChatHead>) {
    state.chats.add(heads.into_iter().map(Chat::stored));
}

fn take_messages(state: &mut State, id: ChatId, messages: Vec<ChatMessage>) -> Vec<Effect> {
    let sought = state.sought;
    let Some(chat) = state.chats.reach_mut(id).filter(|chat| chat.reading == Reading::Asked) else {
        return Vec::new();
    };
    chat.messages = Conversation::new(messages, chat.head.leaf);
    chat.reading = Reading::Read;
    if let Some(sought) = sought {
        chat.seek(sought);
    }
    chat.note_leaf();
    match state.exporting.take_if(|(chat, _)| *chat == id) {
        Some((_, format)) => export(state, id, format),
        None => Vec::new(),
    }
}

fn export(state: &mut State, id: ChatId, format: ChatFormat) -> Vec<Effect> {
    let Some(chat) = state.chats.find_mut(id) else { return Vec::new() };
    if !chat.is_read() {
        let effects = chats::read(chat);
        state.exporting = Some((id, format));
        return effects;
    }
    let extension = match format {
        ChatFormat::Markdown => "md",
        ChatFormat::Json => "json",
    };
    let name = format!("{}.{extension}", file_name(&chat.head.title));
    vec![Effect::Task(Task::WriteChat { name, text: exchange::write(chat, format) })]
}

/// A title as every system takes it for a file's name.
fn file_name(title: &str) -> String {
    let plain: String = title.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join("-");
    if words.is_empty() { "chat".to_owned() } else { words }
}

fn import(state: &mut State, chats: Vec<PortableChat>) -> Vec<Effect> {
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
    let messages = chat.messages.into_iter().enumerate().map(|(at, message)| ChatMessage {
        id: ids[at],
        parent: message.parent.filter(|parent| *parent < at).map(|parent| ids[parent]),
        role: message.role,
        text: message.text,
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
    };
    ImportedChat { head, messages }
}
