//! Bytes of all tokens of a vocabulary, in one buffer.

/// Bytes and visibility of every token of a vocabulary.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    hidden: Vec<bool>,
}

impl Pieces {
    /// Appends the token of the next id.
    pub(super) fn push(&mut self, bytes: &[u8], hidden: bool) {
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len());
        self.hidden.push(hidden);
    }

    /// Number of tokens.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes of token `id`; empty for an id outside the vocabulary.
    pub(super) fn bytes(&self, id: u32) -> &[u8] {
        let id = id as usize;
        let Some(&end) = self.ends.get(id) else { return &[] };
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.bytes[start..end]
    }

    /// Whether token `id` is omitted from shown text.
    pub(super) fn is_hidden(&self, id: u32) -> bool {
        self.hidden.get(id as usize).copied().unwrap_or(true)
    }
}
