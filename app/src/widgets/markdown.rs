//! Markdown, parsed once per text and drawn in our type.

mod blocks;
mod draw;
mod growing;
mod highlight;
mod latex;

use std::collections::HashMap;
use std::sync::Arc;

use egui::Ui;

use growing::Growing;

pub use blocks::{Block, ListItem, Span, parse};
pub use draw::show_blocks;
pub use highlight::CodePart;

/// Parsed texts; those not drawn for a while are forgotten.
#[derive(Clone, Debug, Default)]
pub struct MarkdownCache {
    /// By the whole text: two texts may have one hash.
    parsed: HashMap<Box<str>, Entry>,
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
        let round = self.round;
        if let Some(entry) = self.parsed.get_mut(text) {
            entry.used = round;
            return Arc::clone(&entry.blocks);
        }
        let blocks = Arc::new(parse(text));
        self.parsed.insert(text.into(), Entry { blocks: Arc::clone(&blocks), used: round });
        if self.parsed.len() > Self::MOST {
            self.parsed.retain(|_, entry| entry.used + Self::MOST as u64 / 2 > round);
        }
        blocks
    }
}

/// Shows `text`; says which code a person wants copied.
pub fn markdown(ui: &mut Ui, cache: &mut MarkdownCache, text: &str) -> Option<String> {
    show(ui, &cache.blocks(text))
}

/// Shows a text to which more is added from frame to frame; there is one such text at a time.
pub fn growing_markdown(ui: &mut Ui, cache: &mut MarkdownCache, text: &str) -> Option<String> {
    show(ui, cache.growing.blocks(text))
}

fn show(ui: &mut Ui, blocks: &[Block]) -> Option<String> {
    let mut copied = None;
    ui.vertical(|ui| show_blocks(ui, blocks, &mut copied));
    copied
}
