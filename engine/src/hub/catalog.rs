//! Catalog of suggested models: the list in `assets/catalog.toml`, which is compiled into the program.

use std::sync::LazyLock;

use serde::Deserialize;

const TEXT: &str = include_str!("../../../assets/catalog.toml");

/// A suggested model of the catalog.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogModel {
    /// Repository of the model on the Hub.
    pub repository: String,
    /// Display name of the model.
    pub name: String,
    /// Recommended use of the model.
    pub good_at: String,
    /// Architecture: `model_type` of the `config.json`.
    pub architecture: String,
    /// Number of parameters, in 10⁹.
    pub billions: f64,
    /// Longest context, in tokens.
    pub context: usize,
    /// License in the Hub's spelling.
    pub license: String,
    /// Whether the license must be accepted on the Hub first.
    pub gated: bool,
}

#[derive(Deserialize)]
struct File {
    model: Vec<CatalogModel>,
}

/// The suggested models, smallest first.
pub fn catalog() -> &'static [CatalogModel] {
    static MODELS: LazyLock<Vec<CatalogModel>> =
        LazyLock::new(|| toml::from_str::<File>(TEXT).expect("a test parses the compiled-in catalog").model);
    &MODELS
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::hub::RepoId;

    #[test]
    fn entries_are_whole_ordered_and_each_there_once() {
        let models = catalog();
        assert!(models.len() >= 20);
        assert!(models.is_sorted_by_key(|model| model.billions));
        let repositories: HashSet<_> = models.iter().map(|model| &model.repository).collect();
        let names: HashSet<_> = models.iter().map(|model| &model.name).collect();
        assert_eq!((repositories.len(), names.len()), (models.len(), models.len()));
        for model in models {
            assert_eq!(RepoId::new(&model.repository).unwrap().as_str(), model.repository);
            assert!((0.1..15.0).contains(&model.billions), "{}", model.name);
            assert!((1024..=1 << 20).contains(&model.context), "{}", model.name);
            assert!(!model.good_at.is_empty() && !model.good_at.ends_with('.') && !model.license.is_empty());
        }
    }
}
