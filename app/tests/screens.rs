//! What a person sees and clicks, by accessible label; no display, no rendering.

mod parts;

use nibble_engine::hardware::SystemMemory;
use std::cell::RefCell;
use std::rc::Rc;

use egui::Key;
use egui::accesskit::{Role, Toggled};
use egui_kittest::kittest::{NodeT, Queryable};
use nibble::app::App;
use nibble::command::{ChatCommand, ChatsCommand, ModelCommand, ViewCommand};
use nibble::jobs::{JobEvent, Lane, Task};
use nibble::platform::settings_file::Loaded;
use nibble::state::{Phase, Screen, Settings, SettingsPage};
use nibble_engine::jobs::protocol::ModelOrigin;
use nibble_engine::jobs::{Ask, Delta, Event, Failure};
use nibble_engine::progress::Progress;
use nibble_engine::session::StopReason;

use parts::window::{Script, Scripted, Window};
use parts::{places, quantized, replied};

#[test]
fn the_first_screen_offers_ways_in() {
    let mut window = Window::open();
    assert!(window.sees("Chat with a model on this computer"));
    window.click("Choose a model folder…");
    window.click("Choose a GGUF file…");
    let tasks = &window.script.borrow().tasks;
    assert!(tasks.contains(&Task::PickFolder) && tasks.contains(&Task::PickFile), "{tasks:?}");
}

#[test]
fn the_built_in_model_waits_with_questions_and_one_click_asks() {
    let mut window = Window::open();
    let starter = parts::hub::shelved("starter", "/home/starter", ModelOrigin::BuiltIn);
    let event = JobEvent::ListingRead { models: vec![starter], missing: Vec::new() };
    window.script.borrow_mut().events.push_back(event);
    window.run();
    assert!(window.sees("Nibble Starter") && window.sees("This built-in model only knows Nibble"));
    window.click("What is Nibble?");
    assert!(matches!(window.last_asked(), Some((Lane::Chat, Ask::Load(_)))));
    assert!(window.sees("Preparing the built-in model"));
}

#[test]
fn a_recent_model_opens_with_a_click() {
    let mut window = Window::open_with(Settings { recent: vec!["/m/Tiny".into()], ..Settings::default() });
    window.click("Tiny");
    assert_eq!(window.last_asked(), Some((Lane::Inspect, Ask::Inspect { path: "/m/Tiny".into() })));
    assert!(window.sees("Reading the model…"));
}

#[test]
fn the_model_card_says_what_it_is() {
    let mut window = Window::open().with_model();
    window.script.borrow_mut().events.push_back(JobEvent::MemorySeen(SystemMemory {
        available_bytes: 2_000_000_000,
        total_bytes: 8_000_000_000,
    }));
    window.run();
    for words in ["Tiny 1B", "llama", "1.24B", "2.48 GB", "8,192 tokens", "16.00", "Yes"] {
        assert!(window.sees(words), "{words} is not there");
    }
    assert!(window.sees("Free memory: 2.00 GB of 8.00 GB"));
    window.press("Advanced");
    let row = window.harness.get_by_label_contains("Precision: Q4_K_M, ");
    assert_eq!(row.accesskit_node().toggled(), Some(Toggled::True));
    window.harness.get_by_label_contains("Precision: Q8_0, ").click_accesskit();
    window.run();
    window.press("Quantize and chat");
    let Some((Lane::Quantize, Ask::Quantize(request))) = window.last_asked() else { panic!("nothing asked") };
    assert_eq!(request.precision, nibble_engine::quant::Precision::Q8_0);
}

#[test]
fn a_model_that_cannot_be_read_says_why_and_unfolds_details() {
    let mut window = Window::open();
    window.send(ModelCommand::Open("/m/pickle".into()));
    let failure = Failure {
        message: "Only pickle files here; convert them to safetensors".into(),
        details: vec!["pytorch_model.bin".into()],
    };
    window.tell(Lane::Inspect, Event::Failed(failure));
    assert!(window.sees("convert them to safetensors"));
    assert!(!window.sees("pytorch_model.bin"));
    window.click("Details");
    assert!(window.sees("pytorch_model.bin"));
}

#[test]
fn quantizing_shows_progress_and_cancels() {
    let mut window = Window::open().with_model();
    window.click("Quantize and chat");
    let progress = Progress::new("blk.7.ffn_up.weight", 50, 200);
    window.tell(Lane::Quantize, Event::Progress(progress));
    assert!(!window.sees("blk.7.ffn_up.weight"), "tensors are for the log");
    assert!(window.sees("50 bytes of 200 bytes") && window.sees("25%"));
    window.harness.get_all_by_role_and_label(Role::Button, "Pause").next().unwrap().click();
    window.run();
    assert_eq!(window.script.borrow().cancelled, [Lane::Quantize]);
    assert!(window.sees("Canceling…"));
    window.tell(Lane::Quantize, Event::Cancelled);
    assert!(window.sees("Quantize and chat"));
}

#[test]
fn the_end_of_quantizing_opens_the_chat() {
    let mut window = Window::open().with_model();
    window.click("Quantize and chat");
    window.tell(Lane::Quantize, Event::Quantized(quantized("/home/models/Tiny-1B-int4.gguf".as_ref())));
    assert_eq!(window.state().screen, Screen::Chat);
    assert!(window.sees("Tiny 1B is ready"));
    assert!(matches!(window.last_asked(), Some((Lane::Chat, Ask::Load(_)))));
}

#[test]
fn enter_sends_and_the_reply_streams_in() {
    let mut window = Window::open().with_talk();
    window.write("Hello there");
    window.harness.key_press(Key::Enter);
    window.run();
    let Some((Lane::Chat, Ask::Chat(request))) = window.last_asked() else { panic!("nothing asked") };
    assert_eq!(request.messages[0].content(), "Hello there");
    window.tell(Lane::Chat, Event::Delta(Delta::Content("Good **day** to you".into())));
    assert!(window.sees("Good day to you"));
    assert!(window.harness.query_by_role_and_label(Role::Button, "Stop").is_some());
    window.tell(Lane::Chat, Event::Replied(replied(StopReason::Eos)));
    assert!(window.sees("12.5 tokens/s"));
    assert!(window.sees("0.21 s to first token"));
    // The model makes a title.
    window.tell(Lane::Chat, Event::Replied(replied(StopReason::Eos)));
    window.click("Regenerate");
    assert!(window.state().engine.is_replying());
}

#[test]
fn shift_enter_breaks_the_line() {
    let mut window = Window::open().with_talk();
    window.write("one");
    window.harness.key_press_modifiers(egui::Modifiers::SHIFT, Key::Enter);
    window.run();
    assert!(!window.state().engine.is_replying());
    window.write("two");
    window.harness.key_press(Key::Enter);
    window.run();
    let Some((_, Ask::Chat(request))) = window.last_asked() else { panic!("nothing asked") };
    assert_eq!(request.messages[0].content(), "one\ntwo");
}

#[test]
fn escape_stops_the_reply() {
    let mut window = Window::open().with_talk();
    window.send(ChatCommand::Send("hi".into()));
    window.harness.key_press(Key::Escape);
    window.run();
    assert_eq!(window.script.borrow().cancelled, [Lane::Chat]);
    assert!(matches!(window.state().engine.phase, Phase::Replying { stopping: true, .. }));
}

#[test]
fn chats_are_listed_and_a_draft_waits_in_its_own() {
    let mut window = Window::open().with_talk();
    window.send(ChatCommand::Send("About cats".into()));
    window.tell(Lane::Chat, Event::Delta(Delta::Content("Meow".into())));
    window.tell(Lane::Chat, Event::Replied(replied(StopReason::Eos)));
    window.write("unfinished");
    window.click("New chat");
    assert!(!window.sees("Meow"));
    window.click("About cats");
    assert!(window.sees("Meow"));
    let composer = window.harness.get_by_role_and_label(Role::MultilineTextInput, "Message");
    assert_eq!(composer.value().as_deref(), Some("unfinished"));
}

#[test]
fn a_crash_is_a_sentence_with_a_way_out() {
    let mut window = Window::open().with_talk();
    window.send(ChatCommand::Send("hi".into()));
    let death = nibble::jobs::Death { code: None, signal: Some(9) };
    let died = parts::death(window.state(), Lane::Chat, death);
    window.tell_job(died);
    assert!(window.sees("Your chat is saved"));
    assert!(window.sees("Memory probably ran out"));
    window.click("Try again");
    assert!(matches!(window.last_asked(), Some((Lane::Chat, Ask::Load(_)))));
    assert!(!window.sees("Memory probably ran out"));
}

#[test]
fn settings_open_by_keyboard_and_change_the_theme() {
    let mut window = Window::open();
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Comma);
    window.run();
    assert_eq!(window.state().screen, Screen::Settings);
    for control in ["Models", "Precision: F16", "Appearance", "Theme: Dark", "Text size: Large"] {
        // As a screen reader does it; the last of a name is the page's, not the rail's.
        window.harness.get_all_by_role_and_label(Role::Button, control).last().unwrap().click_accesskit();
        window.run();
    }
    let settings = &window.state().settings;
    assert_eq!(settings.precision, nibble_engine::quant::Precision::F16);
    assert_eq!(settings.theme, nibble::state::ThemeChoice::Dark);
    assert_eq!(settings.text_size, nibble::state::TextSize::Large);
    window.harness.key_press(Key::Escape);
    window.run();
    assert_eq!(window.state().screen, Screen::Chat);
}

#[test]
fn a_broken_settings_file_is_told() {
    let script = Rc::<RefCell<Script>>::default();
    let set_aside = Some(("/home/settings.toml.broken".into(), "expected a value".into()));
    let loaded = Loaded { settings: Settings::default(), set_aside };
    let app = App::new(&egui::Context::default(), loaded, places(), Box::new(Scripted(script)));
    assert_eq!(app.state().notices.open.len(), 1);
}

#[test]
fn an_idle_window_asks_for_no_frames() {
    let mut window = Window::open().with_talk();
    window.send(ChatCommand::Send("hi".into()));
    window.tell(Lane::Chat, Event::Delta(Delta::Content("A reply with `code` and\n\n- a list".into())));
    window.tell(Lane::Chat, Event::Replied(replied(StopReason::Eos)));
    window.harness.run_steps(30);
    let output = window.harness.output();
    let delay = output.viewport_output.values().map(|viewport| viewport.repaint_delay).min().unwrap();
    assert!(delay > std::time::Duration::from_mins(1), "wants a frame in {delay:?}");
}

#[test]
fn versions_of_a_reply_are_switched_by_their_buttons() {
    let mut window = Window::open().with_talk();
    window.exchange("hi", "First");
    window.click("Regenerate");
    window.tell(Lane::Chat, Event::Delta(Delta::Content("Second".into())));
    window.tell(Lane::Chat, Event::Replied(replied(StopReason::Eos)));
    assert!(window.sees("2/2") && window.sees("Second") && !window.sees("First"));
    window.click("Previous version");
    assert!(window.sees("1/2") && window.sees("First") && !window.sees("Second"));
}

#[test]
fn the_up_arrow_edits_the_last_message() {
    let mut window = Window::open().with_talk();
    window.exchange("helo", "What?");
    window.harness.get_by_role_and_label(Role::MultilineTextInput, "Message").focus();
    window.run();
    window.harness.key_press(Key::ArrowUp);
    window.run();
    let field = window.harness.get_by_role_and_label(Role::MultilineTextInput, "Edited message");
    assert_eq!(field.value().as_deref(), Some("helo"));
    field.type_text(" there");
    window.run();
    window.click("Send again");
    let Some((_, Ask::Chat(request))) = window.last_asked() else { panic!("nothing asked") };
    assert!(request.messages[0].content().contains("there"), "{request:?}");
    assert_eq!(request.messages.len(), 1);
}

#[test]
fn a_cut_reply_offers_to_go_on() {
    let mut window = Window::open().with_talk();
    window.send(ChatCommand::Send("count".into()));
    window.tell(Lane::Chat, Event::Delta(Delta::Content("one".into())));
    window.tell(Lane::Chat, Event::Replied(replied(StopReason::Length)));
    window.click("Continue");
    assert!(window.state().engine.is_replying());
}

#[test]
fn a_quote_goes_into_the_composer() {
    let mut window = Window::open().with_talk();
    window.exchange("hi", "Two\nlines");
    window.harness.get_all_by_role_and_label(Role::Button, "Quote").last().unwrap().click();
    window.run();
    let composer = window.harness.get_by_role_and_label(Role::MultilineTextInput, "Message");
    assert_eq!(composer.value().as_deref(), Some("> Two\n> lines\n\n"));
}

#[test]
fn deleting_offers_an_undo() {
    let mut window = Window::open().with_talk();
    window.exchange("About cats", "Meow");
    let chat = window.state().chats.current.unwrap();
    window.send(ChatsCommand::Delete(chat));
    assert!(window.sees("Deleted “About cats”") && !window.sees("Meow"));
    window.click("Undo");
    assert!(window.sees("Meow") && !window.sees("Deleted"));
}

#[test]
fn chats_are_found_by_title_and_put_away() {
    let mut window = Window::open().with_talk();
    window.exchange("About cats", "Meow");
    let cats = window.state().chats.current.unwrap();
    window.click("New chat");
    window.exchange("About dogs", "Woof");
    assert!(window.sees("Today"));
    window.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::F);
    window.run();
    window.harness.get_by_role_and_label(Role::TextInput, "Search chats").type_text("CATS");
    window.run();
    assert!(window.harness.query_by_role_and_label(Role::Button, "About cats").is_some());
    assert!(window.harness.query_by_role_and_label(Role::Button, "About dogs").is_none());
    window.harness.key_press(Key::Escape);
    window.run();
    assert!(window.harness.query_by_role_and_label(Role::Button, "About dogs").is_some());
    window.send(ChatsCommand::Archive(cats, true));
    assert!(window.harness.query_by_role_and_label(Role::Button, "About cats").is_none());
    window.click("Archived (1)");
    assert!(window.harness.query_by_role_and_label(Role::Button, "About cats").is_some());
    window.send(ChatsCommand::Pin(cats, true));
    window.send(ChatsCommand::Archive(cats, false));
    assert!(window.sees("Pinned"));
}

#[test]
fn the_menu_of_a_chat_renames_and_exports_it() {
    let mut window = Window::open().with_talk();
    window.exchange("About cats", "Meow");
    window.click("More actions for this chat");
    window.click("Export as Markdown…");
    let asked = window.script.borrow().tasks.last().cloned();
    assert!(matches!(asked, Some(Task::WriteChat { name, .. }) if name == "About-cats.md"));
    window.click("More actions for this chat");
    window.click("Rename");
    window.harness.get_by_role_and_label(Role::TextInput, "Chat name").type_text("!");
    window.run();
    window.harness.key_press(Key::Enter);
    window.run();
    let title = window.state().chats.current().unwrap().head.title.clone();
    assert!(title.contains('!') && title.contains("About cats"), "{title}");
}

#[test]
fn a_chat_is_put_into_a_new_folder_and_the_folder_opens_and_closes() {
    let mut window = Window::open().with_talk();
    window.exchange("About cats", "Meow");
    window.click("More actions for this chat");
    window.click("Move to a new folder");
    window.harness.get_by_role_and_label(Role::TextInput, "Folder name").type_text("Animals");
    window.run();
    window.harness.key_press(Key::Enter);
    window.run();
    assert!(window.sees("Folders") && !window.sees("Today"));
    assert!(window.harness.query_by_role_and_label(Role::Button, "About cats").is_some());
    window.click("Animals (1)");
    assert!(window.harness.query_by_role_and_label(Role::Button, "About cats").is_none());
    window.click("Animals (1)");
    window.click("More actions for this chat");
    window.click("Remove from folder");
    assert!(!window.sees("Folders") && window.sees("Today"));
}

#[test]
fn a_file_is_attached_sent_and_shown_with_its_message() {
    let mut window = Window::open().with_talk();
    window.click("Attach a text file…");
    assert_eq!(window.script.borrow().tasks.last(), Some(&Task::PickAttachment));
    let chat = window.state().chats.current.unwrap();
    for name in ["notes.txt", "more.txt"] {
        let (path, read) = (format!("/files/{name}").into(), Ok("Tea\n".to_owned()));
        let event = JobEvent::AttachmentRead { chat, path, read };
        window.script.borrow_mut().events.push_back(event);
        window.run();
    }
    window.tell(Lane::Chat, Event::Counted(vec![1200, 34]));
    assert!(window.sees("notes.txt") && window.sees("1,200 tokens"));
    window.click("Remove file: more.txt");
    window.click("Send");
    assert!(window.sees("Attached file: notes.txt") && !window.sees("more.txt"));
    assert!(window.state().chats.current().unwrap().pending.is_empty());
}

#[test]
fn files_that_leave_no_room_for_an_answer_are_not_sent() {
    let mut window = Window::open().with_talk();
    let chat = window.state().chats.current.unwrap();
    let (path, read) = ("/files/book.txt".into(), Ok("Long\n".to_owned()));
    window.script.borrow_mut().events.push_back(JobEvent::AttachmentRead { chat, path, read });
    window.run();
    window.tell(Lane::Chat, Event::Counted(vec![100_000]));
    assert!(window.sees("leave no room for an answer"));
    let asked = window.last_asked();
    window.write("Summarize");
    window.harness.key_press(Key::Enter);
    window.run();
    assert_eq!(window.last_asked(), asked);
}

#[test]
fn the_context_meter_says_what_takes_how_much() {
    let mut window = Window::open().with_talk();
    window.exchange("hi", "Hello");
    window.click("12 of 4,096 tokens");
    for words in ["Earlier messages", "Your last message", "Chat formatting", "Last reply", "Free"] {
        assert!(window.sees(words), "{words}");
    }
    assert!(!window.sees("Instructions"), "parts that take nothing are not listed");
}

#[test]
fn thoughts_say_how_long_they_took() {
    let mut window = Window::open().with_talk();
    window.send(ChatCommand::Send("hi".into()));
    for delta in [Delta::Reasoning("A greeting.".into()), Delta::Content("Hello".into())] {
        window.tell(Lane::Chat, Event::Delta(delta));
    }
    let report =
        nibble_engine::jobs::ReplyReport { thinking_seconds: Some(12.0), ..replied(StopReason::Eos) };
    window.tell(Lane::Chat, Event::Replied(report));
    window.click("Thought for 12 s");
    assert!(window.sees("A greeting."));
}

#[test]
fn the_drawer_sets_options_for_this_chat_or_all() {
    let mut window = Window::open().with_talk();
    window.send(ViewCommand::ToggleDrawer);
    let instructions = window.harness.get_by_role_and_label(Role::MultilineTextInput, "Instructions");
    instructions.focus();
    window.run();
    window.harness.get_by_role_and_label(Role::MultilineTextInput, "Instructions").type_text("Rhyme");
    window.run();
    let own = window.state().chats.current().unwrap().head.options.clone().unwrap();
    assert_eq!(own.system_prompt, "Rhyme");
    assert!(window.state().settings.replies.system_prompt.is_empty());
    window.harness.get_by_role_and_label(Role::Button, "Same as all chats").click_accesskit();
    window.run();
    assert_eq!(window.state().chats.current().unwrap().head.options, None);
    window.harness.get_by_role_and_label(Role::Button, "Advanced options").click_accesskit();
    window.run();
    for control in ["Top-p", "Top-k", "Min-p", "Repetition penalty"] {
        assert!(
            window.harness.query_by_role_and_label(Role::Slider, control).is_some(),
            "{control} is not there"
        );
    }
    window.press("Defaults for all chats…");
    assert_eq!(
        (window.state().screen, window.state().settings_page),
        (Screen::Settings, SettingsPage::Chats)
    );
    let instructions = window.harness.get_by_role_and_label(Role::MultilineTextInput, "Instructions");
    instructions.focus();
    window.run();
    window.harness.get_by_role_and_label(Role::MultilineTextInput, "Instructions").type_text("Sing");
    window.run();
    assert_eq!(window.state().settings.replies.system_prompt, "Sing");
    window.press("Choose an export…");
    assert_eq!(window.script.borrow().tasks.last(), Some(&Task::PickExport));
}

#[test]
fn a_temporary_chat_says_so() {
    let mut window = Window::open().with_talk();
    window.click("New temporary chat");
    assert!(window.sees("gone when Nibble closes"));
    window.exchange("psst", "What?");
    assert!(window.sees("Temporary"));
}

/// A file that was dropped on the window.
#[derive(Debug)]
struct Dropped(std::path::PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &std::path::Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("nobody reads it here".into())
    }
}

#[test]
fn an_export_is_imported_by_dropping_it() {
    let mut window = Window::open();
    window
        .harness
        .input_mut()
        .dropped_files
        .push(std::sync::Arc::new(Dropped("/exports/conversations.json".into())));
    window.run();
    assert_eq!(
        window.script.borrow().tasks.last(),
        Some(&Task::ReadChats("/exports/conversations.json".into()))
    );
}

#[test]
fn the_palette_finds_what_to_do_and_which_chat() {
    let mut window = Window::open().with_talk();
    window.exchange("About cats", "Meow");
    window.click("New chat");
    for (typed, seen) in [("dark", "Theme: Dark"), ("about ca", "About cats")] {
        window.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::K);
        window.run();
        window.harness.get_by_role_and_label(Role::TextInput, "Commands").type_text(typed);
        window.run();
        assert!(window.sees(seen), "{seen} is not found");
        window.harness.key_press(Key::Enter);
        window.run();
        assert!(window.harness.query_by_role_and_label(Role::TextInput, "Commands").is_none());
    }
    assert_eq!(window.state().settings.theme, nibble::state::ThemeChoice::Dark);
    assert!(window.sees("Meow"));
}

#[test]
fn formulas_and_code_are_readable() {
    let mut window = Window::open().with_talk();
    window.exchange("hi", "It is \\(x^2 \\leq y\\).\n\n```rust\nfn main() {}\n```");
    assert!(window.sees("It is $x^2 \\leq y$.") && window.sees("fn main() {}"));
    window.click("Copy code");
}
