//! What a stranger does in the first hour: types, chooses models, waits for answers, looks at the settings, by keyboard alone too.

mod parts;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable};
use nibble::command::{ChatCommand, ChatsCommand, ModelCommand, SettingsCommand, ViewCommand};
use nibble::jobs::{JobEvent, Lane, Task};
use nibble::state::{Screen, SettingsPage, ThemeChoice, TokenState};
use nibble_engine::hardware::SystemMemory;
use nibble_engine::jobs::protocol::ModelOrigin;
use nibble_engine::jobs::{Ask, Delta, Event, Failure};
use nibble_engine::progress::Progress;
use nibble_engine::session::StopReason;

use parts::hub::shelved;
use parts::window::Window;
use parts::{loaded, quantized, replied, summary};

const FIRST: &str = "/models/first-q4_k_m.gguf";
const SECOND: &str = "/models/second-q8_0.gguf";

/// A window with two models on this machine, the first of them loaded.
fn with_two_models() -> Window {
    let mut window = Window::open();
    let models = [FIRST, SECOND].map(|path| {
        let name = path.trim_start_matches("/models/").trim_end_matches(".gguf");
        shelved(name, path, ModelOrigin::Made)
    });
    window.send(ViewCommand::Show(Screen::Models));
    window.tell(Lane::Library, Event::Listed(models.to_vec()));
    window.send(ModelCommand::ChatWith(FIRST.into()));
    window.tell(Lane::Chat, Event::Loaded(loaded(FIRST.as_ref())));
    window
}

fn composer(window: &Window) -> String {
    let node = window.harness.get_by_role_and_label(Role::MultilineTextInput, "Message");
    node.accesskit_node().value().unwrap_or_default()
}

/// Types as a person does: to whatever has the keyboard.
fn type_text(window: &mut Window, words: &str) {
    window.harness.event(egui::Event::Text(words.into()));
    window.run();
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.harness.key_press_modifiers(modifiers, key);
    window.run();
}

/// Walks with Tab until what has the keyboard begins with this name, as a screen reader says it.
fn tab_to(window: &mut Window, name: &str) {
    let mut heard = Vec::new();
    for _ in 0..120 {
        press(window, Modifiers::NONE, Key::Tab);
        let nodes = window.harness.root().children_recursive();
        let focused = nodes.into_iter().find(|node| node.accesskit_node().is_focused());
        let said = focused.and_then(|node| node.accesskit_node().label()).unwrap_or_default();
        if said.starts_with(name) {
            return;
        }
        heard.push(said);
    }
    panic!("the keyboard does not come to {name}: {heard:#?}");
}

/// A first start: the built-in model waits in a chat.
fn first_start() -> Window {
    let mut window = Window::open();
    let starter = shelved("nibble-starter", "/home/starter", ModelOrigin::BuiltIn);
    window.tell_job(JobEvent::ListingRead { models: vec![starter], missing: Vec::new() });
    assert_eq!(window.state().screen, Screen::Chat);
    window
}

const STARTER: &str = "/home/models/Nibble-Starter-int4.gguf";

/// The built-in model is quantized and loaded, and answers.
fn starter_answers(window: &mut Window) {
    window.tell(Lane::Chat, Event::Quantized(quantized(STARTER.as_ref())));
    window.tell(Lane::Chat, Event::Loaded(loaded(STARTER.as_ref())));
    window.tell(Lane::Chat, Event::Delta(Delta::Content("A desktop program.".into())));
    window.tell(Lane::Chat, Event::Replied(replied(StopReason::Eos)));
    assert!(window.sees("A desktop program."));
}

#[test]
fn the_first_answer_is_one_click_away() {
    let mut window = first_start();
    window.click("What is Nibble?");
    starter_answers(&mut window);
}

#[test]
fn from_the_first_start_to_a_quantized_model_the_keyboard_is_enough() {
    let mut window = first_start();
    type_text(&mut window, "What is Nibble?");
    press(&mut window, Modifiers::NONE, Key::Enter);
    starter_answers(&mut window);

    // A recommended model, found by the palette.
    press(&mut window, Modifiers::COMMAND, Key::K);
    type_text(&mut window, "find models");
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(window.state().screen, Screen::Discover);
    let memory = SystemMemory { available_bytes: 8_000_000_000, total_bytes: 16_000_000_000 };
    window.tell_job(JobEvent::MemorySeen(memory));
    tab_to(&mut window, "Download");
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert!(matches!(window.last_asked(), Some((Lane::Download, Ask::Fetch(_)))));

    // A folder: its dialog is the system's.
    press(&mut window, Modifiers::COMMAND, Key::O);
    assert_eq!(window.script.borrow().tasks.last(), Some(&Task::PickFolder));
    window.send(ModelCommand::Open("/m/a".into()));
    window.tell(Lane::Inspect, Event::Inspected(summary("/m/a")));
    press(&mut window, Modifiers::COMMAND, Key::Enter);
    assert!(
        window
            .script
            .borrow()
            .asked
            .iter()
            .any(|(lane, ask)| *lane == Lane::Quantize && matches!(ask, Ask::Quantize(_)))
    );
    window.tell(Lane::Quantize, Event::Quantized(quantized("/home/models/a-int4.gguf".as_ref())));
    window.tell(Lane::Chat, Event::Loaded(loaded("/home/models/a-int4.gguf".as_ref())));
    type_text(&mut window, "Hello");
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert!(matches!(window.last_asked(), Some((Lane::Chat, Ask::Chat(_)))));
    press(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!(window.script.borrow().cancelled.last(), Some(&Lane::Chat), "Escape stops the reply");

    // Settings, and back.
    press(&mut window, Modifiers::COMMAND, Key::Comma);
    tab_to(&mut window, "Appearance");
    press(&mut window, Modifiers::NONE, Key::Enter);
    tab_to(&mut window, "Theme: Dark");
    press(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(window.state().settings.theme, ThemeChoice::Dark);
    press(&mut window, Modifiers::COMMAND, Key::Comma);
    assert_eq!(window.state().screen, Screen::Chat);
}

#[test]
fn what_is_typed_in_a_chat_comes_to_the_composer_whatever_was_clicked_before() {
    let mut window = with_two_models();
    window.click("New chat");
    type_text(&mut window, "a");
    assert_eq!(composer(&window), "a", "after New chat where the chat was empty");
    window.exchange("hello", "hi");
    window.press_last("Copy");
    type_text(&mut window, "c");
    assert!(composer(&window).ends_with('c'), "after a tool of a message: {}", composer(&window));
    window.click("Chat settings");
    window.click("Close chat settings");
    type_text(&mut window, "d");
    assert!(composer(&window).ends_with("cd"), "after the drawer: {}", composer(&window));
    window.press_last("Delete from here on");
    type_text(&mut window, "e");
    assert!(composer(&window).ends_with("cde"), "after deleting: {}", composer(&window));
    window.click("Undo");
    type_text(&mut window, "f");
    assert!(composer(&window).ends_with("cdef"), "after undoing: {}", composer(&window));
    for _ in 0..3 {
        press(&mut window, Modifiers::NONE, Key::Tab);
    }
    type_text(&mut window, "g");
    assert!(composer(&window).ends_with("cdefg"), "while a button has the keyboard: {}", composer(&window));
}

#[test]
fn a_draft_is_continued_at_its_end() {
    let mut window = with_two_models();
    window.exchange("hello", "hi");
    let first = window.state().chats.current.unwrap();
    type_text(&mut window, "half a");
    window.send(ChatsCommand::New);
    window.send(ChatsCommand::Open(first));
    type_text(&mut window, " thought");
    assert_eq!(composer(&window), "half a thought");
}

#[test]
fn a_model_is_switched_by_keyboard_alone_and_in_two_clicks() {
    let mut window = with_two_models();
    press(&mut window, Modifiers::COMMAND, Key::L);
    assert!(window.sees("Loaded") && window.sees("On this computer"));
    type_text(&mut window, "second");
    press(&mut window, Modifiers::NONE, Key::Enter);
    let Some((Lane::Chat, Ask::Load(request))) = window.last_asked() else { panic!("no model is loaded") };
    assert_eq!(request.path.to_str(), Some(SECOND));
    window.tell(Lane::Chat, Event::Loaded(loaded(SECOND.as_ref())));
    type_text(&mut window, "x");
    assert_eq!(composer(&window), "x", "the keyboard is back in the composer");

    window.click("second-q8_0");
    window.click("first-q4_k_m");
    let Some((Lane::Chat, Ask::Load(request))) = window.last_asked() else { panic!("no model is loaded") };
    assert_eq!(request.path.to_str(), Some(FIRST));
}

#[test]
fn the_picker_lists_the_built_in_model_once() {
    let mut window = first_start();
    window.click("What is Nibble?");
    starter_answers(&mut window);
    window.send(ViewCommand::Show(Screen::Models));
    let models = [
        shelved("nibble-starter", "/home/starter", ModelOrigin::BuiltIn),
        shelved("Nibble-Starter-int4", STARTER, ModelOrigin::Made),
    ];
    window.tell(Lane::Library, Event::Listed(models.to_vec()));
    press(&mut window, Modifiers::COMMAND, Key::L);
    assert!(window.sees("Loaded") && !window.sees("On this computer"));
}

#[test]
fn the_picker_unloads_a_model_and_leads_on() {
    let mut window = with_two_models();
    press(&mut window, Modifiers::COMMAND, Key::L);
    window.press("Unload");
    assert!(matches!(window.last_asked(), Some((Lane::Chat, Ask::Unload(_)))));
    window.press("Find models");
    assert_eq!(window.state().screen, Screen::Discover);
}

#[test]
fn a_chat_keeps_its_model() {
    let mut window = with_two_models();
    window.exchange("hello", "hi");
    let first = window.state().chats.current.unwrap();
    window.send(ChatsCommand::New);
    window.send(ModelCommand::ChatWith(SECOND.into()));
    window.tell(Lane::Chat, Event::Loaded(loaded(SECOND.as_ref())));
    window.exchange("hello", "hi");
    window.send(ChatsCommand::Open(first));
    assert!(window.sees("first-q4_k_m"), "the composer names the model of the chat");
    window.send(ChatCommand::Send("again".into()));
    let Some((Lane::Chat, Ask::Load(request))) = window.last_asked() else { panic!("no model is loaded") };
    assert_eq!(request.path.to_str(), Some(FIRST));
    // Another model is chosen for this chat: its reply says whose it is.
    window.tell(Lane::Chat, Event::Loaded(loaded(FIRST.as_ref())));
    window.tell(Lane::Chat, Event::Delta(Delta::Content("one".into())));
    window.tell(Lane::Chat, Event::Replied(replied(StopReason::Eos)));
    window.send(ModelCommand::ChatWith(SECOND.into()));
    window.tell(Lane::Chat, Event::Loaded(loaded(SECOND.as_ref())));
    window.exchange("more", "two");
    let chat = window.state().chats.current().unwrap();
    assert_eq!(chat.head.model.as_deref().and_then(|path| path.to_str()), Some(SECOND));
    let models: Vec<&str> = chat.messages.shown().map(|message| message.model.as_str()).collect();
    assert_eq!(models, ["", "first-q4_k_m", "", "first-q4_k_m", "", "second-q8_0"]);
    let named = window.harness.query_all_by_label("second-q8_0").count();
    assert_eq!(named, 2, "above the reply, and in the composer");
}

#[test]
fn good_news_go_by_themselves_and_problems_stay_where_they_belong() {
    let mut window = with_two_models();
    window.exchange("hello", "hi");
    let chat = window.state().chats.current.unwrap();
    window.send(ViewCommand::CopyDiagnostics);
    assert!(window.sees("Diagnostics copied"));
    window.time.set(5.5);
    window.run();
    assert!(!window.sees("Diagnostics copied"));
    window.send(ChatsCommand::Delete(chat));
    window.time.set(12.0);
    window.run();
    assert!(window.sees("Undo"), "what can be undone is offered for ten seconds");
    window.time.set(16.0);
    window.run();
    assert!(!window.sees("Undo"));

    window.send(ChatCommand::Send("hello".into()));
    window.tell(
        Lane::Chat,
        Event::Failed(Failure { message: "the stars are wrong".into(), details: Vec::new() }),
    );
    window.time.set(1000.0);
    window.run();
    assert!(window.sees("stars are wrong"));
}

#[test]
fn a_long_prompt_shows_how_far_it_is_read_and_a_reply_how_fast_it_grows() {
    let mut window = with_two_models();
    window.send(ChatCommand::Send("a long story".into()));
    window.tell(Lane::Chat, Event::Progress(Progress::new("", 1024, 2560)));
    assert!(window.sees("Reading 2,560 tokens, 40%"));
    for n in 0..21 {
        window.time.set(10.0 + f64::from(n) * 0.1);
        window.tell(Lane::Chat, Event::Delta(Delta::Content("word ".into())));
    }
    assert!(window.sees("10") && window.sees("tokens/s") && !window.sees("Reading 2,560"));
}

#[test]
fn the_newest_message_is_a_click_away() {
    let mut window = with_two_models();
    for _ in 0..12 {
        window.exchange("hello", &"a line\n\n".repeat(8));
    }
    assert!(!window.sees("Jump to the newest message"));
    let first = window.state().chats.current().unwrap().messages.get(0).unwrap().id;
    window.send(ChatsCommand::OpenHit(window.state().chats.current.unwrap(), first));
    window.harness.run_steps(30);
    window.click("Jump to the newest message");
    window.harness.run_steps(30);
    assert!(!window.sees("Jump to the newest message"));
}

#[test]
fn a_token_is_kept_tried_and_never_part_of_the_settings() {
    let mut window = Window::open();
    window.send(ViewCommand::ShowSettings(SettingsPage::Network));
    window.tell_job(JobEvent::TokenSeen(false));
    assert!(window.sees("No token") && !window.sees("Test"));
    window.harness.get_by_role_and_label(Role::PasswordInput, "Hugging Face token").focus();
    window.run();
    window.harness.get_by_role_and_label(Role::PasswordInput, "Hugging Face token").type_text("hf_secret");
    window.run();
    window.click("Save token");
    let kept = Task::KeepToken("/home/hugging-face-token".into(), "hf_secret".into());
    assert_eq!(window.script.borrow().tasks.last(), Some(&kept));
    window.tell_job(JobEvent::TokenKept(true));
    assert!(matches!(window.last_asked(), Some((Lane::HubSearch, Ask::Account))), "it is tried at once");
    window.tell(Lane::HubSearch, Event::Account("ada".into()));
    assert!(window.sees("Works: the account ada"));
    window.click("Test");
    let failure = Failure { message: "the Hub rejected the token".into(), details: Vec::new() };
    window.tell(Lane::HubSearch, Event::Failed(failure));
    assert!(window.sees("The Hub rejected the token"));
    assert!(!format!("{:?}", window.state().settings).contains("hf_secret"));
    window.click("Remove token");
    window.tell_job(JobEvent::TokenKept(false));
    assert_eq!(window.state().token, TokenState::Missing);
}

#[test]
fn settings_are_reset_only_after_a_second_click() {
    let mut window = Window::open();
    window.send(SettingsCommand::SetThreads(Some(1)));
    window.send(ViewCommand::ShowSettings(SettingsPage::General));
    window.click("Reset settings");
    assert_eq!(window.state().settings.threads, Some(1));
    assert!(window.sees("Reset all settings?"));
    window.click("Reset settings");
    assert_eq!(window.state().settings.threads, None);
}

#[test]
fn in_a_narrow_window_the_chats_come_when_they_are_called() {
    let mut window = Window::open_sized(nibble::state::Settings::default(), [720.0, 700.0]);
    assert!(!window.sees("Search chats") && window.sees("Show chats"));
    window.click("Show chats");
    assert!(window.sees("Hide chats"));
    window.click("Hide chats");
    assert!(!window.sees("Hide chats"));
}

/// The composer takes the keyboard back at once, which may not cost what is selected in a message.
#[test]
fn what_is_selected_in_a_message_is_copied_though_the_composer_has_the_keyboard() {
    let mut window = with_two_models();
    window.exchange("hello", "lighthouse");
    let rect = window.harness.get_by_label("lighthouse").rect();
    let (from, to) = (rect.left_center() + egui::vec2(1.0, 0.0), rect.right_center() - egui::vec2(1.0, 0.0));
    let button = |pos, pressed| egui::Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    for event in [
        egui::Event::PointerMoved(from),
        button(from, true),
        egui::Event::PointerMoved(to),
        button(to, false),
    ] {
        window.harness.event(event);
        window.harness.step();
    }
    window.run();
    window.harness.event(egui::Event::Copy);
    window.harness.step();
    let copied = window.harness.output().platform_output.commands.iter().find_map(|command| match command {
        egui::OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    assert!(copied.is_some_and(|text| text.contains("ighthous")));
    type_text(&mut window, "x");
    assert_eq!(composer(&window), "x");
}
