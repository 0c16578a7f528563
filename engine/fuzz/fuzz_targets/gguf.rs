//! Any bytes are rejected, or give a valid header: every tensor lies inside the file, without overlaps.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nibble_engine::formats::gguf::GgufHeader;

fuzz_target!(|bytes: &[u8]| {
    let Ok(header) = GgufHeader::parse(bytes) else { return };
    let mut ranges = header.ranges.clone();
    for (index, (meta, range)) in header.tensors.iter().zip(&ranges).enumerate() {
        assert_eq!(bytes[range.clone()].len(), meta.n_bytes());
        assert_eq!(header.find(&meta.name), Some(index));
    }
    ranges.sort_by_key(|range| range.start);
    assert!(ranges.windows(2).all(|pair| pair[0].end <= pair[1].start));
});
