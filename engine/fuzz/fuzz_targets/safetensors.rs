//! Any bytes are rejected, or give a valid header: the tensors fill the rest of the file, one after another.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nibble_engine::formats::safetensors::SafetensorsHeader;

fuzz_target!(|bytes: &[u8]| {
    let Ok(header) = SafetensorsHeader::parse(bytes) else { return };
    let mut end = None;
    for entry in &header.entries {
        assert!(end.is_none_or(|end| end == entry.range.start));
        end = Some(entry.range.end);
        if let Some(dtype) = entry.dtype() {
            let n_elements: usize = entry.shape.iter().product();
            assert_eq!(n_elements * dtype.block_bytes(), entry.range.len());
        }
    }
    assert!(end.is_none_or(|end| end == bytes.len()));
});
