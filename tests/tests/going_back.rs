//! Going back in a long chat of a model with recurrent layers costs a message, not the chat.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]

use std::path::Path;

use nibble_engine::backend::RunOptions;
use nibble_engine::backend::cpu::CpuDecoder;
use nibble_engine::models;
use nibble_engine::progress::Cancel;
use nibble_engine::session::{GenerateOptions, Prompt, Session, Statistics};
use nibble_kernels::testing::Random;

/// Tokens of a user's message, and of a reply.
const MESSAGE: usize = 150;
const REPLY: usize = 50;
const TURNS: usize = 40;

#[test]
fn an_edited_message_is_all_that_is_read_again() {
    for name in ["qwen35", "lfm2"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/models").join(name);
        let model = models::open(&folder, &()).unwrap();
        let tokenizer = model.tokenizer().unwrap();
        let run = RunOptions::new(2);
        let spec = model.spec().unwrap();
        let decoder = CpuDecoder::load(spec, model.source(), &run, &(), &Cancel::new()).unwrap();
        let mut session = Session::new(&decoder, TURNS * (MESSAGE + REPLY) + MESSAGE).unwrap();
        let options =
            GenerateOptions { max_tokens: Some(REPLY), stop_repetition: false, ..GenerateOptions::greedy() };
        let mut random = Random::new(3);
        let mut message = || -> Vec<u32> { (0..MESSAGE).map(|_| 2 + random.below(90) as u32).collect() };
        let mut ask = |tokens: &[u32]| -> (Vec<u32>, Statistics) {
            let prompt = Prompt { tokens, end_tokens: &[], is_chat: true };
            let reply = session.generate(prompt, &tokenizer, &options, &mut |_| {}, &Cancel::new()).unwrap();
            (reply.tokens, reply.statistics)
        };
        let mut chat = Vec::new();
        let mut ends = Vec::new();
        for turn in 0..TURNS {
            ends.push(chat.len());
            chat.extend(message());
            let (reply, statistics) = ask(&chat);
            // Only the last token of a reply, which was never fed, and the message behind it are new.
            let read = statistics.prompt_tokens - statistics.cached_tokens;
            assert!(read <= MESSAGE + 1, "{name}, turn {turn}: {read} tokens were read");
            chat.extend(reply);
        }
        for turns_back in [1, 2, 5] {
            let mut edited = chat[..ends[TURNS - turns_back]].to_vec();
            edited.extend(message());
            let (_, statistics) = ask(&edited);
            let read = statistics.prompt_tokens - statistics.cached_tokens;
            let all = edited.len();
            assert!(20 * read < all, "{name}, {turns_back} back: {read} of {all} tokens were read again");
        }
    }
}
