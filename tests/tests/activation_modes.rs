//! INT8 activations as papers define them, on a twin of the starter with outlier channels: what one scale for a token or for
//! all costs there, that outlier columns and SmoothQuant mend it, and that the reference has no such modes.

#![allow(clippy::unwrap_used, reason = "a test file; what is wrong should stop it")]
#![allow(clippy::print_stdout, reason = "figures are worth seeing even where they are good enough")]

use std::path::{Path, PathBuf};

use half::bf16;
use nibble_engine::backend::{Logits, by_name};
use nibble_engine::jobs::{
    self, ActivationMode, Calibration, LoadOptions, LoadedModel, QuantizeRequest, RunOptions,
};
use nibble_engine::progress::Cancel;
use nibble_tests::divergence::{Feeding, ScoredText};
use serde_json::Value;

/// Inputs of the blocks that are planted as outliers, of 256.
const CHANNELS: [usize; 4] = [7, 70, 150, 231];
/// How much larger they are; a power of two, so that products with the matching weights are what they were.
const FACTOR: f32 = 64.0;

fn below_top(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Writes the starter with outlier channels: weights of norms times the factor, matching columns divided by it.
fn plant(folder: &Path) {
    for file in ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"] {
        std::fs::copy(below_top("assets/starter").join(file), folder.join(file)).unwrap();
    }
    let mut bytes = std::fs::read(below_top("assets/starter/model.safetensors")).unwrap();
    let header_len = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: Value = serde_json::from_slice(&bytes[8..8 + header_len]).unwrap();
    let data = &mut bytes[8 + header_len..];
    for (name, tensor) in header.as_object().unwrap() {
        let is = |ends: &[&str]| ends.iter().any(|end| name.ends_with(&format!(".{end}.weight")));
        let factor = if is(&["input_layernorm", "post_attention_layernorm"]) {
            FACTOR
        } else if is(&["q_proj", "k_proj", "v_proj", "gate_proj", "up_proj"]) {
            1.0 / FACTOR
        } else {
            continue;
        };
        assert_eq!(tensor["dtype"], "BF16");
        let at = |index: usize| tensor["data_offsets"][index].as_u64().unwrap() as usize;
        let n_cols = tensor["shape"].as_array().unwrap().last().unwrap().as_u64().unwrap() as usize;
        for row in data[at(0)..at(1)].chunks_exact_mut(2 * n_cols) {
            for channel in CHANNELS {
                let number = &mut row[2 * channel..][..2];
                let value = bf16::from_le_bytes([number[0], number[1]]).to_f32() * factor;
                number.copy_from_slice(&bf16::from_f32(value).to_le_bytes());
            }
        }
    }
    std::fs::write(folder.join("model.safetensors"), bytes).unwrap();
}

fn request(source: &Path, target: &Path) -> QuantizeRequest {
    let request = QuantizeRequest::new(source.to_owned(), target.to_owned(), "q8_0".parse().unwrap());
    QuantizeRequest { threads: Some(2), ..request }
}

fn quantize(request: &QuantizeRequest) {
    jobs::quantize(request, &(), &Cancel::new()).unwrap();
}

fn load(file: &Path, backend: &str, activations: ActivationMode) -> Result<LoadedModel, jobs::Error> {
    let run = RunOptions { activations, ..RunOptions::new(2) };
    jobs::load(file, &LoadOptions { backend: by_name(backend).unwrap(), run }, &(), &Cancel::new())
}

/// KL divergence of each mode, in the order of [`ActivationMode::ALL`], from the same weights in f32 arithmetic.
fn divergences(file: &Path) -> [f64; 4] {
    let reference = load(file, "candle", ActivationMode::Standard).unwrap();
    let text = std::fs::read_to_string(below_top("tests/data/text/held_out_chat.txt")).unwrap();
    let text = ScoredText::new(&reference.tokenizer.encode(&text).unwrap(), 128, 4);
    let exact = text.read(&*reference.decoder, Feeding::Together);
    let found = ActivationMode::ALL.map(|mode| {
        let model = load(file, "cpu", mode).unwrap();
        text.compare(&exact, &text.read(&*model.decoder, Feeding::Together)).kl_mean
    });
    println!("{}: {found:?}", file.display());
    found
}

#[test]
fn outlier_channels_need_columns_apart_or_smoothing() {
    let folder = tempfile::tempdir().unwrap();
    let (planted, smoothed) = (folder.path().join("planted.gguf"), folder.path().join("smoothed.gguf"));
    plant(folder.path());
    quantize(&request(folder.path(), &planted));
    quantize(&QuantizeRequest {
        method: "smoothquant".parse().unwrap(),
        calibration: Calibration::File(below_top("tests/data/text/calibration_chat.txt")),
        calibration_tokens: Some(2048),
        ..request(folder.path(), &smoothed)
    });
    let [standard, per_token, per_tensor, columns] = divergences(&planted);
    let [smooth_standard, smooth_per_token, ..] = divergences(&smoothed);
    assert!((1.0..50.0).contains(&(per_tensor / per_token)), "{per_tensor} {per_token}");
    assert!((3.0..5000.0).contains(&(per_token / columns)), "{per_token} {columns}");
    assert!((0.1..30.0).contains(&(columns / standard)), "{columns} {standard}");
    assert!((3.0..5000.0).contains(&(per_token / smooth_per_token)), "{per_token} {smooth_per_token}");
    assert!((0.1..30.0).contains(&(smooth_per_token / smooth_standard)), "{smooth_per_token}");
}

#[test]
fn exact_logits_are_those_of_one_token_after_the_other_in_every_mode() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("planted.gguf");
    plant(folder.path());
    quantize(&request(folder.path(), &file));
    let tokens: Vec<u32> = (300..340).collect();
    let mut of_modes: Vec<Vec<f32>> = Vec::new();
    for mode in ActivationMode::ALL {
        let model = load(&file, "cpu", mode).unwrap();
        let feed = |logits| {
            let mut sequence = model.decoder.sequence(64).unwrap();
            sequence.feed(&tokens, logits, &Cancel::new()).unwrap().to_vec()
        };
        let mut sequence = model.decoder.sequence(64).unwrap();
        let mut single = Vec::new();
        for token in &tokens {
            single.extend_from_slice(sequence.feed(&[*token], Logits::Last, &Cancel::new()).unwrap());
        }
        let exact = feed(Logits::AllExact);
        assert_eq!(exact, single, "{}", mode.name());
        // Tokens that share a scale get other results together.
        if mode == ActivationMode::PerTensor {
            assert_ne!(feed(Logits::All), single);
        }
        of_modes.push(exact);
    }
    let [standard, per_token, per_tensor, columns] = &of_modes[..] else { panic!("four modes") };
    assert_eq!(per_token, per_tensor, "a token alone is the whole input");
    assert!(standard != per_token && per_token != columns && standard != columns);
}

#[test]
fn the_reference_refuses_modes_that_it_does_not_compute() {
    let refused = load(&below_top("assets/starter"), "candle", ActivationMode::PerToken).err().unwrap();
    assert!(refused.to_string().contains("the backend candle computes activations in f32"), "{refused}");
}
