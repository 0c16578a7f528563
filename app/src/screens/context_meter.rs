//! Context meter: a line in the composer, and on a click the parts of the prompt.

use egui::{Align, Layout, Popup, PopupCloseBehavior, RectAlign, Response, Ui};

use crate::state::{Outcome, State};
use crate::text::{self, labels, sentences};
use crate::theme::{GRID, MEDIUM, Palette, Scale};
use crate::widgets::card::hairline;
use crate::widgets::{button, meter};

/// Tokens of a context, by what they are spent on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Use {
    /// Tokens that fit.
    pub context: usize,
    /// What takes how many, as counted at the last reply; and the files that wait.
    pub parts: Vec<(&'static str, usize)>,
}

impl Use {
    /// Of the current chat; `None` while nothing was counted.
    pub(super) fn of(state: &State) -> Option<Self> {
        let context = state.engine.model.as_ref()?.loaded.as_ref()?.context;
        let chat = state.chats.current()?;
        let mut parts = Vec::new();
        if let Some(Outcome::Replied(report)) = chat.messages.last().map(|last| &last.outcome) {
            let counted = report.parts;
            parts.extend([
                (labels::part_instructions(), counted.instructions),
                (labels::part_earlier(), counted.earlier),
                (labels::part_last(), counted.last),
                (labels::part_template(), counted.template(report.prompt_tokens)),
                (labels::part_reply(), report.tokens),
            ]);
        }
        let waiting: usize = chat.pending.iter().filter_map(|pending| pending.tokens).sum();
        parts.push((labels::part_files(), waiting));
        parts.retain(|(_, tokens)| *tokens > 0);
        (!parts.is_empty()).then_some(Self { context, parts })
    }

    /// Tokens that are spent.
    pub(super) fn spent(&self) -> usize {
        self.parts.iter().map(|(_, tokens)| tokens).sum()
    }

    /// Whether the prompt exceeds the context, so that old messages will be dropped.
    pub(super) fn is_over(&self) -> bool {
        self.spent() > self.context
    }
}

/// Shows the line.
pub(super) fn show(ui: &mut Ui, state: &State) {
    let Some(of) = Use::of(state) else { return };
    let words = sentences::used_of(&text::count(of.spent() as u64), &text::tokens(of.context));
    let line = button::quiet(ui, "", &words).on_hover_text(labels::context_used());
    parts(&line, &of);
}

fn parts(line: &Response, of: &Use) {
    let popup = Popup::from_toggle_button_response(line)
        .align(RectAlign::TOP_END)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    popup.show(|ui| {
        ui.set_width(GRID * 72.0);
        ui.spacing_mut().item_spacing.y = GRID;
        let share = of.spent() as f32 / of.context.max(1) as f32;
        ui.label(crate::theme::text(ui, labels::context_used(), Scale::Small, MEDIUM));
        meter::bar(ui, share, &text::percent(share));
        ui.add_space(GRID);
        for (name, tokens) in &of.parts {
            row(ui, name, *tokens);
        }
        hairline(ui);
        row(ui, labels::part_free(), of.context.saturating_sub(of.spent()));
        if of.is_over() {
            let soft = Palette::of(ui).soft;
            ui.label(crate::theme::text(ui, labels::context_over(), Scale::Small, "").color(soft));
        }
    });
}

fn row(ui: &mut Ui, name: &str, tokens: usize) {
    ui.horizontal(|ui| {
        ui.set_min_height(GRID * 5.0);
        ui.label(crate::theme::text(ui, name, Scale::Small, ""));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let soft = Palette::of(ui).soft;
            ui.label(crate::theme::text(ui, text::tokens(tokens), Scale::Small, "").color(soft));
        });
    });
}
