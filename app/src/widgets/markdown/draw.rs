//! Blocks of Markdown on the screen.

use egui::text::{LayoutJob, TextFormat};
use egui::{Frame, Label, Margin, OpenUrl, ScrollArea, Sense, Stroke, Ui, Vec2};

use super::{Block, CodePart, ListItem, Span};
use crate::text::labels;
use crate::theme::{BOLD, GRID, ITALIC, MEDIUM, Palette, RADIUS, Scale, font, icons, text};
use crate::widgets::button;

/// Shows blocks below each other; `copied` becomes the code a person wants copied.
pub fn show_blocks(ui: &mut Ui, blocks: &[Block], copied: &mut Option<String>) {
    ui.spacing_mut().item_spacing.y = GRID * 2.5;
    for (index, block) in blocks.iter().enumerate() {
        ui.push_id(index, |ui| show_block(ui, block, copied));
    }
}

fn show_block(ui: &mut Ui, block: &Block, copied: &mut Option<String>) {
    match block {
        Block::Paragraph(spans) => line(ui, spans, Scale::Body, 1.0, false),
        Block::Heading(level, spans) => {
            ui.add_space(GRID);
            let larger = [1.4, 1.22, 1.1].get(usize::from(*level).saturating_sub(1)).copied().unwrap_or(1.0);
            line(ui, spans, Scale::Body, larger, true);
        }
        Block::Code { language, text, parts } => code(ui, language, (text, parts), copied),
        Block::List { start, items } => list(ui, *start, items, copied),
        Block::Quote(blocks) => quote(ui, blocks, copied),
        Block::Table { head, rows } => table(ui, head, rows),
        Block::Rule => crate::widgets::card::hairline(ui),
    }
}

/// One paragraph; a click on a link opens it.
fn line(ui: &mut Ui, spans: &[Span], scale: Scale, larger: f32, strong: bool) {
    let mut job = layout(ui, spans, scale, larger, strong);
    if spans.iter().all(|span| span.link.is_none()) {
        ui.add(Label::new(job));
        return;
    }
    let response = ui.add(Label::new(job.clone()).sense(Sense::click()));
    button::follow_focus(&response);
    button::paint_focus(ui, response.rect.expand(2.0), &response);
    let link = match response.hover_pos() {
        Some(pointer) => {
            job.wrap.max_width = response.rect.width().max(1.0) + 0.5;
            let galley = ui.painter().layout_job(job);
            let at = galley.cursor_from_pos(pointer - response.rect.min).index;
            link_at(spans, at.into())
        }
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

fn link_at(spans: &[Span], character: usize) -> Option<&str> {
    let mut end = 0;
    for span in spans {
        end += span.text.chars().count();
        if character < end {
            return span.link.as_deref();
        }
    }
    None
}

fn layout(ui: &Ui, spans: &[Span], scale: Scale, larger: f32, strong: bool) -> LayoutJob {
    let palette = Palette::of(ui);
    let size = (font(ui, scale, "").size * larger * 2.0).round() / 2.0;
    let mut job = LayoutJob::default();
    for span in spans {
        let family = match (span.code, span.bold || strong, span.italic) {
            (true, ..) => egui::FontFamily::Monospace,
            (false, true, _) => egui::FontFamily::Name(BOLD.into()),
            (false, false, true) => egui::FontFamily::Name(ITALIC.into()),
            (false, false, false) => egui::FontFamily::Proportional,
        };
        let mut format = TextFormat::simple(egui::FontId::new(size, family), palette.text);
        format.line_height = Some((size * 1.5).round());
        format.italics = span.bold && span.italic;
        if span.code {
            format.background = palette.tint;
            format.line_height = Some((size * 1.3).round());
            format.expand_bg = 2.0;
        }
        if span.struck {
            format.strikethrough = Stroke::new(1.0, palette.soft);
        }
        if span.link.is_some() {
            format.color = palette.accent;
        }
        job.append(&span.text, 0.0, format);
    }
    job.wrap.max_width = ui.available_width();
    job
}

fn code(
    ui: &mut Ui,
    language: &str,
    (code, parts): (&str, &[(usize, CodePart)]),
    copied: &mut Option<String>,
) {
    let palette = Palette::of(ui);
    Frame::new().fill(palette.code).stroke(Stroke::new(1.0, palette.line)).corner_radius(RADIUS).show(
        ui,
        |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.horizontal(|ui| {
                ui.add_space(GRID * 3.0);
                ui.label(text(ui, language, Scale::Small, MEDIUM).color(palette.soft));
                ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                    ui.add_space(GRID);
                    if button::icon(ui, icons::COPY, labels::copy_code()).clicked() {
                        *copied = Some(code.to_owned());
                    }
                });
            });
            Frame::new().inner_margin(Margin { left: 12, right: 12, top: 0, bottom: 12 }).show(ui, |ui| {
                ScrollArea::horizontal().show(ui, |ui| {
                    let job = code_layout(ui, code, parts);
                    ui.add(Label::new(job).extend());
                });
            });
        },
    );
}

fn code_layout(ui: &Ui, code: &str, parts: &[(usize, CodePart)]) -> LayoutJob {
    let palette = Palette::of(ui);
    let size = font(ui, Scale::Body, "").size * 0.92;
    let mut job = LayoutJob::default();
    let mut start = 0;
    for (end, part) in parts {
        let color = match part {
            CodePart::Plain => palette.text,
            CodePart::Keyword => palette.code_keyword,
            CodePart::Text => palette.code_text,
            CodePart::Number => palette.code_number,
            CodePart::Comment => palette.soft,
        };
        let mut format = TextFormat::simple(egui::FontId::monospace(size), color);
        format.line_height = Some((size * 1.5).round());
        job.append(&code[start..*end], 0.0, format);
        start = *end;
    }
    job
}

fn list(ui: &mut Ui, start: Option<u64>, items: &[ListItem], copied: &mut Option<String>) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = GRID;
        for (index, item) in items.iter().enumerate() {
            let mark = match (item.task, start) {
                (Some(true), _) => icons::CHECK.to_owned(),
                (Some(false), _) => "○".to_owned(),
                (None, Some(first)) => format!("{}.", first.saturating_add(index as u64)),
                (None, None) => "•".to_owned(),
            };
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                let width = if start.is_some() || item.task.is_some() { GRID * 7.0 } else { GRID * 5.0 };
                let soft = Palette::of(ui).soft;
                let mut format = TextFormat::simple(font(ui, Scale::Body, ""), soft);
                format.line_height = Some((format.font_id.size * 1.5).round());
                let mark = ui.painter().layout_job(LayoutJob::single_section(mark, format));
                let (rect, _) = ui.allocate_exact_size(Vec2::new(width, mark.size().y), Sense::hover());
                ui.painter().galley(rect.min + Vec2::new(GRID, 0.0), mark, soft);
                ui.vertical(|ui| {
                    ui.set_width(ui.available_width());
                    ui.push_id(index, |ui| show_blocks(ui, &item.blocks, copied));
                });
            });
        }
    });
}

fn quote(ui: &mut Ui, blocks: &[Block], copied: &mut Option<String>) {
    let line = Palette::of(ui).line;
    let shown = Frame::new().inner_margin(Margin { left: 16, ..Margin::ZERO }).show(ui, |ui| {
        ui.set_width(ui.available_width());
        show_blocks(ui, blocks, copied);
    });
    let rect = shown.response.rect;
    let bar = egui::Rect::from_min_size(rect.min, Vec2::new(3.0, rect.height()));
    ui.painter().rect_filled(bar, 1.5, line);
}

fn table(ui: &mut Ui, head: &[Vec<Span>], rows: &[Vec<Vec<Span>>]) {
    ScrollArea::horizontal().show(ui, |ui| {
        let columns = head.len().max(1);
        let widest = (ui.available_width() / columns as f32 - GRID * 6.0).max(GRID * 20.0);
        egui::Grid::new("table")
            .num_columns(columns)
            .min_row_height(0.0)
            .spacing([GRID * 6.0, GRID * 2.0])
            .show(ui, |ui| {
                for cells in std::iter::once(head).chain(rows.iter().map(Vec::as_slice)) {
                    for cell in cells.iter().take(columns) {
                        let mut job = layout(ui, cell, Scale::Body, 1.0, std::ptr::eq(cells, head));
                        job.wrap.max_width = widest;
                        let galley = ui.painter().layout_job(job);
                        ui.add(Label::new(galley));
                    }
                    ui.end_row();
                }
            });
    });
}
