//! A copy button that says it has copied: its icon is a check for a moment.

use egui::{Id, Response, Ui};

use super::button;
use crate::theme::icons;

/// How long the check stays, in seconds.
const STAYS: f64 = 1.5;

/// Shows the button of this id; after a click its icon is a check for a moment.
pub fn copy_button(ui: &mut Ui, id: Id, label: &str) -> Response {
    let icon = copy_icon(ui, id);
    let response = button::icon(ui, icon, label);
    if response.clicked() {
        say_copied(ui, id);
    }
    response
}

/// The icon of the button of this id: a check for a moment after something was copied.
pub fn copy_icon(ui: &Ui, id: Id) -> &'static str {
    let Some(at) = ui.data(|data| data.get_temp::<f64>(id)) else { return icons::COPY };
    let left = at + STAYS - ui.input(|input| input.time);
    if left <= 0.0 {
        ui.data_mut(|data| data.remove::<f64>(id));
        return icons::COPY;
    }
    ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(left));
    icons::CHECK
}

/// Turns the icon of the button of this id into a check for a moment.
pub fn say_copied(ui: &Ui, id: Id) {
    let now = ui.input(|input| input.time);
    ui.data_mut(|data| data.insert_temp(id, now));
    ui.ctx().request_repaint();
}
