//! Things offered side by side, each on a card: why, what it is, its facts, one button that takes it, and a way to its details.

use egui::{Label, Ui, WidgetInfo};

use super::button;
use super::card::card;
use crate::text::sentences;
use crate::theme::{BOLD, GRID, MEDIUM, Palette, Scale, text};

/// Narrowest place that takes three cards side by side.
const SIDE_BY_SIDE: f32 = 600.0;
/// Padding and outline of a card, both sides together.
const FRAME: f32 = 34.0;

/// What a card says.
#[derive(Clone, Debug, PartialEq)]
pub struct OfferCard<'a> {
    /// Why it is offered, in a word.
    pub reason: &'a str,
    /// Name of what is offered.
    pub name: &'a str,
    /// What it is good for.
    pub good_at: &'a str,
    /// What it takes, a line each.
    pub facts: Vec<String>,
    /// What the button says.
    pub step: String,
    /// Whether this is the card whose button calls.
    pub calls: bool,
}

/// What was clicked on a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfferClick {
    /// The button that takes it.
    Step,
    /// The way to its details.
    Details,
}

/// Shows the cards, one below the other where room is short, and says what was clicked on which.
pub fn offer_cards(ui: &mut Ui, cards: &[&OfferCard<'_>], details: &str) -> Option<(usize, OfferClick)> {
    let gap = GRID * 3.0;
    let is_wide = ui.available_width() >= SIDE_BY_SIDE;
    let columns = if is_wide { cards.len().max(1) } else { 1 };
    let width = (ui.available_width() - gap * (columns - 1) as f32) / columns as f32 - FRAME;
    // Buttons stand in line: the words above them are as tall as the tallest were in the frame before.
    let id = ui.scope_id().with(("height of offers", is_wide));
    let tallest = ui.data(|data| data.get_temp::<f32>(id)).filter(|_| is_wide).unwrap_or_default();
    let (mut clicked, mut height) = (None, 0.0_f32);
    let mut all = |ui: &mut Ui| {
        for (index, offer) in cards.iter().enumerate() {
            let shown = ui.push_id(index, |ui| offer_card(ui, offer, details, width, tallest)).inner;
            height = height.max(shown.0);
            clicked = clicked.or(shown.1.map(|click| (index, click)));
        }
    };
    if is_wide {
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = gap;
            all(ui);
        });
    } else {
        ui.spacing_mut().item_spacing.y = gap;
        all(ui);
    }
    if is_wide && (height - tallest).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(id, height));
        ui.ctx().request_repaint();
    }
    clicked
}

/// One card; returns the height of its words, and what was clicked.
fn offer_card(
    ui: &mut Ui,
    offer: &OfferCard<'_>,
    details: &str,
    width: f32,
    tallest: f32,
) -> (f32, Option<OfferClick>) {
    let palette = Palette::of(ui);
    let shown = card(ui, |ui| {
        ui.set_width(width);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = GRID;
            let words = ui.scope(|ui| {
                ui.label(text(ui, offer.reason, Scale::Small, MEDIUM).color(palette.accent));
                ui.add(Label::new(text(ui, offer.name, Scale::Body, BOLD)).wrap());
                ui.add(Label::new(text(ui, offer.good_at, Scale::Small, "").color(palette.soft)).wrap());
                ui.add_space(GRID);
                for fact in &offer.facts {
                    ui.add(Label::new(text(ui, fact, Scale::Small, "")).wrap());
                }
            });
            let height = words.response.rect.height();
            ui.add_space((tallest - height).max(0.0) + GRID);
            let press = if offer.calls { button::primary } else { button::outlined };
            let step = press(ui, "", &offer.step);
            name_it(&step, &offer.step, offer.name);
            let more = button::flush(ui, "", details);
            name_it(&more, details, offer.name);
            let click = match (step.clicked(), more.clicked()) {
                (true, _) => Some(OfferClick::Step),
                (false, true) => Some(OfferClick::Details),
                (false, false) => None,
            };
            (height, click)
        })
        .inner
    });
    shown.inner
}

/// Tells screen readers which of the cards a button belongs to.
fn name_it(response: &egui::Response, words: &str, name: &str) {
    let label = sentences::item_of(words, name);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, &label));
}
