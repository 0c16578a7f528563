//! A long list of rows of unequal height, of which only those in sight are laid out. No frame takes longer for a longer list.

mod heights;

use egui::{Rect, ScrollArea, Ui, UiBuilder, Vec2};

pub use heights::{Heights, ListId};

/// How far beyond the edges rows are laid out, so that scrolling does not uncover blanks.
const OVERSCAN: f32 = 240.0;

/// How far below the upper edge a row that was sought comes to stand.
const ABOVE_SOUGHT: f32 = 48.0;

/// A list of rows, and the id of each, which stays the row's own when others come and go.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// Id of the list.
    pub list: ListId,
    /// The id of a row.
    pub id: &'a dyn Fn(usize) -> u64,
}

/// Where a scrolled column came to stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stand {
    /// Whether the row that was sought has arrived, which takes a few frames while heights are guesses.
    pub settled: bool,
    /// How much lies below the lower edge, in points.
    pub below: f32,
}

/// Shows rows in a scrolled column that clings to its end, or brings the `sought` one into sight.
pub fn transcript(
    ui: &mut Ui,
    heights: &mut Heights,
    rows: Rows<'_>,
    sought: Option<usize>,
    mut show_row: impl FnMut(&mut Ui, usize),
) -> Stand {
    let text_size = egui::TextStyle::Body.resolve(ui.style()).size;
    let mut area = ScrollArea::vertical().id_salt(rows.list.list).auto_shrink(false).stick_to_bottom(true);
    heights.fit((ui.available_width(), text_size), rows.list, rows.id);
    if let Some(row) = sought.filter(|row| *row < rows.list.n_rows) {
        // One that clings to its end would go back there.
        area =
            area.stick_to_bottom(false).vertical_scroll_offset((heights.above(row) - ABOVE_SOUGHT).max(0.0));
    } else if let Some(offset) = heights.go_on_at.take() {
        area = area.vertical_scroll_offset(offset);
    }
    let shown = area.show_viewport(ui, |ui, viewport| {
        let room = ui.max_rect();
        let mut row = heights.row_at((viewport.top() - OVERSCAN).max(0.0));
        let mut top = heights.above(row);
        let mut grown = Grown::default();
        while row < rows.list.n_rows && top <= viewport.bottom() + OVERSCAN {
            let id = (rows.id)(row);
            let at = Rect::from_min_size(room.min + Vec2::new(0.0, top), Vec2::new(room.width(), 1e6));
            let mut ui = ui.new_child(UiBuilder::new().max_rect(at).id_salt(id));
            show_row(&mut ui, row);
            let was = heights.of(row);
            let more = heights.measure(row, id, ui.min_rect().height());
            grown.any |= more.abs() > 0.5;
            if top + was <= viewport.top() {
                grown.above += more;
            }
            top += heights.of(row);
            row += 1;
        }
        ui.set_min_height(heights.above(rows.list.n_rows));
        ui.set_width(room.width());
        grown
    });
    let Grown { any, above } = shown.inner;
    if any {
        ui.ctx().request_repaint();
    }
    // What is read stays where it is while rows above it turn out to be higher than was thought.
    heights.go_on_at = (above.abs() > 0.5).then(|| shown.state.unclamped_offset().y + above);
    let below = shown.content_size.y - shown.inner_rect.height() - shown.state.clamped_offset().y;
    Stand { settled: !any, below }
}

/// By how much rows turned out to be higher than was thought.
#[derive(Clone, Copy, Default)]
struct Grown {
    any: bool,
    above: f32,
}
