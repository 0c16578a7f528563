//! One message of a chat: the person's in a soft tint at the right, the model's as plain text.

use egui::{Align, Frame, Label, Layout, Margin, Ui};

use super::button;
use super::markdown::{MarkdownCache, markdown};
use super::thinking;
use crate::text::labels;
use crate::theme::{GRID, Palette, Scale, font, icons, text};

/// What the person asked of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageClick {
    /// Copy this.
    Copy(String),
    /// Another reply.
    Regenerate,
}

/// Shows what the person said; an unanswered message offers another try.
pub fn person(ui: &mut Ui, words: &str, unanswered: bool) -> Option<MessageClick> {
    let palette = Palette::of(ui);
    let mut format = egui::TextFormat::simple(font(ui, Scale::Body, ""), palette.text);
    format.line_height = Some((format.font_id.size * 1.5).round());
    let mut job = egui::text::LayoutJob::single_section(words.to_owned(), format);
    job.wrap.max_width = ui.available_width() * 0.82 - 32.0;
    let galley = ui.painter().layout_job(job);
    let mut click = None;
    // A row without a height of its own, or the bubble would hang at the bottom of all the room there is.
    let row = egui::Vec2::new(ui.available_width(), 0.0);
    ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Max), |ui| {
        let bubble =
            Frame::new().fill(palette.tint).corner_radius(16).inner_margin(Margin::symmetric(16, 10));
        bubble.show(ui, |ui| ui.add(Label::new(galley)));
        if tool(ui, icons::COPY, labels::COPY) {
            click = Some(MessageClick::Copy(words.to_owned()));
        }
        if unanswered && button::icon(ui, icons::AGAIN, labels::TRY_AGAIN).clicked() {
            click = Some(MessageClick::Regenerate);
        }
    });
    click
}

/// How a reply is shown.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReplyFoot<'a> {
    /// A line below the reply, such as its speed.
    pub line: &'a str,
    /// Whether it is still growing.
    pub growing: bool,
    /// Whether another may be asked for.
    pub can_regenerate: bool,
}

/// Shows a reply.
pub fn reply(
    ui: &mut Ui,
    cache: &mut MarkdownCache,
    words: &str,
    foot: ReplyFoot<'_>,
) -> Option<MessageClick> {
    let mut click = None;
    let (thoughts, said) = thinking::split(words);
    if let Some(thoughts) = thoughts {
        thinking::show(ui, thoughts, said.is_empty() && foot.growing);
    }
    if !said.is_empty() {
        click = markdown(ui, cache, said).map(MessageClick::Copy);
    }
    let soft = Palette::of(ui).soft;
    ui.horizontal(|ui| {
        ui.set_min_height(GRID * 8.0);
        ui.spacing_mut().item_spacing.x = GRID;
        if !foot.growing {
            if button::icon(ui, icons::COPY, labels::COPY).clicked() {
                click = Some(MessageClick::Copy(said.to_owned()));
            }
            if foot.can_regenerate && button::icon(ui, icons::AGAIN, labels::REGENERATE).clicked() {
                click = Some(MessageClick::Regenerate);
            }
            ui.add_space(GRID);
        }
        ui.label(text(ui, foot.line, Scale::Small, "").color(soft));
    });
    click
}

/// A tool that is seen only when the pointer or the keyboard is near, and there for screen readers always.
fn tool(ui: &mut Ui, icon: &str, label: &str) -> bool {
    let near = ui.max_rect().expand2(egui::vec2(0.0, GRID * 12.0));
    let seen_id = ui.scope_id().with(label);
    let focused = ui.data(|data| data.get_temp::<bool>(seen_id)).unwrap_or_default();
    let seen = focused || ui.rect_contains_pointer(near);
    let response = ui
        .scope(|ui| {
            ui.set_opacity(if seen { 1.0 } else { 0.0 });
            button::icon(ui, icon, label)
        })
        .inner;
    let has_focus = response.has_focus();
    ui.data_mut(|data| data.insert_temp(seen_id, has_focus));
    response.clicked()
}
