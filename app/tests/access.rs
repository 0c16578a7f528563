//! The keyboard alone suffices, screen readers read every control, and nothing moves for who wants it so.

mod parts;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Node;
use egui_kittest::kittest::{NodeT, Queryable};
use nibble::command::{QuantizeCommand, SettingsCommand, ViewCommand};
use nibble::jobs::{Lane, Task};
use nibble::state::{Motion, Screen, Settings, SettingsPage};
use nibble_engine::jobs::{Event, Failure};
use nibble_engine::progress::Progress;

use parts::screens::fill;
use parts::window::Window;

/// Roles of what can be used.
const CONTROLS: [Role; 12] = [
    Role::Button,
    Role::CheckBox,
    Role::ComboBox,
    Role::Link,
    Role::MultilineTextInput,
    Role::ProgressIndicator,
    Role::RadioButton,
    Role::Slider,
    Role::SpinButton,
    Role::Switch,
    Role::TextInput,
    Role::Unknown,
];

/// A window with a chat in it, of every kind of block, and one notice.
fn window_with_chat() -> Window {
    let mut window = Window::open().with_model().with_talk();
    let reply = "<think>hm</think>\n\n# One\n\n- [link](https://example.org)\n\n```rust\nfn main() {}\n```\n\n|a|b|\n|-|-|\n|1|2|";
    window.exchange("hello", reply);
    window
}

/// Controls in sight that have no name.
fn nameless(window: &Window) -> Vec<String> {
    let is_nameless = |node: &Node<'_>| {
        let node = node.accesskit_node();
        let named = node.label().is_some_and(|label| !label.trim().is_empty());
        // A group without a name is a frame around named things; only what can be pressed needs one.
        let is_control = if node.role() == Role::Unknown {
            node.data().supports_action(egui::accesskit::Action::Click)
        } else {
            CONTROLS.contains(&node.role())
        };
        is_control && !named
    };
    let all = window.harness.root().children_recursive();
    all.filter(is_nameless).map(|node| format!("{node:?}")).collect()
}

/// Does this, and fails if there is a control without a name afterwards.
fn check(window: &mut Window, screen: &str, act: impl FnOnce(&mut Window)) {
    act(window);
    window.run();
    let found = nameless(window);
    assert!(found.is_empty(), "{screen} has controls without names: {found:#?}");
}

#[test]
fn every_control_of_every_screen_has_a_name() {
    let mut first = Window::open();
    check(&mut first, "the first screen", |_| {});
    let mut window = window_with_chat();
    check(&mut window, "the chat", |_| {});
    check(&mut window, "the drawer in a chat", |window| window.send(ViewCommand::ToggleDrawer));
    check(&mut window, "finer options", |window| {
        window.harness.get_by_role_and_label(Role::Button, "Advanced options").click_accesskit();
    });
    for page in SettingsPage::ALL {
        check(&mut window, &format!("{page:?}"), |window| window.send(ViewCommand::ShowSettings(page)));
    }
    for screen in Screen::ALL {
        check(&mut window, &format!("{screen:?}"), |window| window.send(ViewCommand::Show(screen)));
        check(&mut window, &format!("{screen:?} with something on it"), |window| fill(window, screen));
    }
    check(&mut window, "settings that are not as at first", |window| {
        window.send(SettingsCommand::SetUnloadAfter(Some(5)));
        window.send(SettingsCommand::SetOffline(true));
        window.send(SettingsCommand::SetModelsFolder(Some("/other".into())));
    });
    check(&mut window, "quantizing", |window| {
        window.send(ViewCommand::Show(Screen::Model));
        window.send(QuantizeCommand::Start);
        let progress = Progress::new("blk.0", 1, 4);
        window.tell(Lane::Quantize, Event::Progress(progress));
    });
    check(&mut window, "a notice", |window| {
        let failure = Failure { message: "no".into(), details: vec!["why".into()] };
        window.tell(Lane::Quantize, Event::Failed(failure));
    });
    check(&mut window, "the palette", |window| {
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    });
}

/// The name of what has the keyboard, and whether it lies in the window.
fn focused(window: &Window) -> Option<(String, bool)> {
    let focused =
        window.harness.root().children_recursive().find(|node| node.accesskit_node().is_focused())?;
    let node = focused.accesskit_node();
    let name = node.label().unwrap_or_default();
    let inside = node
        .bounding_box()
        .is_some_and(|place| place.x0 >= -1.0 && place.y0 >= -1.0 && place.x1 <= 1281.0 && place.y1 <= 801.0);
    Some((name, inside))
}

#[test]
fn the_keyboard_walks_through_rail_messages_composer_and_drawer_and_sees_where_it_is() {
    let mut window = window_with_chat();
    window.send(ViewCommand::ToggleDrawer);
    let mut seen: Vec<String> = Vec::new();
    for _ in 0..120 {
        window.harness.key_press(Key::Tab);
        window.run();
        let Some((name, inside)) = focused(&window) else { continue };
        assert!(inside, "{name} has the keyboard and is out of sight");
        if seen.first() == Some(&name) && seen.len() > 20 {
            break;
        }
        seen.push(name);
    }
    let turned = seen.iter().position(|name| name == "Hide chats").expect("the walk comes to the rail");
    seen.rotate_left(turned);
    let place = |name: &str| {
        let found = seen.iter().position(|other| other == name);
        found.unwrap_or_else(|| panic!("the keyboard does not come to {name}: {seen:#?}"))
    };
    let order = [
        "New chat",
        "Search chats",
        "Models",
        "Settings",
        "hello",
        "Copy code",
        "Regenerate",
        "Message",
        "Close chat settings",
        "Instructions",
        "Context length",
        "Defaults for all chats…",
    ];
    for (before, after) in order.iter().zip(&order[1..]) {
        assert!(place(before) < place(after), "{before} comes after {after}: {seen:#?}");
    }
}

#[test]
fn nothing_moves_for_who_wants_it_so() {
    let mut window = Window::open();
    let time = |window: &Window| window.harness.ctx.global_style().animation_time;
    assert!(time(&window) > 0.0 && time(&window) < 0.15);
    window.send(SettingsCommand::SetMotion(Motion::None));
    assert!(time(&window) == 0.0);
    let still = Window::open_with(Settings { motion: Motion::None, ..Settings::default() });
    assert!(time(&still) == 0.0);
}

#[test]
fn running_work_is_listed_and_stopped_from_anywhere() {
    let mut window = window_with_chat();
    window.send(QuantizeCommand::Start);
    window.send(ViewCommand::ShowSettings(SettingsPage::About));
    let progress = Progress::new("blk.0", 1, 4);
    window.tell(Lane::Quantize, Event::Progress(progress));
    assert!(window.sees("Running") && window.sees("25%"));
    window.click("Pause: Tiny 1B");
    assert_eq!(window.script.borrow().cancelled, [Lane::Quantize]);
    window.tell(Lane::Quantize, Event::Cancelled);
    assert!(!window.sees("Running"));
}

#[test]
fn the_page_about_the_program_says_where_things_are() {
    let mut window = Window::open();
    window.send(ViewCommand::ShowSettings(SettingsPage::About));
    for words in ["Version ", "/home/settings.toml", "/home/chats.db", "/home/models", "/home/nibble.log"] {
        assert!(window.sees(words), "{words} is not there");
    }
    window.click("Open folder: Log");
    assert_eq!(window.script.borrow().tasks.last(), Some(&Task::Reveal("/home/nibble.log".into())));
    window.click("Show all licenses");
    assert_eq!(window.script.borrow().tasks.last(), Some(&Task::ShowLicenses("/home".into())));
    window.click("Copy diagnostics");
    assert!(window.sees("Diagnostics copied to the clipboard"));
}

#[test]
fn a_setting_goes_back_alone_and_only_where_it_is_not_as_at_first() {
    let mut window = Window::open();
    window.send(ViewCommand::ShowSettings(SettingsPage::Models));
    assert!(!window.sees("Reset: "));
    window.send(SettingsCommand::SetThreads(Some(1)));
    window.send(SettingsCommand::SetUnloadAfter(Some(15)));
    let reset = "Reset: Keep the model in memory";
    window.harness.get_by_role_and_label(Role::Button, reset).click_accesskit();
    window.run();
    let settings = &window.state().settings;
    assert_eq!((settings.unload_after_minutes, settings.threads), (None, Some(1)));
    assert!(!window.sees(reset));
    window.send(ViewCommand::ShowSettings(SettingsPage::Performance));
    assert!(window.sees("Reset: Threads"));
}
