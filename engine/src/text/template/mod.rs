//! Chat templates, which render a conversation as the prompt format that its model was trained on.
//!
//! Templates are Jinja programs that come with a model, so they are untrusted: they run in a sandbox that sees only the
//! conversation, with bounded steps and a bounded prompt. Output equals transformers' `apply_chat_template`.

mod clock;
mod conversions;
mod cycler;
mod filters;
mod lexer;
mod literal;
mod message;
mod message_json;
mod methods;
mod percent;
mod python;
mod render;
mod roles;
mod source;
mod wordwrap;

pub use message::{Message, Part, Role};
pub use render::{ChatTemplate, TemplateInput};
pub use source::ChatTemplates;

#[cfg(test)]
mod builtins_tests;
#[cfg(test)]
mod tests;
