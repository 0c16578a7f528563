//! The shell: rail at the left, drawer at the right, notices and the current screen in the middle.
//!
//! Draw code reads `&State` and sends commands. It may change only its own [`Forms`]: text being typed, measured heights,
//! parsed Markdown.

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
mod drawer;
mod forms;
mod hub_bar;
mod hub_model;
mod hub_precisions;
mod jobs;
mod loading;
mod model;
mod model_bar;
mod model_menu;
mod model_picker;
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
mod shortcuts;
mod toasts;
mod too_large;
mod unfinished;
mod welcome;

use egui::{CentralPanel, Frame, Margin, Panel, Rect, Stroke, Ui, UiBuilder};

use crate::command::{ChatCommand, ChatsCommand, Command, ModelCommand, ViewCommand};
use crate::inbox::CommandSender;
use crate::state::{Screen, State};
use crate::text::{labels, settings as settings_words};
use crate::theme::{DRAWER, GRID, Palette, RAIL, Scale, icons, text};

pub use chat_rows::ChatListForm;
pub use discover::DiscoverForm;
pub use forms::{Editing, Forms};
pub use palette_form::PaletteForm;
pub use replies::RepliesForm;

/// Narrowest window that has the rail beside the rest; in others it comes when it is called.
const NARROW: f32 = 900.0;

/// Shows the whole window.
pub fn show(ui: &mut Ui, state: &State, forms: &mut Forms, commands: &CommandSender) {
    crate::text::speak(state.language());
    // Before all else, so that its keys are not taken by what lies below it.
    palette::show(ui, state, forms, commands);
    shortcuts::take(ui.ctx(), state, forms, commands);
    forms.discover.had_focus &= state.screen == Screen::Discover;
    let palette = Palette::of(ui);
    let side = |margin| Frame::new().fill(palette.rail).inner_margin(Margin::same(margin));
    let is_narrow = ui.available_width() < NARROW;
    let has_rail = if is_narrow { forms.rail_over } else { !state.rail_closed };
    if has_rail {
        let rail = Panel::left("rail").default_size(RAIL).size_range(RAIL * 0.8..=RAIL * 1.7);
        rail.show_separator_line(false).frame(side(12)).show(ui, |ui| rail::show(ui, state, forms, commands));
    }
    // The drawer is drawn last, so that the keyboard comes to it last; its room is kept free.
    let room = ui.available_rect_before_wrap();
    let has_drawer = state.drawer_open && state.screen == Screen::Chat;
    let edge = room.right() - if has_drawer { DRAWER } else { 0.0 };
    let (middle, drawer) = room.split_left_right_at_x(edge);
    let mut middle = ui.new_child(UiBuilder::new().max_rect(middle).id_salt("middle"));
    CentralPanel::default().frame(Frame::new().fill(palette.ground)).show(&mut middle, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        top_bar(ui, state, has_rail, forms, commands);
        if state.screen != Screen::Chat {
            toasts::inline(ui, state, commands);
        }
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
            Screen::Settings => settings::show(ui, state, forms, commands),
        }
    });
    if has_drawer {
        let mut drawer = ui.new_child(UiBuilder::new().max_rect(drawer).id_salt("drawer"));
        let panel = CentralPanel::default().frame(side(0));
        panel.show(&mut drawer, |ui| drawer::show(ui, state, forms, commands));
    }
    toasts::show(ui, state, middle_of(room, edge), forms, commands);
    drop_zone(ui, commands);
}

/// The room between the rail and the drawer.
fn middle_of(room: Rect, edge: f32) -> Rect {
    room.with_max_x(edge)
}

/// The bar above every screen: a way back to the rail, and into the drawer.
fn top_bar(ui: &mut Ui, state: &State, has_rail: bool, forms: &mut Forms, commands: &CommandSender) {
    Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_height(GRID * 8.0);
            if !has_rail && crate::widgets::button::icon(ui, icons::RAIL, labels::show_rail()).clicked() {
                forms.rail_over = true;
                if state.rail_closed {
                    commands.send(ViewCommand::ToggleRail);
                }
            }
            let title = match state.screen {
                Screen::Chat => {
                    state.chats.current().map(|chat| chat.head.title.as_str()).unwrap_or_default()
                }
                Screen::Models | Screen::Discover | Screen::Downloads => labels::models(),
                Screen::Welcome | Screen::Model | Screen::HubModel | Screen::Quality | Screen::Compare => "",
                Screen::Settings => labels::settings(),
            };
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                if state.screen == Screen::Chat {
                    let label = settings_words::chat_settings();
                    if !state.drawer_open
                        && crate::widgets::button::icon(ui, icons::CHAT_SETTINGS, label).clicked()
                    {
                        commands.send(ViewCommand::ToggleDrawer);
                    }
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
