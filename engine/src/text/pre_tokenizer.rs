//! Pre-tokenizers that GGUF names: regular expressions that split a text before byte pairs merge.
//!
//! GGUF stores a name, `tokenizer.json` the definition. The table below holds the definitions as their authors published them,
//! and is used in both directions: a name gives the expressions, and the expressions of a `tokenizer.json` give the name. Names
//! are llama.cpp's (`src/llama-vocab.cpp`).

use serde_json::Value;

use super::error::Error;

/// A pre-tokenizer, under all its names.
#[derive(Debug)]
pub(super) struct PreTokenizer {
    /// Names in GGUF; the first one is written.
    pub(super) names: &'static [&'static str],
    /// Expressions applied one after another, each to the pieces of the one before; matches and gaps become pieces.
    pub(super) cuts: &'static [&'static str],
    /// Whether a piece that is a token is used without merging.
    pub(super) ignore_merges: bool,
    /// Whether text is normalized to Unicode's composed form (NFC) first.
    pub(super) composes: bool,
    /// Whether prompts begin with the beginning-of-text token by default.
    pub(super) adds_bos: bool,
}

/// GPT-2's expression, also built into the pre-tokenizer `ByteLevel` of `tokenizer.json`.
const GPT2: &str = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
const DIGIT: &str = r"\p{N}";
const DIGITS: &str = r"\p{N}+";
const THREE_DIGITS: &str = "[0-9][0-9][0-9]";
const UP_TO_THREE_DIGITS: &str = r"\p{N}{1,3}";
/// The pre-tokenizer `Punctuation` of `tokenizer.json`: ASCII's and Unicode's.
const PUNCTUATION: &str = r"[\p{P}\$\+<=>\^~\|`]+";
const LLAMA3: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const QWEN2: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const QWEN35: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const GPT4O: &str = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const TEKKEN: &str = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
const SEED_CODER: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+";
const BAILING: &str = r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+";
const DEEPSEEK3_TEXT: &str = "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+";
const DEEPSEEK_LETTERS: &str = "\\s?[A-Za-z\u{b5}\u{c0}-\u{d6}\u{d8}-\u{f6}\u{f8}-\u{1ba}\u{1bc}-\u{1bf}\u{1c4}-\u{293}\u{295}-\
    \u{2af}\u{370}-\u{373}\u{376}\u{377}\u{37b}-\u{37d}\u{37f}\u{386}\u{388}-\u{38a}\u{38c}\u{38e}-\
    \u{3a1}\u{3a3}-\u{3f5}\u{3f7}-\u{481}\u{48a}-\u{52f}\u{531}-\u{556}\u{10a0}-\u{10c5}\u{13a0}-\
    \u{13f5}\u{13f8}-\u{13fd}\u{1c90}-\u{1cba}\u{1cbd}-\u{1cbf}\u{1d00}-\u{1d2b}\u{1d6b}-\u{1d77}\
    \u{1d79}-\u{1d9a}\u{1e00}-\u{1f15}\u{1f18}-\u{1f1d}\u{1f20}-\u{1f45}\u{1f48}-\u{1f4d}\u{1f50}-\
    \u{1f57}\u{1f59}\u{1f5b}\u{1f5d}\u{1f5f}-\u{1f7d}\u{1f80}-\u{1fb4}\u{1fb6}-\u{1fbc}\u{1fbe}\
    \u{1fc2}-\u{1fc4}\u{1fc6}-\u{1fcc}\u{1fd0}-\u{1fd3}\u{1fd6}-\u{1fdb}\u{1fe0}-\u{1fec}\u{1ff2}-\
    \u{1ff4}\u{1ff6}-\u{1ffc}\u{2102}\u{2107}\u{210a}-\u{2113}\u{2115}\u{2119}-\u{211d}\u{2124}\
    \u{2126}\u{2128}\u{212a}-\u{212d}\u{212f}-\u{2134}\u{2139}\u{213c}-\u{213f}\u{2145}-\u{2149}\
    \u{214e}\u{2183}\u{2184}\u{2c00}-\u{2c7b}\u{2c7e}-\u{2ce4}\u{2ceb}-\u{2cee}\u{2cf2}\u{2cf3}\
    \u{a640}-\u{a66d}\u{a680}-\u{a69b}\u{a722}-\u{a76f}\u{a771}-\u{a787}\u{a78b}-\u{a78e}\u{ab70}-\
    \u{abbf}\u{fb00}-\u{fb06}\u{fb13}-\u{fb17}\u{ff21}-\u{ff3a}\u{ff41}-\u{ff5a}\u{10400}-\u{1044f}\
    \u{104b0}-\u{104d3}\u{104d8}-\u{104fb}\u{10c80}-\u{10cb2}\u{10cc0}-\u{10cf2}\u{118a0}-\u{118df}\
    \u{1e900}-\u{1e943}]+";
const DEEPSEEK_MARKS: &str =
    "\\s?[!-/:-~\u{ff01}-\u{ff0f}\u{ff1a}-\u{ff5e}\u{2018}-\u{201f}\u{3000}-\u{3002}]+";
const DEEPSEEK_CJK: &str = "[\u{4e00}-\u{9fa5}\u{800}-\u{4e00}\u{ac00}-\u{d7ff}]+";
const KANA_AND_HAN: &str = "[\u{4e00}-\u{9fa5}\u{3040}-\u{309f}\u{30a0}-\u{30ff}]+";
const BLOOM: &str = " ?[^(\\s|[.,!?\u{2026}\u{3002}\u{ff0c}\u{3001}\u{964}\u{6d4}\u{60c}])]+";

/// A pre-tokenizer of expressions alone.
const fn plain(names: &'static [&'static str], cuts: &'static [&'static str]) -> PreTokenizer {
    PreTokenizer { names, cuts, ignore_merges: false, composes: false, adds_bos: false }
}

/// All supported pre-tokenizers. Of rows with the same expressions, the one whose other properties match is written.
static TABLE: &[PreTokenizer] = &[
    PreTokenizer {
        ignore_merges: true,
        adds_bos: true,
        ..plain(
            &["llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"],
            &[LLAMA3],
        )
    },
    plain(&["dbrx", "smaug-bpe", "chatglm-bpe"], &[LLAMA3]),
    PreTokenizer { ignore_merges: true, ..plain(&["glm4", "glm5"], &[LLAMA3]) },
    PreTokenizer { composes: true, ..plain(&["qwen2", "megrez"], &[QWEN2]) },
    plain(&["deepseek-r1-qwen", "stablelm2", "hunyuan", "solar-open", "grok-2", "kormo"], &[QWEN2]),
    PreTokenizer { composes: true, ..plain(&["qwen35"], &[QWEN35]) },
    plain(
        &[
            "gpt-2",
            "phi-2",
            "gigachat",
            "mellum",
            "modern-bert",
            "exaone4",
            "trillion",
            "granite-docling",
            "jais",
        ],
        &[GPT2],
    ),
    PreTokenizer { composes: true, ..plain(&["olmo", "mpt"], &[GPT2]) },
    plain(
        &["smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2"],
        &[DIGIT, GPT2],
    ),
    plain(&["gpt-4o", "llama4", "kanana2", "minimax-m2"], &[GPT4O]),
    PreTokenizer { ignore_merges: true, adds_bos: true, ..plain(&["tekken"], &[TEKKEN]) },
    plain(&["falcon"], &[PUNCTUATION, GPT2, THREE_DIGITS]),
    plain(&["default"], &[PUNCTUATION, GPT2, DIGITS, THREE_DIGITS]),
    plain(&["deepseek-llm"], &["[\r\n]", DEEPSEEK_LETTERS, DEEPSEEK_MARKS, r"\s+$", DEEPSEEK_CJK, DIGIT]),
    plain(&["deepseek-coder"], &["[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", DEEPSEEK_CJK, DIGIT]),
    plain(
        &["deepseek-v3", "hunyuan-dense", "joyai-llm"],
        &[UP_TO_THREE_DIGITS, KANA_AND_HAN, DEEPSEEK3_TEXT],
    ),
    plain(&["seed-coder"], &[SEED_CODER]),
    plain(&["bailingmoe", "bailingmoe2", "llada-moe"], &[BAILING]),
    plain(&["bloom", "poro-chat", "gpt3-finnish"], &[BLOOM]),
    plain(&["viking"], &[BLOOM, DIGIT]),
];

/// The pre-tokenizer named `name` in GGUF; files from before the key existed mean `default`.
///
/// # Errors
/// [`Error::UnknownPreTokenizer`] with the names there are.
pub(super) fn by_name(name: Option<&str>) -> Result<&'static PreTokenizer, Error> {
    let name = name.unwrap_or("default");
    TABLE.iter().find(|known| known.names.contains(&name)).ok_or_else(|| {
        let names: Vec<&str> = TABLE.iter().flat_map(|known| known.names).copied().collect();
        Error::UnknownPreTokenizer { name: name.to_owned(), known: names.join(", ") }
    })
}

/// Properties of a `tokenizer.json` before byte pairs merge, as in the table.
pub(super) struct Habits {
    /// The expressions; `None` if the pre-tokenizer has other steps.
    pub(super) cuts: Option<Vec<String>>,
    /// Whether a piece that is a token is used without merging.
    pub(super) ignore_merges: bool,
    /// Whether text is composed first.
    pub(super) composes: bool,
}

/// Result of matching a `tokenizer.json` to the table.
pub(super) enum Fit {
    /// A row with the same properties.
    Exact(&'static PreTokenizer),
    /// A row with the same expressions, but another property.
    SameCuts(&'static PreTokenizer),
    /// No row has these expressions.
    None,
}

/// The row of the table that matches `habits` best.
pub(super) fn by_habits(habits: &Habits) -> Fit {
    let Some(cuts) = &habits.cuts else { return Fit::None };
    let mut rows = TABLE.iter().filter(|row| row.cuts.iter().eq(cuts.iter()));
    let exact =
        rows.clone().find(|row| row.ignore_merges == habits.ignore_merges && row.composes == habits.composes);
    match exact {
        Some(row) => Fit::Exact(row),
        None => rows.next().map_or(Fit::None, Fit::SameCuts),
    }
}

/// The expressions of the field `pre_tokenizer` of a byte-level `tokenizer.json`; `None` if it has other steps.
pub(super) fn cuts_of(definition: &Value) -> Option<Vec<String>> {
    let mut cuts = Vec::new();
    let mut byte_level = false;
    collect_cuts(definition, &mut cuts, &mut byte_level)?;
    byte_level.then_some(cuts)
}

fn collect_cuts(step: &Value, cuts: &mut Vec<String>, byte_level: &mut bool) -> Option<()> {
    let flag = |name: &str, default: bool| step.get(name).and_then(Value::as_bool).unwrap_or(default);
    match step.get("type")?.as_str()? {
        "Sequence" => {
            for inner in step.get("pretokenizers")?.as_array()? {
                collect_cuts(inner, cuts, byte_level)?;
            }
        }
        "Split" => cuts.push(split_cut(step)?),
        "Digits" => cuts.push(if flag("individual_digits", false) { DIGIT } else { DIGITS }.to_owned()),
        "Punctuation" if step.get("behavior")?.as_str()? == "Contiguous" => cuts.push(PUNCTUATION.to_owned()),
        "ByteLevel" if !flag("add_prefix_space", true) => {
            *byte_level = true;
            if flag("use_regex", true) {
                cuts.push(GPT2.to_owned());
            }
        }
        _ => return None,
    }
    Some(())
}

/// The expression of a `Split` whose matches and gaps become pieces.
fn split_cut(step: &Value) -> Option<String> {
    let inverted = step.get("invert").and_then(Value::as_bool).unwrap_or(false);
    let isolates = match step.get("behavior")?.as_str()? {
        "Isolated" => true,
        // Matches are kept and gaps dropped; with an expression that matches everything there are no gaps.
        "Removed" => inverted,
        _ => false,
    };
    let expression = step.get("pattern")?.get("Regex")?.as_str()?;
    isolates.then(|| expression.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_name_is_in_one_row() {
        let mut names: Vec<&str> = TABLE.iter().flat_map(|row| row.names).copied().collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn no_two_rows_mean_the_same() {
        for (index, row) in TABLE.iter().enumerate() {
            for other in &TABLE[index + 1..] {
                let same = row.cuts == other.cuts
                    && row.composes == other.composes
                    && row.ignore_merges == other.ignore_merges;
                assert!(!same || row.adds_bos != other.adds_bos, "{:?} and {:?}", row.names, other.names);
            }
        }
    }

    #[test]
    fn an_unknown_name_is_told_with_those_known() {
        let error = by_name(Some("klingon")).unwrap_err().to_string();
        assert!(error.contains("klingon") && error.contains("llama-bpe"), "{error}");
        assert_eq!(by_name(None).unwrap().names, ["default"]);
    }

    #[test]
    fn a_definition_gives_the_name() {
        let smollm = json!({"type": "Sequence", "pretokenizers": [
            {"type": "Digits", "individual_digits": true},
            {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]});
        let habits = Habits { cuts: cuts_of(&smollm), ignore_merges: false, composes: false };
        assert!(matches!(by_habits(&habits), Fit::Exact(row) if row.names[0] == "smollm"));
        let unusual = Habits { ignore_merges: true, ..habits };
        assert!(matches!(by_habits(&unusual), Fit::SameCuts(row) if row.names[0] == "smollm"));
        let metaspace = json!({"type": "Metaspace", "replacement": "▁"});
        assert!(cuts_of(&metaspace).is_none());
    }
}
