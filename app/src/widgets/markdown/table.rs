//! Tables: as wide as what they hold where there is room, with rules between rows.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use egui::{Id, Popup, Rect, ScrollArea, Sense, Stroke, Ui, UiBuilder, Vec2};

use super::blocks::{CellSide, MarkdownTable, Span, SpanKind};
use super::flow::{LineStyle, flow};
use crate::text::labels;
use crate::theme::{GRID, Palette, icons};
use crate::widgets::button;
use crate::widgets::copied::{copy_icon, say_copied};

/// Room at the left and right of a cell.
const BESIDE: f32 = GRID * 3.0;
/// Room above and below a cell.
const ABOVE: f32 = GRID * 1.5;
/// Least width to which a column is squeezed before the table scrolls.
const NARROWEST: f32 = GRID * 40.0;

/// Shows a table; `copied` becomes it, as Markdown or CSV, where that is wanted.
pub(super) fn table(ui: &mut Ui, table: &MarkdownTable, style: LineStyle, copied: &mut Option<String>) {
    let widths = widths(ui, table, style);
    let height = ui.next_widget_position().y;
    let shown = ScrollArea::horizontal().show(ui, |ui| {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing = Vec2::ZERO;
            let left = ui.cursor().left();
            let whole: f32 = widths.iter().sum();
            let palette = Palette::of(ui);
            row(ui, table, &table.head, &widths, LineStyle { strong: true, ..style });
            let rule = |ui: &Ui, stroke: Stroke| {
                let y = ui.cursor().top().round();
                ui.painter().hline(left..=left + whole, y, stroke);
            };
            rule(ui, Stroke::new(1.5, palette.line.lerp_to_gamma(palette.soft, 0.4)));
            for (index, cells) in table.rows.iter().enumerate() {
                if index > 0 {
                    rule(ui, Stroke::new(1.0, palette.line));
                }
                row(ui, table, cells, &widths, style);
            }
            // Room for the scroll bar.
            if whole > style.width {
                ui.add_space(GRID * 2.0);
            }
        });
    });
    let inside = shown.inner_rect;
    tools(ui, Rect::from_min_max(egui::pos2(inside.left(), height), inside.right_bottom()), table, copied);
}

/// One row, its cells at their upper edges.
fn row(ui: &mut Ui, table: &MarkdownTable, cells: &[Vec<Span>], widths: &[f32], style: LineStyle) {
    let lines: Vec<_> = widths
        .iter()
        .zip(cells)
        .enumerate()
        .map(|(column, (width, cell))| {
            let side = table.sides.get(column).copied().unwrap_or_default();
            flow(ui, cell, LineStyle { width: width - 2.0 * BESIDE, side, ..style })
        })
        .collect();
    let height = lines.iter().map(|lines| lines.galley.size().y).fold(style.line_height(), f32::max);
    let whole: f32 = widths.iter().sum();
    let (rect, _) = ui.allocate_exact_size(Vec2::new(whole, height + 2.0 * ABOVE), Sense::hover());
    if !ui.is_rect_visible(rect) {
        return;
    }
    let mut x = rect.left();
    for (column, (width, lines)) in widths.iter().zip(&lines).enumerate() {
        let spare = (width - 2.0 * BESIDE - lines.width()).max(0.0);
        let indent = match table.sides.get(column).copied().unwrap_or_default() {
            CellSide::Left => 0.0,
            CellSide::Middle => (spare / 2.0).floor(),
            CellSide::Right => spare,
        };
        let at = egui::pos2(x + BESIDE + indent, rect.top() + ABOVE);
        let cell = Rect::from_min_size(at, lines.galley.size());
        let mut ui = ui.new_child(UiBuilder::new().max_rect(cell).id_salt(column));
        lines.show(&mut ui, Sense::hover());
        x += width;
    }
}

/// Widths of the columns, with the room beside their cells. Columns are as wide as what they hold; where that is more than there
/// is, the widest give way first, down to a least width, beyond which the table is wider than the room.
fn widths(ui: &Ui, table: &MarkdownTable, style: LineStyle) -> Arc<Vec<f32>> {
    let mut hasher = DefaultHasher::new();
    (table, style.width.to_bits(), style.size.to_bits(), ui.pixels_per_point().to_bits()).hash(&mut hasher);
    let (id, key) = (ui.scope_id().with("widths"), hasher.finish());
    let known = ui.data(|data| data.get_temp::<(u64, Arc<Vec<f32>>)>(id));
    if let Some((_, widths)) = known.filter(|(known, _)| *known == key) {
        return widths;
    }
    let mut natural = vec![0.0_f32; table.head.len()];
    for (cells, strong) in
        std::iter::once((&table.head, true)).chain(table.rows.iter().map(|row| (row, false)))
    {
        for (column, cell) in natural.iter_mut().zip(cells) {
            let lines = flow(ui, cell, LineStyle { width: f32::INFINITY, strong, ..style });
            *column = column.max(lines.width() + 2.0 * BESIDE + 1.0);
        }
    }
    let widths = Arc::new(shared(&natural, style.width));
    ui.data_mut(|data| data.insert_temp(id, (key, Arc::clone(&widths))));
    widths
}

/// Natural widths, with the widest cut to one width so that all fit into `room`, but none below the least.
fn shared(natural: &[f32], room: f32) -> Vec<f32> {
    let mut sorted = natural.to_vec();
    sorted.sort_by(f32::total_cmp);
    let (mut left, mut most) = (room, f32::INFINITY);
    for (index, width) in sorted.iter().enumerate() {
        let share = left / (sorted.len() - index) as f32;
        if *width > share {
            most = share;
            break;
        }
        left -= width;
    }
    let most = most.max(NARROWEST);
    natural.iter().map(|width| width.min(most).floor()).collect()
}

/// A button over the head's end that copies the table, seen when the table is pointed at.
fn tools(ui: &mut Ui, whole: Rect, table: &MarkdownTable, copied: &mut Option<String>) {
    let id = ui.scope_id().with("table");
    let focus_id = id.with("focus");
    let had_focus = ui.data(|data| data.get_temp::<bool>(focus_id)).unwrap_or_default();
    let menu_id: Id = id.with("menu");
    let is_open = Popup::is_id_open(ui.ctx(), menu_id);
    let seen = had_focus || is_open || ui.rect_contains_pointer(whole);
    let side = GRID * 8.0;
    let rect = Rect::from_min_size(whole.right_top() - Vec2::new(side, 0.0), Vec2::splat(side));
    let mut ui = ui.new_child(UiBuilder::new().max_rect(rect));
    ui.set_opacity(if seen { 1.0 } else { 0.0 });
    if seen {
        ui.painter().rect_filled(rect, crate::theme::RADIUS_SMALL, Palette::of(&ui).ground);
    }
    let copied_id = id.with("copied");
    let icon = copy_icon(&ui, copied_id);
    let response = button::icon(&mut ui, icon, labels::copy_table());
    let has_focus = response.has_focus();
    ui.data_mut(|data| data.insert_temp(focus_id, has_focus));
    Popup::menu(&response).id(menu_id).show(|ui| {
        ui.set_width(GRID * 66.0);
        for (label, write) in [
            (labels::copy_table_markdown(), as_markdown as fn(&MarkdownTable) -> String),
            (labels::copy_table_csv(), as_csv),
        ] {
            if button::row(ui, icons::COPY, label, false).clicked() {
                *copied = Some(write(table));
                say_copied(ui, copied_id);
                ui.close();
            }
        }
    });
}

/// A cell as it would be written in Markdown.
fn written(cell: &[Span]) -> String {
    let mut text = String::new();
    for span in cell {
        let words = span.text.replace('\n', " ");
        let words = match span.kind {
            SpanKind::Code => format!("`{words}`"),
            SpanKind::Formula { .. } => format!("${words}$"),
            SpanKind::Words | SpanKind::Key => words,
        };
        let mark = match (span.bold, span.italic, span.struck) {
            (true, true, _) => "***",
            (true, false, _) => "**",
            (false, true, _) => "*",
            (false, false, true) => "~~",
            (false, false, false) => "",
        };
        let words = format!("{mark}{words}{mark}");
        match &span.link {
            Some(link) => text.extend(["[", &words, "](", link, ")"]),
            None => text += &words,
        }
    }
    text.replace('|', "\\|")
}

/// A table in Markdown.
fn as_markdown(table: &MarkdownTable) -> String {
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let sides = table.head.iter().enumerate().map(|(column, _)| {
        match table.sides.get(column).copied().unwrap_or_default() {
            CellSide::Left => "---",
            CellSide::Middle => ":-:",
            CellSide::Right => "--:",
        }
        .to_owned()
    });
    let mut text = line(table.head.iter().map(|cell| written(cell)).collect());
    text += &line(sides.collect());
    for row in &table.rows {
        text += &line(row.iter().map(|cell| written(cell)).collect());
    }
    text
}

/// A table in CSV (RFC 4180), its cells as plain text.
fn as_csv(table: &MarkdownTable) -> String {
    let field = |cell: &Vec<Span>| {
        let words: String = cell.iter().map(|span| span.text.as_str()).collect();
        if words.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", words.replace('"', "\"\""))
        } else {
            words
        }
    };
    let rows = std::iter::once(&table.head).chain(&table.rows);
    rows.map(|row| row.iter().map(field).collect::<Vec<_>>().join(",") + "\r\n").collect()
}

#[cfg(test)]
mod tests {
    use super::super::blocks::Block;
    use super::super::parse::parse;
    use super::*;

    fn example() -> MarkdownTable {
        let blocks = parse("| a | b |\n|:-:|--:|\n| **x, y** | `1\\|2` |\n| say \"hi\" | $x^2$ |");
        let Some(Block::Table(table)) = blocks.into_iter().next() else { panic!() };
        table
    }

    #[test]
    fn a_table_is_copied_as_it_was_written_and_as_csv() {
        let markdown = as_markdown(&example());
        assert_eq!(parse(&markdown), [Block::Table(example())], "{markdown}");
        assert_eq!(as_csv(&example()), "a,b\r\n\"x, y\",1|2\r\n\"say \"\"hi\"\"\",x^2\r\n");
    }

    #[test]
    fn columns_share_the_room_and_the_widest_give_way() {
        assert_eq!(shared(&[100.0, 120.0], 400.0), [100.0, 120.0]);
        assert_eq!(shared(&[100.0, 900.0, 800.0], 700.0), [100.0, 300.0, 300.0]);
        let squeezed = shared(&[500.0; 20], 700.0);
        assert!(squeezed.iter().all(|width| *width >= NARROWEST));
    }
}
