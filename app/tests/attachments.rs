//! Text files attached to a message: read, counted, sent, kept with it.

mod parts;

use nibble::command::{ChatCommand, ChatsCommand};
use nibble::jobs::{JobEvent, Lane, Task};
use nibble::state::{NoText, NoticeTopic, State};
use nibble::update::{Effect, absorb, apply};
use nibble_engine::jobs::{Ask, ChatRequest, CountRequest, Event, ModelId};

use parts::{asked, asked_by, exchange, fresh, shown, state_with_talk, talk};

/// Attaches a file that says `text`.
fn attach(state: &mut State, name: &str, text: &str) -> Vec<Effect> {
    let effects = apply(state, ChatCommand::Attach(format!("/files/{name}").into()));
    let [Effect::Task(Task::ReadAttachment { chat, path })] = &effects[..] else { panic!("{effects:?}") };
    let read = Ok(text.to_owned());
    absorb(state, JobEvent::AttachmentRead { chat: *chat, path: path.clone(), read }, 0.0)
}

fn chat_request(effects: &[Effect]) -> &ChatRequest {
    let request = asked(effects)
        .into_iter()
        .find_map(|ask| if let Ask::Chat(request) = ask { Some(request) } else { None });
    request.expect("a reply is asked for")
}

#[test]
fn a_file_is_counted_by_the_model_and_goes_before_the_message() {
    let mut state = state_with_talk();
    let effects = attach(&mut state, "notes.md", "# Tea\n");
    let in_prompt = "notes.md:\n```\n# Tea\n```\n\n";
    assert_eq!(
        effects.iter().map(asked_by).collect::<Vec<_>>(),
        [Some((Lane::Chat, &Ask::Count(CountRequest { model: ModelId(1), texts: vec![in_prompt.into()] })))]
    );
    talk(&mut state, Event::Counted(vec![12]));
    assert_eq!(state.chats.current().unwrap().pending[0].tokens, Some(12));
    let effects = apply(&mut state, ChatCommand::Send("What is it about?".into()));
    assert_eq!(chat_request(&effects).messages[0].content(), format!("{in_prompt}What is it about?"));
    let message = shown(&state)[0];
    assert_eq!((message.text.as_str(), message.files[0].name.as_str()), ("What is it about?", "notes.md"));
    assert!(state.chats.current().unwrap().pending.is_empty());
}

#[test]
fn a_file_can_be_sent_alone_and_stays_when_the_message_is_edited() {
    let mut state = state_with_talk();
    attach(&mut state, "a.txt", "one");
    talk(&mut state, Event::Counted(vec![3]));
    exchange(&mut state, "", "A number");
    let first = shown(&state)[0].id;
    let effects = apply(&mut state, ChatCommand::Edit(first, "Translate".into()));
    let content = &chat_request(&effects).messages[0].content();
    assert!(content.contains("one") && content.ends_with("Translate"), "{content}");
}

#[test]
fn a_file_taken_off_is_not_sent_and_its_count_is_not_given_to_another() {
    let mut state = state_with_talk();
    attach(&mut state, "a.txt", "one");
    attach(&mut state, "b.txt", "two");
    apply(&mut state, ChatCommand::Detach(0));
    talk(&mut state, Event::Counted(vec![5, 7]));
    let pending = &state.chats.current().unwrap().pending;
    assert_eq!((pending.len(), pending[0].file.name.as_str(), pending[0].tokens), (1, "b.txt", None));
    apply(&mut state, ChatCommand::Detach(4));
}

#[test]
fn files_wait_in_their_own_chat_and_are_counted_when_a_model_comes() {
    let mut state = fresh();
    let effects = attach(&mut state, "a.txt", "one");
    assert!(effects.is_empty(), "there is nothing to count with");
    apply(&mut state, ChatsCommand::New);
    assert!(state.chats.current().unwrap().pending.is_empty(), "a chat with a file is not empty");
}

#[test]
fn what_is_no_text_is_told_with_the_way_to_another_file() {
    let mut state = state_with_talk();
    let chat = state.chats.current.unwrap();
    let read = Err(NoText::NotText);
    absorb(&mut state, JobEvent::AttachmentRead { chat, path: "/files/a.png".into(), read }, 0.0);
    let notice = state.notices.open.last().unwrap();
    assert!(matches!(notice.topic, NoticeTopic::NotAttached { .. }));
    assert_eq!(notice.next_step, Some(ChatCommand::ChooseAttachment.into()));
    assert!(nibble::text::notices::wording(&notice.topic).sentence.contains("a.png cannot be attached"));
}
