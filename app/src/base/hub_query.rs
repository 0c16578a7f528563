//! A search for models on the Hub, as the user sets it up.

use nibble_engine::jobs::protocol::{SearchRequest, Sort};

/// Models that a search asks for at a time.
const AT_A_TIME: usize = 30;

/// A thousand million.
const BILLION: u64 = 1_000_000_000;

/// How large a model may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SizeLimit {
    /// Models of any size.
    #[default]
    Any,
    /// At most 1 billion weights.
    One,
    /// At most 4 billion.
    Four,
    /// At most 9 billion.
    Nine,
    /// At most 15 billion.
    Fifteen,
}

impl SizeLimit {
    /// All, the one without a limit first.
    pub const ALL: [Self; 5] = [Self::Any, Self::One, Self::Four, Self::Nine, Self::Fifteen];

    /// Largest number of parameters.
    pub fn most_parameters(self) -> Option<u64> {
        match self {
            Self::Any => None,
            Self::One => Some(BILLION),
            Self::Four => Some(4 * BILLION),
            Self::Nine => Some(9 * BILLION),
            Self::Fifteen => Some(15 * BILLION),
        }
    }
}

/// A query of the Hub's models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubQuery {
    /// Words of the name.
    pub text: String,
    /// Sort order of the results.
    pub sort: Sort,
    /// Limit of the model's size.
    pub size: SizeLimit,
    /// License, as the Hub spells it; any if `None`.
    pub license: Option<&'static str>,
    /// Only models that are not known not to run.
    pub only_runnable: bool,
}

impl Default for HubQuery {
    fn default() -> Self {
        Self {
            text: String::new(),
            sort: Sort::default(),
            size: SizeLimit::default(),
            license: None,
            only_runnable: true,
        }
    }
}

impl HubQuery {
    /// Licenses that can be asked for, as the Hub spells them.
    pub const LICENSES: [&'static str; 5] = ["apache-2.0", "mit", "llama3.2", "gemma", "qwen-research"];

    /// The engine's request for the page at `page`, or for the first one.
    pub fn request(&self, page: Option<String>) -> SearchRequest {
        SearchRequest {
            text: self.text.trim().to_owned(),
            sort: self.sort,
            license: self.license.map(str::to_owned),
            most_parameters: self.size.most_parameters(),
            only_runnable: self.only_runnable,
            limit: AT_A_TIME,
            page,
        }
    }
}
