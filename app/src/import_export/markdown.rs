//! The shown branch of a chat as Markdown to read.

use nibble_engine::jobs::Role;

use crate::state::Chat;
use crate::text::labels;

pub(super) fn write(chat: &Chat) -> String {
    let title = if chat.head.title.is_empty() { labels::untitled() } else { &chat.head.title };
    let mut text = format!("# {title}\n");
    for message in chat.messages.shown() {
        let speaker = match message.role {
            Role::System => labels::system_prompt(),
            Role::User | Role::Tool => labels::speaker_person(),
            Role::Assistant if message.model.is_empty() => labels::speaker_model(),
            Role::Assistant => &message.model,
        };
        text.extend(["\n## ", speaker, "\n"]);
        // Reasoning is a quotation, which readers see as something beside what is said.
        if !message.reasoning.is_empty() {
            let quoted: Vec<String> = message
                .reasoning
                .trim()
                .lines()
                .map(|line| format!("> {line}").trim_end().to_owned())
                .collect();
            text.extend(["\n", quoted.join("\n").as_str(), "\n"]);
        }
        text.extend(["\n", message.in_prompt().trim(), "\n"]);
    }
    text
}
