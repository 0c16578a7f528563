//! Right-to-left text in visual order. A word of Hebrew or Arabic is shaped in its direction, but words are set from left to right;
//! here the words of each row are put where the Unicode Bidirectional Algorithm (UAX 9) wants them.
//!
//! What is selected with the pointer is still in the order of the text. Brackets are not mirrored.

use std::ops::Range;
use std::sync::Arc;

use egui::Galley;
use egui::epaint::text::{Glyph, Row};
use unicode_bidi::{BidiClass, BidiInfo, Level, bidi_class};

/// A text that was laid out, with its rows in visual order; paragraphs that begin with right-to-left text stand at the right of
/// `width`. Text without such letters is what it was.
pub fn in_visual_order(galley: Arc<Galley>, width: f32) -> Arc<Galley> {
    if !has_right_to_left(galley.text()) {
        return galley;
    }
    let mut turned = Galley::clone(&galley);
    let mut base = None;
    for placed in &mut turned.rows {
        let level = *base.get_or_insert_with(|| base_level(&placed.row));
        if placed.ends_with_newline {
            base = None;
        }
        let row = Arc::make_mut(&mut placed.row);
        turn(row, level);
        if level.is_rtl() {
            let free = (width - row.size.x).max(0.0);
            placed.pos.x += free;
        }
    }
    turned.rect.max.x = turned.rect.max.x.max(width);
    Arc::new(turned)
}

/// Whether a text has right-to-left letters.
pub fn has_right_to_left(text: &str) -> bool {
    !text.is_ascii() && text.chars().any(is_right_to_left)
}

fn is_right_to_left(character: char) -> bool {
    matches!(bidi_class(character), BidiClass::R | BidiClass::AL)
}

/// The direction of a paragraph: that of its first letter.
fn base_level(row: &Row) -> Level {
    let strong = row.glyphs.iter().map(|glyph| bidi_class(glyph.chr));
    let first = strong.into_iter().find(|class| matches!(class, BidiClass::L | BidiClass::R | BidiClass::AL));
    if matches!(first, Some(BidiClass::R | BidiClass::AL)) { Level::rtl() } else { Level::ltr() }
}

/// Puts the words of a row into visual order.
fn turn(row: &mut Row, base: Level) {
    let units = units(&row.glyphs);
    // The letters of a word stand in the order in which they were drawn, which makes no difference to where the word goes.
    let text: String = row.glyphs.iter().map(|glyph| glyph.chr).collect();
    let info = BidiInfo::new(&text, Some(base));
    let Some(paragraph) = info.paragraphs.first() else { return };
    let (levels, runs) = info.visual_runs(paragraph, paragraph.range.clone());
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let left = row.glyphs.first().map_or(0.0, |glyph| glyph.pos.x);
    let mut x = left;
    let mut moves = vec![0.0; row.glyphs.len()];
    for run in runs {
        let is_backward = levels[run.start].is_rtl();
        let inside = units.iter().filter(|unit| run.contains(&starts[unit.start])).cloned();
        let ordered: Vec<Range<usize>> = if is_backward { inside.rev().collect() } else { inside.collect() };
        for unit in ordered {
            let glyphs = &row.glyphs[unit.clone()];
            let from = glyphs.iter().map(|glyph| glyph.pos.x).fold(f32::INFINITY, f32::min);
            let to = glyphs.iter().map(Glyph::max_x).fold(from, f32::max);
            moves[unit].fill(x - from);
            x += to - from;
        }
    }
    for (glyph, by) in row.glyphs.iter_mut().zip(moves) {
        glyph.pos.x += by;
        if !glyph.uv_rect.is_nothing() {
            let first = glyph.first_vertex as usize;
            if let Some(corners) = row.visuals.mesh.vertices.get_mut(first..first + 4) {
                for corner in corners {
                    corner.pos.x += by;
                }
            }
        }
    }
    row.visuals.mesh_bounds = row.visuals.mesh.calc_bounds();
}

/// What moves as one: a right-to-left word with its marks, or any other character alone.
fn units(glyphs: &[Glyph]) -> Vec<Range<usize>> {
    let mut units: Vec<Range<usize>> = Vec::new();
    let mut in_word = false;
    for (at, glyph) in glyphs.iter().enumerate() {
        let class = bidi_class(glyph.chr);
        let is_letter = matches!(class, BidiClass::R | BidiClass::AL);
        let joins = in_word && (is_letter || class == BidiClass::NSM);
        match units.last_mut().filter(|_| joins) {
            Some(word) => word.end = at + 1,
            None => units.push(at..at + 1),
        }
        in_word = joins || is_letter;
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Color32, FontId};

    /// The words of a text from left to right as they are seen, each by its first letter drawn.
    fn seen(text: &str) -> (String, f32) {
        let ctx = egui::Context::default();
        crate::theme::install_fonts(&ctx);
        let mut seen = (String::new(), 0.0);
        let _ = ctx.run_ui(egui::RawInput::default(), |ui| {
            let galley =
                ui.painter().layout(text.to_owned(), FontId::proportional(15.0), Color32::WHITE, 400.0);
            let turned = in_visual_order(galley, 400.0);
            let row = &turned.rows[0];
            let mut letters: Vec<(f32, char)> = row
                .glyphs
                .iter()
                .filter(|glyph| !glyph.chr.is_whitespace() && glyph.advance_width > 0.0)
                .map(|glyph| (glyph.pos.x, glyph.chr))
                .collect();
            letters.sort_by(|a, b| a.0.total_cmp(&b.0));
            seen = (letters.into_iter().map(|(_, letter)| letter).collect(), row.pos.x);
        });
        seen
    }

    #[test]
    fn hebrew_is_read_from_the_right_and_latin_within_it_from_the_left() {
        let (letters, left) = seen("שלום עולם");
        assert_eq!(letters, "םלועםולש", "both words and their letters, from the left");
        assert!(left > 300.0, "the paragraph stands at the right");
        let (letters, left) = seen("I say שלום עולם twice");
        assert_eq!(letters, "Isayםלועםולשtwice");
        assert!(left == 0.0);
        assert_eq!(seen("שלום rust 2024").0, "rust2024םולש");
    }

    #[test]
    fn text_without_right_to_left_letters_is_untouched() {
        assert_eq!(seen("Grüße, 世界").0, "Grüße,世界");
    }
}
