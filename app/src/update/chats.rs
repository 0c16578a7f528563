//! The list of chats: opening, naming, putting away, removing and bringing back, searching.

use crate::command::Command;
use crate::state::{
    Chat, ChatHead, ChatId, Chats, Conversation, Keeping, MessageId, NoticeKind, NoticeTopic, Phase, Reading,
    Removed, RemovedId, Screen, State,
};
use crate::store::StoreCommand;

use super::effect::Effect;
use super::{keep, reply};

/// Does what the person asked for in the list of chats.
pub(super) fn apply(state: &mut State, command: Command) -> Vec<Effect> {
    match command {
        Command::NewChat => start(state, false),
        Command::NewTemporaryChat => start(state, true),
        Command::OpenChat(id) => open(state, id),
        Command::OpenHit(id, message) => open_hit(state, id, message),
        Command::Arrived => {
            state.sought = None;
            Vec::new()
        }
        Command::DeleteChat(id) => delete(state, id),
        Command::BringBack(id) => bring_back(state, id),
        Command::RenameChat(id, title) if !title.trim().is_empty() => {
            change(state, id, |head| title.trim().clone_into(&mut head.title))
        }
        Command::PinChat(id, pinned) => change(state, id, |head| head.pinned = pinned),
        Command::MoveChat(id, folder) => change(state, id, |head| folder.trim().clone_into(&mut head.folder)),
        Command::ArchiveChat(id, archived) => change(state, id, |head| head.archived = archived),
        Command::KeepDraft(id, draft) => change(state, id, |head| head.draft = draft),
        Command::SetChatReplies(id, options) => {
            change(state, id, |head| head.options = options.map(crate::state::ReplyOptions::bounded))
        }
        Command::Search(query) => search(state, query),
        _ => Vec::new(),
    }
}

fn start(state: &mut State, temporary: bool) -> Vec<Effect> {
    state.chats.start(temporary, state.clock.unix_secs);
    state.screen = Screen::Chat;
    Vec::new()
}

fn open(state: &mut State, id: ChatId) -> Vec<Effect> {
    let Some(chat) = state.chats.find_mut(id) else { return Vec::new() };
    let effects = read(chat);
    state.chats.current = Some(id);
    state.screen = Screen::Chat;
    state.sought = None;
    forget_long_unseen(state);
    effects
}

/// Lets go of the messages of chats that were not shown for long; they are read again when they are.
fn forget_long_unseen(state: &mut State) {
    let Some(current) = state.chats.current.filter(|_| state.keeping == Keeping::OnDisk) else { return };
    state.chats.visited.retain(|id| *id != current);
    state.chats.visited.push(current);
    let naming = |id| matches!(state.talk.phase, Phase::Naming { chat, .. } if chat == id);
    while state.chats.visited.len() > Chats::MOST_READ {
        let id = state.chats.visited.remove(0);
        let needed = state.talk.is_busy_with(id) || naming(id);
        // What was removed can only be put back among the messages that stayed.
        let removed = state
            .chats
            .bin
            .iter()
            .any(|(_, gone)| matches!(gone, Removed::Messages(chat, ..) if *chat == id));
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

/// Has a chat's messages read, if they are not here.
pub(super) fn read(chat: &mut Chat) -> Vec<Effect> {
    if chat.reading != Reading::Unread {
        return Vec::new();
    }
    chat.reading = Reading::Asked;
    vec![Effect::Store(StoreCommand::Read(chat.id()))]
}

fn open_hit(state: &mut State, id: ChatId, message: MessageId) -> Vec<Effect> {
    let mut effects = open(state, id);
    let busy = state.talk.is_busy_with(id);
    let Some(chat) = state.chats.find_mut(id) else { return effects };
    state.sought = Some(message);
    if chat.is_read() && !busy {
        chat.seek(message);
        effects.extend(keep::head(state, id));
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
    keep::head(state, id).into_iter().collect()
}

fn delete(state: &mut State, id: ChatId) -> Vec<Effect> {
    let mut effects = match state.talk.phase {
        Phase::Replying { chat, .. } if chat == id => reply::stop(state),
        _ => Vec::new(),
    };
    if state.talk.waiting == Some(id) {
        reply::stop_waiting(state);
    }
    let Some(chat) = state.chats.remove(id) else { return Vec::new() };
    if !chat.temporary {
        effects.push(Effect::Store(StoreCommand::SetDeleted(id, true)));
    }
    if !chat.is_empty() {
        let title = chat.head.title.clone();
        let removed = state.chats.throw_away(Removed::Chat(Box::new(chat)));
        let topic = NoticeTopic::ChatDeleted { removed, title };
        state.notices.show(NoticeKind::Good, topic, Some(Command::BringBack(removed)));
    }
    if state.chats.current.is_none() && state.screen == Screen::Chat {
        state.chats.start(false, state.clock.unix_secs);
    }
    effects
}

fn bring_back(state: &mut State, id: RemovedId) -> Vec<Effect> {
    let busy = |chat: &ChatId| state.talk.is_busy_with(*chat);
    match state.chats.bin.iter().find(|(other, _)| *other == id) {
        Some((_, Removed::Messages(chat, ..))) if busy(chat) => return Vec::new(),
        _ => {}
    }
    match state.chats.take_back(id) {
        Some(Removed::Chat(chat)) => {
            let (id, temporary) = (chat.id(), chat.temporary);
            state.chats.add([*chat]);
            let mut effects = open(state, id);
            if !temporary {
                effects.insert(0, Effect::Store(StoreCommand::SetDeleted(id, false)));
            }
            effects
        }
        Some(Removed::Messages(id, messages, leaf)) => {
            let Some(chat) = state.chats.reach_mut(id) else { return Vec::new() };
            let ids: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
            chat.messages.restore(messages, leaf);
            chat.note_leaf();
            state.chats.revision += 1;
            ids.into_iter().flat_map(|message| keep::message(state, id, message)).collect()
        }
        None => Vec::new(),
    }
}

/// Removes for good what can no longer be brought back.
pub(super) fn forget(state: &mut State, id: RemovedId) -> Vec<Effect> {
    match state.chats.take_back(id) {
        Some(Removed::Chat(chat)) if !chat.temporary => {
            vec![Effect::Store(StoreCommand::Purge(chat.id()))]
        }
        _ => Vec::new(),
    }
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
