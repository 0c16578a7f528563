//! A long list of rows of unequal height, of which only those in sight are laid out.

use std::collections::HashMap;

use egui::{Rect, ScrollArea, Ui, UiBuilder, Vec2};

/// Height of a row that was never in sight.
const GUESS: f32 = 96.0;

/// How far beyond the edges rows are laid out, so that scrolling does not uncover blanks.
const OVERSCAN: f32 = 240.0;

/// How far below the upper edge a row that was sought comes to stand.
const ABOVE_SOUGHT: f32 = 48.0;

/// Heights measured so far, by the rows' ids, for one width.
#[derive(Clone, Debug, Default)]
pub struct Heights {
    width: f32,
    text_size: f32,
    by_id: HashMap<u64, f32>,
}

impl Heights {
    /// Forgets all when rows would break differently.
    fn fit(&mut self, width: f32, text_size: f32) {
        if self.width.to_bits() != width.to_bits() || self.text_size.to_bits() != text_size.to_bits() {
            *self = Self { width, text_size, by_id: HashMap::new() };
        }
    }

    fn of(&self, id: u64) -> f32 {
        self.by_id.get(&id).copied().unwrap_or(GUESS)
    }
}

/// Shows rows with these ids in a scrolled column that clings to its end, or brings the `sought` one into sight. Says
/// whether that one has arrived, which takes a few frames while heights are guesses.
pub fn transcript(
    ui: &mut Ui,
    salt: u64,
    heights: &mut Heights,
    ids: &[u64],
    sought: Option<u64>,
    mut show_row: impl FnMut(&mut Ui, usize),
) -> bool {
    let text_size = egui::TextStyle::Body.resolve(ui.style()).size;
    let mut area = ScrollArea::vertical().id_salt(salt).auto_shrink(false).stick_to_bottom(true);
    if let Some(place) = sought.and_then(|sought| ids.iter().position(|id| *id == sought)) {
        let above: f32 = ids[..place].iter().map(|id| heights.of(*id)).sum();
        area = area.vertical_scroll_offset((above - ABOVE_SOUGHT).max(0.0));
    }
    let mut settled = true;
    area.show_viewport(ui, |ui, viewport| {
        let room = ui.max_rect();
        heights.fit(room.width(), text_size);
        let total: f32 = ids.iter().map(|id| heights.of(*id)).sum();
        let mut top = 0.0;
        let mut grown = false;
        for (index, id) in ids.iter().enumerate() {
            let height = heights.of(*id);
            let in_sight = top + height >= viewport.top() - OVERSCAN && top <= viewport.bottom() + OVERSCAN;
            let mut real = height;
            if in_sight {
                let at = Rect::from_min_size(room.min + Vec2::new(0.0, top), Vec2::new(room.width(), 1e6));
                let mut row = ui.new_child(UiBuilder::new().max_rect(at).id_salt(id));
                show_row(&mut row, index);
                real = row.min_rect().height();
                if (real - height).abs() > 0.5 {
                    heights.by_id.insert(*id, real);
                    grown = true;
                } else if !heights.by_id.contains_key(id) {
                    heights.by_id.insert(*id, real);
                }
            }
            top += real;
        }
        ui.set_min_height(top.max(total.min(top)));
        ui.set_width(room.width());
        if grown {
            settled = false;
            ui.ctx().request_repaint();
        }
    });
    settled
}
