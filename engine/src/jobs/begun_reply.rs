//! Continuing a reply that a conversation ends with, after a cancel or a lost program.

use crate::text::{Delta, MarkedText, Message, Role, ThinkingParser, opens_thinking};

/// A conversation without the reply that it ends with, and that reply unless it is empty.
pub(super) fn split_begun(messages: &[Message]) -> (&[Message], Option<&Message>) {
    match messages.split_last() {
        Some((last, asked)) if last.role == Role::Assistant && !asked.is_empty() => {
            let is_begun = !last.content().is_empty() || !last.reasoning().is_empty();
            (asked, is_begun.then_some(last))
        }
        _ => (messages, None),
    }
}

/// Appends a partial reply to its prompt, as the model would have written it.
pub(super) fn append_begun(prompt: &mut String, begun: &Message) {
    let mut marked = MarkedText::default();
    if opens_thinking(prompt) {
        marked = MarkedText::in_reasoning();
        prompt.truncate(prompt.trim_end().len());
        prompt.push('\n');
    }
    let (reasoning, content) = (begun.reasoning(), begun.content());
    let reasoning = (!reasoning.is_empty()).then_some(Delta::Reasoning(reasoning));
    let content = (!content.is_empty()).then_some(Delta::Content(content));
    for delta in reasoning.iter().chain(&content) {
        marked.push(delta, prompt);
    }
}

/// The parser for a reply to `prompt` that may have begun already.
pub(super) fn parser_for(prompt: &str, begun: Option<&Message>) -> ThinkingParser {
    match begun {
        Some(begun) if begun.content().is_empty() => ThinkingParser::in_reasoning(),
        Some(_) => ThinkingParser::in_content(),
        None => ThinkingParser::after_prompt(prompt),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::jobs::{ChatModel, ChatSession, GenerateOptions, LoadOptions, load};
    use crate::progress::Cancel;
    use crate::text::{ChatTemplates, Part};

    #[test]
    fn a_conversation_that_ends_with_a_reply_is_continued() {
        let asked = [Message::user("Count")];
        assert_eq!(split_begun(&asked), (&asked[..], None));
        let begun = [Message::user("Count"), Message::assistant("One, ")];
        assert_eq!(split_begun(&begun), (&begun[..1], Some(&begun[1])));
        let empty = [Message::user("Count"), Message::assistant("")];
        assert_eq!(split_begun(&empty), (&empty[..1], None));
        let alone = [Message::assistant("Hello")];
        assert_eq!(split_begun(&alone), (&alone[..], None));
    }

    #[test]
    fn what_there_is_of_a_reply_stands_in_the_prompt_as_the_model_writes_it() {
        let thinks = Message { parts: vec![Part::Reasoning("hm, ".into())], ..Message::assistant("") };
        let both = Message::assistant("<think>hm</think>One, ");
        for (prompt, begun, expected) in [
            ("A:", &Message::assistant("One, "), "A:One, "),
            ("A:", &thinks, "A:<think>\nhm, "),
            ("A:", &both, "A:<think>\nhm\n</think>\n\nOne, "),
            ("A:<think>", &thinks, "A:<think>\nhm, "),
            ("A:<think>\n", &both, "A:<think>\nhm\n</think>\n\nOne, "),
            ("A:<think>\n", &Message::assistant("One, "), "A:<think>\n\n</think>\n\nOne, "),
        ] {
            let mut whole = prompt.to_owned();
            append_begun(&mut whole, begun);
            assert_eq!(whole, expected, "{prompt:?}");
        }
    }

    /// A chat with the starter under a template that opens the reasoning, or does not.
    fn chat(template: &str) -> (ChatSession, u32) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/starter");
        let mut model = load(&path, &LoadOptions::with_threads(Some(1)), &(), &Cancel::new()).unwrap();
        model.templates =
            ChatTemplates { templates: vec![("default".into(), template.into())], special: vec![] };
        let letter = *model.tokenizer.encode("xx").unwrap().last().unwrap();
        (ChatSession::new(Arc::new(ChatModel::new(model, Some(256), &()).unwrap())).unwrap(), letter)
    }

    #[test]
    fn a_reply_cut_off_in_its_reasoning_goes_on_in_it_with_all_that_is_cached() {
        let messages = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:";
        for (opening, is_thinking) in [("{{ '<think>\\n' }}", true), ("", false)] {
            let (mut chat, letter) = chat(&format!("{messages}{opening}"));
            // A model that says nothing but one letter.
            let logit_bias = vec![(letter, 1e6)];
            let options = GenerateOptions { logit_bias, max_tokens: Some(5), ..GenerateOptions::greedy() };
            let mut conversation = vec![Message::user("Hi")];
            let mut reply = |conversation: &[Message]| {
                let mut shown = Message::assistant("");
                let mut show = |delta| shown.push(delta);
                let turn = chat.reply(conversation, &options, &mut show, &(), &Cancel::new()).unwrap();
                assert_eq!(shown, turn.message, "what is shown is the message");
                assert_eq!(turn.thinking_seconds.is_some(), is_thinking);
                turn
            };
            let first = reply(&conversation);
            let (reasoning, content) = (first.message.reasoning(), first.message.content());
            let said = if is_thinking { &reasoning } else { &content };
            assert!(!said.is_empty() && (reasoning.is_empty() || content.is_empty()), "{:?}", first.message);
            assert_eq!(first.reply.text.starts_with("<think>\n"), is_thinking);
            conversation.push(first.message);
            let second = reply(&conversation);
            assert_eq!((second.message.reasoning(), second.message.content()), (reasoning, content));
            let statistics = &second.reply.statistics;
            // The last token of the reply was never fed.
            assert!(statistics.prompt_tokens - statistics.cached_tokens <= 2, "{statistics:?}");
        }
    }
}
