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
    /// Kind of model.
    pub kind: CatalogKind,
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
    /// Source of these facts.
    pub source: String,
    /// Date of the last comparison with the source, as year-month-day; `None` if there was none since the model was listed.
    #[serde(default)]
    pub checked: Option<String>,
}

/// Kind of a suggested model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CatalogKind {
    /// A model for all sorts of chats.
    General,
    /// A model that always reasons at length before it answers.
    Reasoning,
    /// A model for programs.
    Code,
}

#[derive(Deserialize)]
struct File {
    model: Vec<CatalogModel>,
}

/// The suggested models, strongest first.
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
        let repositories: HashSet<_> = models.iter().map(|model| &model.repository).collect();
        let names: HashSet<_> = models.iter().map(|model| &model.name).collect();
        assert_eq!((repositories.len(), names.len()), (models.len(), models.len()));
        for model in models {
            assert_eq!(RepoId::new(&model.repository).unwrap().as_str(), model.repository);
            assert!((0.1..15.0).contains(&model.billions), "{}", model.name);
            assert!((1024..=1 << 20).contains(&model.context), "{}", model.name);
            let is_date =
                |text: &str| text.len() == 10 && text.starts_with("20") && text.matches('-').count() == 2;
            assert!(
                !model.source.is_empty() && model.checked.as_deref().is_none_or(is_date),
                "{}",
                model.name
            );
            assert!(!model.good_at.is_empty() && !model.good_at.ends_with('.') && !model.license.is_empty());
        }
    }
}
