//! Where messages are written. Enter sends, Shift+Enter breaks the line, Esc stops a reply.

use egui::{
    Align, Frame, Id, Key, KeyboardShortcut, Layout, Margin, Modifiers, ScrollArea, Stroke, TextEdit, Ui,
};
use nibble_engine::jobs::Role;
use nibble_engine::jobs::protocol::ModelOrigin;

use super::context_meter;
use super::forms::Forms;
use crate::command::{ChatCommand, ChatsCommand, ModelCommand, ViewCommand};
use crate::inbox::CommandSender;
use crate::state::{Chat, Phase, Screen, State, listed_name};
use crate::text::labels;
use crate::theme::{GRID, Palette, Scale, font, icons, text};
use crate::widgets::{button, file_chip};

/// Lines the composer grows to before it scrolls.
const MOST_LINES: f32 = 8.0;

/// Shows the composer.
pub(super) fn show(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    follow_chat(state, forms);
    let palette = Palette::of(ui);
    let id = Id::unique("composer text");
    let has_focus = ui.memory(|memory| memory.has_focus(id));
    let line = if has_focus { palette.accent } else { palette.line };
    Frame::new()
        .fill(palette.card)
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
        ui.label(text(ui, labels::chat_privacy(), Scale::Small, "").color(palette.soft));
    });
    ui.add_space(GRID * 2.0);
}

/// Keeps the text with its chat when another chat is shown.
fn follow_chat(state: &State, forms: &mut Forms) {
    if forms.message_chat != state.chats.current {
        forms.message_chat = state.chats.current;
        forms.message = state.chats.current().map(|chat| chat.head.draft.clone()).unwrap_or_default();
        forms.focus_composer = true;
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
    pending.iter().filter_map(|pending| pending.tokens).sum::<usize>() >= loaded.context * 3 / 4
}

fn field(ui: &mut Ui, id: Id, has_focus: bool, state: &State, forms: &mut Forms, commands: &CommandSender) {
    let enter = has_focus
        && ui.input_mut(|input| !input.modifiers.shift && input.consume_key(Modifiers::NONE, Key::Enter));
    if has_focus && forms.message.is_empty() {
        edit_last(ui, state, forms);
    }
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
    if std::mem::take(&mut forms.focus_composer) && !state.drawer_open {
        response.request_focus();
        if std::mem::take(&mut forms.composer_to_end) {
            let mut text_state = egui::text_edit::TextEditState::load(ui.ctx(), id).unwrap_or_default();
            let end = egui::text::CCursor::new(forms.message.chars().count());
            text_state.cursor.set_char_range(Some(egui::text::CCursorRange::one(end)));
            text_state.store(ui.ctx(), id);
        }
    }
    if let Some(chat) = state.chats.current
        && response.changed()
    {
        commands.send(ChatsCommand::SaveDraft(chat, forms.message.clone()));
    }
    if enter && can_send(state, forms) {
        send(forms, commands);
    }
}

fn foot(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = GRID;
        if button::icon(ui, icons::ATTACH, labels::attach()).clicked() {
            commands.send(ChatCommand::ChooseAttachment);
        }
        let model = state.engine.model.as_ref().map_or(labels::choose_model(), |model| model.name.as_str());
        ui.scope(|ui| {
            ui.set_max_width((ui.available_width() - GRID * 30.0).max(GRID * 20.0));
            let chip = button::quiet(ui, icons::MODELS, model);
            model_menu(&chip, state, commands);
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

/// The models to switch to, above the chip that shows the present one.
fn model_menu(chip: &egui::Response, state: &State, commands: &CommandSender) {
    egui::Popup::menu(chip).align(egui::RectAlign::TOP_START).width(GRID * 72.0).show(|ui| {
        ui.set_width(GRID * 72.0);
        ui.spacing_mut().item_spacing.y = 2.0;
        let present = state.engine.model.as_ref().map(|model| &model.path);
        egui::ScrollArea::vertical().max_height(GRID * 80.0).show(ui, |ui| {
            for model in state.library.ready() {
                let icon = if model.origin == ModelOrigin::BuiltIn { icons::STARTER } else { icons::MODELS };
                if button::row(ui, icon, listed_name(model), present == Some(&model.path)).clicked() {
                    commands.send(ModelCommand::ChatWith(model.path.clone()));
                    ui.close();
                }
            }
        });
        if button::row(ui, icons::FOLDER, labels::more_models(), false).clicked() {
            commands.send(ViewCommand::Show(Screen::Models));
            ui.close();
        }
    });
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
