//! Spans as text that egui lays out, and what that text stands for.

use egui::text::{LayoutJob, TextFormat};
use egui::{FontFamily, FontId, Ui};

use super::super::blocks::{Shift, Span, SpanKind};
use super::super::math::{Formula, MathBox, Setting};
use super::style::LineStyle;
use crate::theme::{BOLD, ITALIC, MATH, Palette};

/// How much larger formulas are set than text, so that small letters of both are of one height.
const FORMULA_SCALE: f32 = 1.16;
/// Size of code in a line, and of scripts, as a share of the text's.
const CODE_SCALE: f32 = 0.94;
const SCRIPT_SCALE: f32 = 0.74;
/// How far scripts stand above or below the line, as a share of the text's size.
const RISE: f32 = 0.34;
const DROP: f32 = 0.14;
/// Least share of its size to which a formula shrinks that is wider than the line.
const SMALLEST: f32 = 0.5;

/// What a run of characters is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum RunKind {
    Words,
    Code,
    Key,
    Formula(MathBox),
}

/// Characters that are set alike.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    pub(super) n_chars: usize,
    pub(super) kind: RunKind,
    pub(super) struck: bool,
    pub(super) underlined: bool,
    /// How far it stands above the line, in points.
    pub(super) raise: f32,
}

/// Text for egui, without breaks, and its runs.
pub(super) struct RunText {
    pub(super) job: LayoutJob,
    pub(super) runs: Vec<Run>,
    /// How many characters each span became.
    pub(super) n_chars: Vec<usize>,
    /// Whether egui alone can lay it out.
    pub(super) is_plain: bool,
}

/// The runs of spans.
pub(super) fn runs(ui: &Ui, spans: &[Span], style: LineStyle) -> RunText {
    let palette = Palette::of(ui);
    let mut found =
        RunText { job: LayoutJob::default(), runs: Vec::new(), n_chars: Vec::new(), is_plain: true };
    for span in spans {
        let (kind, text) = match span.kind {
            SpanKind::Words => (RunKind::Words, span.text.clone()),
            SpanKind::Code => (RunKind::Code, span.text.clone()),
            SpanKind::Key => (RunKind::Key, span.text.clone()),
            SpanKind::Formula { displayed } => formula(ui, &span.text, displayed, style),
        };
        let (scale, raise) = match span.shift {
            Shift::On => (1.0, 0.0),
            Shift::Above => (SCRIPT_SCALE, RISE * style.size),
            Shift::Below => (SCRIPT_SCALE, -DROP * style.size),
        };
        let family = match (&kind, span.bold || style.strong, span.italic) {
            (RunKind::Code, ..) => FontFamily::Monospace,
            (_, true, _) => FontFamily::Name(BOLD.into()),
            (_, false, true) => FontFamily::Name(ITALIC.into()),
            (_, false, false) => FontFamily::Proportional,
        };
        let scale = match kind {
            RunKind::Code => scale * CODE_SCALE,
            RunKind::Key => scale * 0.88,
            _ => scale,
        };
        let color = if span.link.is_some() { palette.accent } else { style.color(palette) };
        let mut format = TextFormat::simple(FontId::new(style.size * scale, family), color);
        format.line_height = Some(style.line_height());
        format.italics = span.bold && span.italic;
        let is_words = kind == RunKind::Words;
        let run = Run {
            n_chars: text.chars().count(),
            kind,
            struck: span.struck,
            underlined: span.underlined,
            raise,
        };
        found.is_plain &= is_words && !run.struck && !run.underlined && span.shift == Shift::On;
        found.n_chars.push(run.n_chars);
        found.job.append(&text, 0.0, format);
        found.runs.push(run);
    }
    found
}

/// A formula laid out, or its source as code if it cannot be.
fn formula(ui: &Ui, tex: &str, displayed: bool, style: LineStyle) -> (RunKind, String) {
    let (open, close) = if displayed { ("$$", "$$") } else { ("$", "$") };
    let source = format!("{open}{}{close}", tex.replace('\n', " "));
    let Ok(formula) = Formula::parse(tex) else { return (RunKind::Code, source) };
    let size = style.size * FORMULA_SCALE;
    let other = |c: char| {
        ui.fonts_mut(|fonts| fonts.glyph_width(&FontId::new(64.0, FontFamily::Name(MATH.into())), c)) / 64.0
    };
    let mut laid_out = formula.typeset(Setting::new(size, displayed, &other));
    if !displayed && laid_out.width > style.width {
        let smaller = (style.width / laid_out.width).max(SMALLEST);
        laid_out = formula.typeset(Setting::new(size * smaller, displayed, &other));
        // What would still run off the line is better read as it was written.
        if laid_out.width > style.width + 1.0 {
            return (RunKind::Code, source);
        }
    }
    (RunKind::Formula(laid_out), source)
}
