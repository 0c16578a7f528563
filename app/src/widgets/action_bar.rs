//! A bar at the foot of a page that stays in sight while the page scrolls: what is chosen, and the button that does it.

use egui::{Id, Stroke, Ui, UiBuilder};

use super::column::column;
use crate::theme::{GRID, Palette};

/// Height of the bar before it is known.
const USUAL: f32 = GRID * 24.0;

/// Shows a page with a bar below it. The page is drawn first, so that the keyboard comes to the bar after it.
pub fn with_action_bar(ui: &mut Ui, name: &str, page: impl FnOnce(&mut Ui), bar: impl FnOnce(&mut Ui)) {
    let id = Id::unique(name);
    let height = ui.data(|data| data.get_temp::<f32>(id)).unwrap_or(USUAL);
    let room = ui.available_rect_before_wrap();
    let (above, below) = room.split_top_bottom_at_y((room.bottom() - height).max(room.top()));
    page(&mut ui.new_child(UiBuilder::new().max_rect(above).id_salt("page")));
    let mut below = ui.new_child(UiBuilder::new().max_rect(below).id_salt("bar"));
    let line = Stroke::new(1.0, Palette::of(ui).line);
    ui.painter().hline(room.x_range(), below.max_rect().top() + 0.5, line);
    below.add_space(GRID * 3.0);
    column(&mut below, |ui| {
        ui.spacing_mut().item_spacing.y = GRID * 2.0;
        bar(ui);
    });
    below.add_space(GRID * 3.0);
    let found = below.min_rect().height();
    if (found - height).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(id, found));
        ui.ctx().request_discard("the bar has another height");
    }
}
