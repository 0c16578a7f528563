//! AutoRound as a quantization method: one layer after the other.

use nibble_kernels::quantize;

use super::{ScaleStorage, TuneData, TuneFormat, TuneMatrix, TuneOptions, TunedCodes, tune};
use crate::backend::gradient::GradientModel;
use crate::quant::error::Error;
use crate::quant::layers::LayerJob;
use crate::quant::method::{Method, Needs};
use crate::quant::method_cost::MethodCost;
use crate::quant::methods::awq::importance;
use crate::quant::methods::gptq::{MOST_LEVELS, encode_matrix, levels_on_grid};
use crate::quant::number_format::{Survey, WeightRows};
use crate::quant::number_formats::Format;

/// Learns roundings and scales of each layer, starting from GPTQ's.
pub struct AutoRound;

impl Method for AutoRound {
    fn name(&self) -> &'static str {
        "auto_round"
    }

    fn needs(&self) -> Needs {
        Needs::Layers
    }

    fn takes_format(&self, format: Format) -> bool {
        !matches!(format, Format::Spqr(_))
    }

    fn cost(&self) -> MethodCost {
        // Each step goes forward and backward through some of the sequences; together they come to as many as a few hundred.
        MethodCost { passes: 80.0, ..MethodCost::LAYERS }
    }

    fn compares_outputs(&self) -> bool {
        true
    }

    fn encode_layer(&self, job: &mut LayerJob<'_>) -> Result<(), Error> {
        let Some(targets) = job.targets else { return Ok(()) };
        let spec = job.tensors.spec().clone();
        let lengths = job.quantized.lengths();
        let longest = lengths.iter().copied().max().unwrap_or(0);
        let layer = GradientModel::new(&spec, &*job.tensors, longest)?.layer(0)?;
        let slots = spec.tensors();
        let (mut matrices, mut indices) = (Vec::new(), Vec::new());
        for index in job.matrices() {
            let name = &job.tensors.meta(index).name;
            let known = layer.matrices().into_iter().map(|matrix| matrix.slot);
            let Some(slot) = known.into_iter().find(|slot| slots[slot.0].name == *name) else { continue };
            let (dtype, weights, moments) =
                (job.dtypes[index], job.tensors.weights(index), job.moments_of(index)?);
            let format = match job.formats[index] {
                Some(format) => {
                    let importance = importance(moments, None);
                    let rows = WeightRows {
                        weights: &weights,
                        n_cols: importance.len(),
                        importance: Some(&importance),
                        survey: Survey::of(&weights),
                    };
                    // What has no common levels is left to be rounded to nearest.
                    let grid = format.grid(&rows).filter(|grid| grid.levels().values().len() <= MOST_LEVELS);
                    let Some(grid) = grid else { continue };
                    let indices = levels_on_grid(&grid, &weights, moments);
                    TuneFormat::Groups { grid, indices, scales: ScaleStorage::Half }
                }
                // The points of a lattice are not rounded one by one.
                None if dtype.is_lattice() => continue,
                None => {
                    let bytes = encode_matrix(job.level, dtype, &weights, moments);
                    TuneFormat::Blocks { dtype, bytes }
                }
            };
            matrices.push(TuneMatrix { slot, format });
            indices.push(index);
        }
        let data =
            TuneData { inputs: job.quantized.stream(), targets: targets.stream(), lengths, columns: None };
        let tuned = tune(&layer, &matrices, &data, &TuneOptions::default(), &(), job.cancel)?;
        for (index, (_, codes)) in indices.into_iter().zip(tuned.codes) {
            match codes {
                TunedCodes::Blocks { dtype, bytes } => job.tensors.replace(index, dtype, bytes),
                TunedCodes::Groups { grid, indices } => {
                    let (n_cols, dtype) = (grid.n_cols(), job.dtypes[index]);
                    let value =
                        |(at, level): (usize, &u8)| grid.value(at / n_cols, at % n_cols, usize::from(*level));
                    let values: Vec<f32> = indices.iter().enumerate().map(value).collect();
                    let mut bytes = vec![0; job.tensors.raw_bytes(index, dtype)];
                    quantize(job.level, dtype, &values, None, &mut bytes);
                    job.tensors.replace(index, dtype, bytes);
                }
            }
        }
        Ok(())
    }
}
