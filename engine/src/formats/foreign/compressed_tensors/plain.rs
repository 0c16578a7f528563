//! Integers and floats of 8 bits that are stored without packing.

use std::ops::Range;

use super::schemes::Schemes;
use crate::formats::dequantize::{DecodeRows, Error, Grid, Part, Parts, Weight, float8};
use crate::formats::raw::{RawDType, RawTensors};

pub(super) fn weight(stem: &str, part: &Part, schemes: &Schemes, parts: &Parts) -> Result<Weight, Error> {
    let [n_out, n_in] = part.matrix()?;
    let scale = parts.need(stem, ".weight_scale")?;
    let scales = Grid::new(&scale, [n_out, n_in], &schemes.blocks)?;
    let is_float = part.element() == Some(RawDType::F8E4M3);
    let zero_point = parts.get(stem, ".weight_zero_point");
    // Floats are symmetric: a stored zero point is zero.
    let zeros = match &zero_point {
        Some(zeros) if !is_float => {
            zeros.of_type(&[RawDType::I8])?;
            let n_scales: usize = scale.tensor.shape.iter().product();
            if zeros.tensor.bytes.len() != n_scales {
                return Err(zeros.wrong_shape(scale.tensor.shape));
            }
            Some(zeros.index)
        }
        _ => None,
    };
    let used = [Some(*part), Some(scale), zero_point].into_iter().flatten();
    Ok(Weight {
        name: format!("{stem}.weight"),
        shape: [n_out, n_in],
        parts: used.map(|part| part.index).collect(),
        rows: Box::new(PlainRows { index: part.index, is_float, n_in, zeros, scales }),
    })
}

struct PlainRows {
    index: usize,
    is_float: bool,
    n_in: usize,
    /// Index of the tensor of zero points, which has the grid of the scales.
    zeros: Option<usize>,
    scales: Grid,
}

impl DecodeRows for PlainRows {
    fn decode(&self, raw: &dyn RawTensors, rows: Range<usize>, out: &mut [f32]) {
        let float: fn(u8) -> f32 =
            if self.is_float { float8::e4m3 } else { |byte| f32::from(byte.cast_signed()) };
        let values: [f32; 256] = std::array::from_fn(|byte| float(byte as u8));
        let bytes = &raw.tensor(self.index).bytes[rows.start * self.n_in..rows.end * self.n_in];
        let (n_scales, n_shared) = (self.scales.n_cols(), self.scales.block_cols());
        let (mut scales, mut zeros) = (vec![0.0; n_scales], vec![0.0; n_scales]);
        let pairs = out.chunks_exact_mut(self.n_in).zip(bytes.chunks_exact(self.n_in));
        for ((out, bytes), row) in pairs.zip(rows) {
            self.scales.read(raw, row, &mut scales);
            if let Some(index) = self.zeros {
                let stored = &raw.tensor(index).bytes[self.scales.first_of(row)..][..n_scales];
                for (zero, &byte) in zeros.iter_mut().zip(stored) {
                    *zero = f32::from(byte.cast_signed());
                }
            }
            let blocks = out.chunks_mut(n_shared).zip(bytes.chunks(n_shared));
            for ((out, bytes), (scale, zero)) in blocks.zip(scales.iter().zip(&zeros)) {
                for (out, &byte) in out.iter_mut().zip(bytes) {
                    *out = scale * (values[usize::from(byte)] - zero);
                }
            }
        }
    }

    fn own_bytes(&self, rows: Range<usize>) -> Option<(usize, Range<usize>)> {
        Some((self.index, rows.start * self.n_in..rows.end * self.n_in))
    }
}
