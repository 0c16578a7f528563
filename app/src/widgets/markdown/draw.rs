//! Blocks of Markdown on the screen.

use egui::{Frame, Margin, OpenUrl, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2};

use super::blocks::{Block, ListItem, Span};
use super::code::code;
use super::flow::{Flow, LineStyle, flow, formula_span};
use super::table::table;
use crate::text::labels;
use crate::theme::{GRID, Palette, Scale, font, icons, text};
use crate::widgets::button;

/// Width of the column of bullets, and of that of numbers and check boxes.
pub(super) const BULLET: f32 = GRID * 5.0;
pub(super) const NUMBER: f32 = GRID * 7.0;
/// Room at the left of blocks beside a rule.
pub(super) const RULED: f32 = GRID * 4.0;

/// How blocks are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BlockStyle {
    /// Whether the text is small and stands back.
    pub aside: bool,
}

impl BlockStyle {
    pub(super) fn line(self, ui: &Ui, larger: f32) -> LineStyle {
        let body = font(ui, Scale::Body, "").size;
        let smaller = if self.aside { font(ui, Scale::Small, "").size / body } else { 1.0 };
        LineStyle { soft: self.aside, ..LineStyle::of(ui, larger * smaller) }
    }

    /// How a heading of this level is set.
    pub(super) fn heading(self, ui: &Ui, level: u8) -> LineStyle {
        let larger = [1.4, 1.22, 1.1].get(usize::from(level).saturating_sub(1)).copied().unwrap_or(1.0);
        LineStyle { strong: true, ..self.line(ui, larger) }
    }
}

/// Shows blocks below each other; `copied` becomes the text that is to be copied.
pub fn show_blocks(ui: &mut Ui, blocks: &[Block], style: BlockStyle, copied: &mut Option<String>) {
    ui.spacing_mut().item_spacing.y = GRID * 2.5;
    for (index, block) in blocks.iter().enumerate() {
        ui.push_id(index, |ui| show_block(ui, block, style, copied));
    }
}

fn show_block(ui: &mut Ui, block: &Block, style: BlockStyle, copied: &mut Option<String>) {
    match block {
        Block::Paragraph(spans) => line(ui, spans, style.line(ui, 1.0)),
        Block::Heading(level, spans) => {
            ui.add_space(GRID);
            line(ui, spans, style.heading(ui, *level));
        }
        Block::Code { language, text, parts } => code(ui, language, (text, parts), copied),
        Block::Formula(tex) => formula(ui, tex, style),
        Block::List { start, items } => list(ui, *start, items, style, copied),
        Block::Quote(blocks) => ruled(ui, |ui| show_blocks(ui, blocks, style, copied)),
        Block::Table(rows) => table(ui, rows, style.line(ui, 1.0), copied),
        Block::Fold { summary, blocks } => fold(ui, summary, blocks, style, copied),
        Block::Footnote { number, blocks } => {
            let aside = BlockStyle { aside: true };
            marked(ui, &format!("{number}."), GRID * 6.0, aside, |ui| show_blocks(ui, blocks, aside, copied));
        }
        Block::Rule => crate::widgets::card::hairline(ui),
    }
}

/// One paragraph; a click on a link opens it.
fn line(ui: &mut Ui, spans: &[Span], style: LineStyle) {
    let lines = flow(ui, spans, style);
    if spans.iter().all(|span| span.link.is_none()) {
        lines.show(ui, Sense::hover());
        return;
    }
    let response = lines.show(ui, Sense::click());
    button::follow_focus(&response);
    button::paint_focus(ui, response.rect.expand(2.0), &response);
    let link = match response.hover_pos() {
        Some(pointer) => lines.link_at(spans, pointer - response.rect.min),
        // The keyboard points at no word and opens the first link.
        None => spans.iter().find_map(|span| span.link.as_deref()).filter(|_| response.has_focus()),
    };
    let Some(link) = link else { return };
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text(link);
    let is_web = link.starts_with("https://") || link.starts_with("http://");
    if response.clicked() && is_web {
        ui.ctx().open_url(OpenUrl::new_tab(link));
    }
}

/// A displayed formula in the middle; one wider than the room scrolls.
fn formula(ui: &mut Ui, tex: &str, style: BlockStyle) {
    let spans = [formula_span(tex)];
    let room = ui.available_width();
    let lines = flow(ui, &spans, LineStyle { width: f32::INFINITY, ..style.line(ui, 1.0) });
    if lines.width() <= room {
        centered(ui, &lines, room);
        return;
    }
    ScrollArea::horizontal().show(ui, |ui| {
        ui.vertical(|ui| {
            lines.show(ui, Sense::hover());
            // Room for the scroll bar.
            ui.add_space(GRID * 2.0);
        });
    });
}

fn centered(ui: &mut Ui, lines: &Flow, room: f32) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.add_space(((room - lines.width()) / 2.0).floor().max(0.0));
        lines.show(ui, Sense::hover());
    });
}

fn list(ui: &mut Ui, start: Option<u64>, items: &[ListItem], style: BlockStyle, copied: &mut Option<String>) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = GRID;
        for (index, item) in items.iter().enumerate() {
            ui.push_id(index, |ui| {
                let blocks = |ui: &mut Ui| show_blocks(ui, &item.blocks, style, copied);
                match (item.task, start) {
                    (Some(is_done), _) => task(ui, is_done, style, blocks),
                    (None, Some(first)) => {
                        let number = format!("{}.", first.saturating_add(index as u64));
                        marked(ui, &number, NUMBER, style, blocks);
                    }
                    (None, None) => marked(ui, "•", BULLET, style, blocks),
                }
            });
        }
    });
}

/// Blocks at the right of a mark, which stands in a column of this width.
fn marked(ui: &mut Ui, mark: &str, width: f32, style: BlockStyle, blocks: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let line = style.line(ui, 1.0);
        let soft = Palette::of(ui).soft;
        let mut format = egui::TextFormat::simple(egui::FontId::proportional(line.size), soft);
        format.line_height = Some(line.line_height());
        let mark = ui.painter().layout_job(egui::text::LayoutJob::single_section(mark.to_owned(), format));
        let width = width.max(mark.size().x + GRID * 2.0);
        let (rect, _) = ui.allocate_exact_size(Vec2::new(width, mark.size().y), Sense::hover());
        ui.painter().galley(rect.min + Vec2::new(GRID, 0.0), mark, soft);
        beside(ui, blocks);
    });
}

/// Blocks at the right of a check box.
fn task(ui: &mut Ui, is_done: bool, style: BlockStyle, blocks: impl FnOnce(&mut Ui)) {
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        let (palette, line) = (Palette::of(ui), style.line(ui, 1.0));
        let (rect, response) = ui.allocate_exact_size(Vec2::new(NUMBER, line.line_height()), Sense::hover());
        response.widget_info(|| egui::WidgetInfo::selected(egui::Role::CheckBox, false, is_done, ""));
        let side = (line.size * 0.95).round();
        let left = egui::pos2(rect.left() + GRID, rect.center().y - side / 2.0).round();
        let square = egui::Rect::from_min_size(left, Vec2::splat(side));
        let (fill, edge) =
            if is_done { (palette.accent, palette.accent) } else { (palette.card, palette.soft) };
        ui.painter().rect(square, 4.0, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
        if is_done {
            let at = |x: f32, y: f32| square.min + Vec2::new(x, y) * side;
            let check = vec![at(0.24, 0.52), at(0.43, 0.71), at(0.77, 0.31)];
            ui.painter().line(check, Stroke::new(1.6, palette.on_accent));
        }
        beside(ui, blocks);
    });
}

fn beside(ui: &mut Ui, blocks: impl FnOnce(&mut Ui)) {
    ui.vertical(|ui| {
        ui.set_width(ui.available_width());
        blocks(ui);
    });
}

/// Blocks at the right of a rule, as quotations and thoughts are.
pub fn ruled(ui: &mut Ui, blocks: impl FnOnce(&mut Ui)) {
    let line = Palette::of(ui).line;
    let shown = Frame::new().inner_margin(Margin { left: RULED as i8, ..Margin::ZERO }).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.vertical(blocks);
    });
    let rect = shown.response.rect;
    let bar = egui::Rect::from_min_size(rect.min, Vec2::new(3.0, rect.height()));
    ui.painter().rect_filled(bar, 1.5, line);
}

/// A line that unfolds the blocks below it.
fn fold(ui: &mut Ui, summary: &[Span], blocks: &[Block], style: BlockStyle, copied: &mut Option<String>) {
    let id = ui.scope_id().with("fold");
    let mut open = ui.data(|data| data.get_temp::<bool>(id)).unwrap_or_default();
    let words: String = summary.iter().map(|span| span.text.as_str()).collect();
    let words = if words.trim().is_empty() { labels::details().to_owned() } else { words };
    let icon = if open { icons::UNFOLDED } else { icons::FOLDED };
    let shown = text(ui, format!("{icon}  {}", words.trim()), Scale::Body, crate::theme::MEDIUM);
    let line = ui.add(egui::Button::new(shown).frame(false).wrap());
    button::describe(&line, words.trim(), Some(open));
    button::paint_focus(ui, line.rect, &line);
    if line.clicked() {
        open = !open;
        ui.data_mut(|data| data.insert_temp(id, open));
    }
    if open {
        ui.push_id("folded", |ui| ruled(ui, |ui| show_blocks(ui, blocks, style, copied)));
    }
}
