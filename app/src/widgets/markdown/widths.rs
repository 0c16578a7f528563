//! How wide blocks would be if there were as much room as they need.

use egui::Ui;

use super::blocks::{Block, Span};
use super::code;
use super::draw::{BULLET, BlockStyle, NUMBER, RULED};
use super::flow::{LineStyle, flow, formula_span};

/// The width of the widest block; without end for those that take all the room there is.
pub(super) fn natural_width(ui: &Ui, blocks: &[Block], style: BlockStyle) -> f32 {
    let line =
        |spans: &[Span], set: LineStyle| flow(ui, spans, LineStyle { width: f32::INFINITY, ..set }).width();
    let width = |block: &Block| match block {
        Block::Paragraph(spans) => line(spans, style.line(ui, 1.0)),
        Block::Heading(level, spans) => line(spans, style.heading(ui, *level)),
        Block::Formula(tex) => line(&[formula_span(tex)], style.line(ui, 1.0)),
        Block::Code { text, parts, .. } => code::natural_width(ui, text, parts),
        Block::List { start, items } => {
            let mark =
                if start.is_some() || items.iter().any(|item| item.task.is_some()) { NUMBER } else { BULLET };
            let widest = items.iter().map(|item| natural_width(ui, &item.blocks, style)).fold(0.0, f32::max);
            mark + widest
        }
        Block::Quote(blocks) => RULED + natural_width(ui, blocks, style),
        Block::Table(_) | Block::Fold { .. } | Block::Footnote { .. } | Block::Rule => f32::INFINITY,
    };
    blocks.iter().map(width).fold(0.0, f32::max)
}
