//! Chats and their messages, each with an id of its own, as a store on disk will want them.

use nibble_engine::jobs::{ReplyReport, Role};

/// Tells chats apart; later ones have larger numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChatId(pub u64);

/// Tells messages apart, over all chats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u64);

/// How a message came to be as it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The person wrote it.
    Written,
    /// The model is writing it.
    Growing,
    /// The model finished it.
    Replied(ReplyReport),
    /// It was stopped before the model told how it went.
    Stopped,
    /// The engine failed in the middle of it.
    Broken,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatMessage {
    /// Tells it apart.
    pub id: MessageId,
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub text: String,
    /// How it came to be so.
    pub outcome: Outcome,
}

/// One conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct Chat {
    /// Tells it apart.
    pub id: ChatId,
    /// Its name in the rail; empty until the first message.
    pub title: String,
    /// Oldest first.
    pub messages: Vec<ChatMessage>,
    /// Typed and not sent.
    pub draft: String,
}

/// All chats, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chats {
    /// Newest first.
    pub all: Vec<Chat>,
    /// The one that is shown.
    pub current: Option<ChatId>,
    n_made: u64,
}

impl Chats {
    /// Longest title, in characters.
    const TITLE_CHARS: usize = 48;

    /// The chat that is shown.
    pub fn current(&self) -> Option<&Chat> {
        self.find(self.current?)
    }

    /// The chat of this id.
    pub fn find(&self, id: ChatId) -> Option<&Chat> {
        self.all.iter().find(|chat| chat.id == id)
    }

    /// The chat of this id, to be changed.
    pub fn find_mut(&mut self, id: ChatId) -> Option<&mut Chat> {
        self.all.iter_mut().find(|chat| chat.id == id)
    }

    /// Shows an empty chat: the one there is, or a new one.
    pub fn start(&mut self) -> ChatId {
        let empty = self.all.iter().find(|chat| chat.messages.is_empty()).map(|chat| chat.id);
        let id = empty.unwrap_or_else(|| {
            let id = ChatId(self.next_number());
            let chat = Chat { id, title: String::new(), messages: Vec::new(), draft: String::new() };
            self.all.insert(0, chat);
            id
        });
        self.current = Some(id);
        id
    }

    /// Removes a chat; the newest of the others is shown in its place.
    pub fn remove(&mut self, id: ChatId) {
        self.all.retain(|chat| chat.id != id);
        if self.current == Some(id) {
            self.current = self.all.first().map(|chat| chat.id);
        }
    }

    /// Adds a message at the end of a chat.
    pub fn push(&mut self, chat: ChatId, role: Role, text: String, outcome: Outcome) -> Option<MessageId> {
        let id = MessageId(self.next_number());
        let chat = self.find_mut(chat)?;
        if chat.title.is_empty() && role == Role::User {
            chat.title = title_of(&text, Self::TITLE_CHARS);
        }
        chat.messages.push(ChatMessage { id, role, text, outcome });
        Some(id)
    }

    fn next_number(&mut self) -> u64 {
        self.n_made += 1;
        self.n_made
    }
}

impl Chat {
    /// The message of this id, to be changed.
    pub fn message_mut(&mut self, id: MessageId) -> Option<&mut ChatMessage> {
        self.messages.iter_mut().rev().find(|message| message.id == id)
    }
}

/// The first line of a message, cut at a word.
fn title_of(text: &str, most_chars: usize) -> String {
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
        let first = chats.start();
        assert_eq!(chats.start(), first);
        chats.push(first, Role::User, "hi".into(), Outcome::Written);
        assert_ne!(chats.start(), first);
        chats.remove(chats.current.unwrap());
        assert_eq!(chats.current, Some(first));
    }
}
