//! Conversations in the form that a strict template takes.
//!
//! Some templates refuse two turns of one role in a row, and some know no instructions. Both come about in an ordinary chat: a
//! reply that was stopped before its first word is left out, and people set instructions for any model.

use super::message::{Message, Part, Role};

/// Other forms of a conversation that say the same, those that change less first.
pub(super) fn other_forms(messages: &[Message]) -> Vec<Vec<Message>> {
    let joined = joined(messages);
    let moved = instructions_moved(messages);
    let both = moved.as_deref().map(self::joined);
    let forms = [Some(joined), moved, both];
    let mut different: Vec<Vec<Message>> = Vec::new();
    for form in forms.into_iter().flatten() {
        if form != messages && !different.contains(&form) {
            different.push(form);
        }
    }
    different
}

/// Neighbors of one role as one message, an empty line between their texts. Results of tools stay apart, and so do calls.
fn joined(messages: &[Message]) -> Vec<Message> {
    let mut joined: Vec<Message> = Vec::with_capacity(messages.len());
    for message in messages {
        match joined.last_mut() {
            Some(last)
                if last.role == message.role
                    && last.role != Role::Tool
                    && last.tool_calls.is_empty()
                    && message.tool_calls.is_empty() =>
            {
                append(last, message);
            }
            _ => joined.push(message.clone()),
        }
    }
    joined
}

/// The conversation with its instructions at the beginning of the person's first message; `None` if there are none, or no
/// message of the person.
fn instructions_moved(messages: &[Message]) -> Option<Vec<Message>> {
    let n_system = messages.iter().take_while(|message| message.role == Role::System).count();
    let (instructions, rest) = messages.split_at(n_system);
    let first = rest.iter().position(|message| message.role == Role::User)?;
    let mut begun = instructions.first()?.clone();
    for message in instructions[1..].iter().chain([&rest[first]]) {
        append(&mut begun, message);
    }
    begun.role = Role::User;
    begun.tool_calls.clone_from(&rest[first].tool_calls);
    let mut moved = rest.to_vec();
    moved[first] = begun;
    Some(moved)
}

fn append(message: &mut Message, more: &Message) {
    if !message.content().is_empty() && !more.content().is_empty() {
        message.parts.push(Part::Text("\n\n".to_owned()));
    }
    message.parts.extend(more.parts.iter().cloned());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{ChatTemplate, Error, TemplateInput};

    /// As the templates of Gemma 2 and Mistral check.
    const STRICT: &str = "{% for m in messages %}{% if m.role == 'system' %}{{ raise_exception('System role not supported') }}\
        {% endif %}{% if (m.role == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('must alternate') }}{% endif %}\
        [{{ m.role }}] {{ m.content }}\n{% endfor %}";

    fn rendered(messages: &[Message]) -> Result<String, Error> {
        ChatTemplate::new(STRICT, &[])?.render(messages, TemplateInput::default())
    }

    #[test]
    fn a_strict_template_gets_what_it_takes() {
        let talk = [
            Message::system("Be brief."),
            Message::user("One"),
            Message::user("Two"),
            Message::assistant("Three"),
            Message::user("Four"),
        ];
        let expected = "[user] Be brief.\n\nOne\n\nTwo\n[assistant] Three\n[user] Four\n";
        assert_eq!(rendered(&talk).unwrap(), expected);
        assert_eq!(rendered(&talk[1..]).unwrap(), expected.replace("Be brief.\n\n", ""));
        assert_eq!(rendered(&talk[2..]).unwrap(), "[user] Two\n[assistant] Three\n[user] Four\n");
    }

    #[test]
    fn what_no_form_helps_is_refused_in_the_templates_words() {
        let refused = rendered(&[Message::assistant("Hello")]);
        assert!(matches!(refused, Err(Error::TemplateRaised { message }) if message == "must alternate"));
    }

    #[test]
    fn a_template_that_takes_a_conversation_gets_it_as_it_is() {
        let template = ChatTemplate::new("{{ messages | length }}", &[]).unwrap();
        let talk = [Message::system("a"), Message::user("b"), Message::user("c")];
        assert_eq!(template.render(&talk, TemplateInput::default()).unwrap(), "3");
    }
}
