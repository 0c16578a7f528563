//! Branches, deletions, options and the store's part in them: commands and events in, state and effects out.

mod parts;

use nibble::command::{ChatCommand, ChatsCommand, SettingsCommand, ViewCommand};
use nibble::jobs::{Death, JobEvent, Lane};
use nibble::state::{
    ChatHead, ChatId, ChatMessage, Chats, Hit, Keeping, MessageId, NoticeTopic, Outcome, Phase, Reading,
    ReplyOptions, State, Style, Titles,
};
use nibble::store::{StoreCommand, StoreEvent};
use nibble::update::{Effect, absorb, apply};
use nibble_engine::jobs::{Ask, ChatRequest, Delta, Event, Part, Role};
use nibble_engine::session::StopReason;

use parts::{asked, death, exchange, fresh, loaded, replied, said, shown, state_with_talk, stored, talk};

fn tell(state: &mut State, event: StoreEvent) -> Vec<Effect> {
    absorb(state, JobEvent::Store(event), 0.0)
}

fn request(effects: &[Effect]) -> &ChatRequest {
    let request = asked(effects)
        .into_iter()
        .find_map(|ask| if let Ask::Chat(request) = ask { Some(request) } else { None });
    request.expect("a reply is asked for")
}

fn head(id: u64, title: &str) -> ChatHead {
    let mut state = fresh();
    let empty = state.chats.start(false, 0);
    let head = state.chats.find(empty).expect("it was just begun").head.clone();
    ChatHead { id: ChatId(id), title: title.into(), leaf: Some(MessageId(id + 2)), ..head }
}

fn message(id: u64, parent: Option<u64>, text: &str) -> ChatMessage {
    ChatMessage {
        id: MessageId(id),
        parent: parent.map(MessageId),
        role: if parent.is_some() { Role::Assistant } else { Role::User },
        text: text.into(),
        reasoning: String::new(),
        files: Vec::new(),
        outcome: Outcome::Written,
        created: 0,
        model: String::new(),
    }
}

#[test]
fn another_reply_is_a_version_of_the_first() {
    let mut state = state_with_talk();
    exchange(&mut state, "hi", "Hello");
    let first = shown(&state)[1].id;
    let effects = apply(&mut state, ChatCommand::Regenerate);
    assert_eq!(request(&effects).messages.len(), 1);
    talk(&mut state, Event::Delta(Delta::Content("Good day".into())));
    talk(&mut state, Event::Replied(replied(StopReason::Eos)));
    assert_eq!(said(&state), ["hi", "Good day"]);
    let chat = state.chats.current().unwrap();
    assert_eq!(chat.messages.versions(first).len(), 2);
    apply(&mut state, ChatCommand::ShowVersion(first));
    assert_eq!(said(&state), ["hi", "Hello"]);
    assert_eq!(state.chats.current().unwrap().head.leaf, Some(first));
}

#[test]
fn an_edited_message_begins_a_branch_and_the_old_one_stays() {
    let mut state = state_with_talk();
    exchange(&mut state, "hi", "Hello");
    exchange(&mut state, "bye", "Good bye");
    let first = shown(&state)[0].id;
    assert!(apply(&mut state, ChatCommand::Edit(first, " hi ".into())).is_empty(), "nothing was changed");
    let effects = apply(&mut state, ChatCommand::Edit(first, "good morning".into()));
    assert_eq!(request(&effects).messages[0].content(), "good morning");
    talk(&mut state, Event::Delta(Delta::Content("Morning".into())));
    talk(&mut state, Event::Replied(replied(StopReason::Eos)));
    assert_eq!(said(&state), ["good morning", "Morning"]);
    apply(&mut state, ChatCommand::ShowVersion(first));
    assert_eq!(said(&state), ["hi", "Hello", "bye", "Good bye"]);
}

#[test]
fn a_cut_reply_is_written_on() {
    let mut state = state_with_talk();
    apply(&mut state, ChatCommand::Send("count".into()));
    talk(&mut state, Event::Delta(Delta::Content("one, ".into())));
    assert!(apply(&mut state, ChatCommand::Continue).is_empty(), "it still grows");
    talk(&mut state, Event::Replied(replied(StopReason::Length)));
    let effects = apply(&mut state, ChatCommand::Continue);
    let request = request(&effects);
    assert_eq!(request.messages.last().unwrap().content(), "one, ");
    assert_eq!(request.messages.last().unwrap().role, Role::Assistant);
    talk(&mut state, Event::Delta(Delta::Content("two".into())));
    talk(&mut state, Event::Replied(replied(StopReason::Eos)));
    assert_eq!(said(&state), ["count", "one, two"]);
    assert!(apply(&mut state, ChatCommand::Continue).is_empty(), "the model had no more to say");
}

#[test]
fn a_load_that_fails_brings_the_old_version_back() {
    let mut state = state_with_talk();
    exchange(&mut state, "hi", "Hello");
    apply(&mut state, SettingsCommand::SetContext(Some(8192)));
    talk(&mut state, Event::Unloaded);
    apply(&mut state, ChatCommand::Regenerate);
    assert_eq!(said(&state), ["hi"]);
    talk(&mut state, Event::Failed(nibble_engine::jobs::Failure { message: "no".into(), details: vec![] }));
    assert_eq!(said(&state), ["hi", "Hello"]);
    assert_eq!(state.engine.phase, Phase::Idle);
}

#[test]
fn deleting_takes_what_follows_and_can_be_undone() {
    let mut state = state_with_talk();
    exchange(&mut state, "hi", "Hello");
    exchange(&mut state, "bye", "Good bye");
    let (reply, last) = (shown(&state)[1].id, shown(&state)[3].id);
    let effects = apply(&mut state, ChatCommand::DeleteMessage(reply));
    assert_eq!(said(&state), ["hi"]);
    assert!(matches!(stored(&effects)[..], [_, StoreCommand::DeleteMessages(ids)] if ids.len() == 3));
    let undo = state.notices.open.last().unwrap().next_step.clone().unwrap();
    let effects = apply(&mut state, undo);
    assert_eq!(said(&state), ["hi", "Hello", "bye", "Good bye"]);
    let saved = stored(&effects);
    assert_eq!(saved.iter().filter(|asked| matches!(asked, StoreCommand::SaveMessage(..))).count(), 3);
    assert_eq!(state.chats.current().unwrap().head.leaf, Some(last));
}

#[test]
fn a_deleted_chat_comes_back_with_its_growing_reply() {
    let mut state = state_with_talk();
    apply(&mut state, ChatCommand::Send("hi".into()));
    let chat = state.chats.current.unwrap();
    let effects = apply(&mut state, ChatsCommand::Delete(chat));
    assert!(stored(&effects).contains(&&StoreCommand::SetDeleted(chat, true)));
    talk(&mut state, Event::Delta(Delta::Content("Hel".into())));
    talk(&mut state, Event::Replied(replied(StopReason::Cancelled)));
    let undo = state.notices.open.last().unwrap().next_step.clone().unwrap();
    let effects = apply(&mut state, undo);
    assert!(stored(&effects).contains(&&StoreCommand::SetDeleted(chat, false)));
    assert_eq!(state.chats.current, Some(chat));
    assert_eq!(said(&state), ["hi", "Hel"]);

    apply(&mut state, ChatsCommand::Delete(chat));
    let notice = state.notices.open.last().unwrap().id;
    let effects = apply(&mut state, ViewCommand::Dismiss(notice));
    assert_eq!(stored(&effects), [&StoreCommand::Purge(chat)]);
}

#[test]
fn every_step_of_an_exchange_reaches_the_store() {
    let mut state = state_with_talk();
    let effects = apply(&mut state, ChatCommand::Send("hi".into()));
    let [
        StoreCommand::SaveChat(_),
        StoreCommand::SaveMessage(_, question),
        StoreCommand::SaveChat(head),
        StoreCommand::Begin(_, reply),
    ] = stored(&effects)[..]
    else {
        panic!("{effects:?}")
    };
    assert_eq!((question.text.as_str(), head.leaf), ("hi", Some(reply.id)));
    let effects = talk(&mut state, Event::Delta(Delta::Content("Hel".into())));
    assert_eq!(stored(&effects), [&StoreCommand::Append(reply.id, Delta::Content("Hel".into()))]);
    let effects = talk(&mut state, Event::Replied(replied(StopReason::Eos)));
    assert!(matches!(stored(&effects)[..], [_, StoreCommand::SaveMessage(_, saved)] if saved.text == "Hel"));
}

#[test]
fn a_reply_without_a_word_is_taken_out_of_the_store() {
    let mut state = state_with_talk();
    apply(&mut state, ChatCommand::Send("hi".into()));
    let effects = talk(&mut state, Event::Cancelled);
    assert!(matches!(stored(&effects)[..], [_, StoreCommand::DeleteMessages(ids)] if ids.len() == 1));
    assert_eq!(said(&state), ["hi"]);
}

#[test]
fn temporary_chats_are_never_stored() {
    let mut state = state_with_talk();
    let mut effects = apply(&mut state, ChatsCommand::NewTemporary);
    let chat = state.chats.current.unwrap();
    effects.extend(apply(&mut state, ChatsCommand::SaveDraft(chat, "psst".into())));
    effects.extend(apply(&mut state, ChatCommand::Send("psst".into())));
    effects.extend(talk(&mut state, Event::Delta(Delta::Content("What?".into()))));
    effects.extend(talk(&mut state, Event::Replied(replied(StopReason::Eos))));
    effects.extend(apply(&mut state, ChatsCommand::Rename(chat, "Secret".into())));
    effects.extend(apply(&mut state, ChatsCommand::Delete(chat)));
    assert!(stored(&effects).is_empty(), "{effects:?}");
}

#[test]
fn stored_chats_are_listed_at_once_and_read_when_opened() {
    let mut state = state_with_talk();
    exchange(&mut state, "hi", "Hello");
    let chats = vec![head(1_000_000, "Long ago")];
    tell(&mut state, StoreEvent::Opened { chats, newest: 2_000_000, set_aside: None });
    assert_eq!(state.keeping, Keeping::OnDisk);
    let old = ChatId(1_000_000);
    let effects = apply(&mut state, ChatsCommand::Open(old));
    assert_eq!(stored(&effects), [&StoreCommand::Read(old)]);
    assert!(stored(&apply(&mut state, ChatsCommand::Open(old))).is_empty(), "it was asked for already");
    tell(&mut state, StoreEvent::Failed { reason: "the disk sleeps".into() });
    let effects = apply(&mut state, ChatsCommand::Open(old));
    assert_eq!(stored(&effects), [&StoreCommand::Read(old)], "what failed is asked for again");
    assert!(
        apply(&mut state, ChatCommand::Send("wait".into())).is_empty(),
        "what was said before is not known yet"
    );
    let messages = vec![message(1_000_001, None, "Who?"), message(1_000_002, Some(1_000_001), "Me.")];
    tell(&mut state, StoreEvent::Messages(old, messages));
    assert_eq!(said(&state), ["Who?", "Me."]);
    let effects = apply(&mut state, ChatCommand::Send("And now?".into()));
    assert_eq!(request(&effects).messages.len(), 3);
    assert!(shown(&state).last().unwrap().id.0 > 2_000_000, "numbers go on where the store ends");
}

#[test]
fn a_search_opens_the_branch_that_holds_what_was_found() {
    let mut state = state_with_talk();
    tell(&mut state, StoreEvent::Opened { chats: vec![head(100, "Tea")], newest: 200, set_aside: None });
    let effects = apply(&mut state, ChatsCommand::Search("boil".into()));
    let [StoreCommand::Search { query, round }] = stored(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!(query, "boil");
    let hit = Hit { chat: ChatId(100), message: MessageId(103), excerpt: "Boiling.".into() };
    tell(&mut state, StoreEvent::Found { round: round - 1, hits: vec![] });
    assert!(state.search.waiting, "an answer to an earlier question");
    tell(&mut state, StoreEvent::Found { round: *round, hits: vec![hit.clone()] });
    assert_eq!(state.search.hits, [hit]);
    apply(&mut state, ChatsCommand::OpenHit(ChatId(100), MessageId(103)));
    let messages = vec![
        message(101, None, "Hot?"),
        message(102, Some(101), "Cool."),
        message(103, Some(101), "Boiling."),
    ];
    tell(&mut state, StoreEvent::Messages(ChatId(100), messages));
    assert_eq!(said(&state), ["Hot?", "Boiling."]);
    assert_eq!(state.sought, Some(MessageId(103)));
    apply(&mut state, ChatsCommand::Arrived);
    assert_eq!(state.sought, None);
}

#[test]
fn a_chat_keeps_its_own_options() {
    let mut state = state_with_talk();
    let chat = state.chats.current.unwrap();
    let mut options = Style::Precise.options();
    options.generate.temperature = 9.0;
    options.generate.top_p = f32::NAN;
    apply(&mut state, ChatsCommand::SetReplies(chat, Some(options)));
    let effects = apply(&mut state, ChatCommand::Send("hi".into()));
    let options = &request(&effects).options;
    assert!(options.check().is_ok());
    assert_eq!((options.top_k, options.top_p), (20, ReplyOptions::default().generate.top_p));
    talk(&mut state, Event::Cancelled);
    apply(&mut state, ChatsCommand::SetReplies(chat, None));
    let effects = apply(&mut state, ChatCommand::Regenerate);
    assert_eq!(request(&effects).options, state.settings.replies.generate);
}

#[test]
fn presets_are_kept_with_the_settings() {
    let mut state = fresh();
    let options = ReplyOptions { system_prompt: "Be a pirate".into(), ..ReplyOptions::default() };
    let effects = apply(&mut state, SettingsCommand::SavePreset(" Pirate ".into(), options.clone()));
    assert!(matches!(&effects[..], [Effect::Save(settings)] if settings.presets[0].name == "Pirate"));
    apply(&mut state, SettingsCommand::SavePreset("Pirate".into(), options));
    assert_eq!(state.settings.presets.len(), 1);
    apply(&mut state, SettingsCommand::Reset);
    assert_eq!(state.settings.presets.len(), 1);
    apply(&mut state, SettingsCommand::DeletePreset("Pirate".into()));
    assert!(state.settings.presets.is_empty());
}

#[test]
fn without_a_store_chats_last_and_the_person_is_told() {
    let mut state = state_with_talk();
    tell(&mut state, StoreEvent::NotOpened { reason: "read-only".into() });
    assert!(matches!(state.notices.open[0].topic, NoticeTopic::ChatsNotKept { .. }));
    exchange(&mut state, "hi", "Hello");
    let first = state.chats.current.unwrap();
    apply(&mut state, ChatsCommand::New);
    assert!(apply(&mut state, ChatsCommand::Open(first)).is_empty());
    assert_eq!(said(&state), ["hi", "Hello"]);
    assert_eq!(state.chats.find(first).unwrap().reading, Reading::Read);
    talk(&mut state, Event::Loaded(loaded("/m/a.gguf".as_ref())));
}

#[test]
fn the_model_names_a_chat_after_its_first_reply() {
    let mut state = state_with_talk();
    apply(&mut state, ChatCommand::Send("how do I bake a good bread".into()));
    talk(&mut state, Event::Delta(Delta::Content("With time.".into())));
    let effects = talk(&mut state, Event::Replied(replied(StopReason::Eos)));
    let request = request(&effects);
    assert_eq!(request.messages.len(), 3, "the conversation and the wish for a title");
    assert!(request.options.temperature == 0.0);
    talk(&mut state, Event::Delta(Delta::Content("\"Baking".into())));
    talk(&mut state, Event::Delta(Delta::Content(" bread\"".into())));
    let effects = talk(&mut state, Event::Replied(replied(StopReason::Stop)));
    assert_eq!(state.chats.current().unwrap().head.title, "Baking bread");
    assert!(matches!(stored(&effects)[..], [StoreCommand::SaveChat(_)]));
    assert_eq!(said(&state), ["how do I bake a good bread", "With time."]);
    apply(&mut state, ChatCommand::Send("thanks".into()));
    talk(&mut state, Event::Delta(Delta::Content("Gladly".into())));
    talk(&mut state, Event::Replied(replied(StopReason::Eos)));
    assert!(!state.uses_model(), "a chat is named once");
}

#[test]
fn a_message_sent_while_a_title_is_made_waits_and_is_answered() {
    let mut state = state_with_talk();
    apply(&mut state, ChatCommand::Send("hi".into()));
    talk(&mut state, Event::Delta(Delta::Content("Hello".into())));
    talk(&mut state, Event::Replied(replied(StopReason::Eos)));
    assert!(state.pending.titled_chat().is_some());
    apply(&mut state, ChatCommand::Send("and you?".into()));
    assert!(state.pending.waiting_chat().is_some());
    let effects = talk(&mut state, Event::Replied(replied(StopReason::Eos)));
    assert_eq!(request(&effects).messages.last().unwrap().content(), "and you?");
    assert_eq!(state.pending.waiting_chat(), None);
}

#[test]
fn a_name_given_by_the_person_stays() {
    let mut state = state_with_talk();
    let chat = state.chats.current.unwrap();
    apply(&mut state, ChatCommand::Send("hi".into()));
    talk(&mut state, Event::Delta(Delta::Content("Hello".into())));
    talk(&mut state, Event::Replied(replied(StopReason::Eos)));
    apply(&mut state, ChatsCommand::Rename(chat, "Mine".into()));
    talk(&mut state, Event::Delta(Delta::Content("Greetings".into())));
    talk(&mut state, Event::Replied(replied(StopReason::Eos)));
    assert_eq!(state.chats.current().unwrap().head.title, "Mine");
}

#[test]
fn titles_are_first_words_if_the_person_wants_that() {
    let mut state = state_with_talk();
    apply(&mut state, SettingsCommand::SetTitles(Titles::FirstWords));
    apply(&mut state, ChatCommand::Send("hi".into()));
    talk(&mut state, Event::Delta(Delta::Content("Hello".into())));
    talk(&mut state, Event::Replied(replied(StopReason::Eos)));
    assert!(!state.uses_model());
}

#[test]
fn messages_of_chats_that_were_not_shown_for_long_are_let_go_and_read_again() {
    let mut state = fresh();
    let heads: Vec<_> = (1..=12).map(|n| head(n * 100, &format!("chat {n}"))).collect();
    let opened = StoreEvent::Opened { chats: heads, newest: 2000, set_aside: None };
    absorb(&mut state, JobEvent::Store(opened), 0.0);
    for n in 1..=12 {
        let id = ChatId(n * 100);
        apply(&mut state, ChatsCommand::Open(id));
        let messages =
            vec![message(n * 100 + 1, None, "hi"), message(n * 100 + 2, Some(n * 100 + 1), "Hello")];
        absorb(&mut state, JobEvent::Store(StoreEvent::Messages(id, messages)), 0.0);
    }
    let read = state.chats.all().iter().filter(|chat| chat.is_read()).count();
    assert_eq!(read, Chats::MOST_READ);
    assert!(!state.chats.find(ChatId(100)).unwrap().is_read());
    let effects = apply(&mut state, ChatsCommand::Open(ChatId(100)));
    assert!(matches!(stored(&effects)[..], [StoreCommand::Read(ChatId(100))]));
}

#[test]
fn reasoning_stays_apart_from_what_is_said_and_goes_back_as_a_part() {
    let mut state = state_with_talk();
    apply(&mut state, ChatCommand::Send("hi".into()));
    let reply = shown(&state)[1].id;
    let think = Delta::Reasoning("A greeting.".into());
    let effects = talk(&mut state, Event::Delta(think.clone()));
    assert_eq!(stored(&effects), [&StoreCommand::Append(reply, think)]);
    // A reply that breaks off in its reasoning stays, and is continued there.
    let effects = talk(&mut state, Event::Cancelled);
    assert!(matches!(stored(&effects)[..], [StoreCommand::SaveChat(_), StoreCommand::SaveMessage(..)]));
    let effects = apply(&mut state, ChatCommand::Continue);
    let begun = request(&effects).messages.last().unwrap();
    assert_eq!(begun.parts, [Part::Reasoning("A greeting.".into())]);
    talk(&mut state, Event::Delta(Delta::Content("Hello".into())));
    let effects = talk(&mut state, Event::Replied(replied(StopReason::Eos)));
    assert!(asked(&effects).is_empty(), "a model that reasons is asked for no title");
    assert_eq!(said(&state), ["hi", "Hello"]);
    let effects = apply(&mut state, ChatCommand::Send("again".into()));
    let parts = &request(&effects).messages[1].parts;
    assert_eq!(parts, &[Part::Reasoning("A greeting.".into()), Part::Text("Hello".into())]);
}

#[test]
fn a_message_that_waits_for_a_title_is_answered_although_the_model_must_be_loaded_again() {
    let has_died = |state: &State| death(state, Lane::Chat, Death::default());
    for dies in [false, true] {
        let mut state = state_with_talk();
        exchange_without_title(&mut state);
        apply(&mut state, ChatCommand::Send("and you?".into()));
        let effects = if dies {
            let died = has_died(&state);
            absorb(&mut state, died, 0.0)
        } else {
            apply(&mut state, SettingsCommand::SetContext(Some(8192)));
            talk(&mut state, Event::Replied(replied(StopReason::Eos)))
        };
        assert!(matches!(asked(&effects)[..], [Ask::Load(_)]), "{effects:?}");
        assert!(state.pending.waiting_chat().is_some());
        if !dies {
            talk(&mut state, Event::Unloaded);
        }
        let effects = talk(&mut state, Event::Loaded(loaded("/m/a.gguf".as_ref())));
        assert_eq!(request(&effects).messages.last().unwrap().content(), "and you?");
    }
}

/// A message and its reply, after which a title is being generated.
fn exchange_without_title(state: &mut State) {
    apply(state, ChatCommand::Send("hi".into()));
    talk(state, Event::Delta(Delta::Content("Hello".into())));
    talk(state, Event::Replied(replied(StopReason::Eos)));
    assert!(state.pending.titled_chat().is_some());
}
