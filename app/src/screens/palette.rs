//! The palette: everything that can be done now, and every chat and model, by a few letters of its name.

use egui::{
    Align2, Area, Frame, Id, Key, KeyboardShortcut, Margin, Modifiers, Order, ScrollArea, Sense, Stroke,
    TextEdit, Ui,
};

use nibble_engine::jobs::protocol::ModelOrigin;

use super::chat_rows::title_of;
use super::forms::Forms;
use super::palette_form::{FoundChats, IN_SIGHT, MOST, PaletteForm, holds};
use super::settings::page_name;
use super::shortcuts;
use crate::command::{
    ChatsCommand, Command, DownloadsCommand, ModelCommand, QualityCommand, SettingsCommand, ViewCommand,
};
use crate::inbox::CommandSender;
use crate::state::{
    ChatFormat, Download, DownloadPhase, Screen, SettingsPage, State, ThemeChoice, listed_name,
};
use crate::text::{about, labels, models, quality, sentences, settings};
use crate::theme::{GRID, Palette, RADIUS, ROW, Scale, icons, text};
use crate::widgets::button;

/// One thing that can be done.
struct Entry {
    icon: &'static str,
    label: String,
    does: Does,
    keys: Option<KeyboardShortcut>,
}

impl Entry {
    /// The same, with the keys that do it everywhere.
    fn with_keys(self, keys: KeyboardShortcut) -> Self {
        Self { keys: Some(keys), ..self }
    }
}

#[derive(Clone)]
enum Does {
    Send(Command),
    FocusSearch,
}

/// Shows the palette, if it is open.
pub(super) fn show(ui: &Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    let Some(mut form) = forms.palette.take() else { return };
    let found = found(state, &form.query, &mut form.chats);
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    form.moved = false;
    if pressed(Key::ArrowDown) {
        form.chosen += 1;
        form.moved = true;
    }
    if pressed(Key::ArrowUp) {
        form.chosen = form.chosen.saturating_sub(1);
        form.moved = true;
    }
    form.chosen = form.chosen.min(found.len().saturating_sub(1));
    let mut done = pressed(Key::Enter).then_some(form.chosen);
    let closes = pressed(Key::Escape);
    let clicked_beside = panel(ui, &mut form, &found, &mut done);
    match done.and_then(|index| found.get(index)) {
        Some(Entry { does: Does::Send(command), .. }) => {
            forms.focus_composer |= matches!(command, Command::Model(ModelCommand::ChatWith(_)));
            commands.send(command.clone());
        }
        Some(Entry { does: Does::FocusSearch, .. }) => forms.chat_list.focus_search = true,
        None if closes || clicked_beside => forms.focus_composer = true,
        None => forms.palette = Some(form),
    }
}

/// Draws the field and the entries over all else; says whether a click went beside them.
fn panel(ui: &Ui, form: &mut PaletteForm, found: &[Entry], done: &mut Option<usize>) -> bool {
    let palette = Palette::of(ui);
    let area = Area::new(Id::unique("palette")).order(Order::Foreground);
    let shown = area.anchor(Align2::CENTER_TOP, [0.0, GRID * 24.0]).show(ui.ctx(), |ui| {
        let shadow = ui.visuals().popup_shadow;
        let frame = Frame::new().fill(palette.card).stroke(Stroke::new(1.0, palette.line)).shadow(shadow);
        frame.corner_radius(RADIUS).inner_margin(Margin::same(8)).show(ui, |ui| {
            ui.set_width(GRID * 130.0);
            ui.spacing_mut().item_spacing.y = 2.0;
            field(ui, form);
            let height = (ROW + 2.0) * IN_SIGHT as f32;
            ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
                for (index, entry) in found.iter().enumerate() {
                    let row = ui
                        .push_id(index, |ui| button::row(ui, entry.icon, &entry.label, index == form.chosen));
                    if let Some(keys) = entry.keys {
                        let words = ui.ctx().format_shortcut(&keys);
                        let font = crate::theme::font(ui, Scale::Small, "");
                        let at = row.inner.rect.right_center() - egui::vec2(GRID * 2.5, 0.0);
                        ui.painter().text(at, Align2::RIGHT_CENTER, words, font, palette.soft);
                    }
                    if form.moved && index == form.chosen {
                        row.inner.scroll_to_me(None);
                    }
                    if row.inner.clicked() {
                        *done = Some(index);
                    }
                }
            });
            if found.is_empty() {
                let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), ROW), Sense::hover());
                let font = crate::theme::font(ui, Scale::Body, "");
                let at = rect.left_center() + egui::vec2(GRID * 2.5, 0.0);
                ui.painter().text(at, Align2::LEFT_CENTER, labels::nothing_found(), font, palette.soft);
            }
        });
    });
    shown.response.clicked_elsewhere()
}

fn field(ui: &mut Ui, form: &mut PaletteForm) {
    let soft = Palette::of(ui).soft;
    let hint = text(ui, labels::palette_hint(), Scale::Body, "").color(soft);
    let edit = TextEdit::singleline(&mut form.query).hint_text(hint).desired_width(f32::INFINITY);
    let response = ui.add(edit.frame(Frame::new().inner_margin(Margin::symmetric(10, 8))));
    let now = form.query.clone();
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::TextInput, true, labels::palette());
        info.current_text_value = Some(now.clone());
        info
    });
    if !std::mem::replace(&mut form.asked_focus, true) {
        response.request_focus();
    }
    if response.changed() {
        form.chosen = 0;
    }
}

/// Entries whose names hold all that was typed, word by word.
fn found(state: &State, query: &str, chats: &mut FoundChats) -> Vec<Entry> {
    let mut entries = actions(state);
    entries.extend(state.downloads.all.iter().filter_map(download));
    entries.extend(ready_models(state));
    entries.extend(reports(state));
    if !query.trim().is_empty() {
        entries.extend(settings_pages());
    }
    entries.retain(|entry| holds(&entry.label, query));
    if !query.trim().is_empty() {
        chats.look(state, query);
        let found = chats.ids.iter().filter_map(|id| state.chats.find(*id));
        entries.extend(found.map(|chat| entry("", title_of(chat), ChatsCommand::Open(chat.id()))));
    }
    entries.truncate(MOST);
    entries
}

fn entry(icon: &'static str, label: impl Into<String>, command: impl Into<Command>) -> Entry {
    Entry { icon, label: label.into(), does: Does::Send(command.into()), keys: None }
}

/// What can be done now.
fn actions(state: &State) -> Vec<Entry> {
    let mut entries = vec![
        entry(icons::NEW_CHAT, labels::new_chat(), ChatsCommand::New).with_keys(shortcuts::NEW_CHAT),
        entry(icons::TEMPORARY, labels::new_temporary_chat(), ChatsCommand::NewTemporary),
    ];
    if !state.rail_closed {
        let does = Does::FocusSearch;
        let keys = Some(shortcuts::SEARCH_CHATS);
        entries.push(Entry { icon: icons::SEARCH, label: labels::search_chats().to_owned(), does, keys });
    }
    entries.push(entry(icons::MODELS, labels::models(), ViewCommand::Show(Screen::Models)));
    entries.push(entry(icons::SEARCH, models::find_models(), ViewCommand::Show(Screen::Discover)));
    entries.push(entry(icons::DOWNLOAD, models::downloads(), ViewCommand::Show(Screen::Downloads)));
    let general =
        entry(icons::SETTINGS, labels::settings(), ViewCommand::ShowSettings(SettingsPage::General));
    entries.push(general.with_keys(shortcuts::SETTINGS));
    let drawer = entry(icons::CHAT_SETTINGS, settings::chat_settings(), ViewCommand::ToggleDrawer);
    entries.push(drawer.with_keys(shortcuts::CHAT_SETTINGS));
    entries.push(entry(icons::COPY, about::copy_diagnostics(), ViewCommand::CopyDiagnostics));
    let folder = entry(icons::FOLDER, labels::choose_folder(), ModelCommand::ChooseFolder);
    entries.push(folder.with_keys(shortcuts::OPEN_FOLDER));
    entries.push(entry(icons::FILE, labels::choose_file(), ModelCommand::ChooseFile));
    if let Some(chat) = state.chats.current().filter(|chat| !chat.is_empty()) {
        let id = chat.id();
        let (pin, archive) = (!chat.head.pinned, !chat.head.archived);
        let label = if pin { labels::pin_chat() } else { labels::unpin_chat() };
        entries.push(entry(icons::PIN, label, ChatsCommand::Pin(id, pin)));
        let label = if archive { labels::archive_chat() } else { labels::unarchive_chat() };
        entries.push(entry(icons::ARCHIVE, label, ChatsCommand::Archive(id, archive)));
        let markdown = ChatsCommand::Export(id, ChatFormat::Markdown);
        entries.push(entry(icons::EXPORT, labels::export_markdown(), markdown));
        entries.push(entry(icons::EXPORT, labels::export_json(), ChatsCommand::Export(id, ChatFormat::Json)));
        entries.push(entry(icons::DELETE, labels::delete_chat(), ChatsCommand::Delete(id)));
    }
    entries.push(entry(icons::IMPORT, labels::import_chats(), ChatsCommand::ChooseImport));
    for theme in [ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark] {
        let label = sentences::item_of(labels::theme(), labels::theme_name(theme));
        entries.push(entry(icons::SETTINGS, label, SettingsCommand::SetTheme(theme)));
    }
    entries
}

/// The pages of the settings, which are listed only where somebody looks for one.
fn settings_pages() -> impl Iterator<Item = Entry> {
    SettingsPage::ALL.into_iter().map(|page| {
        let label = sentences::item_of(labels::settings(), page_name(page));
        entry(icons::SETTINGS, label, ViewCommand::ShowSettings(page))
    })
}

/// What can be done with a download now.
fn download(download: &Download) -> Option<Entry> {
    let (icon, words, command) = match download.phase {
        DownloadPhase::Waiting | DownloadPhase::Running(_) => {
            (icons::PAUSE, models::pause(), DownloadsCommand::Pause(download.id))
        }
        DownloadPhase::Paused => (icons::GO_ON, models::resume(), DownloadsCommand::Resume(download.id)),
        DownloadPhase::Failed(_) => {
            (icons::AGAIN, labels::step_again(), DownloadsCommand::Resume(download.id))
        }
        DownloadPhase::Done { .. } => return None,
    };
    Some(entry(icon, sentences::item_of(words, download.name()), command))
}

fn ready_models(state: &State) -> impl Iterator<Item = Entry> {
    state.library.ready().map(|model| {
        let icon = if model.origin == ModelOrigin::BuiltIn { icons::STARTER } else { icons::MODELS };
        let label = sentences::chat_with(listed_name(model));
        entry(icon, label, ModelCommand::ChatWith(model.path.clone()))
    })
}

/// Reports on quality, by the name of the model.
fn reports(state: &State) -> impl Iterator<Item = Entry> {
    state.quality.reports.iter().map(|report| {
        let name = report.model.file_stem().unwrap_or_default().to_string_lossy();
        let label = sentences::item_of(quality::quality_report(), &name);
        entry(icons::SPEED, label, QualityCommand::Show(report.model.clone()))
    })
}
