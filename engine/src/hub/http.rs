//! HTTP requests to the Hub: token, redirections, retries, and the meaning of statuses.
//!
//! The token is sent to the Hub's own address and nowhere else: redirections, as to the content delivery network, are followed
//! here and not by the client, and never from an encrypted address to an unencrypted one.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{
    AUTHORIZATION, ETAG, HeaderMap, HeaderValue, IF_RANGE, LINK, LOCATION, RANGE, RETRY_AFTER,
};
use reqwest::{Client, Response, StatusCode, Url, redirect};
use serde::de::DeserializeOwned;
use tokio::runtime::Runtime;

use super::cancel_scope::{CancelScope, Interrupted};
use super::download::checksum::Digest;
use super::error::Error;
use super::file::RepoFile;
use super::name::{Checksum, RepoId, RepoPath, Revision};
use super::retry::{Backoff, RequestError, Retry};
use super::settings::{HubSettings, HubToken, RetryPolicy};

const USER_AGENT: &str = concat!("nibble/", env!("CARGO_PKG_VERSION"));
/// Largest number of redirections that are followed.
const MOST_HOPS: usize = 6;
/// Number of threads that read sockets; they do nothing else.
const THREADS: usize = 2;
/// Size limit in bytes of a response that is not a file: listings of large repositories are far smaller.
const LONGEST_ANSWER: usize = 64 << 20;

/// Largest number of characters of a server's message that are shown.
const LONGEST_MESSAGE: usize = 300;

/// HTTP client for the Hub; its threads end when it is dropped.
pub(super) struct Http {
    client: Client,
    runtime: Runtime,
    endpoint: Url,
    token: Option<(HeaderValue, HubToken)>,
    pub(super) retry_policy: RetryPolicy,
}

/// Subject of a request, which error messages name.
#[derive(Clone, Copy)]
pub(super) enum About<'a> {
    Search,
    Account,
    Revision(&'a RepoId, &'a Revision),
    File(&'a RepoId, &'a RepoPath),
}

/// A byte range of a file.
pub(super) struct Range<'a> {
    /// Offset of the first byte.
    pub(super) first: u64,
    /// Offset of the last byte; all following bytes if `None`.
    pub(super) last: Option<u64>,
    /// The server's validator of the version of the file.
    pub(super) validator: Option<&'a str>,
}

/// A response whose body is about to be read.
pub(super) struct Opened {
    pub(super) response: Response,
    pub(super) host: String,
    /// The Hub's checksum of the file.
    pub(super) linked: Option<Checksum>,
    /// The sending server's validator of this version of the file.
    pub(super) validator: Option<String>,
}

impl Http {
    pub(super) fn new(settings: &HubSettings) -> Result<Self, Error> {
        let bad_endpoint = || Error::Endpoint { endpoint: settings.endpoint.clone() };
        let endpoint = Url::parse(&settings.endpoint).ok();
        let endpoint = endpoint.filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
        // On a second call a provider is already installed, which works as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .redirect(redirect::Policy::none())
            .connect_timeout(settings.retry_policy.stall_timeout)
            .tcp_nodelay(true);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("nibble-hub")
            .enable_io()
            .enable_time()
            .build();
        let token = settings.token.clone().map(|token| {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
                .map_err(Error::TokenCharacters)?;
            value.set_sensitive(true);
            Ok::<_, Error>((value, token))
        });
        Ok(Self {
            client: client.build().map_err(Error::Client)?,
            runtime: runtime.map_err(Error::Threads)?,
            endpoint: endpoint.ok_or_else(bad_endpoint)?,
            token: token.transpose()?,
            retry_policy: settings.retry_policy,
        })
    }

    /// Whether requests carry a token.
    pub(super) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Runs `future` on this thread, while other threads read the sockets.
    pub(super) fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Builds an address below the Hub's from parts, which are percent-encoded.
    pub(super) fn address<'a>(&self, parts: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.endpoint.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(parts);
        }
        url
    }

    /// Parses an address of the Hub, as in its links to next pages.
    ///
    /// # Errors
    /// [`Error::Redirect`] if it belongs to another server.
    pub(super) fn own_address(&self, address: &str) -> Result<Url, Error> {
        let url = Url::parse(address).ok().filter(|url| url.origin() == self.endpoint.origin());
        url.ok_or_else(|| Error::Redirect { host: host_of(&self.endpoint), target: address.to_owned() })
    }

    /// Fetches JSON, with the address of the next page if there is one.
    pub(super) fn json<T: DeserializeOwned>(
        &self,
        url: &Url,
        about: About<'_>,
        wanted: &'static str,
        scope: &CancelScope<'_>,
    ) -> Result<(T, Option<Url>), Error> {
        self.retry(scope, async || {
            let mut opened = self.open(url, None, about, scope).await?;
            let next = next_page(opened.response.headers(), url)?;
            let body = self.body(&mut opened, scope).await?;
            let value = serde_json::from_slice(&body);
            Ok((value.map_err(|source| Error::Answer { host: opened.host, wanted, source })?, next))
        })
    }

    /// Fetches a small file and verifies its size and checksum.
    pub(super) fn bytes(
        &self,
        url: &Url,
        about: About<'_>,
        file: &RepoFile,
        scope: &CancelScope<'_>,
    ) -> Result<Vec<u8>, Error> {
        self.retry(scope, async || {
            let mut opened = self.open(url, None, about, scope).await?;
            let body = self.body(&mut opened, scope).await?;
            let mut digest = Digest::like(&file.checksum, file.size_bytes);
            digest.update(&body);
            let (expected, found, path) = (file.checksum, digest.finish(), file.path.clone());
            if found == expected {
                Ok(body)
            } else {
                Err(RequestError::retryable(Error::Damaged { expected, found, path }))
            }
        })
    }

    /// Fetches the byte range `wanted` of a file; if the server ignores `Range`, the leading bytes are read and discarded.
    pub(super) fn range(
        &self,
        url: &Url,
        about: About<'_>,
        file: &RepoFile,
        wanted: &std::ops::Range<u64>,
        scope: &CancelScope<'_>,
    ) -> Result<Vec<u8>, Error> {
        self.retry(scope, async || {
            let range =
                Range { first: wanted.start, last: Some(wanted.end.saturating_sub(1)), validator: None };
            let mut opened = self.open(url, Some(range), about, scope).await?;
            let is_part = opened.response.status() == StatusCode::PARTIAL_CONTENT;
            let mut skipped = if is_part { 0 } else { wanted.start };
            let n_bytes = wanted.end.saturating_sub(wanted.start);
            let mut bytes = Vec::new();
            while (bytes.len() as u64) < n_bytes
                && let Some(piece) = self.piece(&mut opened, scope).await?
            {
                let skip = skipped.min(piece.len() as u64);
                skipped -= skip;
                bytes.extend_from_slice(&piece[skip as usize..]);
            }
            let found = wanted.start + bytes.len() as u64;
            if found < wanted.end {
                let (host, path) = (opened.host, file.path.clone());
                return Err(RequestError::retryable(Error::Length {
                    host,
                    expected: wanted.end,
                    found,
                    path,
                }));
            }
            bytes.truncate(n_bytes as usize);
            Ok(bytes)
        })
    }

    /// Runs `attempt` until it succeeds or the retry policy is exhausted.
    fn retry<T>(
        &self,
        scope: &CancelScope<'_>,
        attempt: impl AsyncFn() -> Result<T, RequestError>,
    ) -> Result<T, Error> {
        self.block_on(async {
            let mut backoff = Backoff::new(self.retry_policy);
            loop {
                match attempt().await {
                    Ok(found) => return Ok(found),
                    Err(fault) => scope.pause(backoff.wait_after(fault)?).await?,
                }
            }
        })
    }

    /// Reads the body of a response that is not a large file.
    async fn body(&self, opened: &mut Opened, scope: &CancelScope<'_>) -> Result<Vec<u8>, RequestError> {
        let mut body = Vec::new();
        while let Some(piece) = self.piece(opened, scope).await? {
            if body.len() + piece.len() > LONGEST_ANSWER {
                return Err(Error::AnswerTooLong { host: opened.host.clone(), limit: LONGEST_ANSWER }.into());
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    /// Reads the next bytes of a response; `None` at its end.
    pub(super) async fn piece(
        &self,
        opened: &mut Opened,
        scope: &CancelScope<'_>,
    ) -> Result<Option<impl std::ops::Deref<Target = [u8]> + use<>>, RequestError> {
        let piece = scope.wait(opened.response.chunk(), self.retry_policy.stall_timeout).await;
        let piece = piece.map_err(|reason| self.interrupted(reason, &opened.host))?;
        piece.map_err(|source| {
            RequestError::retryable(Error::Connection { host: opened.host.clone(), source })
        })
    }

    /// Sends one request for `url` and follows redirections; a status other than success is an error.
    pub(super) async fn open(
        &self,
        url: &Url,
        range: Option<Range<'_>>,
        about: About<'_>,
        scope: &CancelScope<'_>,
    ) -> Result<Opened, RequestError> {
        let (mut url, mut linked) = (url.clone(), None);
        for _ in 0..MOST_HOPS {
            let host = host_of(&url);
            let sent = self.request(&url, range.as_ref()).send();
            let answer = scope.wait(sent, self.retry_policy.stall_timeout).await;
            let answer = answer.map_err(|reason| self.interrupted(reason, &host))?;
            let response = answer.map_err(|source| {
                RequestError::retryable(Error::Connection { host: host.clone(), source })
            })?;
            let headers = response.headers();
            if url.origin() == self.endpoint.origin() {
                let named = headers.get("x-linked-etag").or_else(|| headers.get(ETAG));
                linked = linked.or_else(|| Checksum::from_hex(plain_etag(named?.to_str().ok()?)));
            }
            if !response.status().is_redirection() {
                let validator = text(headers, &ETAG).filter(|etag| !etag.starts_with("W/"));
                return match self.fault_of(&response, &url, about) {
                    Some(fault) => Err(fault),
                    None => Ok(Opened { response, host, linked, validator }),
                };
            }
            let target = text(headers, &LOCATION).unwrap_or_default();
            url = match url.join(&target) {
                Ok(next) if next.scheme() == "https" || (next.scheme(), url.scheme()) == ("http", "http") => {
                    next
                }
                _ => return Err(Error::Redirect { host, target }.into()),
            };
        }
        Err(Error::Redirect { host: host_of(&self.endpoint), target: url.to_string() }.into())
    }

    fn request(&self, url: &Url, range: Option<&Range<'_>>) -> reqwest::RequestBuilder {
        let mut request = self.client.get(url.clone());
        if let Some((value, _)) = &self.token
            && url.origin() == self.endpoint.origin()
        {
            request = request.header(AUTHORIZATION, value.clone());
        }
        if let Some(range) = range {
            let last = range.last.map(|last| last.to_string()).unwrap_or_default();
            request = request.header(RANGE, format!("bytes={}-{last}", range.first));
            if let Some(validator) = range.validator {
                request = request.header(IF_RANGE, validator);
            }
        }
        request
    }

    fn interrupted(&self, reason: Interrupted, host: &str) -> RequestError {
        match reason {
            Interrupted::Cancelled => Error::Cancelled(crate::progress::Cancelled).into(),
            Interrupted::TimedOut => RequestError::retryable(Error::Stalled {
                host: host.to_owned(),
                seconds: self.retry_policy.stall_timeout.as_secs_f64(),
            }),
        }
    }

    /// The error for a status, if it is not success; 416 is left to the caller.
    fn fault_of(&self, response: &Response, url: &Url, about: About<'_>) -> Option<RequestError> {
        let (status, headers) = (response.status(), response.headers());
        if status.is_success() || status == StatusCode::RANGE_NOT_SATISFIABLE {
            return None;
        }
        let (host, code) = (host_of(url), status.as_u16());
        if matches!(code, 408 | 429 | 500 | 502 | 503 | 504) {
            let asked = self.retry_after(headers);
            let wait_secs = asked.map_or(0, |(secs, _)| secs);
            let retry = asked.map_or(Retry::Soon, |(_, wait)| Retry::After(wait));
            return Some(RequestError { error: Error::Busy { host, status: code, wait_secs }, retry });
        }
        let message = message_of(headers);
        let other = || match message.clone() {
            Some(message) => Error::Refusal { host: host_of(url), status: code, message },
            None => Error::Status { host: host_of(url), status: code, address: address_of(url) },
        };
        if matches!(code, 401 | 403) && url.origin() != self.endpoint.origin() {
            // The signed address has expired; the Hub issues a new one.
            return Some(RequestError::retryable(other()));
        }
        let reason = headers.get("x-error-code").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let repo = match about {
            About::Search | About::Account => None,
            About::Revision(repo, _) | About::File(repo, _) => Some(repo.clone()),
        };
        let error = match (code, reason, repo, about) {
            (401 | 403, "GatedRepo", Some(repo), _) => Error::Gated { repo },
            // Many servers have their own reasons, such as a disabled repository or a token without the right.
            (403, _, Some(repo), _) if message.is_none() => Error::Gated { repo },
            (401 | 404, "RepoNotFound", Some(repo), _) => Error::NoRepository { repo },
            (404, _, Some(repo), About::Revision(_, revision)) => {
                Error::NoRevision { repo, revision: revision.clone() }
            }
            (404, _, Some(repo), About::File(_, path)) => Error::NoFile { repo, path: path.clone() },
            (401, _, _, _) if self.has_token() => Error::TokenRefused,
            (401, _, Some(repo), _) => Error::NoRepository { repo },
            _ => other(),
        };
        Some(error.into())
    }

    /// Seconds of the Retry-After header, and the corresponding wait.
    fn retry_after(&self, headers: &HeaderMap) -> Option<(u64, Duration)> {
        let asked = text(headers, &RETRY_AFTER)?;
        let seconds = asked.trim().parse::<u64>().ok().or_else(|| {
            let until = DateTime::parse_from_rfc2822(asked.trim()).ok()?;
            u64::try_from(until.signed_duration_since(Utc::now()).num_seconds()).ok()
        })?;
        let count = u32::try_from(seconds).unwrap_or(u32::MAX);
        Some((seconds, self.retry_policy.retry_after_second.saturating_mul(count)))
    }
}

/// What the Hub says about a refusal, in one line of bounded length.
fn message_of(headers: &HeaderMap) -> Option<String> {
    let message = headers.get("x-error-message")?;
    let message = String::from_utf8_lossy(message.as_bytes());
    let line: String =
        message.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_MESSAGE).collect();
    Some(line.trim().to_owned()).filter(|line| !line.is_empty())
}

pub(super) fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The address without its query, which may contain a signature.
fn address_of(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.to_string()
}

fn text(headers: &HeaderMap, name: &reqwest::header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// An ETag without the prefix for weak validators and without quotes.
fn plain_etag(etag: &str) -> &str {
    etag.strip_prefix("W/").unwrap_or(etag).trim_matches('"')
}

/// Address of the next page in the `Link` header; `None` if there is none.
///
/// # Errors
/// [`Error::Redirect`] if it is on another server, where a list must not go on without the rest.
fn next_page(headers: &HeaderMap, url: &Url) -> Result<Option<Url>, Error> {
    let Some(links) = text(headers, &LINK) else { return Ok(None) };
    let Some(next) = links.split(',').find(|link| link.contains("rel=\"next\"")) else { return Ok(None) };
    let target =
        next.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(target, _)| target);
    match url.join(target) {
        // The same page again would go on forever.
        Ok(next) if next.origin() == url.origin() && next != *url => Ok(Some(next)),
        _ => Err(Error::Redirect { host: host_of(url), target: target.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_message_is_one_bounded_line() {
        let message = |value: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert("x-error-message", HeaderValue::from_bytes(value).unwrap());
            message_of(&headers)
        };
        assert_eq!(
            message(b"Repository disabled\tby its owner").as_deref(),
            Some("Repository disabled by its owner")
        );
        assert_eq!(message("x".repeat(5000).as_bytes()).map(|text| text.len()), Some(LONGEST_MESSAGE));
        assert_eq!(message(b"  "), None);
        assert_eq!(message_of(&HeaderMap::new()), None);
    }

    #[test]
    fn the_next_page_is_on_the_same_server_or_an_error() {
        let url = Url::parse("http://hub/api/models?x=1").unwrap();
        let next = |link: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(LINK, HeaderValue::from_static(link));
            next_page(&headers, &url)
                .map(|url| url.map(|url| url.to_string()))
                .map_err(|error| error.to_string())
        };
        assert_eq!(
            next("<http://hub/api/models?p=2>; rel=\"next\""),
            Ok(Some("http://hub/api/models?p=2".into()))
        );
        assert_eq!(next("</a>; rel=\"prev\", </b>; rel=\"next\""), Ok(Some("http://hub/b".into())));
        let elsewhere = next("<http://elsewhere/b>; rel=\"next\"").unwrap_err();
        assert!(elsewhere.contains("http://elsewhere/b, which is not an allowed address"), "{elsewhere}");
        assert_eq!(next("nothing"), Ok(None));
    }
}
