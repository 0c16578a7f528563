//! The list of backends.
//!
//! A new backend is a folder here with an implementation of [`Backend`], and a row in [`ALL`].

#[cfg(feature = "candle")]
use super::candle::CandleBackend;
use super::cpu::CpuBackend;
use super::device::Backend;
use super::error::Error;
#[cfg(not(feature = "candle"))]
use super::not_built_in::NotBuiltIn;

/// All backends, the preferred one first.
const ALL: &[&dyn Backend] = &[
    &CpuBackend,
    #[cfg(feature = "candle")]
    &CandleBackend,
    #[cfg(not(feature = "candle"))]
    &NotBuiltIn("candle"),
];

/// All backends, the preferred one first.
pub fn all() -> &'static [&'static dyn Backend] {
    ALL
}

/// The backend that runs a model unless another is requested.
pub fn preferred() -> &'static dyn Backend {
    ALL[0]
}

/// The backend named `name`.
///
/// # Errors
/// [`Error::NoBackend`] with the names of all backends.
pub fn by_name(name: &str) -> Result<&'static dyn Backend, Error> {
    let known = || ALL.iter().map(|backend| backend.name()).collect();
    let found = ALL.iter().copied().find(|backend| backend.name() == name);
    found.ok_or_else(|| Error::NoBackend { name: name.to_owned(), known: known() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::not_built_in::NotBuiltIn;
    use crate::backend::testing::TinyModel;
    use crate::backend::{Decoder, DecoderSpec, RunOptions};
    use crate::progress::Cancel;

    fn load(backend: &dyn Backend, run: RunOptions) -> Result<Box<dyn Decoder>, Error> {
        let model = TinyModel::new(DecoderSpec::tiny(), false);
        backend.load(model.spec.clone(), &model, &run, &(), &Cancel::new())
    }

    #[test]
    fn every_backend_is_found_by_its_name_and_runs_on_its_devices() {
        for backend in all() {
            assert_eq!(by_name(backend.name()).unwrap().name(), backend.name());
            let n_devices = backend.devices().len();
            for device in 0..n_devices {
                assert!(load(*backend, RunOptions { device, ..RunOptions::new(1) }).is_ok());
            }
            let absent = load(*backend, RunOptions { device: n_devices, ..RunOptions::new(1) });
            match absent.err() {
                Some(Error::NoDevice { device, .. }) => assert_eq!(device, n_devices),
                Some(Error::NotBuiltIn { name }) => assert_eq!((name, n_devices), (backend.name(), 0)),
                other => panic!("{}: {other:?}", backend.name()),
            }
        }
    }

    #[test]
    fn the_backends_that_this_run_requires_are_here() {
        crate::backend::testing::check_backends().unwrap_or_else(|unmet| panic!("{unmet}"));
    }

    #[test]
    fn a_backend_that_is_not_there_is_named() {
        let error = by_name("abacus").unwrap_err().to_string();
        assert_eq!(error, "there is no backend called abacus; there are cpu, candle");
        let error = load(&NotBuiltIn("abacus"), RunOptions::new(1)).err().unwrap().to_string();
        assert_eq!(error, "this program was built without the backend abacus");
    }

    #[test]
    fn a_model_takes_what_was_predicted() {
        let model = TinyModel::new(DecoderSpec::tiny(), true);
        let built_in: Vec<_> = all().iter().filter(|backend| !backend.devices().is_empty()).collect();
        assert!(!built_in.is_empty(), "no backend");
        for backend in built_in {
            let run = RunOptions::new(1);
            let bound = crate::backend::bind(&model.spec, &model.tensors).unwrap();
            let need = backend.need(&model.spec, &bound, &run, 300);
            let loaded = load_model(*backend, &model, &run);
            assert!(loaded.weights_bytes().abs_diff(need.weights_bytes) * 20 < need.weights_bytes);
            let longer = backend.need(&model.spec, &bound, &run, 600);
            assert!(longer.state_bytes > need.state_bytes && longer.weights_bytes == need.weights_bytes);
        }
    }

    fn load_model(backend: &dyn Backend, model: &TinyModel, run: &RunOptions) -> Box<dyn Decoder> {
        backend.load(model.spec.clone(), model, run, &(), &Cancel::new()).unwrap()
    }
}
