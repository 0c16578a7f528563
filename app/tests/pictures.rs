//! Sixteen screens in light and dark, compared with the pictures in `tests/pictures`, so that a change of looks is seen before it is
//! released. `UPDATE_SNAPSHOTS=1 cargo test --workspace --release --test pictures` records them anew.
//!
//! They are painted on the processor (`parts/painter.rs`) with the fonts that the program brings, on made-up models and no
//! machine's own facts. A picture that differs is kept beside the recorded one as `NAME.new.png`, with what differs as
//! `NAME.diff.png`.

mod parts;

use egui::{Color32, Rect, pos2};
use egui_kittest::{Harness, OsThreshold, SnapshotOptions};
use nibble::command::{QuantizeCommand, ViewCommand};
use nibble::jobs::{JobEvent, Lane};
use nibble::state::{Goal, Language, Motion, Screen, Settings, SettingsPage, ThemeChoice};
use nibble_engine::hardware::SystemMemory;
use nibble_engine::jobs::Event;

use parts::painter::Painter;
use parts::screens::fill;
use parts::signs;
use parts::window::Window;
use parts::{advice, curve, estimate};

const SIZE: [f32; 2] = [1040.0, 680.0];

/// What a chat can hold: thoughts, a list, code and a table.
const REPLY: &str = "<think>The person asks for the formats.</think>Two of them:\n\n- `q8_0`: **near** the original\n\
    - `q4_k`: _half_ of that\n\n```rust\nfn main() {}\n```\n\n| type | bits |\n|---|---:|\n| q8_0 | 8.5 |\n| q4_k | 4.5 |";

/// Questions and replies that show what Markdown can hold, by the names of their pictures.
const TEXTS: [(&str, &str, &str); 3] = [
    (
        "formulas",
        "Which formulas do you know, beside $e^{i\\pi} = -1$?",
        include_str!("data/markdown/formulas.md"),
    ),
    (
        "tables",
        "Compare them, and use `=>` for arrows:\n```rust\nlet f = |x| x => 1;\n```\nas I did",
        include_str!("data/markdown/tables.md"),
    ),
    ("notes", "What else is there?", include_str!("data/markdown/notes.md")),
];

/// Size of the pictures of texts.
const TALL: [f32; 2] = [1040.0, 920.0];

/// Opens a screen with something on it.
fn show(window: &mut Window, screen: Screen) {
    window.send(ViewCommand::Show(screen));
    fill(window, screen);
}

/// Settings of a picture in this theme and language.
fn looks(theme: ThemeChoice, language: Language) -> Settings {
    Settings { theme, language: Some(language), motion: Motion::None, ..Settings::default() }
}

/// The window of these settings and this size with the scene `name` on it.
fn scene(name: &str, settings: &Settings, size: [f32; 2]) -> Window {
    let mut window = Window::open_sized(settings.clone(), size);
    match name {
        "welcome" => {}
        "chat" | "drawer" => {
            window = window.with_model().with_talk();
            window.exchange("Which formats are there?", REPLY);
            if name == "drawer" {
                window.send(ViewCommand::ToggleDrawer);
            }
        }
        "signs" => {
            window = window.with_model().with_talk();
            window.exchange("What can be shown?", &signs::as_reply());
        }
        "precisions" => {
            window = window.with_model();
            window.tell(Lane::Inspect, Event::Advised(advice()));
            window.tell(Lane::Inspect, Event::Estimated(estimate()));
            window.press("Advanced");
        }
        "goals" | "workshop" => {
            window = window.with_model();
            window.tell(Lane::Inspect, Event::Advised(advice()));
            let memory = SystemMemory { total_bytes: 4_000_000_000, available_bytes: 1_500_000_000 };
            window.tell_job(JobEvent::MemorySeen(memory));
            window.send(QuantizeCommand::SetGoal(Goal::Memory));
            if name == "workshop" {
                window.send(QuantizeCommand::MeasureCurve);
                window.tell(Lane::Quantize, Event::Curve(Box::new(curve())));
            }
            window.tell(Lane::Inspect, Event::Estimated(estimate()));
        }
        "formulas" | "tables" | "notes" => {
            window = Window::open_sized(settings.clone(), TALL).with_model().with_talk();
            let (_, question, reply) =
                TEXTS.into_iter().find(|text| text.0 == name).expect("the scene has a text");
            window.exchange(question, reply);
            if name == "notes" {
                window.press("Thoughts");
                window.press("More");
            }
        }
        "compare" => {
            show(&mut window, Screen::Compare);
        }
        "discover" => show(&mut window, Screen::Discover),
        "offers" => {
            window.send(ViewCommand::Show(Screen::Discover));
            let memory = SystemMemory { total_bytes: 16_000_000_000, available_bytes: 8_000_000_000 };
            window.tell_job(JobEvent::MemorySeen(memory));
            window.tell(Lane::Library, Event::MemorySpeed { read_gbps: Some(20.0) });
        }
        "hub-model" => show(&mut window, Screen::HubModel),
        "downloads" => show(&mut window, Screen::Downloads),
        "library" => show(&mut window, Screen::Models),
        "quality" => show(&mut window, Screen::Quality),
        "settings" => window.send(ViewCommand::ShowSettings(SettingsPage::Chats)),
        "network" => {
            window.send(ViewCommand::ShowSettings(SettingsPage::Network));
            window.tell_job(JobEvent::TokenKept(true));
            window.tell(Lane::HubSearch, Event::Account("tester".into()));
        }
        "about" => window.send(ViewCommand::ShowSettings(SettingsPage::About)),
        name => panic!("no scene is called {name}"),
    }
    window
}

/// Pixels that may differ: none where the pictures were recorded, a few where other libraries round curves. Where the program
/// counts what it is made of, a new dependency changes some.
fn allowance(name: &str) -> OsThreshold<usize> {
    let here = if name == "about" { 120 } else { 0 };
    OsThreshold::new(here).windows(here + 50).macos(here + 50)
}

#[test]
fn all_screens_look_as_recorded_in_both_themes() {
    let names = [
        "welcome",
        "chat",
        "signs",
        "drawer",
        "formulas",
        "tables",
        "notes",
        "settings",
        "network",
        "precisions",
        "goals",
        "workshop",
        "compare",
        "discover",
        "offers",
        "hub-model",
        "downloads",
        "library",
        "quality",
        "about",
    ];
    let mut differ = Vec::new();
    for (theme, theme_name) in [(ThemeChoice::Light, "light"), (ThemeChoice::Dark, "dark")] {
        for name in names {
            let options =
                SnapshotOptions::new().output_path("tests/pictures").max_failed_pixels(allowance(name));
            let picture = format!("{name}-{theme_name}");
            let mut window = scene(name, &looks(theme, Language::English), SIZE);
            differ.extend(window.harness.try_snapshot_options(&picture, &options).err());
        }
    }
    let differ: Vec<_> = differ.iter().map(ToString::to_string).collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

/// Narrow and wide windows, sharp displays, other languages: each screen once, in one of them.
#[test]
fn screens_look_as_recorded_at_other_sizes_and_in_other_languages() {
    use Language::{Chinese, English, German, Russian};
    let (light, dark) = (ThemeChoice::Light, ThemeChoice::Dark);
    let (narrow, middle, wide) = ([720.0, 700.0], [1024.0, 700.0], [2560.0, 800.0]);
    let sharp = SIZE.map(|points| points * 2.0);
    let views = [
        ("welcome", German, narrow, 1.0, light),
        ("chat", English, sharp, 2.0, light),
        ("signs", English, sharp, 2.0, dark),
        ("drawer", Russian, middle, 1.0, dark),
        ("settings", Russian, narrow, 1.0, light),
        ("network", Chinese, middle, 1.0, dark),
        ("goals", Russian, middle, 1.0, light),
        ("compare", German, narrow, 1.0, dark),
        ("discover", Chinese, narrow, 1.0, light),
        ("hub-model", German, wide, 1.0, dark),
        ("downloads", Russian, wide, 1.0, light),
        ("library", Chinese, wide, 1.0, dark),
        ("quality", German, sharp, 2.0, dark),
    ];
    let mut differ = Vec::new();
    for (name, language, size, scale, theme) in views {
        let mut window = scene(name, &looks(theme, language), size);
        window.harness.ctx.set_pixels_per_point(scale);
        window.run();
        let options = SnapshotOptions::new().output_path("tests/pictures").max_failed_pixels(allowance(name));
        let picture = format!("{name}-{}-{}x{scale}", language.code(), size[0]);
        differ.extend(window.harness.try_snapshot_options(&picture, &options).err());
    }
    let differ: Vec<_> = differ.iter().map(ToString::to_string).collect();
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

/// The painter itself: what lies wholly in a shape has its color, what lies halfway has half of it, what is cut off has none.
#[test]
fn shapes_cover_the_pixels_that_they_should() {
    let mut harness = Harness::builder().with_size([8.0, 8.0]).renderer(Painter::default()).build_ui(|ui| {
        let painter =
            ui.ctx().debug_painter().with_clip_rect(Rect::from_min_max(pos2(0.0, 0.0), pos2(8.0, 6.0)));
        let all = Rect::from_min_max(pos2(0.0, 0.0), pos2(8.0, 8.0));
        painter.rect_filled(all, 0, Color32::BLACK);
        painter.rect_filled(Rect::from_min_max(pos2(2.0, 2.0), pos2(5.0, 8.0)), 0, Color32::WHITE);
        painter.rect_filled(all, 0, Color32::from_rgba_premultiplied(0, 0, 100, 100));
    });
    harness.run();
    let image = harness.render().unwrap();
    let pixel = |x, y| image.get_pixel(x, y).0;
    assert_eq!(pixel(0, 0), [0, 0, 100, 255]);
    assert_eq!(pixel(3, 4), [155, 155, 255, 255]);
    assert_eq!(pixel(3, 7), pixel(0, 7), "below the cut");
}
