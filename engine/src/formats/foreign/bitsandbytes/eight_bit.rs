//! Integers of 8 bits with a magnitude per output.

use std::ops::Range;

use crate::formats::dequantize::{DecodeRows, Error, Floats, Part, Parts, Weight};
use crate::formats::raw::{RawDType, RawTensors};

pub(super) fn weight(stem: &str, part: &Part, parts: &Parts) -> Result<Weight, Error> {
    let [n_out, n_in] = part.matrix()?;
    let magnitudes = parts.need(stem, ".SCB")?;
    let tiling = parts.get(stem, ".weight_format");
    if let Some(tiling) = &tiling {
        tiling.of_type(&[RawDType::U8])?;
        if let Some(&found) = tiling.tensor.bytes.iter().find(|&&byte| byte != 0) {
            let part = tiling.tensor.name.to_owned();
            return Err(Error::PartValue { part, found: found.into(), expected: 0 });
        }
    }
    let decoder = EightBitRows { index: part.index, n_in, magnitudes: Floats::new(&magnitudes, [1, n_out])? };
    let used = [Some(*part), Some(magnitudes), tiling].into_iter().flatten();
    Ok(Weight {
        name: format!("{stem}.weight"),
        shape: [n_out, n_in],
        parts: used.map(|part| part.index).collect(),
        rows: Box::new(decoder),
    })
}

struct EightBitRows {
    index: usize,
    n_in: usize,
    magnitudes: Floats,
}

impl DecodeRows for EightBitRows {
    fn decode(&self, raw: &dyn RawTensors, rows: Range<usize>, out: &mut [f32]) {
        let mut magnitudes = vec![0.0; rows.len()];
        self.magnitudes.read(raw, 0, rows.clone(), &mut magnitudes);
        let bytes = &raw.tensor(self.index).bytes[rows.start * self.n_in..rows.end * self.n_in];
        let pairs = out.chunks_exact_mut(self.n_in).zip(bytes.chunks_exact(self.n_in));
        for ((out, bytes), magnitude) in pairs.zip(magnitudes) {
            for (out, byte) in out.iter_mut().zip(bytes) {
                // In this order, so that rounding matches bitsandbytes.
                *out = f32::from(byte.cast_signed()) * magnitude * (1.0 / 127.0);
            }
        }
    }

    fn own_bytes(&self, rows: Range<usize>) -> Option<(usize, Range<usize>)> {
        Some((self.index, rows.start * self.n_in..rows.end * self.n_in))
    }
}
