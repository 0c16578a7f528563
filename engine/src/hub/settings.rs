//! Where the Hub is, who asks, and where downloads go: the environment variables that every Hugging Face tool reads.
//!
//! | variable | what it sets |
//! | --- | --- |
//! | `HF_ENDPOINT` | address of the Hub or of a mirror |
//! | `HF_HUB_CACHE`, before it `HUGGINGFACE_HUB_CACHE` | folder of the downloads |
//! | `HF_HOME`, `XDG_CACHE_HOME` | the folder above it |
//! | `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN` | the token itself |
//! | `HF_TOKEN_PATH` | a file with the token; `HF_HOME/token` otherwise |
//! | `HF_HUB_DISABLE_IMPLICIT_TOKEN` | send no token |
//! | `HF_HUB_OFFLINE`, `TRANSFORMERS_OFFLINE` | ask nobody |
//! | `HF_HUB_DOWNLOAD_TIMEOUT` | seconds without a byte before a connection is given up |
//!
//! Source: huggingface_hub, `constants.py` and the page "Environment variables" of its documentation.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::Error;

const DEFAULT_ENDPOINT: &str = "https://huggingface.co";

/// How Nibble talks to the Hub.
#[derive(Clone, Debug)]
pub struct HubSettings {
    /// Address of the Hub, without a slash at its end.
    pub endpoint: String,
    /// Folder of the shared cache.
    pub cache: PathBuf,
    /// Who asks; some models are given only to those who agreed to their licence.
    pub token: Option<HubToken>,
    /// Whether nobody may be asked.
    pub offline: bool,
    /// How long to wait, and how often to try again.
    pub patience: RetryPolicy,
}

/// A token of the Hub; it is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct HubToken(String);

/// How long to wait, and how often to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Tries of one request that bring nothing, before it fails.
    pub tries: u32,
    /// Wait before the second try; each further one is twice as long.
    pub first_wait: Duration,
    /// Longest wait, also if the server asks for a longer one; then the request fails and says so.
    pub longest_wait: Duration,
    /// What a second of a server's Retry-After counts as; tests make it shorter.
    pub retry_after_second: Duration,
    /// Longest time without a byte.
    pub stall: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            tries: 6,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_mins(2),
            retry_after_second: Duration::from_secs(1),
            stall: Duration::from_secs(30),
        }
    }
}

impl HubToken {
    /// A token, if `text` has more than spaces.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The token itself, for the one header it belongs into.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for HubToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HubToken(…)")
    }
}

impl HubSettings {
    /// What the environment says.
    ///
    /// # Errors
    /// [`Error::NoHome`] where neither the environment nor the system names a folder.
    pub fn from_environment() -> Result<Self, Error> {
        let home = directories::BaseDirs::new().map(|folders| folders.home_dir().to_path_buf());
        Self::from_variables(&|name| std::env::var_os(name), home.as_deref())
    }

    /// What the variables that `lookup` finds say, with `home` as the person's folder.
    ///
    /// # Errors
    /// [`Error::NoHome`] where neither names a folder.
    pub fn from_variables(
        lookup: &dyn Fn(&str) -> Option<OsString>,
        home: Option<&Path>,
    ) -> Result<Self, Error> {
        let set = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let text = |name: &str| set(name).and_then(|value| value.into_string().ok());
        let path = |name: &str| set(name).map(|value| expand_home(PathBuf::from(value), home));
        let on = |name: &str| text(name).is_some_and(|value| is_on(&value));

        let of_home = || {
            path("XDG_CACHE_HOME")
                .or_else(|| home.map(|home| home.join(".cache")))
                .map(|cache| cache.join("huggingface"))
        };
        let hf_home = path("HF_HOME").or_else(of_home);
        let in_home = |name: &str| hf_home.as_ref().map(|home| home.join(name));
        let cache = path("HF_HUB_CACHE").or_else(|| path("HUGGINGFACE_HUB_CACHE")).or_else(|| in_home("hub"));
        let token = text("HF_TOKEN").or_else(|| text("HUGGING_FACE_HUB_TOKEN")).or_else(|| {
            let file = path("HF_TOKEN_PATH").or_else(|| in_home("token"))?;
            std::fs::read_to_string(file).ok()
        });
        let mut patience = RetryPolicy::default();
        if let Some(seconds) = text("HF_HUB_DOWNLOAD_TIMEOUT").and_then(|value| value.parse().ok()) {
            patience.stall = Duration::from_secs(seconds);
        }
        let endpoint = text("HF_ENDPOINT").unwrap_or_else(|| DEFAULT_ENDPOINT.to_owned());
        Ok(Self {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            cache: cache.ok_or(Error::NoHome)?,
            token: token
                .filter(|_| !on("HF_HUB_DISABLE_IMPLICIT_TOKEN"))
                .and_then(|token| HubToken::new(&token)),
            offline: on("HF_HUB_OFFLINE") || on("TRANSFORMERS_OFFLINE"),
            patience,
        })
    }
}

/// As huggingface_hub reads switches.
fn is_on(value: &str) -> bool {
    ["1", "ON", "YES", "TRUE"].contains(&value.to_ascii_uppercase().as_str())
}

fn expand_home(path: PathBuf, home: Option<&Path>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(variables: &[(&str, &str)]) -> HubSettings {
        let lookup = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value))
        };
        HubSettings::from_variables(&lookup, Some(Path::new("/home/someone"))).unwrap()
    }

    #[test]
    fn folders_are_those_of_the_python_library() {
        let cache = |variables: &[(&str, &str)]| settings(variables).cache;
        assert_eq!(cache(&[]), PathBuf::from("/home/someone/.cache/huggingface/hub"));
        assert_eq!(cache(&[("XDG_CACHE_HOME", "/x")]), PathBuf::from("/x/huggingface/hub"));
        assert_eq!(
            cache(&[("HF_HOME", "~/hf"), ("XDG_CACHE_HOME", "/x")]),
            PathBuf::from("/home/someone/hf/hub")
        );
        assert_eq!(cache(&[("HF_HUB_CACHE", "/c"), ("HF_HOME", "/h")]), PathBuf::from("/c"));
        assert_eq!(cache(&[("HUGGINGFACE_HUB_CACHE", "/old"), ("HF_HUB_CACHE", "")]), PathBuf::from("/old"));
    }

    #[test]
    fn a_token_comes_from_the_variable_or_the_file_and_is_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("token"), "hf_file\n").unwrap();
        let home = folder.path().to_str().unwrap();
        assert_eq!(settings(&[("HF_HOME", home)]).token, HubToken::new("hf_file"));
        let both = settings(&[("HF_HOME", home), ("HF_TOKEN", " hf_own ")]);
        assert_eq!(both.token, HubToken::new("hf_own"));
        assert!(!format!("{both:?}").contains("hf_own"));
        assert_eq!(settings(&[("HF_TOKEN", "a"), ("HF_HUB_DISABLE_IMPLICIT_TOKEN", "yes")]).token, None);
    }

    #[test]
    fn switches_and_addresses() {
        assert!(settings(&[("HF_HUB_OFFLINE", "True")]).offline);
        assert!(settings(&[("TRANSFORMERS_OFFLINE", "1")]).offline);
        assert!(!settings(&[("HF_HUB_OFFLINE", "0")]).offline);
        assert_eq!(settings(&[]).endpoint, "https://huggingface.co");
        assert_eq!(settings(&[("HF_ENDPOINT", "http://mirror:8080/")]).endpoint, "http://mirror:8080");
        let stall = settings(&[("HF_HUB_DOWNLOAD_TIMEOUT", "7")]).patience.stall;
        assert_eq!(stall, Duration::from_secs(7));
    }
}
