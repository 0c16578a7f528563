//! Chats as files: exports of other programs come in with all their branches, ours go out and come back the same.

mod parts;

use nibble::command::{ChatCommand, ChatsCommand};
use nibble::import_export::{PortableChat, ReadError, read, read_export, write};
use nibble::jobs::{JobEvent, Task};
use nibble::state::{ChatFormat, Keeping, Reading};
use nibble::store::StoreCommand;
use nibble::update::{Effect, absorb, apply};
use nibble_engine::jobs::{Delta, Event, Role};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use parts::{exchange, said, shown, state_with_talk, stored};

fn texts(chat: &PortableChat) -> Vec<(Option<usize>, Role, &str)> {
    chat.messages.iter().map(|message| (message.parent, message.role, message.text.as_str())).collect()
}

#[test]
fn open_webui_comes_in_with_its_branches() {
    let chats = read(include_bytes!("data/exports/open_webui.json")).unwrap();
    let [tea, old] = &chats[..] else { panic!("{chats:?}") };
    assert_eq!((tea.title.as_str(), tea.created, tea.updated), ("Tea", 1_718_000_000, 1_718_000_020));
    assert!(tea.pinned && tea.archived);
    let mut found = texts(tea);
    found.sort_by_key(|(_, _, text)| *text);
    let place = |text| tea.messages.iter().position(|message| message.text == text);
    let question = place("How hot for green tea?");
    assert_eq!(
        found,
        [
            (question, Role::Assistant, "Boiling."),
            (None, Role::User, "How hot for green tea?"),
            (place("Boiling."), Role::User, "Really?"),
            (question, Role::Assistant, "Water at 80 °C."),
        ]
    );
    assert_eq!(tea.shown, place("Water at 80 °C."));
    assert_eq!(tea.messages[tea.shown.unwrap()].model, "llama3.2:3b");
    assert_eq!(old.created, 1_700_000_000);
    assert_eq!(
        texts(old),
        [(None, Role::System, "Be brief"), (Some(0), Role::User, "Hello"), (Some(1), Role::Assistant, "Hi")]
    );
}

#[test]
fn chatgpt_comes_in_without_its_tools() {
    let chats = read(include_bytes!("data/exports/conversations.json")).unwrap();
    let [chat] = &chats[..] else { panic!("{chats:?}") };
    assert_eq!((chat.title.as_str(), chat.created), ("Sorting in Python", 1_718_000_000));
    let mut found = texts(chat);
    found.sort_by_key(|(_, _, text)| *text);
    let question = chat.messages.iter().position(|message| message.role == Role::User);
    assert_eq!(
        found,
        [
            (question, Role::Assistant, "Call `list.sort`."),
            (None, Role::User, "How do I sort this list?"),
            (question, Role::Assistant, "Use `sorted`."),
        ]
    );
    assert_eq!(chat.messages[chat.shown.unwrap()].text, "Use `sorted`.");
    assert_eq!(chat.messages[chat.shown.unwrap()].model, "gpt-4o");
}

#[test]
fn what_is_no_export_is_told() {
    assert!(matches!(read(b"{"), Err(ReadError::NotJson(_))));
    assert!(matches!(read(b"{\"a\": 1}"), Err(ReadError::Unknown)));
    assert!(matches!(read(b"[]"), Err(ReadError::Empty)));
    assert!(matches!(read(b"[{\"mapping\": {}}]"), Err(ReadError::Empty)));
    let later = b"{\"format\": \"nibble-chats\", \"version\": 9, \"chats\": []}";
    assert!(matches!(read(later), Err(ReadError::Newer { found: 9, known: 1 })));
}

#[test]
fn each_chat_is_judged_by_itself() {
    let webui = r#"{"title": "A", "chat": {"title": "A", "history": {"messages": {}},
        "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}}"#;
    let chatgpt = r#"{"title": "B", "current_node": "n", "mapping": {"n": {"id": "n", "message":
        {"author": {"role": "user"}, "content": {"content_type": "text", "parts": ["Hey"]}}}}}"#;
    let file = format!(r#"[null, {webui}, {{"title": "C", "odd": NaN}}, {chatgpt}, {{"mapping": {{}}}}]"#);
    for file in [file.clone(), format!("\u{feff}{file}")] {
        let export = read_export(file.as_bytes()).unwrap();
        let titles: Vec<&str> = export.chats.iter().map(|chat| chat.title.as_str()).collect();
        assert_eq!(titles, ["A", "B"]);
        assert_eq!(export.chats[0].messages.len(), 2);
        assert_eq!(export.left_out, ["1.", "3. C"]);
    }
    let ours = r#"{"format": "nibble-chats", "version": 1, "chats": [{"title": "D", "messages": 7},
        {"title": "E", "messages": [{"parent": null, "role": "user", "text": "Hi"}]}]}"#;
    let export = read_export(ours.as_bytes()).unwrap();
    assert_eq!(
        (export.chats.len(), export.chats[0].title.as_str(), export.left_out),
        (1, "E", vec!["1. D".to_owned()])
    );
}

#[test]
fn what_python_writes_of_broken_text_is_read_and_an_archive_is_named() {
    let text = br#"{"messages": [{"role": "user", "content": "a \ud83d b \udc00 \ud83d\ude00 \\ud83d"}]}"#;
    let chats = read(text).unwrap();
    assert_eq!(chats[0].messages[0].text, "a \u{fffd} b \u{fffd} \u{1f600} \\ud83d");
    let zip = read(b"PK\x03\x04rest").unwrap_err();
    assert!(matches!(zip, ReadError::Zip) && zip.to_string().contains("conversations.json"));
}

#[test]
fn a_message_of_pictures_alone_is_kept_and_reasoning_comes_apart() {
    let text = br#"{"messages": [{"role": "user", "content": "", "files": [{"type": "image", "url": "data:"}]},
        {"role": "assistant", "content": "<details type=\"reasoning\" done=\"true\">\n<summary>Thought</summary>\n> A cat.\n</details>\nA cat"},
        {"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]}"#;
    let chats = read(text).unwrap();
    let [picture, reply, again] = &chats[0].messages[..] else { panic!("{chats:?}") };
    assert_eq!((picture.text.as_str(), again.text.as_str()), ("[picture]", "[picture]"));
    assert_eq!((reply.reasoning.as_str(), reply.text.as_str()), ("A cat.", "A cat"));
}

#[test]
fn circles_and_orphans_are_no_trouble() {
    let node = |id: &str, parent: &str| {
        format!(
            r#""{id}": {{"parent": "{parent}", "message": {{"author": {{"role": "user"}},
            "content": {{"content_type": "text", "parts": ["{id}"]}}}}}}"#
        )
    };
    let nodes = [node("a", "b"), node("b", "a"), node("c", "nowhere"), node("d", "d")].join(",");
    let json = format!(r#"[{{"mapping": {{{nodes}}}, "current_node": "gone"}}]"#);
    let chats = read(json.as_bytes()).unwrap();
    assert_eq!(chats[0].messages.len(), 4);
    for (at, message) in chats[0].messages.iter().enumerate() {
        assert!(message.parent.is_none_or(|parent| parent < at));
    }
}

#[test]
fn our_own_export_comes_back_the_same() {
    let mut state = state_with_talk();
    exchange(&mut state, "How hot?", "Boiling.");
    exchange(&mut state, "Really?", "80 °C.");
    let first = shown(&state)[0].id;
    apply(&mut state, ChatCommand::Edit(first, "How hot for green tea?".into()));
    parts::talk(&mut state, Event::Delta(Delta::Content("80 °C.".into())));
    let chat = state.chats.current().unwrap();
    let json = write(chat, ChatFormat::Json);
    assert_eq!(read(json.as_bytes()).unwrap(), [PortableChat::of(chat)]);

    let markdown = write(chat, ChatFormat::Markdown);
    let expected = "# How hot?\n\n## You\n\nHow hot for green tea?\n\n## a\n\n80 °C.\n";
    assert_eq!(markdown, expected);
}

#[test]
fn imported_chats_get_numbers_of_their_own_and_go_to_the_store() {
    let mut state = state_with_talk();
    exchange(&mut state, "hi", "Hello");
    let chats = read(include_bytes!("data/exports/open_webui.json")).unwrap();
    absorb(&mut state, JobEvent::ChatsRead(chats.clone()), 0.0);
    let tea = state.chats.all().iter().find(|chat| chat.head.title == "Tea").unwrap();
    assert_eq!(tea.reading, Reading::Read, "without a store they stay in memory");
    let tea = tea.id();
    apply(&mut state, ChatsCommand::Open(tea));
    assert_eq!(said(&state), ["How hot for green tea?", "Water at 80 °C."]);

    state.keeping = Keeping::OnDisk;
    let effects = absorb(&mut state, JobEvent::ChatsRead(chats), 0.0);
    let [StoreCommand::Import(imported)] = stored(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!(imported.len(), 2);
    let again = state.chats.find(imported[0].head.id).unwrap();
    assert_eq!(again.reading, Reading::Unread);
    assert_ne!(again.id(), tea);
}

#[test]
fn an_export_is_written_where_the_person_says() {
    let mut state = state_with_talk();
    exchange(&mut state, "What is 1/2?", "Half.");
    let chat = state.chats.current.unwrap();
    let effects = apply(&mut state, ChatsCommand::Export(chat, ChatFormat::Markdown));
    let [Effect::Task(Task::WriteChat { name, text })] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(name, "What-is-1-2.md");
    assert!(text.contains("Half."));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, rng_seed: RngSeed::Fixed(20_261_124), ..ProptestConfig::default() })]

    /// Whatever stands where a number, a text or a list should, the answer is chats or an error.
    #[test]
    fn scrambled_exports_never_panic(at in 0_usize..4000, with in "[\\[\\]{}\",:0-9a-z]{0,6}") {
        let texts =
            [include_str!("data/exports/open_webui.json"), include_str!("data/exports/conversations.json")];
        for text in texts {
            let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
            let end = (at + with.len()..text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
            let _ = read(format!("{}{with}{}", &text[..at], &text[end..]).as_bytes());
        }
    }
}

#[test]
fn exports_keep_reasoning_and_earlier_ones_are_parted() {
    let mut state = state_with_talk();
    apply(&mut state, ChatCommand::Send("hi".into()));
    for delta in [Delta::Reasoning("A greeting.\nShort.".into()), Delta::Content("Hello".into())] {
        parts::talk(&mut state, Event::Delta(delta));
    }
    let chat = state.chats.current().unwrap();
    let json = write(chat, ChatFormat::Json);
    assert_eq!(read(json.as_bytes()).unwrap(), [PortableChat::of(chat)]);
    let markdown = write(chat, ChatFormat::Markdown);
    assert!(markdown.ends_with("## a\n\n> A greeting.\n> Short.\n\nHello\n"), "{markdown}");

    // As an earlier version, or another program, wrote it.
    let mut earlier = PortableChat::of(chat);
    earlier.messages[1].text = "<think>\nA greeting.\n</think>\n\nHello".into();
    earlier.messages[1].reasoning = String::new();
    absorb(&mut state, JobEvent::ChatsRead(vec![earlier]), 0.0);
    let imported = state.chats.all().last().unwrap().id();
    apply(&mut state, ChatsCommand::Open(imported));
    let reply = shown(&state)[1];
    assert_eq!((reply.reasoning.as_str(), reply.text.as_str()), ("A greeting.", "Hello"));
}
