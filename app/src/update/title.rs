//! Titles of chats, made by the model after its first reply.
//!
//! A chat has its first words as a title at once. The model then is asked for a better one, as one more turn of the conversation
//! whose beginning it has in its cache already; its text is not a message. A message of the person waits for its end, which is a
//! few tokens away.

use nibble_engine::jobs::{Ask, GenerateOptions, Message};

use crate::state::{Chat, ChatId, Chats, Purpose, State, Titles, title_of};
use crate::text::labels;

use super::effect::{Effect, start_job};
use super::reply_request::request_of;
use super::stored;

/// Most tokens of a title, thoughts of a reasoning model not among them: such models are not asked.
const MOST_TOKENS: usize = 24;
/// Most characters of a title.
const MOST_CHARS: usize = 60;

/// Asks for a title, if this chat wants one now.
pub(super) fn ask_for(state: &mut State, id: ChatId) -> Vec<Effect> {
    let Some(chat) = state.chats.find(id).filter(|chat| wants_one(state, chat)) else { return Vec::new() };
    let Some(model) = state.engine.loaded() else { return Vec::new() };
    let mut request = request_of(state, chat, model);
    request.messages.push(Message::user(labels::title_request()));
    request.options = GenerateOptions {
        max_tokens: Some(MOST_TOKENS),
        stop: vec!["\n".to_owned()],
        ..GenerateOptions::greedy()
    };
    vec![start_job(state, Purpose::Title { chat: id, said: String::new() }, Ask::Chat(request))]
}

/// Whether a chat is to be named by the model: after the first reply, if nobody named it, and if the model can be expected to.
fn wants_one(state: &State, chat: &Chat) -> bool {
    let mut shown = chat.messages.shown();
    let (Some(question), Some(reply), None) = (shown.next(), shown.next(), shown.next()) else {
        return false;
    };
    let is_starter = state.engine.model.as_ref().is_some_and(|model| state.library.is_starter(&model.path));
    state.settings.titles == Titles::ByModel
        && state.pending.waiting_chat().is_none()
        && !is_starter
        && !chat.temporary
        && chat.messages.versions(question.id).len() == 1
        && chat.messages.versions(reply.id).len() == 1
        && chat.head.title == Chats::first_title(&question.text)
        && !reply.outcome.is_cut()
        && reply.reasoning.is_empty()
}

/// Gives a chat the title that the model finished, if it is one.
pub(super) fn finish(state: &mut State, chat: ChatId, said: &str) -> Vec<Effect> {
    clean(said).and_then(|title| name(state, chat, title)).into_iter().collect()
}

/// Gives the chat the title, unless the person was quicker.
fn name(state: &mut State, id: ChatId, title: String) -> Option<Effect> {
    let chat = state.chats.find_mut(id)?;
    let first = chat.messages.shown().next().map(|message| Chats::first_title(&message.text));
    if first.as_ref() != Some(&chat.head.title) {
        return None;
    }
    chat.head.title = title;
    state.chats.revision += 1;
    stored::head(state, id)
}

/// Most words of a title; more are a sentence.
const MOST_WORDS: usize = 8;

/// A title out of what a model said: its first line, without marks around it; `None` if nothing is left, or if the line is a
/// sentence about a title instead of one, as small models write.
fn clean(said: &str) -> Option<String> {
    let line = said.lines().find(|line| !line.trim().is_empty())?.trim();
    let line = line.trim_start_matches(['#', '*', '-', ' ']);
    let after_label = line.split_once(':').filter(|(label, _)| is_label(label)).map(|(_, rest)| rest);
    let line = after_label.unwrap_or(line);
    let is_announcement = line.trim_end().ends_with([':', '：']);
    let marks = ['"', '\'', '“', '”', '„', '«', '»', '「', '」', '*', '_', '`', ' ', '.', '。'];
    let line = line.trim_matches(marks);
    let lower = line.to_lowercase();
    let is_sentence = line.split_whitespace().count() > MOST_WORDS
        || labels::title_openings().split(" | ").any(|words| begins_with(&lower, words));
    let is_title = !line.is_empty() && !is_announcement && !is_sentence && !repeats_request(&lower);
    is_title.then(|| title_of(line, MOST_CHARS))
}

/// Whether a line in lower case begins with these words, and not with longer ones.
fn begins_with(line: &str, words: &str) -> bool {
    line.strip_prefix(words).is_some_and(|rest| !rest.starts_with(char::is_lowercase))
}

/// Whether most words of a line in lower case stand in the request for a title.
fn repeats_request(line: &str) -> bool {
    let request = labels::title_request().to_lowercase();
    let asked: Vec<&str> = request.split(|c: char| !c.is_alphanumeric()).collect();
    let words: Vec<&str> =
        line.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let repeated = words.iter().filter(|word| asked.contains(word)).count();
    words.len() >= 3 && repeated * 4 >= words.len() * 3
}

/// Whether the words before a colon only announce a title.
fn is_label(words: &str) -> bool {
    ["title", "titel", "titre", "название", "标题"]
        .contains(&words.trim_matches(['*', ' ']).to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn a_title_is_what_is_said_without_its_wrapping() {
        for (said, title) in [
            ("\"Baking bread\"", "Baking bread"),
            ("**Title:** Baking bread.", "Baking bread"),
            ("\n# Brot: backen lernen\nmore", "Brot: backen lernen"),
        ] {
            assert_eq!(clean(said).as_deref(), Some(title), "{said}");
        }
        assert_eq!(clean(" \n\"\""), None);
    }

    #[test]
    fn a_sentence_about_a_title_is_none() {
        for said in [
            "Here's a possible title for this conversation:",
            "Sure! Baking bread",
            "标题：",
            "The title of the conversation is Baking bread",
            "Bread is baked from flour, water, salt and a little yeast",
            crate::text::labels::title_request(),
        ] {
            assert_eq!(clean(said), None, "{said}");
        }
        assert_eq!(clean("Heresy in the Middle Ages").as_deref(), Some("Heresy in the Middle Ages"));
        assert_eq!(clean("Sureties and loans").as_deref(), Some("Sureties and loans"));
    }
}
