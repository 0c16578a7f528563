//! Ink of formulas as triangles, with the glyphs of egui's texture.

use egui::epaint::{Mesh, Vertex, WHITE_UV};
use egui::text::{LayoutJob, TextFormat};
use egui::{Color32, FontFamily, FontId, Pos2, Rect, Ui, pos2, vec2};

use super::super::math::{Ink, MathBox, advance_of};
use crate::theme::MATH;

/// Adds a formula whose baseline begins at a place; coordinates of the texture are texels, as in egui's rows.
pub(super) fn add_ink(ui: &Ui, formula: &MathBox, at: Pos2, color: Color32, mesh: &mut Mesh) {
    let scale = ui.pixels_per_point();
    let pixel = |length: f32| (length * scale).round() / scale;
    // One line of all signs, each at its place across, so that egui draws each with its share of a pixel.
    let mut job = LayoutJob::default();
    job.wrap.max_width = f32::INFINITY;
    let mut cursor = 0.0;
    let mut heights = Vec::new();
    for (x, y, ink) in &formula.inks {
        if let Ink::Sign { sign, size } = ink {
            let font = FontId::new(*size, FontFamily::Name(MATH.into()));
            let advance = advance_of(*sign).map(|advance| advance * size);
            let advance = advance.unwrap_or_else(|| ui.fonts_mut(|fonts| fonts.glyph_width(&font, *sign)));
            let mut letters = [0; 4];
            job.append(sign.encode_utf8(&mut letters), x - cursor, TextFormat::simple(font, color));
            cursor = x + advance;
            heights.push(*y);
        }
    }
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
    let glyphs = galley.rows.iter().flat_map(|row| &row.row.glyphs);
    for (glyph, y) in glyphs.zip(heights) {
        if glyph.uv_rect.is_nothing() {
            continue;
        }
        let corner = at + vec2(glyph.pos.x, y) + glyph.uv_rect.offset;
        let rect = Rect::from_min_size(pos2(pixel(corner.x), pixel(corner.y)), glyph.uv_rect.size);
        let [min, max] = [glyph.uv_rect.min, glyph.uv_rect.max]
            .map(|corner| pos2(f32::from(corner[0]), f32::from(corner[1])));
        mesh.add_rect_with_uv(rect, Rect::from_min_max(min, max), color);
    }
    for (x, y, ink) in &formula.inks {
        let corner = at + vec2(*x, *y);
        match ink {
            Ink::Rule { width, height } => {
                // Rules are as sharp as the signs' strokes are not: whole pixels, at least one.
                let (left, top) = (pixel(corner.x), pixel(corner.y));
                let size = vec2(pixel(*width).max(1.0 / scale), pixel(*height).max(1.0 / scale));
                mesh.add_colored_rect(Rect::from_min_size(pos2(left, top), size), color);
            }
            Ink::Line { right, down, thickness } => {
                let along = vec2(*right, *down);
                let across = along.normalized().rot90() * (thickness.max(1.0 / scale) / 2.0);
                let first = mesh.vertices.len() as u32;
                for place in
                    [corner - across, corner + across, corner + along - across, corner + along + across]
                {
                    mesh.vertices.push(Vertex { pos: place, uv: WHITE_UV, color });
                }
                mesh.add_triangle(first, first + 1, first + 2);
                mesh.add_triangle(first + 2, first + 1, first + 3);
            }
            Ink::Sign { .. } => {}
        }
    }
}
