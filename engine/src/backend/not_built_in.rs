//! List entry of a backend whose feature was disabled when the program was built.

use super::{Backend, Bound, Decoder, DecoderSpec, Device, Error, MemoryParts, RunOptions};
use crate::base::TensorSource;
use crate::progress::{Cancel, Observer};

/// A backend of this name that the program was built without.
#[derive(Debug)]
pub(super) struct NotBuiltIn(pub(super) &'static str);

impl Backend for NotBuiltIn {
    fn name(&self) -> &'static str {
        self.0
    }

    fn devices(&self) -> Vec<Device> {
        Vec::new()
    }

    fn need(&self, _: &DecoderSpec, _: &Bound<'_>, _: &RunOptions, _: usize) -> MemoryParts {
        MemoryParts::default()
    }

    fn load(
        &self,
        _: DecoderSpec,
        _: &dyn TensorSource,
        _: &RunOptions,
        _: &dyn Observer,
        _: &Cancel,
    ) -> Result<Box<dyn Decoder>, Error> {
        Err(Error::NotBuiltIn { name: self.0 })
    }
}
