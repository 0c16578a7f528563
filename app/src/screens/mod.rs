//! The shell: rail at the left, drawer at the right, notices and the current screen in the middle.
//!
//! Draw code reads `&State` and sends commands. It may change only its own [`Forms`]: text being typed, measured heights,
//! parsed Markdown.

mod about;
mod back;
mod catalog;
mod chat;
mod chat_list;
mod chat_menu;
mod chat_rows;
mod compare;
mod composer;
mod context_meter;
mod curve;
mod discover;
mod downloads;
mod forms;
mod hub_bar;
mod hub_model;
mod hub_precisions;
mod jobs;
mod loading;
mod model;
mod model_bar;
mod model_menu;
mod model_tabs;
mod models;
mod palette;
mod palette_form;
mod precision;
mod precision_table;
mod predicted;
mod quality;
mod quality_plots;
mod quantize_advanced;
mod quantize_goals;
mod rail;
mod replies;
mod running;
mod settings;
mod too_large;
mod unfinished;
mod welcome;

use egui::{
    CentralPanel, Context, Frame, Key, KeyboardShortcut, Margin, Modifiers, Panel, Stroke, Ui, UiBuilder,
};

use crate::command::{ChatCommand, ChatsCommand, Command, ModelCommand, ViewCommand};
use crate::inbox::CommandSender;
use crate::state::{NoticeKind, Screen, State};
use crate::text::{labels, notices};
use crate::theme::{DRAWER, GRID, Palette, RAIL, Scale, icons, text};
use crate::widgets::column::column;
use crate::widgets::notice::{NoticeClick, notice};

pub use chat_rows::ChatListForm;
pub use discover::DiscoverForm;
pub use forms::{Editing, Forms};
pub use palette_form::PaletteForm;
pub use replies::RepliesForm;

/// Shows the whole window.
pub fn show(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    crate::text::speak(state.language());
    // Before all else, so that its keys are not taken by what lies below it.
    palette::show(ui, state, forms, commands);
    shortcuts(ui.ctx(), state, forms, commands);
    forms.discover.had_focus &= state.screen == Screen::Discover;
    let palette = Palette::of(ui);
    let side = |margin| Frame::new().fill(palette.rail).inner_margin(Margin::same(margin));
    if !state.rail_closed {
        let rail = Panel::left("rail").exact_size(RAIL).resizable(false).show_separator_line(false);
        rail.frame(side(12)).show(ui, |ui| rail::show(ui, state, forms, commands));
    }
    // The drawer is drawn last, so that the keyboard comes to it last; its room is kept free.
    let room = ui.available_rect_before_wrap();
    let edge = room.right() - if state.drawer_open { DRAWER } else { 0.0 };
    let (middle, drawer) = room.split_left_right_at_x(edge);
    let mut middle = ui.new_child(UiBuilder::new().max_rect(middle).id_salt("middle"));
    CentralPanel::default().frame(Frame::new().fill(palette.ground)).show(&mut middle, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        top_bar(ui, state, commands);
        notices_ui(ui, state, commands);
        match state.screen {
            Screen::Welcome => welcome::show(ui, state, commands),
            Screen::Models => models::show(ui, state, commands),
            Screen::Discover => discover::show(ui, state, &mut forms.discover, commands),
            Screen::HubModel => hub_model::show(ui, state, &mut forms.markdown, commands),
            Screen::Downloads => downloads::show(ui, state, commands),
            Screen::Model => model::show(ui, state, commands),
            Screen::Quality => quality::show(ui, state, commands),
            Screen::Compare => compare::show(ui, state, commands),
            Screen::Chat => chat::show(ui, state, forms, commands),
            Screen::About => about::show(ui, state, commands),
        }
    });
    if state.drawer_open {
        let mut drawer = ui.new_child(UiBuilder::new().max_rect(drawer).id_salt("drawer"));
        let panel = CentralPanel::default().frame(side(0));
        panel.show(&mut drawer, |ui| settings::show(ui, state, forms, commands));
    }
    drop_zone(ui, commands);
}

/// The bar above every screen: a way back to the rail, and into the drawer.
fn top_bar(ui: &mut Ui, state: &State, commands: &CommandSender) {
    Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_height(GRID * 8.0);
            if state.rail_closed
                && crate::widgets::button::icon(ui, icons::RAIL, labels::show_rail()).clicked()
            {
                commands.send(ViewCommand::ToggleRail);
            }
            let title = match state.screen {
                Screen::Chat => {
                    state.chats.current().map(|chat| chat.head.title.as_str()).unwrap_or_default()
                }
                Screen::Models | Screen::Discover | Screen::Downloads => labels::models(),
                Screen::Welcome
                | Screen::Model
                | Screen::HubModel
                | Screen::Quality
                | Screen::Compare
                | Screen::About => "",
            };
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if !state.drawer_open
                    && crate::widgets::button::icon(ui, icons::SETTINGS, labels::settings()).clicked()
                {
                    commands.send(ViewCommand::ToggleDrawer);
                }
                if state.screen == Screen::Chat {
                    chat_tools(ui, state, commands);
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

/// What can be done with the current chat as a whole.
fn chat_tools(ui: &mut Ui, state: &State, commands: &CommandSender) {
    let Some(chat) = state.chats.current() else { return };
    if chat.is_empty() && !chat.temporary {
        let response = crate::widgets::button::icon(ui, icons::TEMPORARY, labels::new_temporary_chat());
        if response.clicked() {
            commands.send(ChatsCommand::NewTemporary);
        }
    } else if chat.temporary {
        let soft = Palette::of(ui).soft;
        let words = format!("{} {}", icons::TEMPORARY, labels::temporary());
        ui.label(text(ui, words, Scale::Small, "").color(soft)).on_hover_text(labels::temporary_more());
    }
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
                    // First the step: what a notice can bring back is gone once it is closed.
                    if let (NoticeClick::NextStep, Some(step)) = (click, &open.next_step) {
                        commands.send(step.clone());
                    }
                    commands.send(ViewCommand::Dismiss(open.id));
                }
            }
        });
    });
    ui.advance_cursor_after_rect(shown.response.rect);
    ui.add_space(GRID * 3.0);
}

/// Handles the keyboard shortcuts that work everywhere.
fn shortcuts(ctx: &Context, state: &State, forms: &mut Forms, commands: &CommandSender) {
    let pressed = |modifiers, key| {
        ctx.input_mut(|input| input.consume_shortcut(&KeyboardShortcut::new(modifiers, key)))
    };
    if pressed(Modifiers::COMMAND, Key::N) {
        commands.send(ChatsCommand::New);
    }
    if pressed(Modifiers::COMMAND, Key::F) {
        if state.rail_closed {
            commands.send(ViewCommand::ToggleRail);
        }
        forms.chat_list.focus_search = true;
    }
    if pressed(Modifiers::COMMAND, Key::K) {
        let open = forms.palette.take();
        forms.palette = open.is_none().then(PaletteForm::default);
    }
    if pressed(Modifiers::COMMAND, Key::Comma) {
        commands.send(ViewCommand::ToggleDrawer);
    }
    if pressed(Modifiers::COMMAND, Key::O) {
        commands.send(ModelCommand::ChooseFolder);
    }
    let replying = state.is_replying();
    if replying && pressed(Modifiers::NONE, Key::Escape) {
        commands.send(ChatCommand::StopReply);
    } else if state.drawer_open && pressed(Modifiers::NONE, Key::Escape) {
        commands.send(ViewCommand::ToggleDrawer);
    }
}

/// Accepts files dropped on the window, and shows that while they hover.
fn drop_zone(ui: &Ui, commands: &CommandSender) {
    let (dropped, hovering) = ui.input(|input| {
        let dropped = input.raw.dropped_files.first().map(|file| file.path().to_owned());
        (dropped, !input.raw.hovered_files.is_empty())
    });
    if let Some(path) = dropped {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        commands.send(match ending.as_deref() {
            Some("json") => Command::from(ChatsCommand::Import(path)),
            // A folder's name may have a dot in it too; the task that reads the file sees that.
            Some(ending) if !matches!(ending, "gguf" | "safetensors") => ChatCommand::Attach(path).into(),
            _ => ModelCommand::Open(path).into(),
        });
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
        let words = format!("{}  {}", icons::DOWNLOAD, labels::drop_now());
        let words_font = crate::theme::font(ui, Scale::Title, "");
        painter.text(screen.center(), egui::Align2::CENTER_CENTER, words, words_font, palette.text);
    }
}
