//! Sources of chat templates, and the choice among several.

use serde_json::Value;

use super::render::ChatTemplate;
use crate::base::json;
use crate::text::settings::Settings;
use crate::text::{Error, GgufVocabulary, TokenizerFiles};

/// Name of the default template.
const DEFAULT: &str = "default";
/// Name of the template for models that may call tools.
const TOOL_USE: &str = "tool_use";

/// A model's chat templates, with the texts of the special tokens they use.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChatTemplates {
    /// Sources by name; the default one is `default`.
    pub templates: Vec<(String, String)>,
    /// Texts of special tokens by their names in templates, such as `bos_token`.
    pub special: Vec<(String, String)>,
}

impl ChatTemplates {
    /// Reads the templates of a checkpoint: `tokenizer_config.json`, overridden by `chat_template.jinja`.
    /// The texts of special tokens may also be in `special_tokens_map.json`.
    ///
    /// # Errors
    /// [`Error::Json`] when a file is not JSON.
    pub fn from_checkpoint(files: &TokenizerFiles<'_>) -> Result<Self, Error> {
        let not_json = |source| Error::Json { file: "tokenizer_config.json", source };
        let config: Value = files.config.map_or(Ok(Value::Null), json::from_str).map_err(not_json)?;
        let special = Settings::read(files)?.special;
        let mut found = Self { templates: configured(config.get("chat_template")), special };
        if let Some(source) = files.chat_template {
            found.templates.retain(|(name, _)| name != DEFAULT);
            found.templates.insert(0, (DEFAULT.to_owned(), source.to_owned()));
        }
        found.drop_blank();
        Ok(found)
    }

    /// Reads the templates of a GGUF file.
    pub fn from_gguf(vocabulary: &GgufVocabulary) -> Self {
        let default = vocabulary.chat_template.iter().map(|source| (DEFAULT.to_owned(), source.clone()));
        let text = |id: Option<u32>| vocabulary.tokens.get(id? as usize).cloned();
        let is_llama = vocabulary.model == "llama";
        let ids = [
            ("bos_token", vocabulary.bos.or(is_llama.then_some(1))),
            ("eos_token", vocabulary.eos.or(is_llama.then_some(2))),
            ("unk_token", vocabulary.unknown),
            ("pad_token", vocabulary.padding),
        ];
        let mut found = Self {
            templates: default.chain(vocabulary.named_templates.iter().cloned()).collect(),
            special: ids.into_iter().filter_map(|(name, id)| Some((name.to_owned(), text(id)?))).collect(),
        };
        found.drop_blank();
        found
    }

    /// Leaves out templates that write nothing: a model with one has none.
    fn drop_blank(&mut self) {
        self.templates.retain(|(_, source)| !source.trim().is_empty());
    }

    /// Whether the model has no templates.
    pub fn is_empty(&self) -> bool {
        self.templates.is_empty()
    }

    /// Chooses a template: `tool_use` for a model `with_tools` if there is one, else `default`, as transformers does; `None` if
    /// the model has none.
    ///
    /// # Errors
    /// [`Error::TemplateSyntax`], and [`Error::NoSuchTemplate`] when there are templates, but none is the default.
    pub fn choose(&self, with_tools: bool) -> Result<Option<ChatTemplate>, Error> {
        if self.is_empty() {
            return Ok(None);
        }
        let tool_use = with_tools.then(|| self.find(TOOL_USE)).flatten();
        let source = tool_use.or_else(|| self.find(DEFAULT)).ok_or_else(|| {
            let names: Vec<&str> = self.templates.iter().map(|(name, _)| name.as_str()).collect();
            Error::NoSuchTemplate { name: DEFAULT.to_owned(), known: names.join(", ") }
        })?;
        ChatTemplate::new(source, &self.special).map(Some)
    }

    fn find(&self, name: &str) -> Option<&str> {
        self.templates.iter().find(|(known, _)| known == name).map(|(_, source)| source.as_str())
    }
}

/// Templates of the field `chat_template`: a text, a list of named ones, or an object of them.
fn configured(field: Option<&Value>) -> Vec<(String, String)> {
    let named = |entry: &Value| {
        let text = |key| entry.get(key).and_then(Value::as_str).map(str::to_owned);
        Some((text("name")?, text("template")?))
    };
    match field {
        Some(Value::String(source)) => vec![(DEFAULT.to_owned(), source.clone())],
        Some(Value::Array(entries)) => entries.iter().filter_map(named).collect(),
        // As transformers holds them once they are read.
        Some(Value::Object(entries)) => {
            let texts = entries.iter().filter_map(|(name, source)| Some((name, source.as_str()?)));
            texts.map(|(name, source)| (name.clone(), source.to_owned())).collect()
        }
        _ => Vec::new(),
    }
}
