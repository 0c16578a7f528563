//! Lines of words with what egui's text does not do: formulas, rounded grounds of code, scripts. Laid out once per text, width and
//! size, and kept while it is in sight.

mod cells;
mod compose;
mod ink;
mod runs;
mod style;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use egui::epaint::{RectShape, Shape};
use egui::text::LayoutJob;
use egui::{Color32, FontId, Galley, Id, Label, Response, Sense, Stroke, Ui};

use super::super::bidi::{has_right_to_left, in_visual_order};
use super::blocks::{CellSide, Span, SpanKind};
use crate::theme::Palette;

use style::Ground;
pub(super) use style::LineStyle;

/// Radius of the ground of code and keys in a line.
const CORNER: f32 = 5.0;

/// Lines, laid out.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    /// The lines' text, in which a formula is its TeX.
    pub(super) galley: Arc<Galley>,
    grounds: Vec<Ground>,
    /// How many characters each span has in the galley's text.
    n_chars: Vec<usize>,
}

impl Flow {
    /// How wide it is.
    pub(super) fn width(&self) -> f32 {
        self.galley.size().x
    }

    /// Draws the lines; they can be selected, and pointed at where `sense` says so.
    pub(super) fn show(&self, ui: &mut Ui, sense: Sense) -> Response {
        let grounds = (!self.grounds.is_empty()).then(|| ui.painter().add(Shape::Noop));
        let mut label = Label::new(Arc::clone(&self.galley));
        if sense.interactive() {
            label = label.sense(sense);
        }
        let response = ui.add(label);
        if let Some(index) = grounds {
            let palette = Palette::of(ui);
            let at = response.rect.min.to_vec2();
            let shape = |ground: &Ground| {
                let line = if ground.is_key { Stroke::new(1.0, palette.line) } else { Stroke::NONE };
                // A shade of the text is seen on every ground, that of a person's message too.
                let fill = if ground.is_key { palette.card } else { palette.text.gamma_multiply(0.07) };
                let rect = ground.rect.translate(at);
                Shape::Rect(RectShape::new(rect, CORNER, fill, line, egui::StrokeKind::Inside))
            };
            ui.painter().set(index, Shape::Vec(self.grounds.iter().map(shape).collect()));
        }
        response
    }

    /// Where the span at a place of the lines leads.
    pub(super) fn link_at<'a>(&self, spans: &'a [Span], at: egui::Vec2) -> Option<&'a str> {
        let mut left = usize::from(self.galley.cursor_from_pos(at).index);
        for (span, n_chars) in spans.iter().zip(&self.n_chars) {
            if left < *n_chars {
                return span.link.as_deref();
            }
            left -= n_chars;
        }
        None
    }
}

/// The lines of `spans`, from the cache where they were laid out before.
pub(super) fn flow(ui: &Ui, spans: &[Span], style: LineStyle) -> Arc<Flow> {
    let key = key(ui, spans, style);
    if let Some(known) = with_cache(ui, |cache, pass| cache.get(key, pass)) {
        return known;
    }
    let flow = Arc::new(lay_out(ui, spans, style));
    with_cache(ui, |cache, pass| cache.insert(key, Arc::clone(&flow), pass));
    flow
}

fn lay_out(ui: &Ui, spans: &[Span], style: LineStyle) -> Flow {
    let runs::RunText { job, runs, n_chars, is_plain } = runs::runs(ui, spans, style);
    // egui makes more glyphs than characters of right-to-left words, so that nothing can be composed beside them.
    if is_plain || has_right_to_left(&job.text) {
        let halign = match style.side {
            CellSide::Left => egui::Align::LEFT,
            CellSide::Middle => egui::Align::Center,
            CellSide::Right => egui::Align::RIGHT,
        };
        let job = LayoutJob { wrap: egui::text::TextWrapping::wrap_at_width(style.width), halign, ..job };
        let galley = in_visual_order(ui.fonts_mut(|fonts| fonts.layout_job(job)), style.width);
        return Flow { galley, grounds: Vec::new(), n_chars };
    }
    let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
    let (galley, grounds) = compose::compose(ui, &galley, &runs, style);
    Flow { galley: Arc::new(galley), grounds, n_chars }
}

/// The span of a formula that is displayed by itself.
pub(super) fn formula_span(tex: &str) -> Span {
    Span { text: tex.to_owned(), kind: SpanKind::Formula { displayed: true }, ..Span::default() }
}

fn key(ui: &Ui, spans: &[Span], style: LineStyle) -> u64 {
    let mut hasher = DefaultHasher::new();
    spans.hash(&mut hasher);
    style.size.to_bits().hash(&mut hasher);
    style.width.to_bits().hash(&mut hasher);
    (style.strong, style.soft, style.side, ui.visuals().dark_mode).hash(&mut hasher);
    ui.pixels_per_point().to_bits().hash(&mut hasher);
    hasher.finish()
}

/// Lines that were laid out, by what they are made of, each with the pass that used it last.
#[derive(Clone, Default)]
struct FlowCache {
    flows: HashMap<u64, (Arc<Flow>, u64)>,
    /// A galley of egui's own cache. When that is emptied, glyphs have new places in their texture, and no flow is right any more.
    witness: Option<Arc<Galley>>,
    checked: u64,
}

impl FlowCache {
    /// How many flows are kept before those are dropped that the last frames did not use.
    const MOST: usize = 512;

    fn get(&mut self, key: u64, pass: u64) -> Option<Arc<Flow>> {
        let (flow, used) = self.flows.get_mut(&key)?;
        *used = pass;
        Some(Arc::clone(flow))
    }

    fn insert(&mut self, key: u64, flow: Arc<Flow>, pass: u64) {
        if self.flows.len() >= Self::MOST {
            self.flows.retain(|_, (_, used)| *used + 2 > pass);
        }
        self.flows.insert(key, (flow, pass));
    }

    fn check(&mut self, witness: Arc<Galley>, pass: u64) {
        self.checked = pass;
        if !self.witness.as_ref().is_some_and(|known| Arc::ptr_eq(known, &witness)) {
            self.flows.clear();
            self.witness = Some(witness);
        }
    }
}

fn with_cache<T>(ui: &Ui, work: impl FnOnce(&mut FlowCache, u64) -> T) -> T {
    let pass = ui.ctx().cumulative_pass_nr();
    let id = Id::unique("flows of words");
    let checked = ui.data_mut(|data| data.get_temp_mut_or_default::<FlowCache>(id).checked == pass);
    if !checked {
        let witness = ui.fonts_mut(|fonts| {
            fonts.layout_no_wrap("x".to_owned(), FontId::proportional(10.0), Color32::PLACEHOLDER)
        });
        ui.data_mut(|data| data.get_temp_mut_or_default::<FlowCache>(id).check(witness, pass));
    }
    ui.data_mut(|data| work(data.get_temp_mut_or_default(id), pass))
}
