//! The page of keys that do something everywhere.

use egui::{Align, Key, KeyboardShortcut, Layout, Modifiers, Ui};

use crate::screens::shortcuts::{
    CHAT_SETTINGS, CHOOSE_MODEL, HIDE_CHATS, NEW_CHAT, OPEN_FOLDER, PALETTE, SEARCH_CHATS, SETTINGS,
};
use crate::text::{labels, settings};
use crate::theme::{GRID, MEDIUM, Palette, RADIUS_SMALL, Scale, text};
use crate::widgets::card::hairline;

/// Shows the page.
pub(super) fn show(ui: &mut Ui) {
    let plain = |key| KeyboardShortcut::new(Modifiers::NONE, key);
    let rows = [
        (settings::key_new_chat(), NEW_CHAT),
        (labels::search_chats(), SEARCH_CHATS),
        (labels::palette(), PALETTE),
        (settings::key_models(), CHOOSE_MODEL),
        (settings::key_folder(), OPEN_FOLDER),
        (labels::settings(), SETTINGS),
        (settings::key_chat_settings(), CHAT_SETTINGS),
        (settings::key_rail(), HIDE_CHATS),
        (settings::key_send(), plain(Key::Enter)),
        (settings::key_line(), KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter)),
        (settings::key_edit(), plain(Key::ArrowUp)),
        (settings::key_stop(), plain(Key::Escape)),
        (settings::key_quantize(), KeyboardShortcut::new(Modifiers::COMMAND, Key::Enter)),
    ];
    for (what, keys) in rows {
        ui.horizontal(|ui| {
            ui.label(what);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| key_cap(ui, keys));
        });
        hairline(ui);
    }
}

/// The keys as they stand on the keyboard.
fn key_cap(ui: &mut Ui, keys: KeyboardShortcut) {
    let palette = Palette::of(ui);
    let words = text(ui, ui.ctx().format_shortcut(&keys), Scale::Small, MEDIUM).color(palette.text);
    let cap = egui::Frame::new().fill(palette.tint).corner_radius(RADIUS_SMALL);
    cap.inner_margin(egui::Margin::symmetric((GRID * 2.0) as i8, GRID as i8)).show(ui, |ui| ui.label(words));
}
