//! Where messages are written. Enter sends, Shift+Enter breaks the line, Esc stops a reply.

use egui::{
    Align, Frame, Id, Key, KeyboardShortcut, Layout, Margin, Modifiers, ScrollArea, Stroke, TextEdit, Ui,
};
use nibble_engine::jobs::Role;

use super::forms::Forms;
use super::{context_meter, model_picker};
use crate::command::{ChatCommand, ChatsCommand};
use crate::inbox::CommandSender;
use crate::state::{Chat, Phase, State};
use crate::text::labels;
use crate::theme::{GRID, Palette, Scale, font, icons, text};
use crate::widgets::{button, file_chip};

/// Tokens of the context that files leave for an answer; a quarter of a small context.
const ANSWER: usize = 512;

/// Lines the composer grows to before it scrolls.
const MOST_LINES: f32 = 8.0;

/// Shows the composer.
pub(super) fn show(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    follow_chat(state, forms);
    let palette = Palette::of(ui);
    let id = Id::unique("composer text");
    let has_focus = ui.memory(|memory| memory.has_focus(id));
    let line = if has_focus { palette.accent } else { palette.line };
    let is_temporary = state.chats.current().is_some_and(|chat| chat.temporary);
    Frame::new()
        .fill(if is_temporary { palette.tint } else { palette.card })
        .stroke(Stroke::new(1.0, line))
        .corner_radius(20)
        .inner_margin(Margin::same(8))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID;
            files(ui, state, commands);
            field(ui, id, has_focus, state, forms, commands);
            foot(ui, state, forms, commands);
        });
    ui.add_space(GRID * 1.5);
    ui.vertical_centered(|ui| {
        let words = if is_temporary { labels::temporary_more() } else { labels::chat_privacy() };
        ui.label(text(ui, words, Scale::Small, "").color(palette.soft));
    });
    ui.add_space(GRID * 2.0);
}

/// Keeps the text with its chat when another chat is shown.
fn follow_chat(state: &State, forms: &mut Forms) {
    if forms.message_chat != state.chats.current {
        forms.message_chat = state.chats.current;
        forms.message = state.chats.current().map(|chat| chat.head.draft.clone()).unwrap_or_default();
        forms.focus_composer = true;
        forms.composer_to_end = true;
        forms.editing = None;
    }
}

/// Puts what someone said before what is being typed.
pub(super) fn quote(words: &str, forms: &mut Forms, commands: &CommandSender) {
    let quoted: String = words.trim().lines().flat_map(|line| ["> ", line, "\n"]).collect();
    let before = forms.message.trim_end();
    let gap = if before.is_empty() { "" } else { "\n\n" };
    forms.message = format!("{before}{gap}{quoted}\n");
    forms.composer_to_end = true;
    forms.focus_composer = true;
    if let Some(chat) = forms.message_chat {
        commands.send(ChatsCommand::SaveDraft(chat, forms.message.clone()));
    }
}

/// Changes the person's last message, from an empty composer.
fn edit_last(ui: &Ui, state: &State, forms: &mut Forms) {
    let up = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::ArrowUp));
    let said =
        state.chats.current().and_then(|chat| chat.messages.shown().rfind(|said| said.role == Role::User));
    if let Some(said) = said.filter(|_| up && !state.is_replying() && state.engine.model.is_some()) {
        forms.edit(said);
    }
}

/// The files that wait for the message.
fn files(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let Some(chat) = state.chats.current().filter(|chat| !chat.pending.is_empty()) else { return };
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = egui::Vec2::splat(GRID);
        for (at, pending) in chat.pending.iter().enumerate() {
            let bytes = pending.file.text.len() as u64;
            let size = pending.tokens.map_or_else(|| crate::text::bytes(bytes), crate::text::tokens);
            if file_chip::removable(ui, &pending.file.name, &size, &pending.file.text) {
                commands.send(ChatCommand::Detach(at));
            }
        }
    });
    if files_exceed(state) {
        let bad = Palette::of(ui).bad;
        ui.label(text(ui, labels::files_too_long(), Scale::Small, "").color(bad));
    }
}

/// Whether the files that wait are known to leave no room in the context for an answer.
fn files_exceed(state: &State) -> bool {
    let Some(loaded) = state.engine.model.as_ref().and_then(|model| model.loaded.as_ref()) else {
        return false;
    };
    let pending = state.chats.current().map(|chat| chat.pending.as_slice()).unwrap_or_default();
    pending.iter().filter_map(|pending| pending.tokens).sum::<usize>()
        >= loaded.context.saturating_sub(ANSWER.min(loaded.context / 4))
}

fn field(ui: &mut Ui, id: Id, has_focus: bool, state: &State, forms: &mut Forms, commands: &CommandSender) {
    let enter = has_focus
        && ui.input_mut(|input| !input.modifiers.shift && input.consume_key(Modifiers::NONE, Key::Enter));
    if has_focus && forms.message.is_empty() {
        edit_last(ui, state, forms);
    }
    take_stray_letters(ui, forms);
    let line = font(ui, Scale::Body, "").size * 1.45;
    let shown = ScrollArea::vertical().max_height(line * MOST_LINES).id_salt("composer").show(ui, |ui| {
        let hint = text(ui, labels::message_hint(), Scale::Body, "").color(Palette::of(ui).soft);
        let edit = TextEdit::multiline(&mut forms.message)
            .id(id)
            .desired_rows(1)
            .desired_width(f32::INFINITY)
            .frame(Frame::new().inner_margin(Margin { left: 10, right: 8, top: 8, bottom: 4 }))
            .hint_text(hint)
            .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter));
        let response = ui.add(edit);
        response.widget_info(|| {
            let mut info = egui::WidgetInfo::labeled(egui::Role::MultilineTextInput, true, labels::message());
            info.current_text_value = Some(forms.message.clone());
            info
        });
        response
    });
    let response = shown.inner;
    take_keyboard(ui, &response, forms);
    if let Some(chat) = state.chats.current
        && response.changed()
    {
        commands.send(ChatsCommand::SaveDraft(chat, forms.message.clone()));
    }
    if enter && can_send(state, forms) {
        send(forms, commands);
    }
}

/// Gives the composer the keyboard where somebody asked for that, and whenever nothing else has it: what is typed in a chat goes
/// there.
fn take_keyboard(ui: &Ui, response: &egui::Response, forms: &mut Forms) {
    let is_free = ui.memory(|memory| memory.focused().is_none()) && !egui::Popup::is_any_open(ui.ctx());
    let is_wanted = std::mem::take(&mut forms.focus_composer);
    if forms.palette.is_some() || forms.picker.is_open() || !(is_wanted || is_free) {
        return;
    }
    response.request_focus();
    if std::mem::take(&mut forms.composer_to_end) {
        let mut text_state = egui::text_edit::TextEditState::load(ui.ctx(), response.id).unwrap_or_default();
        let end = egui::text::CCursor::new(forms.message.chars().count());
        text_state.cursor.set_char_range(Some(egui::text::CCursorRange::one(end)));
        text_state.store(ui.ctx(), response.id);
    }
}

/// Takes letters that are typed while a button has the keyboard.
fn take_stray_letters(ui: &Ui, forms: &mut Forms) {
    if forms.palette.is_some() || ui.ctx().text_edit_focused() || egui::Popup::is_any_open(ui.ctx()) {
        return;
    }
    let typed: String = ui.input(|input| {
        let typed = input.events.iter().filter_map(|event| match event {
            egui::Event::Text(text) if !text.trim().is_empty() => Some(text.as_str()),
            _ => None,
        });
        typed.collect()
    });
    if !typed.is_empty() {
        forms.message.push_str(&typed);
        forms.focus_composer = true;
        forms.composer_to_end = true;
    }
}

fn foot(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GRID;
        if button::icon(ui, icons::ATTACH, labels::attach()).clicked() {
            commands.send(ChatCommand::ChooseAttachment);
        }
        ui.scope(|ui| {
            ui.set_max_width((ui.available_width() - GRID * 30.0).max(GRID * 20.0));
            let chip = button::quiet(ui, icons::MODELS, &model_name(state));
            forms.focus_composer |= model_picker::show(&chip, state, &mut forms.picker, commands);
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if state.is_replying() {
                let stopping = matches!(state.engine.phase, Phase::Replying { stopping: true, .. });
                let stop = ui.add_enabled_ui(!stopping, |ui| button::stop(ui, labels::stop()));
                if stop.inner.clicked() {
                    commands.send(ChatCommand::StopReply);
                }
            } else {
                let ready = can_send(state, forms);
                let pressed = ui.add_enabled_ui(ready, |ui| button::round(ui, icons::SEND, labels::send()));
                if pressed.inner.clicked() {
                    send(forms, commands);
                    forms.focus_composer = true;
                }
            }
            context_meter::show(ui, state);
            if let Phase::Loading(_) = state.engine.phase {
                crate::widgets::busy::busy(ui, 14.0);
                let soft = Palette::of(ui).soft;
                ui.label(text(ui, super::loading::loading_label(state), Scale::Small, "").color(soft));
            }
        });
    });
}

/// Name of the model that replies in the current chat.
fn model_name(state: &State) -> String {
    let Some(chosen) = &state.engine.model else { return labels::choose_model().to_owned() };
    match state.chats.current().and_then(|chat| state.model_in(chat)) {
        Some(path) if path != chosen.path => state.model_name(path),
        _ => chosen.name.clone(),
    }
}

fn can_send(state: &State, forms: &Forms) -> bool {
    let files = state.chats.current().is_some_and(|chat| !chat.pending.is_empty());
    (files || !forms.message.trim().is_empty())
        && state.engine.model.is_some()
        && !state.is_replying()
        && !files_exceed(state)
        && state.chats.current().is_none_or(Chat::is_read)
}

fn send(forms: &mut Forms, commands: &CommandSender) {
    commands.send(ChatCommand::Send(std::mem::take(&mut forms.message)));
}
