//! The files that the tests load: the real models, and SmolLM2 at other precisions, each made once per process.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};

use nibble_engine::backend::{self, Decoder, Logits};
use nibble_engine::jobs::{self, LoadOptions, LoadedModel, QuantizeRequest, RunOptions};
use nibble_engine::progress::Cancel;
use nibble_kernels::Level;
use nibble_tests::real_models::SMOLLM2;

const THREADS: usize = 2;

/// SmolLM2 at a precision: the file that was fetched, or one made from its dequantized weights in F16. `None` if it was not fetched.
pub(crate) fn smollm2(precision: &str) -> Option<PathBuf> {
    static MADE: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let fetched = SMOLLM2.path()?;
    if precision == "q4_1" {
        return Some(fetched.to_owned());
    }
    let original = original(fetched);
    let folder = original.parent().unwrap();
    let path = folder.join(format!("smollm2-{precision}.gguf"));
    let mut made = MADE.lock().unwrap();
    if precision != "f16" && !made.iter().any(|name| name == precision) {
        quantize(original, &path, precision);
        made.push(precision.to_owned());
    }
    Some(path)
}

/// The weights of the fetched file in F16.
fn original(fetched: &Path) -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("real");
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("smollm2-f16.gguf");
        quantize(fetched, &path, "f16");
        path
    })
}

fn quantize(source: &Path, target: &Path, precision: &str) {
    let _ = std::fs::remove_file(target); // of an earlier run
    let request = QuantizeRequest::new(source.to_owned(), target.to_owned(), precision.parse().unwrap());
    jobs::quantize(&request, &(), &Cancel::new()).unwrap();
}

/// A model on the fast backend at a level.
pub(crate) fn on_cpu(path: &Path, level: Level) -> LoadedModel {
    load(path, "cpu", level)
}

/// A model on the reference backend, which computes in f32 with the weights of the file.
pub(crate) fn in_f32(path: &Path) -> LoadedModel {
    load(path, "candle", Level::best())
}

fn load(path: &Path, backend: &str, level: Level) -> LoadedModel {
    let run = RunOptions { level, ..RunOptions::new(THREADS) };
    let options = LoadOptions { backend: backend::by_name(backend).unwrap(), run };
    jobs::load(path, &options, &(), &Cancel::new()).unwrap()
}

/// The logits that `logits` asks for after `tokens`, which a new sequence is fed together: `[rows, vocab]`.
pub(crate) fn logits_of(decoder: &dyn Decoder, tokens: &[u32], logits: Logits) -> Vec<f32> {
    let mut sequence = decoder.sequence(tokens.len()).unwrap();
    sequence.feed(tokens, logits, &Cancel::new()).unwrap().to_vec()
}
