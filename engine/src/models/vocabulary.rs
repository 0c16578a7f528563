//! The `tokenizer.*` keys of GGUF metadata, parsed into a vocabulary and written from one.

use crate::formats::gguf::{FromValue, Metadata, MetadataError};
use crate::text::{GgufVocabulary, TokenType};

/// Keys of special tokens, and the fields they set.
type TokenField = (&'static str, fn(&mut GgufVocabulary) -> &mut Option<u32>);
const TOKEN_FIELDS: [TokenField; 5] = [
    ("tokenizer.ggml.bos_token_id", |vocabulary| &mut vocabulary.bos),
    ("tokenizer.ggml.eos_token_id", |vocabulary| &mut vocabulary.eos),
    ("tokenizer.ggml.eot_token_id", |vocabulary| &mut vocabulary.eot),
    ("tokenizer.ggml.unknown_token_id", |vocabulary| &mut vocabulary.unknown),
    ("tokenizer.ggml.padding_token_id", |vocabulary| &mut vocabulary.padding),
];

/// Keys of tokenizer flags, and the fields they set.
type FlagField = (&'static str, fn(&mut GgufVocabulary) -> &mut Option<bool>);
const FLAG_FIELDS: [FlagField; 3] = [
    ("tokenizer.ggml.add_bos_token", |vocabulary| &mut vocabulary.add_bos),
    ("tokenizer.ggml.add_eos_token", |vocabulary| &mut vocabulary.add_eos),
    ("tokenizer.ggml.add_space_prefix", |vocabulary| &mut vocabulary.add_space_prefix),
];

const MODEL: &str = "tokenizer.ggml.model";
const PRE: &str = "tokenizer.ggml.pre";
const TOKENS: &str = "tokenizer.ggml.tokens";
const SCORES: &str = "tokenizer.ggml.scores";
const TYPES: &str = "tokenizer.ggml.token_type";
const MERGES: &str = "tokenizer.ggml.merges";
const TEMPLATE: &str = "tokenizer.chat_template";
const TEMPLATE_NAMES: &str = "tokenizer.chat_templates";
const ORIGINAL: &str = "tokenizer.huggingface.json";

/// Parses the vocabulary in a file's metadata; `None` if the file has none.
///
/// # Errors
/// [`MetadataError`] for keys of other types than GGUF specifies, and for missing required keys.
pub fn read_vocabulary(metadata: &Metadata) -> Result<Option<GgufVocabulary>, MetadataError> {
    let Some(model) = metadata.optional::<&str>(MODEL)? else { return Ok(None) };
    let text = |key: &str| Ok::<_, MetadataError>(metadata.optional::<&str>(key)?.map(str::to_owned));
    let types: Vec<i32> = metadata.optional(TYPES)?.unwrap_or_default();
    let mut vocabulary = GgufVocabulary {
        model: model.to_owned(),
        pre: text(PRE)?,
        model_name: text("general.name")?,
        tokens: metadata.required::<&[String]>(TOKENS)?.to_vec(),
        scores: metadata.optional(SCORES)?.unwrap_or_default(),
        types: types.into_iter().map(TokenType::from_gguf).collect(),
        chat_template: text(TEMPLATE)?,
        huggingface_json: text(ORIGINAL)?,
        ..GgufVocabulary::default()
    };
    if model == "gpt2" {
        vocabulary.merges = metadata.required::<&[String]>(MERGES)?.to_vec();
    }
    for (key, field) in TOKEN_FIELDS {
        // Ids that are none are told when the file is opened.
        *field(&mut vocabulary) = token_id(metadata, key, vocabulary.tokens.len()).ok().flatten();
    }
    for (key, field) in FLAG_FIELDS {
        *field(&mut vocabulary) = metadata.optional(key)?;
    }
    for name in metadata.optional::<&[String]>(TEMPLATE_NAMES)?.unwrap_or_default() {
        if let Some(template) = text(&format!("{TEMPLATE}.{name}"))? {
            vocabulary.named_templates.push((name.clone(), template));
        }
    }
    vocabulary.settle_types();
    Ok(Some(vocabulary))
}

/// Keys of single tokens whose value is not a token of the vocabulary, and that value.
pub(super) fn foreign_ids(metadata: &Metadata) -> Vec<(&'static str, String)> {
    let tokens = metadata.optional::<&[String]>(TOKENS).ok().flatten().unwrap_or_default();
    let foreign =
        TOKEN_FIELDS.iter().filter_map(|(key, _)| Some((*key, token_id(metadata, key, tokens.len()).err()?)));
    foreign.collect()
}

/// The id under `key`, if there is one; its value as text if it is not a token of `n_tokens`.
fn token_id(metadata: &Metadata, key: &str, n_tokens: usize) -> Result<Option<u32>, String> {
    let Some(value) = metadata.get(key) else { return Ok(None) };
    let id = u32::from_value(value).filter(|id| (*id as usize) < n_tokens);
    id.map(Some).ok_or_else(|| value.describe())
}

/// Writes `vocabulary` to `metadata`, under the keys that all GGUF programs read.
pub fn write_vocabulary(mut vocabulary: GgufVocabulary, metadata: &mut Metadata) {
    for (key, field) in TOKEN_FIELDS {
        if let Some(token) = *field(&mut vocabulary) {
            metadata.set(key, token);
        }
    }
    for (key, field) in FLAG_FIELDS {
        if let Some(flag) = *field(&mut vocabulary) {
            metadata.set(key, flag);
        }
    }
    let is_byte_level = vocabulary.model == "gpt2";
    metadata.set(MODEL, vocabulary.model);
    if let Some(pre) = vocabulary.pre {
        metadata.set(PRE, pre);
    }
    metadata.set(TOKENS, vocabulary.tokens);
    if !vocabulary.scores.is_empty() {
        metadata.set(SCORES, vocabulary.scores);
    }
    if !vocabulary.types.is_empty() {
        metadata.set(TYPES, vocabulary.types.iter().map(|kind| kind.to_gguf()).collect::<Vec<i32>>());
    }
    if is_byte_level {
        metadata.set(MERGES, vocabulary.merges);
    }
    if let Some(template) = vocabulary.chat_template {
        metadata.set(TEMPLATE, template);
    }
    if !vocabulary.named_templates.is_empty() {
        let names: Vec<String> = vocabulary.named_templates.iter().map(|(name, _)| name.clone()).collect();
        metadata.set(TEMPLATE_NAMES, names);
    }
    for (name, template) in vocabulary.named_templates {
        metadata.set(format!("{TEMPLATE}.{name}"), template);
    }
    if let Some(original) = vocabulary.huggingface_json {
        metadata.set(ORIGINAL, original);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::gguf::Value;

    #[test]
    fn what_is_written_is_what_is_read() {
        let vocabulary = GgufVocabulary {
            model: "gpt2".to_owned(),
            pre: Some("smollm".to_owned()),
            tokens: ["a", "b", "ab", "<s>"].map(str::to_owned).to_vec(),
            types: vec![TokenType::Normal, TokenType::Normal, TokenType::Normal, TokenType::Control],
            scores: vec![0.0, -1.0, -2.0, -3.0],
            merges: vec!["a b".to_owned()],
            bos: Some(3),
            eot: Some(3),
            add_bos: Some(true),
            add_space_prefix: Some(false),
            chat_template: Some("{{ messages }}".to_owned()),
            named_templates: vec![("tool_use".to_owned(), "{{ tools }}".to_owned())],
            huggingface_json: Some("{}".to_owned()),
            ..GgufVocabulary::default()
        };
        let mut metadata = Metadata::new();
        write_vocabulary(vocabulary.clone(), &mut metadata);
        assert_eq!(read_vocabulary(&metadata), Ok(Some(vocabulary)));
    }

    #[test]
    fn ids_that_are_no_tokens_are_left_out_and_told() {
        let mut metadata = Metadata::new();
        metadata.set(MODEL, "llama");
        metadata.set(TOKENS, ["<unk>", "<s>", "</s>"].map(str::to_owned).to_vec());
        for value in [Value::from(99_999_u32), Value::from(-1_i32), Value::from(u32::MAX), Value::from("x")] {
            metadata.set("tokenizer.ggml.padding_token_id", value.clone());
            metadata.set("tokenizer.ggml.eos_token_id", 2_u32);
            let vocabulary = read_vocabulary(&metadata).unwrap().unwrap();
            assert_eq!((vocabulary.padding, vocabulary.eos), (None, Some(2)));
            assert_eq!(foreign_ids(&metadata), [("tokenizer.ggml.padding_token_id", value.describe())]);
            assert_eq!(vocabulary.check().ok(), Some(()));
        }
    }

    #[test]
    fn a_file_without_a_vocabulary_is_no_error_but_half_a_vocabulary_is() {
        let mut metadata = Metadata::new();
        assert_eq!(read_vocabulary(&metadata), Ok(None));
        metadata.set(MODEL, "gpt2");
        assert!(matches!(read_vocabulary(&metadata), Err(MetadataError::Missing { key }) if key == TOKENS));
        metadata.set(TOKENS, vec![1_u32]);
        assert!(matches!(read_vocabulary(&metadata), Err(MetadataError::Unfit { .. })));
    }
}
