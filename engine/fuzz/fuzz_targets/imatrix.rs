//! Any bytes are rejected, or are an importance matrix of the older format with finite, nonnegative numbers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nibble_engine::quant::statistics::imatrix::from_legacy;

fuzz_target!(|bytes: &[u8]| {
    let Ok(statistics) = from_legacy(bytes) else { return };
    for (_, known) in statistics.iter() {
        let means = known.mean_squares(0, known.n_values());
        assert!(means.iter().all(|mean| *mean >= 0.0));
    }
});
