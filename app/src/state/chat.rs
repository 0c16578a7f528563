//! Chats: what the list knows of each, and its messages once they are read.

use std::path::PathBuf;

use nibble_engine::jobs::Role;

use super::{AttachedFile, ChatMessage, Conversation, Outcome, PendingFile};
use crate::base::{ChatId, MessageId, RemovedId, ReplyOptions};

/// Data of a chat without its messages.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatHead {
    /// Unique id of the chat.
    pub id: ChatId,
    /// Its name in the rail; empty until the first message.
    pub title: String,
    /// When it was begun, in seconds of Unix time.
    pub created: i64,
    /// When something was last said, in seconds of Unix time.
    pub updated: i64,
    /// Whether it stands above the others.
    pub pinned: bool,
    /// Whether it is out of the way.
    pub archived: bool,
    /// Folder of the chat; none if empty.
    pub folder: String,
    /// Typed and not sent.
    pub draft: String,
    /// Options of its replies; those of all chats if `None`.
    pub options: Option<ReplyOptions>,
    /// The end of the branch that is shown; `None` while there is no message.
    pub leaf: Option<MessageId>,
    /// The model that replies in it; the one in use if `None`.
    pub model: Option<PathBuf>,
}

/// Whether a chat's messages are in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// They are in the store.
    Unread,
    /// They were asked for.
    Asked,
    /// They are here.
    Read,
}

/// One conversation with its head.
#[derive(Clone, Debug, PartialEq)]
pub struct Chat {
    /// Data of the chat for the list.
    pub head: ChatHead,
    /// The messages, once read.
    pub messages: Conversation,
    /// Whether `messages` is all there is.
    pub reading: Reading,
    /// Whether it is never stored.
    pub temporary: bool,
    /// Files that wait for the next message; they last as long as the window.
    pub pending: Vec<PendingFile>,
}

impl Chat {
    /// A chat whose messages are in the store.
    pub fn stored(head: ChatHead) -> Self {
        Self {
            head,
            messages: Conversation::default(),
            reading: Reading::Unread,
            temporary: false,
            pending: Vec::new(),
        }
    }

    /// Id of the chat.
    pub fn id(&self) -> ChatId {
        self.head.id
    }

    /// Whether nothing was said yet.
    pub fn is_empty(&self) -> bool {
        self.head.leaf.is_none()
    }

    /// Whether its messages are here.
    pub fn is_read(&self) -> bool {
        self.reading == Reading::Read
    }

    /// Shows a branch with this message in it, if it is one of its own and not in sight.
    pub fn seek(&mut self, message: MessageId) {
        if !self.messages.shown().any(|shown| shown.id == message) {
            self.messages.show(message);
            self.note_leaf();
        }
    }

    /// Takes over which branch is shown.
    pub fn note_leaf(&mut self) {
        self.head.leaf = self.messages.last().map(|last| last.id);
    }
}

/// Something removed that can be brought back.
#[derive(Clone, Debug, PartialEq)]
pub enum RemovedItem {
    /// A deleted chat.
    Chat(Box<Chat>),
    /// Messages of a chat, and the end of the branch that was shown before.
    Messages(ChatId, Vec<ChatMessage>, Option<MessageId>),
}

/// All chats, and the one that is open.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chats {
    /// By their numbers.
    all: Vec<Chat>,
    /// The one that is shown.
    pub current: Option<ChatId>,
    /// Grows whenever the list would be drawn differently.
    pub revision: u64,
    /// Chats that were shown, the latest last.
    pub visited: Vec<ChatId>,
    /// What can still be brought back, oldest first.
    pub bin: Vec<(RemovedId, RemovedItem)>,
    newest: u64,
}

/// A message that is yet to get its number.
#[derive(Clone, Debug, PartialEq)]
pub struct NewMessage {
    /// Parent of the message.
    pub parent: Option<MessageId>,
    /// Author of the message.
    pub role: Role,
    /// Text of the message.
    pub text: String,
    /// Text files that go with it.
    pub files: Vec<AttachedFile>,
    /// Outcome of the message.
    pub outcome: Outcome,
    /// The model that writes it.
    pub model: String,
}

impl Chats {
    /// Most chats of the store whose messages are in memory, the current one among them.
    pub const MOST_READ: usize = 8;
    /// Longest title, in characters.
    const TITLE_CHARS: usize = 48;
    /// Most removed things that can be brought back.
    const MOST_REMOVED: usize = 4;

    /// Title of a chat from its first message.
    pub fn first_title(text: &str) -> String {
        title_of(text, Self::TITLE_CHARS)
    }

    /// The chat that is shown.
    pub fn current(&self) -> Option<&Chat> {
        self.find(self.current?)
    }

    /// All chats, by their numbers.
    pub fn all(&self) -> &[Chat] {
        &self.all
    }

    /// The chat of this id.
    pub fn find(&self, id: ChatId) -> Option<&Chat> {
        self.place(id).ok().map(|at| &self.all[at])
    }

    /// The chat of this id, to be changed.
    pub fn find_mut(&mut self, id: ChatId) -> Option<&mut Chat> {
        self.place(id).ok().map(|at| &mut self.all[at])
    }

    fn place(&self, id: ChatId) -> Result<usize, usize> {
        self.all.binary_search_by_key(&id, Chat::id)
    }

    /// Adds chats, but for those whose numbers are there already.
    pub fn add(&mut self, chats: impl IntoIterator<Item = Chat>) {
        self.all.extend(chats);
        // Both keep the order of equals, so what was there stays.
        self.all.sort_by_key(Chat::id);
        self.all.dedup_by_key(|chat| chat.id());
        self.revision += 1;
    }

    /// The chat of this id, also one that was removed and can be brought back.
    pub fn reach(&self, id: ChatId) -> Option<&Chat> {
        let binned = self.bin.iter().find_map(|(_, removed)| match removed {
            RemovedItem::Chat(chat) if chat.id() == id => Some(&**chat),
            _ => None,
        });
        self.find(id).or(binned)
    }

    /// The same, to be changed.
    pub fn reach_mut(&mut self, id: ChatId) -> Option<&mut Chat> {
        if let Ok(at) = self.place(id) {
            return Some(&mut self.all[at]);
        }
        self.bin.iter_mut().find_map(|(_, removed)| match removed {
            RemovedItem::Chat(chat) if chat.id() == id => Some(&mut **chat),
            _ => None,
        })
    }

    /// Chats whose messages were asked for are unread again: the store failed.
    pub fn forget_asked(&mut self) {
        for chat in self.all.iter_mut().filter(|chat| chat.reading == Reading::Asked) {
            chat.reading = Reading::Unread;
        }
    }

    /// Names of the folders that have chats in them which are not put away, in order.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        let listed = self.all.iter().filter(|chat| !chat.head.archived && !chat.head.folder.is_empty());
        let names: std::collections::BTreeSet<&str> = listed.map(|chat| chat.head.folder.as_str()).collect();
        names.into_iter()
    }

    /// Counts on from `number`, unless it is further already, so that numbers of earlier runs are not used again.
    pub fn count_from(&mut self, number: u64) {
        self.newest = self.newest.max(number);
    }

    /// A number that was never given before.
    pub fn next_number(&mut self) -> u64 {
        self.newest += 1;
        self.newest
    }

    /// Shows an empty chat: the one there is, or a new one begun at `now`.
    pub fn start(&mut self, temporary: bool, now: i64) -> ChatId {
        let unused = |chat: &&Chat| {
            chat.is_empty()
                && chat.is_read()
                && chat.temporary == temporary
                && chat.head.draft.is_empty()
                && chat.pending.is_empty()
        };
        let id = self.all.iter().find(unused).map(Chat::id);
        let id = id.unwrap_or_else(|| {
            let id = ChatId(self.next_number());
            let head = ChatHead {
                id,
                title: String::new(),
                created: now,
                updated: now,
                pinned: false,
                archived: false,
                folder: String::new(),
                draft: String::new(),
                options: None,
                leaf: None,
                model: None,
            };
            let (messages, reading) = (Conversation::default(), Reading::Read);
            self.add([Chat { head, messages, reading, temporary, pending: Vec::new() }]);
            id
        });
        self.current = Some(id);
        id
    }

    /// Takes a chat out; the newest of the others is shown in its place.
    pub fn remove(&mut self, id: ChatId) -> Option<Chat> {
        let removed = self.all.remove(self.place(id).ok()?);
        self.revision += 1;
        if self.current == Some(id) {
            let read = self.all.iter().filter(|chat| chat.is_read() && !chat.head.archived);
            self.current = read.max_by_key(|chat| chat.head.updated).map(Chat::id);
        }
        Some(removed)
    }

    /// Keeps something removed for a while.
    pub fn throw_away(&mut self, removed: RemovedItem) -> RemovedId {
        let id = RemovedId(self.next_number());
        self.bin.push((id, removed));
        let too_many = self.bin.len().saturating_sub(Self::MOST_REMOVED);
        self.bin.drain(..too_many);
        id
    }

    /// Takes something out of the bin.
    pub fn take_back(&mut self, id: RemovedId) -> Option<RemovedItem> {
        let at = self.bin.iter().position(|(other, _)| *other == id)?;
        Some(self.bin.remove(at).1)
    }

    /// Adds a message to a chat whose messages are read, shows it and says its number.
    pub fn push(&mut self, chat: ChatId, message: NewMessage, now: i64) -> Option<MessageId> {
        let id = MessageId(self.next_number());
        self.revision += 1;
        let chat = self.find_mut(chat).filter(|chat| chat.is_read())?;
        if chat.head.title.is_empty() && message.role == Role::User {
            chat.head.title = Self::first_title(&message.text);
        }
        let NewMessage { parent, role, text, files, outcome, model } = message;
        chat.messages.add(ChatMessage {
            id,
            parent,
            role,
            text,
            reasoning: String::new(),
            files,
            outcome,
            created: now,
            model,
        });
        chat.head.updated = now;
        chat.note_leaf();
        Some(id)
    }
}

/// The first line of a message, cut at a word.
pub fn title_of(text: &str, most_chars: usize) -> String {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    if line.chars().count() <= most_chars {
        return line.to_owned();
    }
    let cut: String = line.chars().take(most_chars).collect();
    let ends_a_word = line.chars().nth(most_chars).is_some_and(char::is_whitespace);
    let whole_words =
        if ends_a_word { cut.as_str() } else { cut.rsplit_once(' ').map_or(cut.as_str(), |(head, _)| head) };
    format!("{}…", whole_words.trim_end_matches([',', '.', ';', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_cut_at_a_word() {
        assert_eq!(title_of("\n  Hello there \nmore", 48), "Hello there");
        assert_eq!(title_of("one two, three", 8), "one two…");
        assert_eq!(title_of("日本語日本語日本語", 3), "日本語…");
    }

    #[test]
    fn an_empty_chat_is_used_again() {
        let mut chats = Chats::default();
        let first = chats.start(false, 0);
        assert_eq!(chats.start(false, 0), first);
        assert_ne!(chats.start(true, 0), first);
        let said = NewMessage {
            parent: None,
            role: Role::User,
            text: "hi".into(),
            files: Vec::new(),
            outcome: Outcome::Written,
            model: String::new(),
        };
        chats.push(first, said, 0);
        assert_ne!(chats.start(false, 0), first);
        chats.remove(chats.current.unwrap());
        assert!(chats.current.is_some());
    }
}
