//! The shown branch of a chat as Markdown to read.

use nibble_engine::jobs::Role;

use crate::state::Chat;
use crate::text::labels;

pub(super) fn write(chat: &Chat) -> String {
    let title = if chat.head.title.is_empty() { labels::UNTITLED } else { &chat.head.title };
    let mut text = format!("# {title}\n");
    for message in chat.messages.shown() {
        let speaker = match message.role {
            Role::System => labels::SYSTEM_PROMPT,
            Role::User => labels::SPEAKER_PERSON,
            Role::Assistant if message.model.is_empty() => labels::SPEAKER_MODEL,
            Role::Assistant => &message.model,
        };
        text.extend(["\n## ", speaker, "\n\n", message.text.trim(), "\n"]);
    }
    text
}
