//! Rough figures of a model of which only the number of parameters is known: accurate enough to choose a model, not to load one.

use super::advice::{PROGRAM_BYTES, Verdict, verdict};
use super::choice::{Candidate, SUGGESTED, suggested};
use crate::hardware::SystemMemory;
use crate::quant::Precision;

/// Memory of KV cache and buffers as a fraction of the weights.
const BESIDE_WEIGHTS: f64 = 0.1;

/// Rough size, memory and speed of a model at one precision.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoughAdvice {
    /// The precision of the model.
    pub precision: Precision,
    /// Size of the file in bytes.
    pub disk_bytes: u64,
    /// Total memory in bytes, including the program itself.
    pub memory_bytes: u64,
    /// Tokens per second if reading the weights from memory is the limit; `None` if the memory's speed is unknown.
    pub tokens_per_second: Option<f64>,
    /// Whether the model fits.
    pub verdict: Verdict,
}

/// Rough advice for a model with this number of parameters at the suggested precision; `None` if it does not fit at 4 bits.
///
/// `read_gbps` is the memory's read speed in 10⁹ bytes per second, if it was measured.
pub fn rough(parameters: u64, memory: SystemMemory, read_gbps: Option<f64>) -> Option<RoughAdvice> {
    let all = SUGGESTED.map(|precision| rough_at(parameters, precision, memory, read_gbps));
    let candidates = all.map(|RoughAdvice { precision, verdict, tokens_per_second, .. }| Candidate {
        precision,
        verdict,
        tokens_per_second,
    });
    let precision = suggested(&candidates)?;
    all.into_iter().find(|one| one.precision == precision)
}

fn rough_at(
    parameters: u64,
    precision: Precision,
    memory: SystemMemory,
    read_gbps: Option<f64>,
) -> RoughAdvice {
    let dtype = precision.base_type();
    let per_weight = dtype.block_bytes() as f64 / dtype.block_len() as f64;
    let weights = parameters as f64 * per_weight * of_mixture(precision);
    let memory_bytes = (weights * (1.0 + BESIDE_WEIGHTS)) as u64 + PROGRAM_BYTES;
    RoughAdvice {
        precision,
        disk_bytes: weights as u64,
        memory_bytes,
        tokens_per_second: read_gbps.filter(|gbps| *gbps > 0.0).map(|gbps| gbps * 1e9 / weights.max(1.0)),
        verdict: verdict(memory_bytes, memory),
    }
}

/// Size of a file as a multiple of what it would have with all weights at its base type. Medians of published files.
fn of_mixture(precision: Precision) -> f64 {
    match precision {
        Precision::Q4_K_M => 1.09,
        Precision::Q5_K_M => 1.04,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LARGE: SystemMemory = SystemMemory { available_bytes: 64_000_000_000, total_bytes: 64_000_000_000 };

    #[test]
    fn sizes_are_those_of_published_files_within_a_twentieth() {
        // Qwen3 8B and 4B, as llama.cpp's files of them have it.
        for (parameters, precision, bytes) in [
            (8_190_000_000, Precision::Q4_K_M, 5.03e9),
            (8_190_000_000, Precision::Q8_0, 8.71e9),
            (8_190_000_000, Precision::Q6_K, 6.73e9),
            (8_190_000_000, Precision::Q5_K_M, 5.85e9),
            (4_020_000_000, Precision::Q4_K_M, 2.5e9),
        ] {
            let found = rough_at(parameters, precision, LARGE, None).disk_bytes as f64;
            assert!((0.95..1.05).contains(&(found / bytes)), "{precision}: {found} {bytes}");
        }
    }

    #[test]
    fn a_slow_memory_leads_to_fewer_bits_and_an_unknown_one_to_the_usual() {
        let at = |read_gbps| rough(8_190_000_000, LARGE, read_gbps).map(|one| one.precision);
        assert_eq!(at(Some(100.0)), Some(Precision::Q8_0));
        assert_eq!(at(Some(50.0)), Some(Precision::Q5_K_M));
        assert_eq!(at(Some(10.0)), Some(Precision::Q4_K_M));
        assert_eq!(at(None), Some(Precision::Q4_K_M));
        let small = SystemMemory { available_bytes: 1_000_000_000, total_bytes: 2_000_000_000 };
        assert_eq!(rough(8_190_000_000, small, None), None);
    }
}
