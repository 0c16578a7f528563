//! Packs the weights of the built-in model, so that the program is smaller by a third of them; `src/library/starter/packed.rs` unpacks.
//!
//! In 16-bit floats, the bytes with sign and exponent repeat themselves and the others are random: the first are compressed
//! (DEFLATE) and the others stored, each apart.

use std::path::Path;
use std::{env, fs, io};

/// Strongest compression of the library.
const STRONGEST: u8 = 10;

fn main() -> io::Result<()> {
    let weights = "../assets/starter/model.safetensors";
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={weights}");
    let bytes = fs::read(weights)?;
    let (low, high): (Vec<u8>, Vec<u8>) = bytes.chunks(2).map(|pair| (pair[0], pair.get(1).copied())).fold(
        (Vec::new(), Vec::new()),
        |(mut low, mut high), (first, second)| {
            low.push(first);
            high.extend(second);
            (low, high)
        },
    );
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    let out = Path::new(&out);
    fs::write(out.join("starter.low"), low)?;
    fs::write(out.join("starter.high"), miniz_oxide::deflate::compress_to_vec(&high, STRONGEST))?;
    fs::write(out.join("starter.sum"), sum(&high).to_le_bytes())
}

/// FNV-1a over 64 bits, by which a file on disk is known again.
fn sum(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |sum, &byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
