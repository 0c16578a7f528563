//! The logits of the starter model are the recorded bits at every level: a change of the kernels that is meant to change nothing
//! changes nothing.
//!
//! Recorded on Linux, whose sines and powers enter the rotation; so it is compared there alone. A change that is meant to change
//! bits writes the file anew, from what this test prints, and says why. Levels of AArch64 have eight lanes, as AVX2 has, and its bits.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"), target_env = "gnu"))]
#![allow(clippy::print_stderr, reason = "levels that are not recorded are told")]

use std::path::{Path, PathBuf};

use nibble_engine::backend::Logits;
use nibble_engine::jobs::{self, LoadOptions, QuantizeRequest};
use nibble_engine::progress::Cancel;
use nibble_engine::quant::Precision;
use nibble_kernels::Level;

/// Type, level, and FNV-1a of the logits' bits after the last of tokens 1 to 20.
const RECORDED: &str = include_str!("../data/starter/bits.txt");

/// The starter as published, and in types whose kernels differ most.
const PRECISIONS: [Option<&str>; 5] = [None, Some("q4_0"), Some("q4_k_m"), Some("q6_k"), Some("q8_0")];

fn starter() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/starter")
}

fn fnv(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

#[test]
fn logits_of_the_starter_are_the_recorded_bits() {
    let folder = tempfile::tempdir().unwrap();
    let (mut found, mut compared) = (Vec::new(), 0);
    for precision in PRECISIONS {
        let (name, path) = match precision {
            None => ("bf16", starter()),
            Some(name) => {
                let target = folder.path().join(format!("{name}.gguf"));
                let precision: Precision = name.parse().unwrap();
                let request = QuantizeRequest::new(starter(), target.clone(), precision);
                jobs::quantize(&request, &(), &Cancel::new()).unwrap();
                (name, target)
            }
        };
        for level in Level::available() {
            let mut options = LoadOptions::with_threads(Some(2));
            options.run.level = level;
            let model = jobs::load(&path, &options, &(), &Cancel::new()).unwrap();
            let mut sequence = model.decoder.sequence(64).unwrap();
            let tokens: Vec<u32> = (1..=20).collect();
            let logits = sequence.feed(&tokens, Logits::Last, &Cancel::new()).unwrap();
            let hash = fnv(logits.iter().flat_map(|logit| logit.to_bits().to_le_bytes()));
            let (key, line) =
                (format!("{name} {} ", level.name()), format!("{name} {} {hash:016x}", level.name()));
            found.push(line.clone());
            match RECORDED.lines().find(|recorded| recorded.starts_with(&key)) {
                Some(recorded) if recorded == line => compared += 1,
                Some(recorded) => panic!("{line}, but {recorded} is recorded; so far: {found:#?}"),
                None => eprintln!("not recorded: {line}"),
            }
        }
    }
    assert!(compared >= 2 * PRECISIONS.len(), "scalar and another level are recorded; found: {found:#?}");
}
