//! What can be done with a chat of the list.

use egui::Ui;

use super::chat_rows::ChatListForm;
use crate::command::ChatsCommand;
use crate::inbox::CommandSender;
use crate::state::{Chat, ChatFormat, State};
use crate::text::{labels, sentences};
use crate::theme::{GRID, icons};
use crate::widgets::{button, card::hairline};

/// Shows the menu.
pub(super) fn show(
    ui: &mut Ui,
    state: &State,
    chat: &Chat,
    form: &mut ChatListForm,
    commands: &CommandSender,
) {
    ui.set_width(GRID * 52.0);
    ui.spacing_mut().item_spacing.y = 0.0;
    let id = chat.id();
    if button::row(ui, icons::EDIT, labels::rename_chat(), false).clicked() {
        form.renaming = Some((id, chat.head.title.clone()));
        ui.close();
    }
    let (pin, archive) = (!chat.head.pinned, !chat.head.archived);
    let offer = |ui: &mut Ui, icon: &str, label: &str, command: ChatsCommand| {
        if button::row(ui, icon, label, false).clicked() {
            commands.send(command);
            ui.close();
        }
    };
    let label = if pin { labels::pin_chat() } else { labels::unpin_chat() };
    offer(ui, icons::PIN, label, ChatsCommand::Pin(id, pin));
    let label = if archive { labels::archive_chat() } else { labels::unarchive_chat() };
    offer(ui, icons::ARCHIVE, label, ChatsCommand::Archive(id, archive));
    hairline(ui);
    for name in state.chats.folders().filter(|name| *name != chat.head.folder) {
        let label = sentences::move_to(name);
        offer(ui, icons::FOLDER_CLOSED, &label, ChatsCommand::Move(id, name.to_owned()));
    }
    if !chat.head.folder.is_empty() {
        offer(ui, icons::FOLDER_CLOSED, labels::move_out(), ChatsCommand::Move(id, String::new()));
    }
    if button::row(ui, icons::NEW_FOLDER, labels::move_to_new(), false).clicked() {
        form.moving = Some((id, String::new()));
        ui.close();
    }
    hairline(ui);
    offer(ui, icons::EXPORT, labels::export_markdown(), ChatsCommand::Export(id, ChatFormat::Markdown));
    offer(ui, icons::EXPORT, labels::export_json(), ChatsCommand::Export(id, ChatFormat::Json));
    hairline(ui);
    if button::danger_row(ui, icons::DELETE, labels::delete_chat()).clicked() {
        commands.send(ChatsCommand::Delete(id));
        ui.close();
    }
}
