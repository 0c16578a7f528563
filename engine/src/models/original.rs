//! The original of a model: what tells files made from one original from those of another, recorded in every quantized file.

use ring::digest::{Context, SHA256};

use super::error::Error;
use super::general::n_parameters;
use super::model::Model;
use crate::backend;
use crate::base::TensorSource;
use crate::base::hex::hex;

/// Key of the original's fingerprint in our files.
pub const FINGERPRINT_KEY: &str = "nibble.source.fingerprint";
/// Key of the original's repository on the Hub, as an address.
const REPOSITORY_KEY: &str = "general.source.repo_url";
/// Number of bytes of the fingerprint.
const FINGERPRINT_BYTES: usize = 16;
/// Largest number of bytes of a tensor that count for the fingerprint.
const SAMPLED_BYTES: usize = 4096;

/// The original that a model was made from, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// Display name of the original.
    pub name: String,
    /// Address of the original's repository on the Hub.
    pub repository: Option<String>,
    /// Fingerprint of the original's tensors, in hexadecimal; `None` if the file does not record it.
    pub fingerprint: Option<String>,
    /// GGUF's name of the architecture.
    architecture: String,
    /// Number of weights.
    n_parameters: u64,
}

impl Original {
    /// Whether both come from one original: from one repository, otherwise from the same weights, otherwise from models of the
    /// same name, architecture and size.
    pub fn is_same(&self, other: &Self) -> bool {
        if let (Some(one), Some(two)) = (&self.repository, &other.repository) {
            return one == two;
        }
        if let (Some(one), Some(two)) = (&self.fingerprint, &other.fingerprint) {
            return one == two;
        }
        self.is_alike(other)
    }

    /// Whether both have the same name, architecture and size, as two versions of one model have.
    pub fn is_alike(&self, other: &Self) -> bool {
        (&self.name, &self.architecture, self.n_parameters)
            == (&other.name, &other.architecture, other.n_parameters)
    }

    /// The repository, or the name of the original.
    pub fn title(&self) -> &str {
        let repository = self.repository.as_deref();
        repository
            .map_or(&self.name, |address| address.strip_prefix("https://huggingface.co/").unwrap_or(address))
    }
}

impl Model {
    /// The original that this model's metadata records.
    pub fn recorded_original(&self) -> Original {
        let text = |key: &str| self.metadata().optional::<&str>(key).ok().flatten().map(str::to_owned);
        Original {
            name: self.name().to_owned(),
            repository: text(REPOSITORY_KEY),
            fingerprint: text(FINGERPRINT_KEY),
            architecture: self.architecture().to_owned(),
            n_parameters: n_parameters(self.source()),
        }
    }

    /// The original of this model, with a fingerprint that is computed if the metadata has none: the SHA-256, cut to 128 bits, of
    /// names, shapes and types of all tensors and of each one's first bytes.
    ///
    /// # Errors
    /// [`Error::Tensor`] if a tensor cannot be read.
    pub fn original(&self) -> Result<Original, Error> {
        let mut original = self.recorded_original();
        if original.fingerprint.is_none() {
            original.fingerprint = Some(fingerprint(self.source())?);
        }
        Ok(original)
    }
}

fn fingerprint(source: &dyn TensorSource) -> Result<String, backend::Error> {
    let mut context = Context::new(&SHA256);
    for (index, tensor) in source.tensors().iter().enumerate() {
        context.update(format!("{} {:?} {}\n", tensor.name, tensor.shape, tensor.dtype.name()).as_bytes());
        let n_rows = tensor.n_rows().min(1);
        let bytes = source.read_rows(index, 0..n_rows);
        let bytes = bytes.map_err(|source| backend::Error::Read { name: tensor.name.clone(), source })?;
        context.update(&bytes[..bytes.len().min(SAMPLED_BYTES)]);
    }
    Ok(hex(&context.finish().as_ref()[..FINGERPRINT_BYTES]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(name: &str, repository: Option<&str>, fingerprint: Option<&str>) -> Original {
        Original {
            name: name.to_owned(),
            repository: repository.map(str::to_owned),
            fingerprint: fingerprint.map(str::to_owned),
            architecture: "llama".to_owned(),
            n_parameters: 7,
        }
    }

    #[test]
    fn one_repository_is_one_origin_and_equal_names_are_one_only_where_nothing_better_is_known() {
        let hub = |owner: &str, mark| origin("m", Some(&format!("https://huggingface.co/{owner}/m")), mark);
        assert!(hub("a", Some("1")).is_same(&hub("a", Some("2"))), "a later revision");
        assert!(!hub("a", Some("1")).is_same(&hub("b", Some("1"))));
        assert!(!origin("m", None, Some("1")).is_same(&origin("m", None, Some("2"))));
        assert!(origin("m", None, Some("1")).is_same(&origin("n", None, Some("1"))), "a folder was renamed");
        assert!(origin("m", None, Some("1")).is_same(&origin("m", None, None)), "a file of an older version");
        assert!(!origin("m", None, Some("1")).is_same(&origin("n", None, None)));
        assert_eq!(hub("a", None).title(), "a/m");
    }
}
