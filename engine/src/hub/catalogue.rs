//! Models to begin with: the list in `assets/catalogue.toml`, which is part of the program.

use std::sync::LazyLock;

use serde::Deserialize;

const TEXT: &str = include_str!("../../../assets/catalogue.toml");

/// A model that Nibble suggests.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueModel {
    /// Its repository.
    pub repository: String,
    /// Its name for people.
    pub name: String,
    /// What to take it for.
    pub good_at: String,
    /// `model_type` of its `config.json`.
    pub architecture: String,
    /// Parameters, in 10⁹.
    pub billions: f64,
    /// Longest context, in tokens.
    pub context: usize,
    /// Licence, as the Hub spells it.
    pub licence: String,
    /// Whether one must agree to the licence on the Hub first.
    pub gated: bool,
}

#[derive(Deserialize)]
struct File {
    model: Vec<CatalogueModel>,
}

/// The models that Nibble suggests, smallest first.
pub fn catalogue() -> &'static [CatalogueModel] {
    static MODELS: LazyLock<Vec<CatalogueModel>> = LazyLock::new(|| {
        toml::from_str::<File>(TEXT)
            .expect("a test reads the catalogue as it was when the program was built")
            .model
    });
    &MODELS
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::hub::RepoId;

    #[test]
    fn entries_are_whole_ordered_and_each_there_once() {
        let models = catalogue();
        assert!(models.len() >= 20);
        assert!(models.is_sorted_by_key(|model| model.billions));
        let repositories: HashSet<_> = models.iter().map(|model| &model.repository).collect();
        let names: HashSet<_> = models.iter().map(|model| &model.name).collect();
        assert_eq!((repositories.len(), names.len()), (models.len(), models.len()));
        for model in models {
            assert_eq!(RepoId::new(&model.repository).unwrap().as_str(), model.repository);
            assert!((0.1..15.0).contains(&model.billions), "{}", model.name);
            assert!((1024..=1 << 20).contains(&model.context), "{}", model.name);
            assert!(!model.good_at.is_empty() && !model.good_at.ends_with('.') && !model.licence.is_empty());
        }
    }
}
