//! Any vocabulary is rejected or tokenizes any text; the concatenated pieces are the text.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use nibble_engine::text::{Detokenizer, GgufVocabulary, TokenType, Tokenizer};

#[derive(Arbitrary, Debug)]
struct Input {
    byte_level: bool,
    pre: u8,
    tokens: Vec<String>,
    scores: Vec<f32>,
    types: Vec<u8>,
    merges: Vec<(u8, u8)>,
    bos: Option<u8>,
    add_bos: Option<bool>,
    add_space_prefix: Option<bool>,
    text: String,
    ids: Vec<u32>,
}

fuzz_target!(|input: Input| {
    let names = ["default", "llama-bpe", "qwen2", "gpt-2", "smollm", "tekken", "deepseek-llm", "none such"];
    let token = |index: u8| input.tokens.get(usize::from(index)).cloned().unwrap_or_default();
    let vocabulary = GgufVocabulary {
        model: if input.byte_level { "gpt2" } else { "llama" }.to_owned(),
        pre: names.get(usize::from(input.pre)).map(|name| (*name).to_owned()),
        merges: input.merges.iter().map(|&(left, right)| token(left) + " " + &token(right)).collect(),
        types: input.types.iter().map(|&kind| TokenType::from_gguf(i32::from(kind % 8))).collect(),
        tokens: input.tokens.clone(),
        scores: input.scores.clone(),
        bos: input.bos.map(u32::from),
        add_bos: input.add_bos,
        add_space_prefix: input.add_space_prefix,
        ..GgufVocabulary::default()
    };
    let Ok(tokenizer) = Tokenizer::from_gguf(&vocabulary) else { return };
    let Ok(tokens) = tokenizer.encode_prompt(&input.text) else { return };
    assert!(tokens.iter().all(|&token| (token as usize) < vocabulary.tokens.len()));
    for ids in [&tokens, &input.ids] {
        let mut text = String::new();
        let mut detokenizer = Detokenizer::new();
        for &id in ids {
            detokenizer.push(&tokenizer, id, &mut text);
        }
        detokenizer.finish(&mut text);
        assert_eq!(text, tokenizer.decode(ids));
    }
});
