//! Memory that a model needs, by parts, computed before it is loaded, and the available memory.
//!
//! The parts are computed by the code that allocates them. A load that would not fit is refused with these figures, so that the
//! user can choose a smaller context or fewer bits, or load anyway.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::advice::{PROGRAM_BYTES, Setting, advise_model};
use super::error::Error;
use crate::backend::{self, Bound, DecoderSpec, MemoryParts, RunOptions, bind};
use crate::base::Size;
use crate::models::Model;
use crate::quant::Precision;

/// Step of offered contexts in tokens.
const CONTEXT_STEP: usize = 256;

/// Memory that a model needs, by parts, and the available memory; displayed as a sentence that says what would fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryNeed {
    /// Path of the model.
    pub path: PathBuf,
    /// Requested context in tokens.
    pub context: usize,
    /// Memory of the packed weights in bytes.
    pub weights_bytes: u64,
    /// Memory of the full KV cache in bytes.
    pub cache_bytes: u64,
    /// Memory of the decoder's buffers in bytes.
    pub buffers_bytes: u64,
    /// Memory of the program itself and the tokenizer, in bytes.
    pub program_bytes: u64,
    /// Available memory in bytes; 0 if the system does not report it.
    pub available_bytes: u64,
    /// The longest context with which the model would fit, if any; at most the model's own.
    pub fitting_context: Option<usize>,
    /// The best precision at which the model would fit with the requested context, if any.
    pub fitting_precision: Option<Precision>,
}

impl fmt::Display for MemoryNeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, context) = (self.path.display(), self.context);
        let (needed, available) = (Size(self.total_bytes()), Size(self.available_bytes));
        write!(
            f,
            "{path} needs {needed} of memory with a context of {context} tokens, and {available} are available"
        )?;
        if let Some(context) = self.fitting_context {
            write!(f, "; a context of {context} tokens would fit")?;
        }
        if let Some(precision) = self.fitting_precision {
            write!(f, "; quantized to {} it would fit", precision.name())?;
        }
        Ok(())
    }
}

impl MemoryNeed {
    /// Computes the memory of `model`, whose decoder is `spec`, in this setting.
    ///
    /// # Errors
    /// [`Error::Model`] when it cannot run at all.
    pub fn of(model: &Model, spec: &DecoderSpec, setting: &Setting) -> Result<Self, Error> {
        let Setting { context, run, memory, .. } = *setting;
        let tensors = bind(spec, model.source().tensors())?;
        let parts = backend::preferred().need(spec, &tensors, &run, context);
        let MemoryParts { weights_bytes, state_bytes, copies_bytes, buffers_bytes, .. } = parts;
        let available_bytes = memory.available_bytes;
        let mut need = Self {
            path: model.path().to_owned(),
            context,
            weights_bytes,
            cache_bytes: state_bytes + copies_bytes,
            buffers_bytes,
            program_bytes: PROGRAM_BYTES,
            available_bytes,
            fitting_context: None,
            fitting_precision: None,
        };
        if !need.fits() {
            need.fitting_context = need.longest_context(spec, &tensors, &run);
            let smaller = advise_model(model, setting)?.into_iter().find(|advice| {
                advice.memory_bytes <= available_bytes && advice.weights_bytes < need.weights_bytes
            });
            need.fitting_precision = smaller.map(|advice| advice.precision);
        }
        Ok(need)
    }

    /// Sum of all parts in bytes.
    pub fn total_bytes(&self) -> u64 {
        self.weights_bytes + self.cache_bytes + self.buffers_bytes + self.program_bytes
    }

    /// Whether the needed memory is available; true if the system does not report it.
    pub fn fits(&self) -> bool {
        self.available_bytes == 0 || self.total_bytes() <= self.available_bytes
    }

    /// The longest context that fits, in steps, shorter than the requested one.
    fn longest_context(&self, spec: &DecoderSpec, tensors: &Bound<'_>, run: &RunOptions) -> Option<usize> {
        let fits = |steps: usize| {
            let parts = backend::preferred().need(spec, tensors, run, steps * CONTEXT_STEP);
            self.weights_bytes + parts.sequence_bytes() + self.program_bytes <= self.available_bytes
        };
        // What a context takes grows with its length. More than the model was made for is of no use.
        let most = (spec.context_length / CONTEXT_STEP).max(1) + 1;
        let (mut enough, mut too_many) = (0, self.context.div_ceil(CONTEXT_STEP).min(most));
        while too_many - enough > 1 {
            let middle = usize::midpoint(enough, too_many);
            if fits(middle) {
                enough = middle;
            } else {
                too_many = middle;
            }
        }
        (enough > 0).then_some(enough * CONTEXT_STEP)
    }
}
