//! Messages in JSON, in the common form of Hugging Face's chat templates and OpenAI's API.
//!
//! All forms in use can be read: `content` as a text, as null or as a list of parts, `reasoning_content` (in some programs
//! `reasoning`), and tool calls with arguments as an object or as its JSON text. Parts and their order are written, so that
//! reading restores the message.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::message::{Message, Part, Role};
use crate::text::tool_call::ToolCall;

#[derive(Serialize, Deserialize)]
struct MessageJson {
    role: Role,
    #[serde(default)]
    content: Option<ContentJson>,
    #[serde(default, alias = "reasoning", skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tool_calls: Option<Vec<ToolCallJson>>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum ContentJson {
    Text(String),
    Parts(Vec<PartJson>),
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum PartJson {
    Text {
        text: String,
    },
    #[serde(alias = "thinking")]
    Reasoning {
        #[serde(alias = "thinking")]
        text: String,
    },
    Image {
        #[serde(default, alias = "image", alias = "path", alias = "base64")]
        url: String,
    },
    ImageUrl {
        image_url: ImageUrlJson,
    },
}

#[derive(Serialize, Deserialize)]
struct ImageUrlJson {
    url: String,
}

#[derive(Serialize, Deserialize)]
struct ToolCallJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(rename = "type", default = "function")]
    kind: String,
    function: FunctionJson,
}

#[derive(Serialize, Deserialize)]
struct FunctionJson {
    name: String,
    /// A value of minijinja, since it preserves the order of an object's keys.
    #[serde(default)]
    arguments: minijinja::Value,
}

/// The only kind of tool.
fn function() -> String {
    "function".to_owned()
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let content = match &self.parts[..] {
            [] => None,
            [Part::Text(text)] => Some(ContentJson::Text(text.clone())),
            parts => Some(ContentJson::Parts(parts.iter().cloned().map(PartJson::from).collect())),
        };
        let calls: Vec<_> = self.tool_calls.iter().cloned().map(ToolCallJson::from).collect();
        let tool_calls = (!calls.is_empty()).then_some(calls);
        MessageJson { role: self.role, content, reasoning_content: None, tool_calls }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = MessageJson::deserialize(deserializer)?;
        let reasoning = json.reasoning_content.filter(|text| !text.is_empty()).map(Part::Reasoning);
        let content = match json.content {
            None => Vec::new(),
            Some(ContentJson::Text(text)) => vec![Part::Text(text)],
            Some(ContentJson::Parts(parts)) => parts.into_iter().map(Part::from).collect(),
        };
        let calls = json.tool_calls.unwrap_or_default().into_iter();
        Ok(Self {
            role: json.role,
            parts: reasoning.into_iter().chain(content).collect(),
            tool_calls: calls.map(ToolCall::try_from).collect::<Result<_, _>>().map_err(D::Error::custom)?,
        })
    }
}

impl Serialize for ToolCall {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ToolCallJson::from(self.clone()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ToolCall {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::try_from(ToolCallJson::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl From<Part> for PartJson {
    fn from(part: Part) -> Self {
        match part {
            Part::Text(text) => Self::Text { text },
            Part::Reasoning(text) => Self::Reasoning { text },
            Part::Image { url } => Self::Image { url },
        }
    }
}

impl From<PartJson> for Part {
    fn from(part: PartJson) -> Self {
        match part {
            PartJson::Text { text } => Self::Text(text),
            PartJson::Reasoning { text } => Self::Reasoning(text),
            PartJson::Image { url } | PartJson::ImageUrl { image_url: ImageUrlJson { url } } => {
                Self::Image { url }
            }
        }
    }
}

impl From<ToolCall> for ToolCallJson {
    fn from(call: ToolCall) -> Self {
        let ToolCall { id, name, arguments } = call;
        let arguments = minijinja::Value::from(arguments);
        Self { id, kind: function(), function: FunctionJson { name, arguments } }
    }
}

impl TryFrom<ToolCallJson> for ToolCall {
    type Error = serde_json::Error;

    fn try_from(call: ToolCallJson) -> Result<Self, serde_json::Error> {
        let ToolCallJson { id, function: FunctionJson { name, arguments }, .. } = call;
        let arguments = match arguments.as_str() {
            Some(text) => text.to_owned(),
            None => serde_json::to_string(&arguments)?,
        };
        Ok(Self { id, name, arguments })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(json: &str) -> Message {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_form_in_use_is_read() {
        assert_eq!(read(r#"{"role": "user", "content": "Hi"}"#), Message::user("Hi"));
        let parts =
            r#"{"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "text", "text": "!"}]}"#;
        assert_eq!(read(parts).content(), "Hi!");
        for image in [
            r#"{"type": "image", "url": "a.png"}"#,
            r#"{"type": "image", "path": "a.png"}"#,
            r#"{"type": "image_url", "image_url": {"url": "a.png"}}"#,
        ] {
            let message = read(&format!(r#"{{"role": "user", "content": [{image}]}}"#));
            assert_eq!(message.parts, [Part::Image { url: "a.png".into() }]);
        }
        let said = read(r#"{"role": "assistant", "reasoning_content": "hm", "content": "Yes"}"#);
        assert_eq!(said, Message::assistant("<think>hm</think>Yes"));
        let result = read(r#"{"role": "tool", "tool_call_id": "1", "content": "4"}"#);
        assert_eq!((result.role, result.content().as_str()), (Role::Tool, "4"));
        let call = r#"{"role": "assistant", "content": null, "tool_calls": [
            {"type": "function", "id": "1", "function": {"name": "add", "arguments": {"b": 1, "a": [2]}}},
            {"function": {"name": "sub", "arguments": "{\"a\": 1}"}}]}"#;
        let calls = read(call).tool_calls;
        assert_eq!(calls[0].id.as_deref(), Some("1"));
        let arguments: Vec<_> = calls.iter().map(|call| call.arguments.as_str()).collect();
        assert_eq!(arguments, [r#"{"b":1,"a":[2]}"#, r#"{"a": 1}"#], "in the order they were written");
        assert!(serde_json::from_str::<Message>(r#"{"role": "nobody", "content": "Hi"}"#).is_err());
    }

    fn parts() -> impl Strategy<Value = Part> {
        prop_oneof![
            ".{0,8}".prop_map(Part::Text),
            ".{0,8}".prop_map(Part::Reasoning),
            ".{0,8}".prop_map(|url| Part::Image { url }),
        ]
    }

    fn calls() -> impl Strategy<Value = ToolCall> {
        (proptest::option::of("[a-z0-9]{0,4}"), ".{0,8}", ".{0,16}")
            .prop_map(|(id, name, arguments)| ToolCall { id, name, arguments })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            role in proptest::sample::select(vec![Role::System, Role::User, Role::Assistant, Role::Tool]),
            parts in proptest::collection::vec(parts(), 0..4), tool_calls in proptest::collection::vec(calls(), 0..3),
        ) {
            let message = Message { role, parts, tool_calls };
            prop_assert_eq!(&read(&serde_json::to_string(&message).unwrap()), &message);
        }
    }
}
