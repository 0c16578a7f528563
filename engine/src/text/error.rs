//! Why a tokenizer or a chat template could not be read or used.

/// Failure of the stage between text and tokens.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `tokenizer.json` is not what crate tokenizers reads.
    #[error("tokenizer.json cannot be read")]
    TokenizerJson {
        /// What crate tokenizers says.
        source: tokenizers::Error,
    },
    /// A JSON file beside the tokenizer is malformed.
    #[error("{file} cannot be read")]
    Json {
        /// Name of the file.
        file: &'static str,
        /// Where and why.
        source: serde_json::Error,
    },
    /// The tokenizer has no token.
    #[error("the vocabulary has no token")]
    EmptyVocabulary,
    /// Lists that go together differ in length.
    #[error("tokenizer.ggml.{field} has {found} entries for {expected} tokens")]
    VocabularyLength {
        /// Name of the list.
        field: &'static str,
        /// Length of the list.
        found: usize,
        /// Number of tokens.
        expected: usize,
    },
    /// A special token's id is not in the vocabulary.
    #[error("{field} is {token}, but the vocabulary has {vocab} tokens")]
    TokenOutOfRange {
        /// Name of the key.
        field: &'static str,
        /// Id of the token.
        token: u32,
        /// Number of tokens.
        vocab: usize,
    },
    /// The vocabulary of `tokenizer.json` has ids far beyond its number of tokens.
    #[error("tokenizer.json gives id {token} to one of {count} tokens")]
    SparseVocabulary {
        /// Largest token id.
        token: u32,
        /// Number of tokens.
        count: usize,
    },
    /// Tokens that are recognized whole are so long that looking for them would take minutes.
    #[error("the tokens that are recognized whole are too long, one of them {bytes} bytes")]
    LongTokens {
        /// Length of a long one.
        bytes: usize,
    },
    /// A kind of vocabulary that is not implemented.
    #[error("vocabularies of kind {model} are not supported; those that are: gpt2, llama")]
    UnknownVocabulary {
        /// `tokenizer.ggml.model`, or the model's type in `tokenizer.json`.
        model: String,
    },
    /// A pre-tokenizer that is not in the table.
    #[error("the pre-tokenizer {name} is not known; those that are: {known}")]
    UnknownPreTokenizer {
        /// Value of `tokenizer.ggml.pre`.
        name: String,
        /// The table's names.
        known: String,
    },
    /// A key that this kind of vocabulary needs is absent.
    #[error("a vocabulary of kind {model} needs tokenizer.ggml.{field}")]
    MissingField {
        /// The vocabulary's kind.
        model: &'static str,
        /// Name of the key.
        field: &'static str,
    },
    /// An entry of `tokenizer.ggml.merges` is not two tokens of the vocabulary.
    #[error("merge {index} is {merge:?}, which is not two tokens whose union is a token")]
    BadMerge {
        /// Place in the list.
        index: usize,
        /// The faulty entry.
        merge: String,
    },
    /// The merges or the pre-tokenizer were refused by crate tokenizers.
    #[error("the vocabulary cannot be used")]
    Vocabulary {
        /// What crate tokenizers says.
        source: tokenizers::Error,
    },
    /// How tokens become text is not known.
    #[error("the decoder {kind} of tokenizer.json is not supported")]
    UnknownDecoder {
        /// Type of the component.
        kind: String,
    },
    /// Encoding a text failed.
    #[error("the text cannot be tokenized")]
    Encode {
        /// What crate tokenizers says.
        source: tokenizers::Error,
    },
    /// The chat template is not valid Jinja.
    #[error("the chat template is not valid: line {line}: {message}")]
    TemplateSyntax {
        /// Line of the template.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// The template refused the conversation with `raise_exception`.
    #[error("the chat template refuses this conversation: {message}")]
    TemplateRaised {
        /// The template's own words.
        message: String,
    },
    /// The template ran too long.
    #[error("the chat template was stopped after {fuel} steps")]
    TemplateEndless {
        /// Steps it was given.
        fuel: u64,
    },
    /// The template wrote too much.
    #[error("the chat template wrote more than {limit} bytes")]
    TemplateTooLong {
        /// Bytes it was given.
        limit: usize,
    },
    /// The template failed while it ran.
    #[error("the chat template failed at line {line}: {message}")]
    TemplateFailed {
        /// Line of the template.
        line: usize,
        /// What went wrong.
        message: String,
    },
    /// A message has an image.
    #[error("the model takes no images; send the message without its image")]
    NoImages,
    /// A template of this name was asked for, and there is none.
    #[error("there is no chat template named {name}; those there are: {known}")]
    NoSuchTemplate {
        /// Name of the template.
        name: String,
        /// Names of the templates.
        known: String,
    },
}
