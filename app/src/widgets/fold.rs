//! A fold: a line with a chevron that shows or hides what comes below it.

use egui::{Id, Ui};

use super::button;
use crate::theme::icons;

/// Shows the line and says whether the fold is open; `words` gives the line for an open and for a closed fold.
pub fn fold(ui: &mut Ui, id: Id, words: impl Fn(bool) -> String) -> bool {
    let open = is_open(ui, id);
    let icon = if open { icons::UNFOLDED } else { icons::FOLDED };
    if button::flush(ui, icon, &words(open)).clicked() {
        ui.data_mut(|data| data.insert_temp(id, !open));
        return !open;
    }
    open
}

/// Whether a fold is open, for what is shown above its line.
pub fn is_open(ui: &Ui, id: Id) -> bool {
    ui.data(|data| data.get_temp::<bool>(id)).unwrap_or_default()
}
