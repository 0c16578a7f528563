//! Codes of 4 bits into a table, with a magnitude per block of the flattened matrix.

use std::ops::Range;

use serde_json::{Map, Value};

use crate::formats::dequantize::{DecodeRows, Error, Floats, Part, Parts, Settings, Weight};
use crate::formats::raw::{RawDType, RawTensors};

/// Upper bound on the length of a description in bytes; typical ones have a few hundred.
const LONGEST_STATE: usize = 1 << 16;
/// Upper bound on the number of weights of a matrix.
const LARGEST: usize = 1 << 40;

/// The parsed description of a weight.
struct State {
    shape: [usize; 2],
    block: usize,
    /// Block length of quantized magnitudes, and the offset added to these magnitudes.
    nested: Option<(usize, f32)>,
}

impl State {
    fn read(part: &Part) -> Result<Self, Error> {
        let name = || part.tensor.name.to_owned();
        let length = part.vector(&[RawDType::U8])?;
        let object =
            (length <= LONGEST_STATE).then(|| serde_json::from_slice(part.tensor.bytes).ok()).flatten();
        let object: Map<String, Value> = object.ok_or_else(|| Error::PartJson { part: name() })?;
        let fields = Settings::new(&object);
        let missing = |field, rule| fields.wrong(&[field], rule);
        let lengths = fields.value(&["shape"]).and_then(Value::as_array);
        let lengths = lengths.and_then(|list| list.iter().map(Value::as_u64).collect::<Option<Vec<_>>>());
        let shape = lengths.and_then(|lengths| {
            let [n_out, n_in] = <[u64; 2]>::try_from(lengths).ok()?;
            let n_weights = n_out.checked_mul(n_in)?;
            (1..=LARGEST as u64).contains(&n_weights).then_some([n_out as usize, n_in as usize])
        });
        let nested = match fields.count(&["nested_blocksize"])? {
            None => None,
            Some(block) => {
                let offset = fields.value(&["nested_offset"]).and_then(Value::as_f64);
                Some((block, offset.ok_or_else(|| missing("nested_offset", "a number"))? as f32))
            }
        };
        Ok(Self {
            shape: shape.ok_or_else(|| missing("shape", "a list of two lengths of a matrix"))?,
            block: fields
                .count(&["blocksize"])?
                .ok_or_else(|| missing("blocksize", "the length of a block"))?,
            nested,
        })
    }
}

pub(super) fn weight(stem: &str, part: &Part, parts: &Parts) -> Result<Weight, Error> {
    let State { shape, block, nested } = State::read(part)?;
    let n_weights = shape[0] * shape[1];
    let codes = parts.need(stem, ".weight")?;
    if codes.element().is_none() || codes.tensor.bytes.len() != n_weights.div_ceil(2) {
        return Err(codes.wrong_shape(&[n_weights.div_ceil(2), 1]));
    }
    let (map, absmax) = (parts.need(stem, ".weight.quant_map")?, parts.need(stem, ".weight.absmax")?);
    let n_blocks = n_weights.div_ceil(block);
    let mut used = vec![part.index, codes.index, map.index, absmax.index];
    let magnitudes = match nested {
        None => Magnitudes::Stored(Floats::new(&absmax, [1, n_blocks])?),
        Some((block, offset)) => {
            absmax.of_type(&[RawDType::U8])?;
            absmax.of_shape(&[n_blocks])?;
            let scales = parts.need(stem, ".weight.nested_absmax")?;
            let map = parts.need(stem, ".weight.nested_quant_map")?;
            used.extend([scales.index, map.index]);
            let scales = Floats::new(&scales, [1, n_blocks.div_ceil(block)])?;
            Magnitudes::Nested { codes: absmax.index, map: Box::new(table(&map)?), scales, block, offset }
        }
    };
    let decoder = FourBitRows { codes: codes.index, n_in: shape[1], map: table(&map)?, block, magnitudes };
    Ok(Weight { name: format!("{stem}.weight"), shape, parts: used, rows: Box::new(decoder) })
}

/// The values of a table for `N` codes.
fn table<const N: usize>(part: &Part) -> Result<[f32; N], Error> {
    part.of_type(&[RawDType::F32])?;
    part.of_shape(&[N])?;
    let values = part.tensor.bytes.as_chunks().0;
    Ok(std::array::from_fn(|code| f32::from_le_bytes(values[code])))
}

/// The magnitudes (absmax) of blocks.
enum Magnitudes {
    Stored(Floats),
    Nested { codes: usize, map: Box<[f32; 256]>, scales: Floats, block: usize, offset: f32 },
}

impl Magnitudes {
    /// Reads the magnitudes of the blocks `blocks`.
    fn read(&self, raw: &dyn RawTensors, blocks: Range<usize>) -> Vec<f32> {
        let mut magnitudes = vec![0.0; blocks.len()];
        match self {
            Self::Stored(stored) => stored.read(raw, 0, blocks, &mut magnitudes),
            Self::Nested { codes, map, scales, block, offset } => {
                let first = blocks.start / block;
                let mut outer = vec![0.0; blocks.end.div_ceil(*block).saturating_sub(first)];
                let until = first + outer.len();
                scales.read(raw, 0, first..until, &mut outer);
                let codes = &raw.tensor(*codes).bytes[blocks.clone()];
                for ((magnitude, &code), at) in magnitudes.iter_mut().zip(codes).zip(blocks) {
                    *magnitude = map[usize::from(code)] * outer[at / block - first] + offset;
                }
            }
        }
        magnitudes
    }
}

struct FourBitRows {
    codes: usize,
    n_in: usize,
    map: [f32; 16],
    block: usize,
    magnitudes: Magnitudes,
}

impl DecodeRows for FourBitRows {
    fn decode(&self, raw: &dyn RawTensors, rows: Range<usize>, out: &mut [f32]) {
        if rows.is_empty() {
            return;
        }
        let elements = rows.start * self.n_in..rows.end * self.n_in;
        let first = elements.start / self.block;
        let magnitudes = self.magnitudes.read(raw, first..elements.end.div_ceil(self.block));
        let bytes = raw.tensor(self.codes).bytes;
        for (out, element) in out.iter_mut().zip(elements) {
            let byte = bytes[element / 2];
            let code = if element % 2 == 0 { byte >> 4 } else { byte & 0xf };
            *out = self.map[usize::from(code)] * magnitudes[element / self.block - first];
        }
    }

    fn own_bytes(&self, rows: Range<usize>) -> Option<(usize, Range<usize>)> {
        // A byte at either end may also hold a code of the neighboring row.
        Some((self.codes, (rows.start * self.n_in).div_ceil(2)..rows.end * self.n_in / 2))
    }
}
