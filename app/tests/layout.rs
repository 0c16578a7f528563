//! Nothing is cut: on every screen, in every language, at three widths, the words of the interface are whole and no text reaches
//! over the edge of what it stands in. Measured from what is painted.

mod parts;

use std::collections::HashSet;

use egui::{Rect, Shape};
use nibble::command::{DiscoverCommand, ViewCommand};
use nibble::state::{Language, Motion, Screen, Settings, SettingsPage};

use parts::screens::fill;
use parts::window::Window;

/// Widths in points: narrow, usual, and as wide as screens are.
const WIDTHS: [f32; 3] = [720.0, 1024.0, 2560.0];

/// What the language's file says, but for texts with facts in them.
fn words_of(language: Language) -> HashSet<String> {
    let path = format!("{}/../assets/languages/{}.ftl", env!("CARGO_MANIFEST_DIR"), language.code());
    let file = std::fs::read_to_string(path).expect("the language has a file");
    file.lines().filter_map(|line| line.split_once(" = ")).map(|(_, words)| words.trim().to_owned()).collect()
}

fn texts(shape: &Shape, clip: Rect, found: &mut Vec<(Rect, Rect, String, bool)>) {
    match shape {
        Shape::Text(text) => {
            let place = text.galley.rect.translate(text.pos.to_vec2());
            found.push((place, clip, text.galley.text().to_owned(), text.galley.elided));
        }
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| texts(shape, clip, found)),
        _ => {}
    }
}

/// What is cut in the window as it stands.
fn cut(window: &Window, words: &HashSet<String>) -> Vec<String> {
    let mut found = Vec::new();
    for clipped in &window.harness.output().shapes {
        texts(&clipped.shape, clipped.clip_rect, &mut found);
    }
    let seen =
        found.into_iter().filter(|(place, clip, text, _)| !text.trim().is_empty() && clip.intersects(*place));
    let cut = seen.filter_map(|(place, clip, text, elided)| {
        if elided && words.contains(text.trim()) {
            return Some(format!("{text:?} is shortened to {:.0} points", place.width()));
        }
        let over = place.right() - clip.right();
        (over > 1.5 && place.left() >= clip.left() - 1.0)
            .then(|| format!("{text:?} reaches {over:.0} points over the edge"))
    });
    cut.collect()
}

fn check(name: &str, window: &Window, words: &HashSet<String>, faults: &mut Vec<String>) {
    faults.extend(cut(window, words).into_iter().map(|fault| format!("{name}: {fault}")));
}

fn window(language: Language, width: f32) -> Window {
    let settings = Settings { language: Some(language), motion: Motion::None, ..Settings::default() };
    Window::open_sized(settings, [width, 800.0]).with_model()
}

fn faults_in(language: Language) -> Vec<String> {
    let words = words_of(language);
    let mut faults = Vec::new();
    for width in WIDTHS {
        for screen in Screen::ALL {
            let mut window = window(language, width);
            window.send(ViewCommand::Show(screen));
            check(&format!("{language:?} {width} {screen:?}"), &window, &words, &mut faults);
            fill(&mut window, screen);
            check(&format!("{language:?} {width} {screen:?}, filled"), &window, &words, &mut faults);
        }
        let mut window = window(language, width);
        for page in SettingsPage::ALL {
            window.send(ViewCommand::ShowSettings(page));
            check(&format!("{language:?} {width} {page:?}"), &window, &words, &mut faults);
        }
        let mut window = window.with_talk();
        window.exchange("hello", "**hi**");
        window.send(ViewCommand::ToggleDrawer);
        check(&format!("{language:?} {width} drawer"), &window, &words, &mut faults);
        window.send(DiscoverCommand::OpenModel("some/tiny".into()));
    }
    faults
}

#[test]
fn nothing_is_cut_in_english() {
    assert_eq!(faults_in(Language::English), Vec::<String>::new());
}

#[test]
fn nothing_is_cut_in_german() {
    assert_eq!(faults_in(Language::German), Vec::<String>::new());
}

#[test]
fn nothing_is_cut_in_french() {
    assert_eq!(faults_in(Language::French), Vec::<String>::new());
}

#[test]
fn nothing_is_cut_in_russian() {
    assert_eq!(faults_in(Language::Russian), Vec::<String>::new());
}

#[test]
fn nothing_is_cut_in_chinese() {
    assert_eq!(faults_in(Language::Chinese), Vec::<String>::new());
}
