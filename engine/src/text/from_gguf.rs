//! The tokenizer of a GGUF file, from its vocabulary.

use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::normalizers::unicode::NFC;
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{AddedToken, PreTokenizerWrapper, SplitDelimiterBehavior, Tokenizer as CrateTokenizer};

use super::byte_level;
use super::byte_token::byte_of;
use super::error::Error;
use super::pieces::Pieces;
use super::pre_tokenizer::{self, PreTokenizer};
use super::settings::check_lengths;
use super::special::{Special, SpecialTokens};
use super::spm::ScoredMerges;
use super::tokenizer::{Encoder, Tokenizer};
use super::vocabulary::{GgufVocabulary, TokenType};

impl Tokenizer {
    /// Builds the tokenizer of a GGUF file.
    ///
    /// # Errors
    /// What [`GgufVocabulary::check`] finds, [`Error::UnknownVocabulary`], [`Error::UnknownPreTokenizer`],
    /// [`Error::MissingField`], [`Error::BadMerge`], [`Error::LongTokens`].
    pub fn from_gguf(vocabulary: &GgufVocabulary) -> Result<Self, Error> {
        vocabulary.check()?;
        if let Some(json) = &vocabulary.huggingface_json {
            return Self::from_json(json.as_bytes());
        }
        match vocabulary.model.as_str() {
            "gpt2" => byte_pairs(vocabulary),
            "llama" => scored(vocabulary),
            _ => Err(Error::UnknownVocabulary { model: vocabulary.model.clone() }),
        }
    }
}

/// Builds the tokenizer of a `gpt2` vocabulary: byte-level pairs merged by rank.
fn byte_pairs(vocabulary: &GgufVocabulary) -> Result<Tokenizer, Error> {
    let row = pre_tokenizer::by_name(vocabulary.pre.as_deref())?;
    let mut inner = CrateTokenizer::new(byte_pair_model(vocabulary, row)?);
    if row.composes {
        inner.with_normalizer(Some(NFC));
    }
    inner.with_pre_tokenizer(Some(pre_tokenizer_of(row)?));
    let added = added_tokens(vocabulary);
    check_lengths(added.iter().map(|token| token.content.as_str()))?;
    inner.add_tokens(&added);

    let adds_bos = vocabulary.add_bos.unwrap_or(row.adds_bos);
    Ok(Tokenizer {
        encoder: Encoder::BytePairs(Box::new(inner)),
        pieces: pieces(vocabulary, byte_level::bytes_of),
        prefix: vocabulary.bos.filter(|_| adds_bos),
        suffix: vocabulary.eos.filter(|_| vocabulary.add_eos == Some(true)),
        space_prefix: false,
    })
}

fn byte_pair_model(vocabulary: &GgufVocabulary, row: &PreTokenizer) -> Result<BPE, Error> {
    // Of equal texts the first counts.
    let mut ids = Vocab::with_capacity(vocabulary.tokens.len());
    for (id, text) in (0u32..).zip(&vocabulary.tokens) {
        ids.entry(text.clone()).or_insert(id);
    }
    let merges = vocabulary.merges.iter().enumerate().map(|(index, merge)| {
        split_merge(merge)
            .filter(|(left, right)| {
                ids.contains_key(left) && ids.contains_key(right) && ids.contains_key(&(left.clone() + right))
            })
            .ok_or_else(|| Error::BadMerge { index, merge: merge.clone() })
    });
    let merges = merges.collect::<Result<Vec<_>, Error>>()?;
    let model = BPE::builder().vocab_and_merges(ids, merges).ignore_merges(row.ignore_merges).build();
    model.map_err(|source| Error::Vocabulary { source })
}

/// The two tokens of a merge: the texts before and after the first space that is not the first character.
fn split_merge(merge: &str) -> Option<(String, String)> {
    let skip = merge.chars().next()?.len_utf8();
    let space = skip + merge[skip..].find(' ')?;
    Some((merge[..space].to_owned(), merge[space + 1..].to_owned()))
}

fn pre_tokenizer_of(row: &PreTokenizer) -> Result<Sequence, Error> {
    let mut steps = Vec::with_capacity(row.cuts.len() + 1);
    for cut in row.cuts {
        let split =
            Split::new(SplitPattern::Regex((*cut).to_owned()), SplitDelimiterBehavior::Isolated, false)
                .map_err(|source| Error::Vocabulary { source })?;
        steps.push(PreTokenizerWrapper::Split(split));
    }
    steps.push(PreTokenizerWrapper::ByteLevel(ByteLevel::new(false, true, false)));
    Ok(Sequence::new(steps))
}

/// Added tokens, which are recognized whole wherever they occur.
fn added_tokens(vocabulary: &GgufVocabulary) -> Vec<AddedToken> {
    let strips = strips_right(vocabulary);
    (0u32..)
        .zip(&vocabulary.tokens)
        .filter(|(id, _)| is_recognized(vocabulary.token_type(*id)))
        .map(|(id, text)| {
            let special = vocabulary.token_type(id).is_hidden();
            AddedToken::from(text.clone(), special).normalized(false).rstrip(strips(text))
        })
        .collect()
}

pub(super) fn is_recognized(kind: TokenType) -> bool {
    matches!(kind, TokenType::Control | TokenType::UserDefined | TokenType::Unknown)
}

/// Whether a special token strips the white space after it: GGUF cannot express this, but Phi-3's do, also in llama.cpp.
fn strips_right(vocabulary: &GgufVocabulary) -> impl Fn(&str) -> bool {
    let name = vocabulary.model_name.as_deref().unwrap_or_default().to_lowercase();
    let is_phi3 = name.contains("phi-3") || name.contains("phi3");
    move |text| is_phi3 && !matches!(text, "<unk>" | "<s>" | "<|endoftext|>")
}

/// Builds the tokenizer of a `llama` vocabulary: SentencePiece pairs merged by score.
fn scored(vocabulary: &GgufVocabulary) -> Result<Tokenizer, Error> {
    if vocabulary.scores.is_empty() {
        return Err(Error::MissingField { model: "llama", field: "scores" });
    }
    let texts: Vec<Box<str>> = vocabulary.tokens.iter().map(|text| text.as_str().into()).collect();
    let of_type = |wanted: fn(TokenType) -> bool| {
        (0u32..).zip(&texts).filter(move |(id, _)| wanted(vocabulary.token_type(*id)))
    };
    let mergeable = |kind| matches!(kind, TokenType::Normal | TokenType::UserDefined | TokenType::Unused);
    let merges = ScoredMerges::new(
        of_type(mergeable).map(|(id, text)| (text.clone(), id, vocabulary.scores[id as usize])),
        of_type(|kind| kind == TokenType::Byte).filter_map(|(id, text)| Some((byte_of(text)?, id))),
        vocabulary.unknown,
    );
    check_lengths(of_type(is_recognized).map(|(_, text)| &**text))?;
    let strips = strips_right(vocabulary);
    let specials = SpecialTokens::new(
        of_type(is_recognized).map(|(id, text)| (text.clone(), Special { id, strips_right: strips(text) })),
    );

    // SentencePiece's own ids, which files leave out.
    let bos = vocabulary.bos.or((texts.len() > 1).then_some(1));
    let eos = vocabulary.eos.or((texts.len() > 2).then_some(2));
    Ok(Tokenizer {
        pieces: pieces(vocabulary, |text| text.replace('▁', " ").into_bytes()),
        encoder: Encoder::Scored { specials, merges, texts },
        prefix: bos.filter(|_| vocabulary.add_bos != Some(false)),
        suffix: eos.filter(|_| vocabulary.add_eos == Some(true)),
        space_prefix: vocabulary.add_space_prefix != Some(false),
    })
}

/// The bytes of every token; `spell` converts the vocabulary's spelling of ordinary ones.
fn pieces(vocabulary: &GgufVocabulary, spell: impl Fn(&str) -> Vec<u8>) -> Pieces {
    let mut pieces = Pieces::default();
    for (id, text) in (0u32..).zip(&vocabulary.tokens) {
        let kind = vocabulary.token_type(id);
        let bytes = match kind {
            TokenType::Normal | TokenType::UserDefined => spell(text),
            TokenType::Byte => byte_of(text).map_or_else(|| spell(text), |byte| vec![byte]),
            _ => text.as_bytes().to_vec(),
        };
        pieces.push(&bytes, kind.is_hidden());
    }
    pieces
}
