//! The shell: rail at the left, drawer at the right, notices and the current screen in the middle.
//!
//! Draw code reads `&State` and sends commands. What it may change is its own [`Forms`]: text being typed, measured
//! heights, parsed Markdown.

mod chat;
mod composer;
mod model;
mod models;
mod precision;
mod rail;
mod settings;
mod welcome;

use egui::{CentralPanel, Context, Frame, Key, KeyboardShortcut, Margin, Modifiers, Panel, Stroke, Ui};

use crate::command::{Command, CommandSender};
use crate::state::{ChatId, NoticeKind, Screen, State};
use crate::text::{labels, notices};
use crate::theme::{DRAWER, GRID, Palette, RAIL, Scale, icons, text};
use crate::widgets::column::column;
use crate::widgets::markdown::MarkdownCache;
use crate::widgets::notice::{NoticeClick, notice};
use crate::widgets::transcript::Heights;

/// What draw code may change: nothing here outlives the window.
#[derive(Clone, Debug, Default)]
pub struct Forms {
    /// The message being typed, and the chat it belongs to.
    pub message: String,
    /// The chat of the message being typed.
    pub message_chat: Option<ChatId>,
    /// Whether the composer should get the keyboard.
    pub focus_composer: bool,
    /// Instructions being typed.
    pub system_prompt: Option<String>,
    /// Heights of messages.
    pub heights: Heights,
    /// Parsed replies.
    pub markdown: MarkdownCache,
}

/// Shows the whole window.
pub fn show(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    shortcuts(ui.ctx(), state, commands);
    let palette = Palette::of(ui);
    let side = |margin| Frame::new().fill(palette.rail).inner_margin(Margin::same(margin));
    if !state.rail_closed {
        let rail = Panel::left("rail").exact_size(RAIL).resizable(false).show_separator_line(false);
        rail.frame(side(12)).show(ui, |ui| rail::show(ui, state, commands));
    }
    if state.drawer_open {
        let drawer = Panel::right("drawer").exact_size(DRAWER).resizable(false).show_separator_line(false);
        drawer.frame(side(0)).show(ui, |ui| settings::show(ui, state, forms, commands));
    }
    CentralPanel::default().frame(Frame::new().fill(palette.ground)).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        top_bar(ui, state, commands);
        notices_ui(ui, state, commands);
        match state.screen {
            Screen::Welcome => welcome::show(ui, state, commands),
            Screen::Models => models::show(ui, state, commands),
            Screen::Model => model::show(ui, state, commands),
            Screen::Chat => chat::show(ui, state, forms, commands),
        }
    });
    drop_zone(ui, commands);
}

/// The bar above every screen: a way back to the rail, and into the drawer.
fn top_bar(ui: &mut Ui, state: &State, commands: &CommandSender) {
    Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_height(GRID * 8.0);
            if state.rail_closed && crate::widgets::button::icon(ui, icons::RAIL, labels::SHOW_RAIL).clicked()
            {
                commands.send(Command::ToggleRail);
            }
            let title = match state.screen {
                Screen::Chat => state.chats.current().map(|chat| chat.title.as_str()).unwrap_or_default(),
                Screen::Models => labels::MODELS,
                Screen::Welcome | Screen::Model => "",
            };
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if !state.drawer_open
                    && crate::widgets::button::icon(ui, icons::SETTINGS, labels::SETTINGS).clicked()
                {
                    commands.send(Command::ToggleDrawer);
                }
                ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                    ui.add_space(GRID);
                    let title = text(ui, title, Scale::Body, crate::theme::MEDIUM);
                    ui.add(egui::Label::new(title).truncate().selectable(false));
                });
            });
        });
    });
}

fn notices_ui(ui: &mut Ui, state: &State, commands: &CommandSender) {
    if state.notices.open.is_empty() {
        return;
    }
    let palette = Palette::of(ui);
    let shown = ui.scope(|ui| {
        column(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID * 2.0;
            for open in &state.notices.open {
                let icon = match open.kind {
                    NoticeKind::Good => (icons::CHECK, palette.good),
                    NoticeKind::Hint => (icons::HINT, palette.soft),
                    NoticeKind::Problem => (icons::WARNING, palette.bad),
                };
                let next_step = open.next_step.as_ref().map(notices::next_step);
                let click =
                    ui.push_id(open.id.0, |ui| notice(ui, icon, &notices::wording(&open.topic), next_step));
                if let Some(click) = click.inner {
                    commands.send(Command::Dismiss(open.id));
                    if let (NoticeClick::NextStep, Some(step)) = (click, &open.next_step) {
                        commands.send(step.clone());
                    }
                }
            }
        });
    });
    ui.advance_cursor_after_rect(shown.response.rect);
    ui.add_space(GRID * 3.0);
}

/// What the keyboard does everywhere.
fn shortcuts(ctx: &Context, state: &State, commands: &CommandSender) {
    let pressed = |modifiers, key| {
        ctx.input_mut(|input| input.consume_shortcut(&KeyboardShortcut::new(modifiers, key)))
    };
    if pressed(Modifiers::COMMAND, Key::N) {
        commands.send(Command::NewChat);
    }
    if pressed(Modifiers::COMMAND, Key::Comma) {
        commands.send(Command::ToggleDrawer);
    }
    if pressed(Modifiers::COMMAND, Key::O) {
        commands.send(Command::ChooseFolder);
    }
    let replying = state.talk.is_replying() || state.talk.waiting.is_some();
    if replying && pressed(Modifiers::NONE, Key::Escape) {
        commands.send(Command::StopReply);
    } else if state.drawer_open && pressed(Modifiers::NONE, Key::Escape) {
        commands.send(Command::ToggleDrawer);
    }
}

/// Takes what is dropped on the window, and says so while it hovers.
fn drop_zone(ui: &Ui, commands: &CommandSender) {
    let (dropped, hovering) = ui.input(|input| {
        let dropped = input.raw.dropped_files.first().map(|file| file.path().to_owned());
        (dropped, !input.raw.hovered_files.is_empty())
    });
    if let Some(path) = dropped {
        commands.send(Command::OpenModel(path));
    }
    if hovering {
        let palette = Palette::of(ui);
        let screen = ui.ctx().content_rect();
        let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop"));
        let painter = ui.ctx().layer_painter(layer);
        painter.rect_filled(screen, 0.0, palette.ground.gamma_multiply(0.9));
        let frame = screen.shrink(GRID * 6.0);
        let outline = Stroke::new(2.0, palette.accent);
        painter.rect_stroke(frame, crate::theme::RADIUS, outline, egui::StrokeKind::Inside);
        let words = format!("{}  {}", icons::DROP, labels::DROP_NOW);
        let words_font = crate::theme::font(ui, Scale::Title, "");
        painter.text(screen.center(), egui::Align2::CENTER_CENTER, words, words_font, palette.text);
    }
}
