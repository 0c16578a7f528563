//! The page on the network: whether it is used at all, and the access token of the Hub.

use egui::{Margin, TextEdit, Ui};

use super::part::{caption, caption_with_reset};
use crate::command::SettingsCommand;
use crate::inbox::CommandSender;
use crate::state::{State, TokenState};
use crate::text::{self, sentences, settings};
use crate::theme::{GRID, Palette, Scale, icons};
use crate::widgets::segmented::segmented;
use crate::widgets::{busy, button};

/// The token while it is typed; it is forgotten as soon as it is kept.
#[derive(Clone, Default)]
pub struct TokenForm {
    typed: String,
}

impl std::fmt::Debug for TokenForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenForm(…)")
    }
}

/// Shows the page.
pub(super) fn show(ui: &mut Ui, state: &State, form: &mut TokenForm, commands: &CommandSender) {
    offline(ui, state, commands);
    ui.add_space(GRID);
    token(ui, state, form, commands);
}

fn offline(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let now = state.settings.offline;
    let back = now.then_some(SettingsCommand::SetOffline(false));
    caption_with_reset(ui, (settings::offline(), settings::offline_more()), back, commands);
    let choices = [(false, settings::switch_off()), (true, settings::switch_on())];
    if let Some(offline) = segmented(ui, settings::offline(), &choices, now) {
        commands.send(SettingsCommand::SetOffline(offline));
    }
}

fn token(ui: &mut Ui, state: &State, form: &mut TokenForm, commands: &CommandSender) {
    caption(ui, settings::token(), settings::token_more());
    let soft = Palette::of(ui).soft;
    let hint = crate::theme::text(ui, "hf_…", Scale::Body, "").color(soft);
    let edit = TextEdit::singleline(&mut form.typed).password(true).hint_text(hint);
    let response = ui.add(edit.desired_width(f32::INFINITY).margin(Margin::same(8)));
    button::follow_focus(&response);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::PasswordInput, true, settings::token()));
    let entered = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
    ui.horizontal_wrapped(|ui| {
        let is_typed = !form.typed.trim().is_empty();
        let save =
            ui.add_enabled_ui(is_typed, |ui| button::outlined(ui, icons::CHECK, settings::token_save()));
        if save.inner.clicked() || (entered && is_typed) {
            commands.send(SettingsCommand::SetToken(std::mem::take(&mut form.typed)));
        }
        if state.token.is_here() {
            let can_ask = !state.settings.offline && state.token != TokenState::Trying;
            let test = ui.add_enabled_ui(can_ask, |ui| button::outlined(ui, "", settings::token_test()));
            if test.inner.clicked() {
                commands.send(SettingsCommand::TryToken);
            }
            if button::quiet(ui, icons::DELETE, settings::token_remove()).clicked() {
                commands.send(SettingsCommand::SetToken(String::new()));
            }
        }
    });
    status(ui, &state.token);
}

/// What is known of the token.
fn status(ui: &mut Ui, token: &TokenState) {
    let palette = Palette::of(ui);
    let (words, color) = match token {
        TokenState::Unknown => return,
        TokenState::Missing => (settings::token_missing().to_owned(), palette.soft),
        TokenState::Kept => (settings::token_kept().to_owned(), palette.soft),
        TokenState::Trying => {
            ui.horizontal(|ui| {
                busy::busy(ui, 14.0);
                ui.label(
                    crate::theme::text(ui, settings::token_trying(), Scale::Small, "").color(palette.soft),
                );
            });
            return;
        }
        TokenState::Of(account) => (sentences::token_of(account), palette.good),
        TokenState::Refused(failure) => (text::sentence(&failure.message), palette.bad),
    };
    ui.label(crate::theme::text(ui, words, Scale::Small, "").color(color));
}
