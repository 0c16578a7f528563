//! Settings of the Hub from the environment variables that every Hugging Face tool reads: address, token, cache folder.
//!
//! | variable | meaning |
//! | --- | --- |
//! | `HF_ENDPOINT` | address of the Hub or of a mirror |
//! | `HF_HUB_CACHE`, before it `HUGGINGFACE_HUB_CACHE` | folder of the downloads |
//! | `HF_HOME`, `XDG_CACHE_HOME` | the parent folder of the cache |
//! | `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN` | the token itself |
//! | `HF_TOKEN_PATH` | a file with the token; `HF_HOME/token` otherwise |
//! | `HF_HUB_DISABLE_IMPLICIT_TOKEN` | if set, no token is sent |
//! | `HF_HUB_OFFLINE`, `TRANSFORMERS_OFFLINE` | if set, the network is not used (offline mode) |
//! | `HF_HUB_DOWNLOAD_TIMEOUT` | stall timeout in seconds |
//!
//! Source: huggingface_hub, `constants.py` and the page "Environment variables" of its documentation.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::Error;

const DEFAULT_ENDPOINT: &str = "https://huggingface.co";

/// Settings of the Hub client.
#[derive(Clone, Debug)]
pub struct HubSettings {
    /// Address of the Hub, without a trailing slash.
    pub endpoint: String,
    /// Folder of the shared cache.
    pub cache: PathBuf,
    /// Access token; some models require one whose user accepted the license.
    pub token: Option<HubToken>,
    /// Whether offline mode is set.
    pub offline: bool,
    /// Retry policy of requests.
    pub retry_policy: RetryPolicy,
}

/// Access token of the Hub; never displayed or logged.
#[derive(Clone, PartialEq, Eq)]
pub struct HubToken(String);

/// Retry policy: number of attempts, backoff and stall timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Number of failed attempts of one request after which it fails.
    pub max_attempts: u32,
    /// Wait before the second attempt; doubled for each further one.
    pub first_backoff: Duration,
    /// Longest wait, in either case; if the server asks for a longer one, the request fails.
    pub max_backoff: Duration,
    /// Duration of one second of a server's Retry-After; tests shorten it.
    pub retry_after_second: Duration,
    /// Longest time without a received byte.
    pub stall_timeout: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 6,
            first_backoff: Duration::from_millis(500),
            max_backoff: Duration::from_mins(2),
            retry_after_second: Duration::from_secs(1),
            stall_timeout: Duration::from_secs(30),
        }
    }
}

impl HubToken {
    /// A token, if `text` is not blank.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The token itself, for the authorization header alone.
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
    /// Settings from the environment variables of the process.
    ///
    /// # Errors
    /// [`Error::NoHome`] where neither the environment nor the system names a home folder.
    pub fn from_environment() -> Result<Self, Error> {
        let home = directories::BaseDirs::new().map(|folders| folders.home_dir().to_path_buf());
        Self::from_variables(&|name| std::env::var_os(name), home.as_deref())
    }

    /// Settings from the variables that `lookup` returns, with `home` as the user's home folder.
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
        let mut retry_policy = RetryPolicy::default();
        if let Some(seconds) = text("HF_HUB_DOWNLOAD_TIMEOUT").and_then(|value| value.parse().ok()) {
            retry_policy.stall_timeout = Duration::from_secs(seconds);
        }
        let endpoint = text("HF_ENDPOINT").unwrap_or_else(|| DEFAULT_ENDPOINT.to_owned());
        Ok(Self {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            cache: cache.ok_or(Error::NoHome)?,
            token: token
                .filter(|_| !on("HF_HUB_DISABLE_IMPLICIT_TOKEN"))
                .and_then(|token| HubToken::new(&token)),
            offline: on("HF_HUB_OFFLINE") || on("TRANSFORMERS_OFFLINE"),
            retry_policy,
        })
    }
}

/// Parses a boolean variable as huggingface_hub does.
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
        let stall = settings(&[("HF_HUB_DOWNLOAD_TIMEOUT", "7")]).retry_policy.stall_timeout;
        assert_eq!(stall, Duration::from_secs(7));
    }
}
