//! Text to tokens and back, and conversations to prompts.
//!
//! [`Tokenizer`] is one face over `tokenizer.json` and the vocabularies in GGUF files; [`Detokenizer`] shows tokens as text
//! while they come. Equality with the original tokenizer on every input is the aim: the crate its authors use runs wherever
//! it can, and the rest is checked against it.

mod byte_level;
mod byte_token;
mod control;
mod convert;
mod delta;
mod detokenize;
mod end_tokens;
mod error;
mod from_gguf;
mod from_json;
mod guard;
mod pieces;
mod pre_tokenizer;
mod prefix_space;
mod prompt_parts;
mod settings;
mod special;
mod spm;
mod template;
#[cfg(test)]
pub(crate) mod testing;
mod thinking;
mod tokenizer;
mod tokenizer_files;
mod tokenizer_kind;
mod tool_call;
mod vocabulary;

pub use convert::Converted;
pub use delta::Delta;
pub use detokenize::Detokenizer;
pub use error::Error;
pub use guard::{ControlWords, Guard};
pub use prefix_space::with_prefix_space;
pub use prompt_parts::PromptParts;
pub use template::{ChatTemplate, ChatTemplates, Message, Part, Role, TemplateInput};
pub use thinking::{MarkedText, ThinkingParser, opens_thinking, split_thinking};
pub use tokenizer::Tokenizer;
pub use tokenizer_files::TokenizerFiles;
pub use tokenizer_kind::{is_convertible, kind_in};
pub use tool_call::ToolCall;
pub use vocabulary::{GgufVocabulary, TokenType};
