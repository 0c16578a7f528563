//! What a screen reader says of the screens, in its order: one line for each control or text, compared with what is recorded in
//! `tests/readings`. `UPDATE_SNAPSHOTS=1 cargo test --workspace --release --test readings` records it anew; read it as if you saw
//! nothing else.

mod parts;

use std::path::Path;

use egui::accesskit::Role;
use egui_kittest::kittest::NodeT as _;
use nibble::command::{ModelCommand, ViewCommand};
use nibble::jobs::{JobEvent, Lane};
use nibble::state::{Screen, SettingsPage};
use nibble_engine::hardware::SystemMemory;
use nibble_engine::jobs::Event;
use nibble_engine::jobs::protocol::ModelOrigin;

use parts::hub::shelved;
use parts::screens::fill;
use parts::window::Window;
use parts::{advice, summary};

/// The line that a screen reader says of a node; `None` for those that only hold others.
fn line(node: &egui_kittest::Node<'_>) -> Option<String> {
    let node = node.accesskit_node();
    let kind = match node.role() {
        Role::Label => "",
        Role::Button => "button",
        Role::CheckBox => "check box",
        Role::ComboBox => "choice",
        Role::Slider => "slider",
        Role::TextInput | Role::MultilineTextInput | Role::PasswordInput => "field",
        Role::Link => "link",
        _ => return None,
    };
    let name = node.label().or_else(|| node.value()).unwrap_or_default();
    let number = node.numeric_value().map(|value| format!("{value:.2}"));
    let value =
        node.value().or(number).filter(|value| !kind.is_empty() && !value.is_empty() && *value != name);
    let chosen = node.is_selected().unwrap_or_default();
    let unavailable = !kind.is_empty() && node.is_disabled();
    let marks = [(chosen, "chosen"), (unavailable, "unavailable"), (node.is_focused(), "has the keyboard")];
    // Signs of the icon font are not said.
    let words: String = name.chars().filter(|c| !('\u{e000}'..='\u{f8ff}').contains(c)).collect();
    let mut said = vec![words.trim().to_owned()];
    said.extend(value);
    said.push(kind.to_owned());
    said.extend(marks.iter().filter(|(is_so, _)| *is_so).map(|(_, word)| (*word).to_owned()));
    said.retain(|part| !part.is_empty());
    (!said.is_empty()).then(|| said.join(", "))
}

fn reading(window: &Window) -> String {
    let lines: Vec<String> =
        window.harness.root().children_recursive().filter_map(|node| line(&node)).collect();
    lines.join("\n") + "\n"
}

/// Compares a reading with the recorded one, or records it.
fn compare(name: &str, window: &Window, differ: &mut Vec<String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/readings/{name}.txt"));
    let read = reading(window);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &read).expect("the folder can be written");
    }
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    if recorded != read {
        differ.push(format!("{name} is read as\n{read}"));
    }
}

#[test]
fn screens_are_read_as_recorded() {
    let mut differ = Vec::new();
    let mut window = Window::open();
    let starter = shelved("nibble-starter", "/home/starter", ModelOrigin::BuiltIn);
    window.tell_job(JobEvent::ListingRead { models: vec![starter], missing: Vec::new() });
    compare("first-start", &window, &mut differ);

    let mut window = Window::open().with_model().with_talk();
    window.exchange(
        "Which formats are there?",
        "Two: `q8_0` and **q4_k**, so $x^2$.\n\n| type | bits |\n|---|--:|\n| q8_0 | 8.5 |",
    );
    window.send(ViewCommand::ToggleDrawer);
    compare("chat-and-drawer", &window, &mut differ);

    let mut window = Window::open();
    window.send(ViewCommand::Show(Screen::Discover));
    let memory = SystemMemory { available_bytes: 8_000_000_000, total_bytes: 16_000_000_000 };
    window.tell_job(JobEvent::MemorySeen(memory));
    window.tell(Lane::Library, Event::MemorySpeed { read_gbps: Some(20.0) });
    compare("discover", &window, &mut differ);

    let mut window = Window::open();
    window.send(ViewCommand::Show(Screen::Models));
    fill(&mut window, Screen::Models);
    compare("library", &window, &mut differ);

    let mut window = Window::open();
    window.send(ModelCommand::Open("/m/a".into()));
    window.tell(Lane::Inspect, Event::Inspected(summary("/m/a")));
    window.tell(Lane::Inspect, Event::Advised(advice()));
    compare("model", &window, &mut differ);

    for page in [SettingsPage::Performance, SettingsPage::Network] {
        let mut window = Window::open();
        window.send(ViewCommand::ShowSettings(page));
        compare(&format!("settings-{page:?}").to_lowercase(), &window, &mut differ);
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}
