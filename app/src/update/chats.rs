//! The list of chats: opening, naming, putting away, removing and bringing back, searching.

use crate::command::ChatsCommand;
use crate::jobs::Task;
use crate::state::{
    ChatHead, ChatId, Chats, Conversation, Keeping, MessageId, NoticeKind, NoticeTopic, Reading, RemovedId,
    RemovedItem, Screen, State,
};
use crate::store::StoreCommand;

use super::effect::Effect;
use super::{import_export, reply, stored};

/// Does what the person asked for in the list of chats.
pub(super) fn apply(state: &mut State, command: ChatsCommand) -> Vec<Effect> {
    match command {
        ChatsCommand::New => start(state, false),
        ChatsCommand::NewTemporary => start(state, true),
        ChatsCommand::Open(id) => open(state, id),
        ChatsCommand::OpenHit(id, message) => open_hit(state, id, message),
        ChatsCommand::Arrived => {
            state.sought = None;
            Vec::new()
        }
        ChatsCommand::Delete(id) => delete(state, id),
        ChatsCommand::Restore(id) => restore(state, id),
        ChatsCommand::Rename(id, title) => rename(state, id, title.trim()),
        ChatsCommand::Pin(id, pinned) => change(state, id, |head| head.pinned = pinned),
        ChatsCommand::Move(id, folder) => {
            change(state, id, |head| folder.trim().clone_into(&mut head.folder))
        }
        ChatsCommand::Archive(id, archived) => change(state, id, |head| head.archived = archived),
        ChatsCommand::SaveDraft(id, draft) => change(state, id, |head| head.draft = draft),
        ChatsCommand::SetReplies(id, options) => {
            change(state, id, |head| head.options = options.map(crate::state::ReplyOptions::bounded))
        }
        ChatsCommand::Search(query) => search(state, query),
        ChatsCommand::Export(id, format) => import_export::export(state, id, format),
        ChatsCommand::ChooseImport => vec![Effect::Task(Task::PickExport)],
        ChatsCommand::Import(path) => vec![Effect::Task(Task::ReadChats(path))],
    }
}

fn rename(state: &mut State, id: ChatId, title: &str) -> Vec<Effect> {
    if title.is_empty() {
        return Vec::new();
    }
    change(state, id, |head| title.clone_into(&mut head.title))
}

fn start(state: &mut State, temporary: bool) -> Vec<Effect> {
    state.chats.start(temporary, state.clock.unix_secs);
    state.screen = Screen::Chat;
    Vec::new()
}

fn open(state: &mut State, id: ChatId) -> Vec<Effect> {
    let Some(chat) = state.chats.find_mut(id) else { return Vec::new() };
    let effects = stored::read(chat);
    state.chats.current = Some(id);
    state.screen = Screen::Chat;
    state.sought = None;
    forget_long_unseen(state);
    effects
}

/// Releases the messages of chats that were not shown for long; they are read again when shown.
fn forget_long_unseen(state: &mut State) {
    let Some(current) = state.chats.current.filter(|_| state.keeping == Keeping::OnDisk) else { return };
    state.chats.visited.retain(|id| *id != current);
    state.chats.visited.push(current);
    while state.chats.visited.len() > Chats::MOST_READ {
        let id = state.chats.visited.remove(0);
        let needed = state.is_busy_with(id) || state.pending.titled_chat() == Some(id);
        // What was removed can only be put back among the messages that stayed.
        let removed = state
            .chats
            .bin
            .iter()
            .any(|(_, gone)| matches!(gone, RemovedItem::Messages(chat, ..) if *chat == id));
        let exporting = state.exporting.is_some_and(|(chat, _)| chat == id);
        if let Some(chat) = state.chats.find_mut(id).filter(|chat| chat.is_read() && !chat.temporary)
            && !needed
            && !exporting
            && !removed
        {
            chat.messages = Conversation::default();
            chat.reading = Reading::Unread;
        }
    }
}

fn open_hit(state: &mut State, id: ChatId, message: MessageId) -> Vec<Effect> {
    let mut effects = open(state, id);
    let busy = state.is_busy_with(id);
    let Some(chat) = state.chats.find_mut(id) else { return effects };
    state.sought = Some(message);
    if chat.is_read() && !busy {
        chat.seek(message);
        effects.extend(stored::head(state, id));
    }
    effects
}

fn change(state: &mut State, id: ChatId, with: impl FnOnce(&mut ChatHead)) -> Vec<Effect> {
    let Some(chat) = state.chats.find_mut(id) else { return Vec::new() };
    let before = chat.head.clone();
    with(&mut chat.head);
    if chat.head == before {
        return Vec::new();
    }
    // A draft is not seen in the list.
    if chat.head.draft == before.draft || chat.is_empty() {
        state.chats.revision += 1;
    }
    stored::head(state, id).into_iter().collect()
}

fn delete(state: &mut State, id: ChatId) -> Vec<Effect> {
    // The running reply is asked to stop, or the waiting one is given up.
    let mut effects = if state.is_busy_with(id) { reply::stop(state) } else { Vec::new() };
    let Some(chat) = state.chats.remove(id) else { return Vec::new() };
    if !chat.temporary {
        effects.push(Effect::Store(StoreCommand::SetDeleted(id, true)));
    }
    if !chat.is_empty() {
        let title = chat.head.title.clone();
        let removed = state.chats.throw_away(RemovedItem::Chat(Box::new(chat)));
        let topic = NoticeTopic::ChatDeleted { removed, title };
        state.notices.show(NoticeKind::Good, topic, Some(ChatsCommand::Restore(removed).into()));
    }
    if state.chats.current.is_none() && state.screen == Screen::Chat {
        state.chats.start(false, state.clock.unix_secs);
    }
    effects
}

fn restore(state: &mut State, id: RemovedId) -> Vec<Effect> {
    if let Some((_, RemovedItem::Messages(chat, ..))) = state.chats.bin.iter().find(|(other, _)| *other == id)
        && state.is_busy_with(*chat)
    {
        return Vec::new();
    }
    match state.chats.take_back(id) {
        Some(RemovedItem::Chat(chat)) => {
            let (id, temporary) = (chat.id(), chat.temporary);
            state.chats.add([*chat]);
            let mut effects = open(state, id);
            if !temporary {
                effects.insert(0, Effect::Store(StoreCommand::SetDeleted(id, false)));
            }
            effects
        }
        Some(RemovedItem::Messages(id, messages, leaf)) => {
            let Some(chat) = state.chats.reach_mut(id) else { return Vec::new() };
            let ids: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
            chat.messages.restore(messages, leaf);
            chat.note_leaf();
            state.chats.revision += 1;
            ids.into_iter().flat_map(|message| stored::message(state, id, message)).collect()
        }
        None => Vec::new(),
    }
}

/// Removes for good what can no longer be brought back.
pub(super) fn forget(state: &mut State, id: RemovedId) -> Vec<Effect> {
    let Some(RemovedItem::Chat(chat)) = state.chats.take_back(id) else { return Vec::new() };
    if chat.temporary { Vec::new() } else { vec![Effect::Store(StoreCommand::Purge(chat.id()))] }
}

fn search(state: &mut State, query: String) -> Vec<Effect> {
    let search = &mut state.search;
    search.round += 1;
    search.query = query;
    search.waiting = search.is_active() && state.keeping == Keeping::OnDisk;
    if !search.waiting {
        search.hits.clear();
        return Vec::new();
    }
    vec![Effect::Store(StoreCommand::Search { query: search.query.clone(), round: search.round })]
}
