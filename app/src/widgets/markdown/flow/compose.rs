//! Lines of cells as a galley of egui, so that what is drawn, selected and copied is one text.

use std::sync::Arc;

use egui::epaint::text::{PlacedRow, Row};
use egui::epaint::{Mesh, Vertex};
use egui::{Color32, FontId, Galley, Rect, Ui, pos2, vec2};

use super::super::blocks::CellSide;
use super::cells::{Cell, cells, lines};
use super::ink::add_ink;
use super::runs::{Run, RunKind};
use super::style::{Ground, LineStyle};
use crate::theme::Palette;

/// Least room above and below a formula in its line, in points.
const AROUND: f32 = 2.0;

/// What lines are composed of and with.
struct Composer<'a> {
    ui: &'a Ui,
    source: &'a Galley,
    runs: &'a [Run],
    style: LineStyle,
    color: Color32,
    /// Height of the baseline in a line without formulas.
    baseline: f32,
}

/// Breaks a galley without breaks into lines of the style's width; also says where grounds lie.
pub(super) fn compose(ui: &Ui, source: &Galley, runs: &[Run], style: LineStyle) -> (Galley, Vec<Ground>) {
    let color = style.color(Palette::of(ui));
    let baseline = baseline(ui, style);
    let composer = Composer { ui, source, runs, style, color, baseline };
    let mut composed = source.clone();
    composed.rows.clear();
    let mut grounds = Vec::new();
    let (mut first, mut y, mut width) = (0, 0.0, 0.0_f32);
    for (index, row) in source.rows.iter().enumerate() {
        let cells = cells(source, index, first, runs);
        let lines = lines(&cells, style.width);
        let n_lines = lines.len();
        for (number, line) in lines.into_iter().enumerate() {
            let (line, mut behind) = composer.line(row, &cells, line);
            for ground in &mut behind {
                ground.rect = ground.rect.translate(vec2(0.0, y));
            }
            grounds.append(&mut behind);
            width = width.max(line.size.x);
            let height = line.size.y;
            let ends_with_newline = number + 1 == n_lines && row.ends_with_newline;
            composed.rows.push(PlacedRow { pos: pos2(0.0, y), row: Arc::new(line), ends_with_newline });
            y += height;
        }
        first += row.row.glyphs.len() + usize::from(row.ends_with_newline);
    }
    let width = width.ceil();
    for row in &mut composed.rows {
        let spare = width - row.row.size.x;
        let indent = composer.pixel(match style.side {
            CellSide::Left => 0.0,
            CellSide::Middle => spare / 2.0,
            CellSide::Right => spare,
        });
        let grounds = grounds
            .iter_mut()
            .filter(|ground| (row.pos.y..row.pos.y + row.row.size.y).contains(&ground.rect.center().y));
        grounds.for_each(|ground| ground.rect = ground.rect.translate(vec2(indent, 0.0)));
        row.pos.x = indent;
    }
    composed.rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(width, y));
    composed.mesh_bounds = Rect::NOTHING;
    (composed.num_vertices, composed.num_indices) = (0, 0);
    for row in &composed.rows {
        composed.mesh_bounds |= row.row.visuals.mesh_bounds.translate(row.pos.to_vec2());
        composed.num_vertices += row.row.visuals.mesh.vertices.len();
        composed.num_indices += row.row.visuals.mesh.indices.len();
    }
    (composed, grounds)
}

/// The height of text's baseline below the upper edge of its line.
fn baseline(ui: &Ui, style: LineStyle) -> f32 {
    let galley = ui.fonts_mut(|fonts| {
        fonts.layout_no_wrap("x".to_owned(), FontId::proportional(style.size), Color32::PLACEHOLDER)
    });
    let glyph = galley.rows.first().and_then(|row| row.row.glyphs.first());
    glyph.map_or(style.size, |glyph| glyph.font_ascent + 0.5 * (style.line_height() - glyph.font_height))
}

impl Composer<'_> {
    fn pixel(&self, length: f32) -> f32 {
        (length * self.source.pixels_per_point).round() / self.source.pixels_per_point
    }

    fn line(&self, from: &PlacedRow, cells: &[Cell], range: std::ops::Range<usize>) -> (Row, Vec<Ground>) {
        let mut row = Row::clone(&from.row);
        let old = std::mem::take(&mut row.visuals.mesh);
        row.glyphs.clear();
        let line = &cells[range.clone()];
        let (mut up, mut down) = (self.baseline, self.style.line_height() - self.baseline);
        for cell in line {
            if let RunKind::Formula(ink) = &self.runs[cell.run].kind {
                up = up.max(ink.height + AROUND);
                down = down.max(ink.depth + AROUND);
            }
        }
        let extra = self.pixel(up - self.baseline);
        let left = line.first().map_or(0.0, |cell| cell.x - cell.padding);
        let mut mesh = Mesh::default();
        for (cell, glyph) in line.iter().zip(&from.row.glyphs[range]) {
            let run = &self.runs[cell.run];
            let mut glyph = *glyph;
            let x = cell.x - left;
            // Fonts stand on one line, where egui centers each in the line's height.
            let own = glyph.font_ascent + 0.5 * (glyph.line_height - glyph.font_height);
            let lower = self.pixel(self.baseline - own - run.raise) + extra;
            let moved = vec2(x - glyph.pos.x, lower);
            let begin = glyph.first_vertex as usize;
            glyph.first_vertex = mesh.vertices.len() as u32;
            if let RunKind::Formula(ink) = &run.kind {
                if cell.begins {
                    let at = pos2(self.pixel(x), self.pixel(self.baseline) + extra);
                    add_ink(self.ui, ink, at, self.color, &mut mesh);
                }
                glyph.uv_rect.max = glyph.uv_rect.min;
                glyph.is_color = false;
                glyph.advance_width = cell.advance;
                glyph.pos = pos2(x, glyph.pos.y + lower);
            } else {
                glyph.pos += moved;
                let corners = old.vertices.get(begin..begin + 4).filter(|_| !glyph.uv_rect.is_nothing());
                if let Some(corners) = corners {
                    let first = mesh.vertices.len() as u32;
                    let moved = |corner: &Vertex| Vertex { pos: corner.pos + moved, ..*corner };
                    mesh.vertices.extend(corners.iter().map(moved));
                    mesh.add_triangle(first, first + 1, first + 2);
                    mesh.add_triangle(first + 2, first + 1, first + 3);
                }
            }
            row.glyphs.push(glyph);
        }
        row.visuals.glyph_index_start = 0;
        row.visuals.glyph_vertex_range = 0..mesh.vertices.len();
        let height = self.pixel(up + down);
        let grounds = self.across(line, left, extra, &mut mesh);
        row.visuals.mesh_bounds = mesh.calc_bounds();
        row.visuals.mesh = mesh;
        row.size = vec2(line.last().map_or(0.0, |cell| cell.x + cell.advance + cell.padding - left), height);
        (row, grounds)
    }

    /// Lines through and below words, which are drawn at once, and grounds behind them.
    fn across(&self, line: &[Cell], left: f32, extra: f32, mesh: &mut Mesh) -> Vec<Ground> {
        let mut grounds = Vec::new();
        let thickness = 1.0_f32.max(1.0 / self.source.pixels_per_point);
        for group in line.chunk_by(|a, b| a.run == b.run) {
            let run = &self.runs[group[0].run];
            let (start, end) =
                (group[0].x - left, group[group.len() - 1].x + group[group.len() - 1].advance - left);
            let base = self.baseline + extra - run.raise;
            for (is_drawn, y) in
                [(run.struck, base - self.style.size * 0.27), (run.underlined, base + self.style.size * 0.14)]
            {
                if is_drawn {
                    let at = pos2(self.pixel(start), self.pixel(y));
                    let rect = Rect::from_min_size(at, vec2(end - start, thickness));
                    mesh.add_colored_rect(rect, self.color);
                }
            }
            if matches!(run.kind, RunKind::Code | RunKind::Key) {
                let padding = group[0].padding;
                let (top, bottom) = (base - self.style.size * 0.98, base + self.style.size * 0.36);
                let rect = Rect::from_min_max(
                    pos2(self.pixel(start - padding), self.pixel(top)),
                    pos2(self.pixel(end + padding), self.pixel(bottom)),
                );
                grounds.push(Ground { rect, is_key: run.kind == RunKind::Key });
            }
        }
        grounds
    }
}
