//! Errors of tokenizers and chat templates.

/// Why a tokenizer or a chat template could not be read or used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The crate tokenizers cannot read the `tokenizer.json`.
    #[error("tokenizer.json cannot be read")]
    TokenizerJson {
        /// The error of the crate tokenizers.
        source: tokenizers::Error,
    },
    /// A JSON file beside the tokenizer is malformed.
    #[error("{file} cannot be read")]
    Json {
        /// Name of the file.
        file: &'static str,
        /// Position and cause of the fault.
        source: serde_json::Error,
    },
    /// The tokenizer has no tokens.
    #[error("the vocabulary has no token")]
    EmptyVocabulary,
    /// Lists of one vocabulary differ in length.
    #[error("tokenizer.ggml.{field} has {found} entries for {expected} tokens")]
    VocabularyLength {
        /// Name of the list.
        field: &'static str,
        /// Length of the list.
        found: usize,
        /// Expected length: the number of tokens.
        expected: usize,
    },
    /// A special token's id is not in the vocabulary.
    #[error("{field} is {token}, but the vocabulary has {vocab} tokens")]
    TokenOutOfRange {
        /// Name of the key.
        field: &'static str,
        /// Id of the token.
        token: u32,
        /// Number of tokens in the vocabulary.
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
    /// The kind of vocabulary is not supported.
    #[error("vocabularies of kind {model} are not supported; those that are: gpt2, llama")]
    UnknownVocabulary {
        /// Value of `tokenizer.ggml.model`, or the model's type in `tokenizer.json`.
        model: String,
    },
    /// The pre-tokenizer is not supported.
    #[error("the pre-tokenizer {name} is not known; those that are: {known}")]
    UnknownPreTokenizer {
        /// Value of `tokenizer.ggml.pre`.
        name: String,
        /// Supported names, separated by commas.
        known: String,
    },
    /// A required key of this kind of vocabulary is absent.
    #[error("a vocabulary of kind {model} needs tokenizer.ggml.{field}")]
    MissingField {
        /// Kind of the vocabulary.
        model: &'static str,
        /// Name of the key.
        field: &'static str,
    },
    /// An entry of `tokenizer.ggml.merges` is not two tokens of the vocabulary.
    #[error("merge {index} is {merge:?}, which is not two tokens whose union is a token")]
    BadMerge {
        /// Index of the entry.
        index: usize,
        /// The faulty entry.
        merge: String,
    },
    /// The crate tokenizers rejected the merges or the pre-tokenizer.
    #[error("the vocabulary cannot be used")]
    Vocabulary {
        /// The error of the crate tokenizers.
        source: tokenizers::Error,
    },
    /// The decoder of the tokenizer is not supported.
    #[error("the decoder {kind} of tokenizer.json is not supported")]
    UnknownDecoder {
        /// Type of the component.
        kind: String,
    },
    /// Encoding a text failed.
    #[error("the text cannot be tokenized")]
    Encode {
        /// The error of the crate tokenizers.
        source: tokenizers::Error,
    },
    /// The chat template is not valid Jinja.
    #[error("the chat template is not valid: line {line}: {message}")]
    TemplateSyntax {
        /// Line of the template.
        line: usize,
        /// Description of the fault.
        message: String,
    },
    /// The template rejected the conversation with `raise_exception`.
    #[error("the chat template refuses this conversation: {message}")]
    TemplateRaised {
        /// Message of the template.
        message: String,
    },
    /// The template exceeded its number of steps.
    #[error("the chat template was stopped after {fuel} steps")]
    TemplateEndless {
        /// The allowed number of steps.
        fuel: u64,
    },
    /// The template exceeded its time.
    #[error("the chat template was stopped after {seconds} seconds")]
    TemplateSlow {
        /// The allowed time in seconds.
        seconds: u64,
    },
    /// The template exceeded its output size.
    #[error("the chat template wrote more than {limit} bytes")]
    TemplateTooLong {
        /// The allowed number of bytes.
        limit: usize,
    },
    /// The template failed at run time.
    #[error("the chat template failed at line {line}: {message}")]
    TemplateFailed {
        /// Line of the template.
        line: usize,
        /// Description of the failure.
        message: String,
    },
    /// A message has an image, which no supported model accepts.
    #[error("the model takes no images; send the message without its image")]
    NoImages,
    /// No template has the requested name.
    #[error("there is no chat template named {name}; those there are: {known}")]
    NoSuchTemplate {
        /// Name of the template.
        name: String,
        /// Names of the templates, separated by commas.
        known: String,
    },
}
