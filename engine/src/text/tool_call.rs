//! A model's call of a tool.

/// A call of a tool that a model asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolCall {
    /// Identifies the call, so that its result can name it; `None` if the model or program that made it gives no ids.
    pub id: Option<String>,
    /// Name of the tool.
    pub name: String,
    /// Arguments of the call: the text of a JSON object, as the model wrote it and therefore perhaps malformed.
    pub arguments: String,
}
