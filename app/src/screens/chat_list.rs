//! The rail's list of chats: searched, or by date, with those put away folded at its end.

use egui::{Margin, ScrollArea, TextEdit, Ui};

use super::chat_menu;
use super::chat_rows::{ChatListForm, Row, title_of, work_out_rows};
use crate::command::ChatsCommand;
use crate::inbox::CommandSender;
use crate::state::{Chat, Screen, State};
use crate::text::labels;
use crate::theme::{GRID, MEDIUM, Palette, ROW, Scale, icons};
use crate::widgets::{button, hit_row::hit_row};

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
        commands.send(ChatsCommand::Search(form.query.clone()));
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
                commands.send(ChatsCommand::OpenHit(hit.chat, hit.message));
            }
        }
        Row::Chat(id) => {
            if let Some(chat) = state.chats.find(*id) {
                // What lies in a folder stands under its name.
                let inside = if chat.head.folder.is_empty() { 0 } else { 16 };
                egui::Frame::new().inner_margin(Margin { left: inside, ..Margin::ZERO }).show(ui, |ui| {
                    chat_row(ui, state, chat, form, commands);
                });
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
    let row = button::row(ui, icon, title_of(chat), chosen);
    if row.clicked() {
        commands.send(ChatsCommand::Open(id));
    }
    if row.gained_focus() {
        // With its neighbors, or the keyboard would never come to rows that are not drawn yet.
        ui.scroll_to_rect(row.rect.expand2(egui::vec2(0.0, ROW)), None);
    }
    if row.has_focus() && ui.input(|input| input.key_pressed(egui::Key::Delete)) {
        commands.send(ChatsCommand::Delete(id));
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
        Typing::Done => commands.send(ChatsCommand::Rename(*id, name.clone())),
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
            commands.send(ChatsCommand::Move(*id, name.clone()));
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
