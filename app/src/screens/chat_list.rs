//! The rail's list of chats: searched, or by date, with those put away folded at its end.

use std::collections::BTreeSet;

use egui::{Margin, ScrollArea, TextEdit, Ui};

use super::chat_menu;
use crate::command::{Command, CommandSender};
use crate::state::{Age, Chat, ChatId, Hit, Screen, State};
use crate::text::labels;
use crate::theme::{GRID, MEDIUM, Palette, ROW, Scale, icons};
use crate::widgets::{button, hit_row::hit_row};

/// Fields and folds of the list, and its rows as they were worked out last.
#[derive(Clone, Debug, Default)]
pub struct ChatListForm {
    /// What is looked for, as typed.
    pub query: String,
    /// Whether the field for it should get the keyboard.
    pub focus_search: bool,
    /// The chat being named, and its name.
    pub renaming: Option<(ChatId, String)>,
    /// The chat being put into a new folder, and the folder's name.
    pub moving: Option<(ChatId, String)>,
    /// Folders that are shown.
    pub open_folders: BTreeSet<String>,
    /// Whether chats that were put away are shown.
    pub archive_open: bool,
    rows: Vec<Row>,
    made_from: Option<MadeFrom>,
}

/// What rows depend on; they are worked out anew when it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct MadeFrom {
    revision: u64,
    today: i64,
    archive_open: bool,
    open_folders: BTreeSet<String>,
    query: String,
    hits: Vec<Hit>,
}

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Row {
    Heading(&'static str),
    Chat(ChatId),
    Hit(Hit),
    Folder(String, usize),
    Archive(usize),
}

/// Shows the field to search in.
pub(super) fn search(ui: &mut Ui, state: &State, form: &mut ChatListForm, commands: &CommandSender) {
    let soft = Palette::of(ui).soft;
    let hint = format!("{}  {}", icons::SEARCH, labels::search_chats());
    let edit = TextEdit::singleline(&mut form.query)
        .hint_text(crate::theme::text(ui, hint, Scale::Body, "").color(soft))
        .desired_width(f32::INFINITY)
        .margin(Margin { left: 10, right: 10, top: 8, bottom: 8 });
    let response = ui.add(edit);
    let now = form.query.clone();
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::TextInput, true, labels::search_chats());
        info.current_text_value = Some(now.clone());
        info
    });
    if std::mem::take(&mut form.focus_search) {
        response.request_focus();
    }
    // Escape leaves the field, and what was looked for with it.
    if response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Escape)) {
        form.query.clear();
    }
    if form.query != state.search.query {
        commands.send(Command::Search(form.query.clone()));
    }
}

/// Shows the list.
pub(super) fn show(ui: &mut Ui, state: &State, form: &mut ChatListForm, commands: &CommandSender) {
    work_out_rows(state, form);
    if form.rows.is_empty() {
        if state.search.is_active() && !state.search.waiting {
            heading(ui, labels::nothing_found());
        }
        return;
    }
    let rows = std::mem::take(&mut form.rows);
    ScrollArea::vertical().auto_shrink(false).show_rows(ui, ROW, rows.len(), |ui, range| {
        for (index, row) in rows.iter().enumerate().take(range.end).skip(range.start) {
            ui.push_id(index, |ui| row_ui(ui, state, row, form, commands));
        }
    });
    form.rows = rows;
}

fn row_ui(ui: &mut Ui, state: &State, row: &Row, form: &mut ChatListForm, commands: &CommandSender) {
    match row {
        Row::Heading(words) => heading(ui, words),
        Row::Archive(count) => {
            let icon = if form.archive_open { icons::UNFOLDED } else { icons::FOLDED };
            let words = format!("{} ({count})", labels::archived());
            if button::row(ui, icon, &words, false).clicked() {
                form.archive_open = !form.archive_open;
            }
        }
        Row::Folder(name, count) => {
            let open = form.open_folders.contains(name);
            let icon = if open { icons::FOLDER } else { icons::FOLDER_CLOSED };
            if button::row(ui, icon, &format!("{name} ({count})"), false).clicked() {
                if open {
                    form.open_folders.remove(name);
                } else {
                    form.open_folders.insert(name.clone());
                }
            }
        }
        Row::Hit(hit) => {
            let title = state.chats.find(hit.chat).map_or(labels::untitled(), |chat| title_of(chat));
            if hit_row(ui, title, &hit.excerpt).clicked() {
                commands.send(Command::OpenHit(hit.chat, hit.message));
            }
        }
        Row::Chat(id) => {
            if let Some(chat) = state.chats.find(*id) {
                chat_row(ui, state, chat, form, commands);
            }
        }
    }
}

fn chat_row(ui: &mut Ui, state: &State, chat: &Chat, form: &mut ChatListForm, commands: &CommandSender) {
    let id = chat.id();
    if form.renaming.as_ref().is_some_and(|(renamed, _)| *renamed == id) {
        return rename(ui, form, commands);
    }
    if form.moving.as_ref().is_some_and(|(moved, _)| *moved == id) {
        return new_folder(ui, form, commands);
    }
    let chosen = state.screen == Screen::Chat && state.chats.current == Some(id);
    let icon = if chat.temporary { icons::TEMPORARY } else { "" };
    let row = button::row_with_corner(ui, icon, title_of(chat), chosen);
    if row.clicked() {
        commands.send(Command::OpenChat(id));
    }
    if row.gained_focus() {
        // With its neighbours, or the keyboard would never come to rows that are not drawn yet.
        ui.scroll_to_rect(row.rect.expand2(egui::vec2(0.0, ROW)), None);
    }
    if row.has_focus() && ui.input(|input| input.key_pressed(egui::Key::Delete)) {
        commands.send(Command::DeleteChat(id));
    }
    if row.has_focus() && ui.input(|input| input.key_pressed(egui::Key::F2)) {
        form.renaming = Some((id, chat.head.title.clone()));
    }
    row.context_menu(|ui| chat_menu::show(ui, state, chat, form, commands));
    // The same menu for those who do not think of the right button.
    let more = egui::Rect::from_min_max(egui::pos2(row.rect.right() - ROW, row.rect.top()), row.rect.max);
    let near = ui.rect_contains_pointer(row.rect) || row.has_focus() || chosen;
    let (id, menu_id) = (ui.scope_id().with("more"), ui.scope_id().with("menu"));
    if near || egui::Popup::is_id_open(ui.ctx(), menu_id) {
        let more = button::corner(ui, more, id, icons::MORE, labels::more_for_chat());
        egui::Popup::menu(&more).id(menu_id).show(|ui| chat_menu::show(ui, state, chat, form, commands));
    }
}

/// The field for a chat's name.
fn rename(ui: &mut Ui, form: &mut ChatListForm, commands: &CommandSender) {
    let Some((id, name)) = &mut form.renaming else { return };
    match field(ui, name, labels::chat_name()) {
        Typing::On => return,
        Typing::Done => commands.send(Command::RenameChat(*id, name.clone())),
        Typing::GivenUp => {}
    }
    form.renaming = None;
}

/// The field for the name of a new folder, which a chat is put into.
fn new_folder(ui: &mut Ui, form: &mut ChatListForm, commands: &CommandSender) {
    let Some((id, name)) = &mut form.moving else { return };
    match field(ui, name, labels::folder_name()) {
        Typing::On => return,
        Typing::Done => {
            form.open_folders.insert(name.trim().to_owned());
            commands.send(Command::MoveChat(*id, name.clone()));
        }
        Typing::GivenUp => {}
    }
    form.moving = None;
}

/// How far typing into a field of the list is.
enum Typing {
    On,
    Done,
    GivenUp,
}

/// A field in place of a row.
fn field(ui: &mut Ui, name: &mut String, label: &str) -> Typing {
    let edit = TextEdit::singleline(name)
        .hint_text(label)
        .desired_width(f32::INFINITY)
        .margin(Margin::symmetric(10, 8));
    let response = ui.add(edit);
    let now = name.clone();
    response.widget_info(|| {
        let mut info = egui::WidgetInfo::labeled(egui::Role::TextInput, true, label);
        info.current_text_value = Some(now.clone());
        info
    });
    if !response.lost_focus() {
        response.request_focus();
        return Typing::On;
    }
    if ui.input(|input| input.key_pressed(egui::Key::Escape)) { Typing::GivenUp } else { Typing::Done }
}

fn heading(ui: &mut Ui, words: &str) {
    let size = egui::vec2(ui.available_width(), ROW);
    let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, words));
    let soft = Palette::of(ui).soft;
    let at = egui::pos2(rect.left() + GRID * 2.5, rect.bottom() - GRID * 1.5);
    let font = crate::theme::font(ui, Scale::Small, MEDIUM);
    ui.painter().text(at, egui::Align2::LEFT_BOTTOM, words, font, soft);
}

/// A chat's name for people.
pub(super) fn title_of(chat: &Chat) -> &str {
    if chat.head.title.is_empty() { labels::untitled() } else { &chat.head.title }
}

fn work_out_rows(state: &State, form: &mut ChatListForm) {
    let made_from = MadeFrom {
        revision: state.chats.revision,
        today: state.clock.today(),
        archive_open: form.archive_open,
        open_folders: form.open_folders.clone(),
        query: state.search.query.clone(),
        hits: state.search.hits.clone(),
    };
    if form.made_from.as_ref() != Some(&made_from) {
        form.rows = if state.search.is_active() { found(state) } else { by_date(state, form) };
        form.made_from = Some(made_from);
    }
}

/// Chats whose title holds what is looked for, then messages that do.
fn found(state: &State) -> Vec<Row> {
    let query = state.search.query.trim().to_lowercase();
    let named = sorted(state, |chat| chat.head.title.to_lowercase().contains(&query));
    let mut rows = Vec::new();
    if !named.is_empty() {
        rows.push(Row::Heading(labels::found_in_titles()));
        rows.extend(named.into_iter().map(|chat| Row::Chat(chat.id())));
    }
    let hits: Vec<&Hit> =
        state.search.hits.iter().filter(|hit| state.chats.find(hit.chat).is_some()).collect();
    if !hits.is_empty() {
        rows.push(Row::Heading(labels::found_in_messages()));
        rows.extend(hits.into_iter().cloned().map(Row::Hit));
    }
    rows
}

fn by_date(state: &State, form: &ChatListForm) -> Vec<Row> {
    let mut rows = folders(state, &form.open_folders);
    let mut under = None;
    for chat in sorted(state, |chat| !chat.head.archived && chat.head.folder.is_empty()) {
        let words = match (chat.temporary, chat.head.pinned) {
            (true, _) => labels::temporary(),
            (false, true) => labels::pinned(),
            (false, false) => age(state.clock.age(chat.head.updated)),
        };
        if under.replace(words) != Some(words) {
            rows.push(Row::Heading(words));
        }
        rows.push(Row::Chat(chat.id()));
    }
    let archived = sorted(state, |chat| chat.head.archived);
    if !archived.is_empty() {
        rows.push(Row::Archive(archived.len()));
        if form.archive_open {
            rows.extend(archived.into_iter().map(|chat| Row::Chat(chat.id())));
        }
    }
    rows
}

/// Folders by name, with their chats where they are open.
fn folders(state: &State, open: &BTreeSet<String>) -> Vec<Row> {
    let mut rows = Vec::new();
    for name in state.chats.folders() {
        let inside = sorted(state, |chat| !chat.head.archived && chat.head.folder == name);
        rows.push(Row::Folder(name.to_owned(), inside.len()));
        if open.contains(name) {
            rows.extend(inside.into_iter().map(|chat| Row::Chat(chat.id())));
        }
    }
    if !rows.is_empty() {
        rows.insert(0, Row::Heading(labels::folders()));
    }
    rows
}

/// Chats worth listing, in the order of the list.
fn sorted(state: &State, wanted: impl Fn(&Chat) -> bool) -> Vec<&Chat> {
    let worth_it = |chat: &&Chat| !chat.is_empty() || !chat.head.draft.is_empty();
    let mut chats: Vec<&Chat> =
        state.chats.all().iter().filter(worth_it).filter(|chat| wanted(chat)).collect();
    chats.sort_by_key(|chat| {
        std::cmp::Reverse((chat.temporary, chat.head.pinned, chat.head.updated, chat.head.id))
    });
    chats
}

/// How long ago something was, in words.
pub(super) fn age(age: Age) -> &'static str {
    match age {
        Age::Today => labels::today(),
        Age::Yesterday => labels::yesterday(),
        Age::Week => labels::last_week(),
        Age::Month => labels::last_month(),
        Age::Older => labels::older(),
    }
}
