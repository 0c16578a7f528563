//! The row below a message: its versions, what can be done with it, and a line about it.

use egui::{Layout, Ui, Vec2};

use super::button;
use super::copied::copy_button;
use super::message_click::MessageClick;
use crate::text::labels;
use crate::theme::{GRID, Palette, Scale, icons, text};

/// Free room around the sign of an icon button.
const ICON_MARGIN: f32 = 7.0;

/// What is offered below a message.
#[allow(clippy::struct_excessive_bools, reason = "each offers something of its own, in any mixture")]
#[derive(Clone, Copy, Debug, Default)]
pub struct Tools<'a> {
    /// A line about the message, such as its speed.
    pub line: &'a str,
    /// Whether the line is to be seen without the tools: something went otherwise than expected.
    pub line_is_news: bool,
    /// Which of how many versions it is, counted from 1.
    pub version: (usize, usize),
    /// Whether the tools are shown without being pointed at.
    pub always: bool,
    /// Whether it may be changed.
    pub edit: bool,
    /// Whether it may be removed.
    pub delete: bool,
    /// Whether another reply may be asked for, and what that is called.
    pub regenerate: Option<&'static str>,
    /// Whether the reply may be written on.
    pub go_on: bool,
}

/// Shows the tools of a message that says `words`.
pub fn tools(ui: &mut Ui, words: &str, layout: Layout, offered: Tools<'_>) -> Option<MessageClick> {
    let mut click = None;
    let height = GRID * 8.0;
    let above = ui.min_rect();
    let near = above.with_max_y(above.bottom() + height + GRID);
    let focus_id = ui.scope_id().with("tool focus");
    let had_focus = ui.data(|data| data.get_temp::<bool>(focus_id)).unwrap_or_default();
    let seen = offered.always || had_focus || ui.rect_contains_pointer(near);
    let mut has_focus = false;
    ui.allocate_ui_with_layout(Vec2::new(ui.available_width(), height), layout, |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.set_min_height(height);
        let rightward = !layout.prefer_right_to_left();
        if rightward && (seen || !offered.line_is_news) {
            // The icon, not the room around it, stands below the text.
            ui.add_space(-ICON_MARGIN);
        } else if rightward {
            words_about(ui, offered.line, 0.0);
        }
        versions(ui, offered.version, rightward, &mut click);
        ui.scope(|ui| {
            // Unseen tools stay there for the keyboard and for screen readers.
            ui.set_opacity(if seen { 1.0 } else { 0.0 });
            for (icon, label, asked) in offers(words, offered) {
                let response = if icon == icons::COPY {
                    copy_button(ui, ui.scope_id().with("copy"), label)
                } else {
                    button::icon(ui, icon, label)
                };
                has_focus |= response.has_focus();
                if response.clicked() {
                    click = Some(asked);
                }
            }
        });
        if seen || !rightward {
            words_about(ui, offered.line, GRID * 2.0);
        }
    });
    ui.data_mut(|data| data.insert_temp(focus_id, has_focus));
    click
}

/// A line about the message.
fn words_about(ui: &mut Ui, line: &str, gap: f32) {
    if !line.is_empty() {
        ui.add_space(gap);
        let soft = Palette::of(ui).soft;
        ui.add(egui::Label::new(text(ui, line, Scale::Small, "").color(soft)).truncate());
    }
}

/// The switch between versions, where there is more than one.
fn versions(ui: &mut Ui, (this, all): (usize, usize), rightward: bool, click: &mut Option<MessageClick>) {
    if all < 2 {
        return;
    }
    let mut older = |ui: &mut Ui| {
        let pressed =
            ui.add_enabled_ui(this > 1, |ui| button::icon(ui, icons::OLDER, labels::older_version()));
        if pressed.inner.clicked() {
            *click = Some(MessageClick::Version(-1));
        }
    };
    let count = |ui: &mut Ui| {
        let soft = Palette::of(ui).soft;
        ui.label(text(ui, format!("{this}/{all}"), Scale::Small, "").color(soft));
    };
    let newer = |ui: &mut Ui| {
        let pressed =
            ui.add_enabled_ui(this < all, |ui| button::icon(ui, icons::NEWER, labels::newer_version()));
        pressed.inner.clicked()
    };
    let mut forward = false;
    if rightward {
        older(ui);
        count(ui);
        forward |= newer(ui);
    } else {
        forward |= newer(ui);
        count(ui);
        older(ui);
    }
    if forward {
        *click = Some(MessageClick::Version(1));
    }
}

fn offers(words: &str, offered: Tools<'_>) -> Vec<(&'static str, &'static str, MessageClick)> {
    let mut offers = vec![(icons::COPY, labels::copy(), MessageClick::Copy(words.to_owned()))];
    if let Some(label) = offered.regenerate {
        offers.push((icons::AGAIN, label, MessageClick::Regenerate));
    }
    if offered.go_on {
        offers.push((icons::GO_ON, labels::write_on(), MessageClick::Continue));
    }
    if offered.edit {
        offers.push((icons::EDIT, labels::edit(), MessageClick::Edit));
    }
    offers.push((icons::QUOTE, labels::quote(), MessageClick::Quote(words.to_owned())));
    if offered.delete {
        offers.push((icons::DELETE, labels::delete_message(), MessageClick::Delete));
    }
    offers
}
