//! One message of a chat: the person's in a soft tint at the right, the model's as plain text; its tools below.

use egui::{Align, Frame, Layout, Margin, Ui};

use super::markdown::{MarkdownCache, growing_markdown, markdown, typed_markdown, typed_width};
use super::message_click::MessageClick;
use super::message_tools::{Tools, tools};
use super::{file_chip, thinking};
use crate::state::AttachedFile;
use crate::text::labels;
use crate::theme::{GRID, Palette, Scale, text};

/// Shows what the person said, and the files that went with it.
pub fn person(
    ui: &mut Ui,
    cache: &mut MarkdownCache,
    words: &str,
    files: &[AttachedFile],
    offered: Tools<'_>,
) -> Option<MessageClick> {
    let palette = Palette::of(ui);
    for file in files {
        let row = egui::Vec2::new(ui.available_width(), 0.0);
        ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Max), |ui| {
            let size = crate::text::bytes(file.text.len() as u64);
            file_chip::chip(ui, &file.name, &size, &file.text);
        });
        ui.add_space(GRID);
    }
    if words.is_empty() {
        return tools(ui, words, Layout::right_to_left(Align::Center), offered);
    }
    let width = typed_width(ui, cache, words).min(ui.available_width() * 0.82 - 32.0);
    let mut copied = None;
    // A row without a height of its own, or the bubble would hang at the bottom of all the room there is.
    let row = egui::Vec2::new(ui.available_width(), 0.0);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Max), |ui| {
        let bubble =
            Frame::new().fill(palette.tint).corner_radius(16).inner_margin(Margin::symmetric(16, 10));
        bubble.show(ui, |ui| {
            ui.set_width(width);
            ui.with_layout(Layout::top_down(Align::Min), |ui| copied = typed_markdown(ui, cache, words));
        });
    });
    let click = copied.map(MessageClick::Copy);
    click.or(tools(ui, words, Layout::right_to_left(Align::Center), offered))
}

/// What a model said.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// The model's reasoning before its words; empty if there is none.
    pub reasoning: &'a str,
    /// Words of the message.
    pub words: &'a str,
    /// Whether it goes on.
    pub growing: bool,
    /// Seconds it thought, once known.
    pub thought: Option<f64>,
}

/// Shows a reply.
pub fn reply(
    ui: &mut Ui,
    cache: &mut MarkdownCache,
    Said { reasoning, words, growing, thought }: Said<'_>,
    offered: Tools<'_>,
) -> Option<MessageClick> {
    let mut click = None;
    if !reasoning.is_empty() {
        let copied = thinking::show(ui, cache, reasoning, words.is_empty() && growing, thought);
        click = copied.map(MessageClick::Copy);
    }
    if !words.is_empty() {
        let show = if growing { growing_markdown } else { markdown };
        click = click.or(show(ui, cache, words).map(MessageClick::Copy));
    }
    if growing {
        let soft = Palette::of(ui).soft;
        ui.horizontal(|ui| {
            ui.set_min_height(GRID * 8.0);
            ui.label(text(ui, offered.line, Scale::Small, "").color(soft));
        });
        return click;
    }
    click.or(tools(ui, words, Layout::left_to_right(Align::Center), offered))
}

/// Shows a message of the person while it is changed; says what it becomes, or the empty text if it stays as it was.
pub fn editor(ui: &mut Ui, words: &mut String, take_focus: bool) -> Option<String> {
    let palette = Palette::of(ui);
    let mut done = None;
    let line = egui::Stroke::new(1.0, palette.accent);
    Frame::new().fill(palette.card).stroke(line).corner_radius(16).inner_margin(Margin::same(8)).show(
        ui,
        |ui| {
            let enter = ui.input(|input| input.key_pressed(egui::Key::Enter) && !input.modifiers.shift);
            let edit = egui::TextEdit::multiline(words)
                .desired_rows(1)
                .desired_width(f32::INFINITY)
                .frame(Frame::new().inner_margin(Margin::symmetric(8, 6)))
                .return_key(egui::KeyboardShortcut::new(egui::Modifiers::SHIFT, egui::Key::Enter));
            let response = ui.add(edit);
            let now = words.clone();
            response.widget_info(|| {
                let mut info =
                    egui::WidgetInfo::labeled(egui::Role::MultilineTextInput, true, labels::edited_message());
                info.current_text_value = Some(now.clone());
                info
            });
            if take_focus {
                response.request_focus();
            }
            let escape = ui.input(|input| input.key_pressed(egui::Key::Escape));
            let row = egui::Vec2::new(ui.available_width(), 0.0);
            ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
                let send = super::button::primary(ui, "", labels::send_edited()).clicked();
                let cancel = super::button::quiet(ui, "", labels::cancel()).clicked();
                if send || (response.has_focus() && enter) {
                    done = Some(words.clone());
                } else if cancel || escape {
                    done = Some(String::new());
                }
            });
        },
    );
    done
}
