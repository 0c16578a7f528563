//! Characters in one endless line, and where that line is broken.

use egui::Galley;

use super::runs::{Run, RunKind};

/// Room between a ground's edge and its words, as a share of the line's height.
pub(super) const PADDING: f32 = 0.2;

/// How well a line breaks before a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Break {
    Never,
    /// Only where nothing better is.
    Poor,
    /// After a sign within a word.
    Fair,
    /// Between two words.
    Good,
}

/// A character in the endless line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) x: f32,
    pub(super) advance: f32,
    /// Room for a ground's edge before it where a line or run begins with it, and after it.
    pub(super) padding: f32,
    pub(super) run: usize,
    /// Whether it is the first character of its run.
    pub(super) begins: bool,
    pub(super) chance: Break,
}

impl Cell {
    fn right(&self) -> f32 {
        self.x + self.advance + self.padding
    }
}

/// The cells of a row of egui's galley, whose first character is the one with this number; all places are whole pixels.
pub(super) fn cells(galley: &Galley, row: usize, first: usize, runs: &[Run]) -> Vec<Cell> {
    let glyphs = &galley.rows[row].row.glyphs;
    let pixel = |x: f32| (x * galley.pixels_per_point).round() / galley.pixels_per_point;
    let mut cells: Vec<Cell> = Vec::with_capacity(glyphs.len());
    let (mut run, mut offset) = locate(runs, first);
    let mut shift = 0.0;
    let mut before = None;
    for (at, glyph) in glyphs.iter().enumerate() {
        while runs.get(run).is_some_and(|this| offset >= this.n_chars) {
            (run, offset) = (run + 1, 0);
        }
        let Some(this) = runs.get(run) else { break };
        let begins = offset == 0;
        let has_ground = matches!(this.kind, RunKind::Code | RunKind::Key);
        let padding = if has_ground { pixel(glyph.line_height * PADDING) } else { 0.0 };
        if begins {
            shift += padding;
        }
        let mut cell = Cell {
            x: glyph.pos.x + shift,
            advance: glyph.advance_width,
            padding,
            run,
            begins,
            chance: chance(before, glyph.chr, has_ground),
        };
        if let RunKind::Formula(ink) = &this.kind {
            // The formula's width, shared among the characters of its source.
            let n = this.n_chars.max(1) as f32;
            let start = cells
                .len()
                .checked_sub(offset)
                .and_then(|start| cells.get(start))
                .map_or(cell.x, |cell| cell.x);
            let width = pixel(ink.width).max(1.0);
            cell.x = start + width * offset as f32 / n;
            cell.advance = width / n;
            if !begins {
                cell.chance = Break::Never;
            }
            if offset + 1 == this.n_chars {
                let old_end = glyphs.get(at + 1).map_or(glyph.max_x(), |next| next.pos.x);
                shift = pixel(start + width - old_end);
            }
        }
        cells.push(cell);
        offset += 1;
        if has_ground && offset == this.n_chars {
            shift += padding;
        }
        before = Some(glyph.chr);
    }
    cells
}

/// The run of the character with this number, and its number within that run.
fn locate(runs: &[Run], mut character: usize) -> (usize, usize) {
    for (at, run) in runs.iter().enumerate() {
        if character < run.n_chars {
            return (at, character);
        }
        character -= run.n_chars;
    }
    (runs.len(), 0)
}

/// How well a line breaks between two characters.
fn chance(before: Option<char>, c: char, is_code: bool) -> Break {
    let Some(before) = before else { return Break::Never };
    if c.is_whitespace() || before == '\u{A0}' {
        return Break::Never;
    }
    if before.is_whitespace() {
        return Break::Good;
    }
    let begins_no_line = "、。，．：；？！）］｝」』】〉》’”ー・…,.:;?!)]}".contains(c);
    let ends_no_line = "（［｛「『【〈《‘“([{".contains(before);
    if is_wide(before) || is_wide(c) {
        return if begins_no_line || ends_no_line { Break::Never } else { Break::Good };
    }
    let after_sign = matches!(before, '-' | '–' | '—' | '/')
        || (is_code && matches!(before, '.' | ',' | ':' | ';' | '_' | '(' | ')' | '=' | '\\'));
    if after_sign { Break::Fair } else { Break::Poor }
}

/// Whether it is a character of Chinese, Japanese or Korean, between which lines break.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Ranges of cells that are lines of at most this width, except where nothing can be broken.
pub(super) fn lines(cells: &[Cell], width: f32) -> Vec<std::ops::Range<usize>> {
    let mut lines = Vec::new();
    let mut begin = 0;
    while begin < cells.len() {
        let end = line_end(cells, begin, width);
        lines.push(begin..end);
        begin = end;
    }
    if lines.is_empty() {
        lines.push(0..0);
    }
    lines
}

fn line_end(cells: &[Cell], begin: usize, width: f32) -> usize {
    let left = cells[begin].x - cells[begin].padding;
    let mut best = [None; 2];
    for (at, cell) in cells.iter().enumerate().skip(begin + 1) {
        match cell.chance {
            Break::Good => best[0] = Some(at),
            Break::Fair => best[1] = Some(at),
            _ => {}
        }
        // Spaces hang over the edge: what breaks is the first character after them.
        let is_over = cell.right() - left > width + 0.5 && cell.advance > 0.0;
        if is_over {
            let anywhere = (cell.chance >= Break::Poor).then_some(at);
            if let Some(end) = best[0].or(best[1]).or(anywhere) {
                return end;
            }
        }
    }
    cells.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(words: &str) -> Vec<Cell> {
        let mut before = None;
        words
            .chars()
            .enumerate()
            .map(|(at, c)| {
                let chance = chance(before, c, false);
                before = Some(c);
                let advance = if c.is_whitespace() { 0.0 } else { 10.0 };
                Cell { x: at as f32 * 10.0, advance, padding: 0.0, run: 0, begins: at == 0, chance }
            })
            .collect()
    }

    #[test]
    fn lines_break_between_words_then_after_signs_then_anywhere() {
        let broken = |words: &str, width: f32| -> Vec<String> {
            let letters: Vec<char> = words.chars().collect();
            lines(&line(words), width).into_iter().map(|range| letters[range].iter().collect()).collect()
        };
        assert_eq!(broken("one two three", 75.0), ["one two ", "three"]);
        assert_eq!(broken("one-two-three", 85.0), ["one-two-", "three"]);
        assert_eq!(broken("abcdefghij", 45.0), ["abcd", "efgh", "ij"]);
        assert_eq!(broken("中文，中文", 30.0), ["中文，", "中文"]);
        assert_eq!(broken("", 30.0), [""]);
    }
}
