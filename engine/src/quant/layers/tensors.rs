//! The tensors of one layer, held in memory as a model of this layer alone.

use std::borrow::Cow;
use std::io;
use std::ops::Range;

use nibble_kernels::decode::decode_row;
use nibble_kernels::{Level, quantize};

use crate::backend::{self, Decoder, DecoderSpec, Error, RunOptions, TensorRole, TensorSlot};
use crate::base::{DType, TensorMeta, TensorSource};
use crate::progress::Cancel;
use crate::quant::deviation::SquaredSums;

/// The tensors of one layer, as a source of a model that has this layer alone.
///
/// Embedding and output norm are stand-ins: such a model is fed with hidden states.
#[derive(Clone, Debug)]
pub struct LayerTensors {
    spec: DecoderSpec,
    /// Index of the layer in the whole model.
    layer: usize,
    tensors: Vec<TensorMeta>,
    bytes: Vec<Vec<u8>>,
    /// For each tensor that the whole model has too, its role and its index there.
    origins: Vec<(TensorRole, usize)>,
    /// For each of these, how far its encoding is from the weights before.
    deviations: Vec<SquaredSums>,
}

impl LayerTensors {
    /// Reads the tensors that layer `layer` of `spec` uses.
    ///
    /// # Errors
    /// When reading fails, with the name of the tensor.
    pub fn read(
        spec: &DecoderSpec,
        layer: usize,
        source: &dyn TensorSource,
    ) -> Result<Self, (String, io::Error)> {
        let alone = DecoderSpec { layers: vec![spec.layers[layer].clone()], vocab_size: 1, ..spec.clone() };
        let is_used = |slot: &&TensorSlot| slot.layer == Some(layer) || slot.role == TensorRole::RopeFactors;
        let whole = spec.tensors();
        let used = alone.tensors();
        let inside = used.iter().filter(|slot| slot.layer.is_some() || slot.role == TensorRole::RopeFactors);
        let mut read = Self {
            spec: alone.clone(),
            layer,
            tensors: vec![],
            bytes: vec![],
            origins: vec![],
            deviations: vec![],
        };
        for (slot, original) in inside.zip(whole.iter().filter(is_used)) {
            let Some(index) = source.find(&original.name) else { continue };
            let found = &source.tensors()[index];
            let rows = 0..found.n_rows();
            let bytes = source.read_rows(index, rows.clone()).map_err(|error| (found.name.clone(), error))?;
            read.bytes.push(bytes.into_owned());
            source.release_rows(index, rows);
            read.tensors.push(TensorMeta { name: slot.name.clone(), ..found.clone() });
            read.origins.push((original.role, index));
            read.deviations.push(SquaredSums::default());
        }
        for (name, shape, value) in [
            ("token_embd.weight", vec![1, spec.d_model], 0.0_f32),
            (&format!("{}.weight", spec.output_norm), vec![spec.d_model], 1.0),
        ] {
            read.bytes.push(value.to_le_bytes().repeat(spec.d_model));
            read.tensors.push(TensorMeta { name: name.to_owned(), shape, dtype: DType::F32 });
        }
        Ok(read)
    }

    /// Index of the layer in the whole model.
    pub fn layer(&self) -> usize {
        self.layer
    }

    /// The specification of the model of this layer alone.
    pub fn spec(&self) -> &DecoderSpec {
        &self.spec
    }

    /// Number of tensors that the whole model has too; they come first.
    pub fn len(&self) -> usize {
        self.origins.len()
    }

    /// Whether the layer has no tensors.
    pub fn is_empty(&self) -> bool {
        self.origins.is_empty()
    }

    /// Index in the whole model of the tensor at `index`.
    pub fn origin(&self, index: usize) -> usize {
        self.origins[index].1
    }

    /// Role of the tensor at `index`.
    pub fn role(&self, index: usize) -> TensorRole {
        self.origins[index].0
    }

    /// The tensor at `index`.
    pub fn meta(&self, index: usize) -> &TensorMeta {
        &self.tensors[index]
    }

    /// The raw bytes of the tensor at `index`.
    pub fn raw(&self, index: usize) -> &[u8] {
        &self.bytes[index]
    }

    /// Size in bytes of the tensor at `index` as `dtype`.
    pub fn raw_bytes(&self, index: usize, dtype: DType) -> usize {
        TensorMeta { dtype, ..self.tensors[index].clone() }.n_bytes()
    }

    /// The weights of the tensor at `index`, row by row.
    pub fn weights(&self, index: usize) -> Vec<f32> {
        let mut weights = vec![0.0; self.tensors[index].n_elements()];
        decode_row(self.tensors[index].dtype, &self.bytes[index], &mut weights);
        weights
    }

    /// Replaces the tensor at `index` by its encoding as `dtype`.
    ///
    /// # Panics
    /// When `bytes` are not those of the tensor's shape.
    pub fn replace(&mut self, index: usize, dtype: DType, bytes: Vec<u8>) {
        if dtype != DType::F32 {
            self.deviations[index] = SquaredSums::of(dtype, &self.weights(index), &bytes);
        }
        self.tensors[index].dtype = dtype;
        assert_eq!(bytes.len(), self.tensors[index].n_bytes(), "{}", self.tensors[index].name);
        self.bytes[index] = bytes;
    }

    /// Replaces the tensor at `index` by `values` of a number format, stored as `dtype`, which holds them.
    ///
    /// # Panics
    /// When `values` are not those of the tensor's shape.
    pub fn replace_rounded(&mut self, index: usize, dtype: DType, values: &[f32]) {
        let n_bytes = TensorMeta { dtype, ..self.tensors[index].clone() }.n_bytes();
        let mut bytes = vec![0; n_bytes];
        quantize(Level::best(), dtype, values, None, &mut bytes);
        let deviation = SquaredSums::of(dtype, &self.weights(index), &bytes);
        self.replace(index, dtype, bytes);
        self.deviations[index] = deviation;
    }

    /// How far the encoding of the tensor at `index` is from the weights that it was made of.
    pub(in crate::quant) fn deviation(&self, index: usize) -> SquaredSums {
        self.deviations[index]
    }

    /// Replaces the weights of the tensor at `index`, in f32.
    ///
    /// # Panics
    /// When `weights` are not those of the tensor's shape.
    pub fn replace_weights(&mut self, index: usize, weights: &[f32]) {
        self.replace(index, DType::F32, weights.iter().flat_map(|weight| weight.to_le_bytes()).collect());
    }

    /// Index of the tensor with this role.
    pub fn find_role(&self, role: TensorRole) -> Option<usize> {
        self.origins.iter().position(|(found, _)| *found == role)
    }

    /// Loads the layer for running it on hidden states.
    ///
    /// # Errors
    /// The errors of [`crate::backend::Backend::load`].
    pub fn load(&self, run: &RunOptions, cancel: &Cancel) -> Result<Box<dyn Decoder>, Error> {
        backend::preferred().load(self.spec.clone(), self, run, &(), cancel)
    }
}

impl TensorSource for LayerTensors {
    fn tensors(&self) -> &[TensorMeta] {
        &self.tensors
    }

    fn read_rows(&self, index: usize, rows: Range<usize>) -> io::Result<Cow<'_, [u8]>> {
        let row = self.bytes[index].len() / self.tensors[index].n_rows();
        Ok(Cow::Borrowed(&self.bytes[index][rows.start * row..rows.end * row]))
    }
}
