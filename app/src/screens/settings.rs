//! The settings drawer: every setting with its effect in words.

use egui::{Align, Frame, Layout, Margin, ScrollArea, Ui};

use super::{Forms, precision, replies};
use crate::command::{Command, CommandSender};
use crate::state::{Language, Screen, Source, State, TextSize, ThemeChoice, Titles};
use crate::text::{self, labels};
use crate::theme::{BOLD, GRID, MEDIUM, Palette, Scale, icons};
use crate::widgets::button;
use crate::widgets::card::hairline;
use crate::widgets::segmented::segmented;

/// Lengths of context offered.
const CONTEXTS: [usize; 6] = [2048, 4096, 8192, 16_384, 32_768, 131_072];

/// Shows the drawer.
pub(super) fn show(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    Frame::new().inner_margin(Margin { left: 16, right: 12, top: 8, bottom: 8 }).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_height(GRID * 8.0);
            ui.label(crate::theme::text(ui, labels::settings(), Scale::Body, BOLD));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if button::icon(ui, icons::CLOSE, labels::close_settings()).clicked() {
                    commands.send(Command::ToggleDrawer);
                }
            });
        });
    });
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        Frame::new().inner_margin(Margin { left: 16, right: 16, top: 0, bottom: 16 }).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID * 2.0;
            // In a chat, what concerns the chat comes first.
            let in_chat = state.screen == Screen::Chat;
            if in_chat {
                replies::show(ui, state, &mut forms.replies, commands);
                hairline(ui);
            }
            model(ui, state, commands);
            hairline(ui);
            if !in_chat {
                replies::show(ui, state, &mut forms.replies, commands);
                hairline(ui);
            }
            chats(ui, state, commands);
            hairline(ui);
            looks(ui, state, commands);
            hairline(ui);
            if button::quiet(ui, icons::AGAIN, labels::reset()).clicked() {
                commands.send(Command::ResetSettings);
            }
        });
    });
}

fn model(ui: &mut Ui, state: &State, commands: &CommandSender) {
    section(ui, labels::section_model());
    caption(ui, labels::precision(), "");
    precision::show(ui, state, commands);
    ui.add_space(GRID);
    caption(ui, labels::context_length(), labels::context_more());
    context(ui, state, commands);
    ui.add_space(GRID);
    caption(ui, labels::threads(), labels::threads_more());
    threads(ui, state, commands);
}

fn context(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let longest =
        state.source.as_ref().and_then(Source::summary).map_or(usize::MAX, |model| model.context_length);
    let now = state.settings.context;
    let word = |context: Option<usize>| context.map_or(labels::automatic().to_owned(), text::tokens);
    choice(ui, labels::context_length(), &word(now), |ui| {
        let fitting = CONTEXTS.into_iter().filter(|context| *context <= longest).map(Some);
        for choice in std::iter::once(None).chain(fitting) {
            if ui.selectable_label(choice == now, word(choice)).clicked() {
                commands.send(Command::SetContext(choice));
            }
        }
    });
}

fn threads(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let now = state.settings.threads;
    let word = |threads: Option<usize>| threads.map_or(labels::automatic().to_owned(), |n| n.to_string());
    choice(ui, labels::threads(), &word(now), |ui| {
        for choice in std::iter::once(None).chain((1..=cores).map(Some)) {
            if ui.selectable_label(choice == now, word(choice)).clicked() {
                commands.send(Command::SetThreads(choice));
            }
        }
    });
}

/// Chats of other programs.
fn chats(ui: &mut Ui, state: &State, commands: &CommandSender) {
    section(ui, labels::section_chats());
    caption(ui, labels::titles(), labels::titles_more());
    let choices =
        [(Titles::ByModel, labels::titles_by_model()), (Titles::FirstWords, labels::titles_first_words())];
    if let Some(titles) = segmented(ui, labels::titles(), &choices, state.settings.titles) {
        commands.send(Command::SetTitles(titles));
    }
    ui.add_space(GRID);
    caption(ui, labels::import(), labels::import_more());
    if button::outlined(ui, icons::IMPORT, labels::choose_export()).clicked() {
        commands.send(Command::ChooseImport);
    }
}

fn looks(ui: &mut Ui, state: &State, commands: &CommandSender) {
    section(ui, labels::section_looks());
    caption(ui, labels::theme(), "");
    let themes =
        [ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark].map(|t| (t, labels::theme_name(t)));
    if let Some(theme) = segmented(ui, labels::theme(), &themes, state.settings.theme) {
        commands.send(Command::SetTheme(theme));
    }
    ui.add_space(GRID);
    caption(ui, labels::language(), labels::language_more());
    language(ui, state, commands);
    ui.add_space(GRID);
    caption(ui, labels::text_size(), "");
    let sizes = [TextSize::Small, TextSize::Medium, TextSize::Large].map(|s| (s, labels::text_size_name(s)));
    if let Some(size) = segmented(ui, labels::text_size(), &sizes, state.settings.text_size) {
        commands.send(Command::SetTextSize(size));
    }
}

fn language(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let now = state.settings.language;
    let word = |language: Option<Language>| language.map_or(labels::language_system(), Language::name);
    choice(ui, labels::language(), word(now), |ui| {
        for choice in std::iter::once(None).chain(Language::ALL.map(Some)) {
            if ui.selectable_label(choice == now, word(choice)).clicked() {
                commands.send(Command::SetLanguage(choice));
            }
        }
    });
}

pub(super) fn section(ui: &mut Ui, words: &str) {
    ui.label(crate::theme::text(ui, words, Scale::Body, BOLD));
}

/// A setting's name and its effect.
pub(super) fn caption(ui: &mut Ui, name: &str, more: &str) {
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.label(crate::theme::text(ui, name, Scale::Small, MEDIUM));
        if !more.is_empty() {
            let soft = Palette::of(ui).soft;
            ui.label(crate::theme::text(ui, more, Scale::Small, "").color(soft));
        }
    });
}

/// A box that unfolds choices; screen readers call it `name`.
pub(super) fn choice(ui: &mut Ui, name: &str, shown: &str, choices: impl FnOnce(&mut Ui)) {
    let combo = egui::ComboBox::from_id_salt(name).width(ui.available_width()).selected_text(shown);
    let response = combo.show_ui(ui, choices).response;
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::ComboBox, true, name);
        info.current_text_value = Some(shown.to_owned());
        info
    });
}
