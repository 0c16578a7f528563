//! The files of a checkpoint that hold its tokenizer and chat template.

/// The files of a checkpoint that hold its tokenizer and chat template.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokenizerFiles<'a> {
    /// Bytes of the `tokenizer.json`.
    pub tokenizer: &'a [u8],
    /// Text of the `tokenizer_config.json`.
    pub config: Option<&'a str>,
    /// Text of the `special_tokens_map.json`.
    pub special_tokens_map: Option<&'a str>,
    /// Text of the `added_tokens.json`.
    pub added_tokens: Option<&'a str>,
    /// Text of the `chat_template.jinja`.
    pub chat_template: Option<&'a str>,
    /// Number of rows of the embedding; the vocabulary is padded or truncated to this length.
    pub vocab_size: usize,
}
