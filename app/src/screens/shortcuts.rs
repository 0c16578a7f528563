//! Keys that do something everywhere, and what they do.

use egui::{Context, Key, KeyboardShortcut, Modifiers};

use super::forms::Forms;
use super::palette_form::PaletteForm;
use crate::command::{ChatCommand, ChatsCommand, ModelCommand, ViewCommand};
use crate::inbox::CommandSender;
use crate::state::{Screen, SettingsPage, State};

const fn command(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

/// Starts a chat.
pub(super) const NEW_CHAT: KeyboardShortcut = command(Key::N);
/// Goes to the search of chats.
pub(super) const SEARCH_CHATS: KeyboardShortcut = command(Key::F);
/// Opens the palette.
pub(super) const PALETTE: KeyboardShortcut = command(Key::K);
/// Opens the picker of models.
pub(super) const CHOOSE_MODEL: KeyboardShortcut = command(Key::L);
/// Opens the dialog for a checkpoint folder.
pub(super) const OPEN_FOLDER: KeyboardShortcut = command(Key::O);
/// Shows the settings.
pub(super) const SETTINGS: KeyboardShortcut = command(Key::Comma);
/// Shows or hides the drawer with the settings of a chat.
pub(super) const CHAT_SETTINGS: KeyboardShortcut = command(Key::Period);
/// Shows or hides the rail.
pub(super) const HIDE_CHATS: KeyboardShortcut = command(Key::B);

/// Does what the pressed keys ask for.
pub(super) fn take(ctx: &Context, state: &State, forms: &mut Forms, commands: &CommandSender) {
    let pressed = |keys: &KeyboardShortcut| ctx.input_mut(|input| input.consume_shortcut(keys));
    if pressed(&NEW_CHAT) {
        commands.send(ChatsCommand::New);
        forms.focus_composer = true;
    }
    if pressed(&SEARCH_CHATS) {
        forms.rail_over = true;
        if state.rail_closed {
            commands.send(ViewCommand::ToggleRail);
        }
        forms.chat_list.focus_search = true;
    }
    if pressed(&PALETTE) {
        let open = forms.palette.take();
        forms.palette = open.is_none().then(PaletteForm::default);
    }
    if pressed(&CHOOSE_MODEL) {
        forms.picker.toggle();
        commands.send(ViewCommand::Show(Screen::Chat));
    }
    if pressed(&OPEN_FOLDER) {
        commands.send(ModelCommand::ChooseFolder);
    }
    if pressed(&SETTINGS) {
        commands.send(match state.screen {
            Screen::Settings => ViewCommand::Show(Screen::Chat),
            _ => ViewCommand::ShowSettings(SettingsPage::General),
        });
    }
    if pressed(&CHAT_SETTINGS) {
        commands.send(ViewCommand::ToggleDrawer);
    }
    if pressed(&HIDE_CHATS) {
        commands.send(ViewCommand::ToggleRail);
    }
    let escape = KeyboardShortcut::new(Modifiers::NONE, Key::Escape);
    if forms.picker.is_open() {
        // The picker closes itself.
    } else if state.is_replying() && pressed(&escape) {
        commands.send(ChatCommand::StopReply);
    } else if state.drawer_open && pressed(&escape) {
        commands.send(ViewCommand::ToggleDrawer);
    } else if state.screen == Screen::Settings && pressed(&escape) {
        commands.send(ViewCommand::Show(Screen::Chat));
    }
}
