//! Text files that wait for the message they go with.

use std::path::{Path, PathBuf};

use nibble_engine::jobs::{Ask, CountRequest};

use crate::command::ChatCommand;
use crate::jobs::Task;
use crate::state::{
    AttachedFile, ChatId, NoText, NoticeKind, NoticeTopic, PendingFile, Purpose, Screen, State,
};

use super::effect::{Effect, start_job};

/// Reads a file for the next message of the current chat, which is begun if there is none.
pub(super) fn read(state: &mut State, path: PathBuf) -> Vec<Effect> {
    let chat = match state.chats.current {
        Some(chat) => chat,
        None => state.chats.start(false, state.clock.unix_secs),
    };
    state.screen = Screen::Chat;
    vec![Effect::Task(Task::ReadAttachment { chat, path })]
}

/// Removes the file at `index` from the next message of the current chat.
pub(super) fn detach(state: &mut State, index: usize) -> Vec<Effect> {
    let chat = state.chats.current.and_then(|chat| state.chats.find_mut(chat));
    if let Some(chat) = chat.filter(|chat| index < chat.pending.len()) {
        chat.pending.remove(index);
    }
    Vec::new()
}

/// Takes in a file that was read for a chat.
pub(super) fn absorb_file(
    state: &mut State,
    chat: ChatId,
    path: &Path,
    read: Result<String, NoText>,
) -> Vec<Effect> {
    match read {
        Ok(text) => {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let Some(chat) = state.chats.find_mut(chat) else { return Vec::new() };
            chat.pending.push(PendingFile { file: AttachedFile { name, text }, tokens: None });
            count(state)
        }
        Err(reason) => {
            let topic = NoticeTopic::NotAttached { path: PathBuf::from(path), reason };
            state.notices.show(NoticeKind::Problem, topic, Some(ChatCommand::ChooseAttachment.into()));
            Vec::new()
        }
    }
}

/// Has the loaded model count the files of the current chat; without one, they are counted when it is loaded.
pub(super) fn count(state: &mut State) -> Vec<Effect> {
    let (Some(chat), Some(model)) = (state.chats.current(), state.engine.loaded()) else {
        return Vec::new();
    };
    let texts: Vec<String> = chat.pending.iter().map(|pending| pending.file.in_prompt()).collect();
    if texts.is_empty() {
        return Vec::new();
    }
    let purpose = Purpose::CountFiles(chat.id());
    // An older count is not heard any more. It is not cancelled: a count does not stop, and its process has the model loaded.
    state.pending.abandon(|other| *other == purpose);
    vec![start_job(state, purpose, Ask::Count(CountRequest { model, texts }))]
}

/// Takes in what was counted, unless files came or went in the meantime.
pub(super) fn counted(state: &mut State, chat: ChatId, counts: &[usize]) {
    let chat = state.chats.find_mut(chat);
    let Some(chat) = chat.filter(|chat| chat.pending.len() == counts.len()) else { return };
    for (pending, &tokens) in chat.pending.iter_mut().zip(counts) {
        pending.tokens = Some(tokens);
    }
}
