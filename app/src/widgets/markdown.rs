//! Markdown, parsed once per text and drawn in our type.

mod blocks;
mod code;
mod draw;
mod flow;
mod formulas;
mod growing;
mod highlight;
mod html;
mod math;
mod parse;
mod table;
mod widths;

use std::collections::HashMap;
use std::sync::Arc;

use egui::Ui;

use growing::Growing;
use widths::natural_width;

pub use blocks::{Block, CellSide, ListItem, MarkdownTable, Shift, Span, SpanKind};
pub use draw::{BlockStyle, ruled, show_blocks};
pub use highlight::CodePart;
pub use parse::{parse, parse_typed};

/// Parsed texts; those not drawn for a while are forgotten.
#[derive(Clone, Debug, Default)]
pub struct MarkdownCache {
    /// By the whole text: two texts may have one hash.
    parsed: HashMap<Box<str>, Entry>,
    /// The same of texts that a person typed.
    typed: HashMap<Box<str>, Entry>,
    round: u64,
    growing: Growing,
}

#[derive(Clone, Debug)]
struct Entry {
    blocks: Arc<Vec<Block>>,
    used: u64,
}

impl MarkdownCache {
    /// How many texts are kept before old ones are dropped.
    const MOST: usize = 256;

    /// The blocks of `text`.
    pub fn blocks(&mut self, text: &str) -> Arc<Vec<Block>> {
        self.round += 1;
        Self::find(&mut self.parsed, self.round, text, parse)
    }

    /// The blocks of a text that a person typed.
    pub fn typed_blocks(&mut self, text: &str) -> Arc<Vec<Block>> {
        self.round += 1;
        Self::find(&mut self.typed, self.round, text, parse_typed)
    }

    fn find(
        known: &mut HashMap<Box<str>, Entry>,
        round: u64,
        text: &str,
        parse: fn(&str) -> Vec<Block>,
    ) -> Arc<Vec<Block>> {
        if let Some(entry) = known.get_mut(text) {
            entry.used = round;
            return Arc::clone(&entry.blocks);
        }
        let blocks = Arc::new(parse(text));
        known.insert(text.into(), Entry { blocks: Arc::clone(&blocks), used: round });
        if known.len() > Self::MOST {
            known.retain(|_, entry| entry.used + Self::MOST as u64 / 2 > round);
        }
        blocks
    }
}

/// Shows `text`; says which of its parts a person wants copied.
pub fn markdown(ui: &mut Ui, cache: &mut MarkdownCache, text: &str) -> Option<String> {
    show(ui, &cache.blocks(text), BlockStyle::default())
}

/// Shows a text to which more is added from frame to frame; there is one such text at a time.
pub fn growing_markdown(ui: &mut Ui, cache: &mut MarkdownCache, text: &str) -> Option<String> {
    show(ui, cache.growing.blocks(text), BlockStyle::default())
}

/// Shows a text that a person typed.
pub fn typed_markdown(ui: &mut Ui, cache: &mut MarkdownCache, text: &str) -> Option<String> {
    show(ui, &cache.typed_blocks(text), BlockStyle::default())
}

/// How wide a text that a person typed is where there is as much room as it needs.
pub fn typed_width(ui: &Ui, cache: &mut MarkdownCache, text: &str) -> f32 {
    natural_width(ui, &cache.typed_blocks(text), BlockStyle::default()).ceil()
}

/// Shows a text that stands back, small and beside a rule.
pub fn aside_markdown(ui: &mut Ui, cache: &mut MarkdownCache, text: &str) -> Option<String> {
    let blocks = cache.blocks(text);
    let style = BlockStyle { aside: true };
    let mut copied = None;
    ruled(ui, |ui| show_blocks(ui, &blocks, style, &mut copied));
    copied
}

fn show(ui: &mut Ui, blocks: &[Block], style: BlockStyle) -> Option<String> {
    let mut copied = None;
    ui.vertical(|ui| show_blocks(ui, blocks, style, &mut copied));
    copied
}
