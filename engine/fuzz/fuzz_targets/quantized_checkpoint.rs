//! Quantized weights and their configuration give floats or an error, in every supported format.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nibble_engine::base::TensorSource;
use nibble_engine::formats::foreign;
use nibble_engine::formats::raw::{RawTensor, RawTensors};
use nibble_engine::formats::safetensors::SafetensorsHeader;

/// A safetensors file in memory.
struct InMemory<'a> {
    header: SafetensorsHeader,
    bytes: &'a [u8],
}

impl RawTensors for InMemory<'_> {
    fn n_tensors(&self) -> usize {
        self.header.entries.len()
    }

    fn tensor(&self, index: usize) -> RawTensor<'_> {
        let entry = &self.header.entries[index];
        let bytes = &self.bytes[entry.range.clone()];
        RawTensor { name: &entry.name, dtype_name: &entry.dtype_name, shape: &entry.shape, bytes }
    }
}

fuzz_target!(|input: (u8, &[u8], &[u8])| {
    let (choice, config, bytes) = input;
    let (Ok(config), Ok(header)) = (serde_json::from_slice(config), SafetensorsHeader::parse(bytes)) else { return };
    let methods = foreign::quant_methods();
    let Some((format, _)) = foreign::find(methods[usize::from(choice) % methods.len()]) else { return };
    let Ok(source) = foreign::open(format, &config, InMemory { header, bytes }) else { return };
    for (index, meta) in source.tensors().iter().enumerate() {
        let n_rows = meta.n_rows().min(64);
        if n_rows * meta.n_cols() < 1 << 20 {
            assert!(source.read_rows(index, 0..n_rows).is_ok());
        }
        source.release_rows(index, 0..meta.n_rows());
    }
});
