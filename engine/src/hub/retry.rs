//! How often a request is tried, and how long is waited in between.

use std::time::Duration;

use super::error::Error;
use super::settings::RetryPolicy;

/// Why one try brought nothing.
pub(super) struct RequestError {
    pub(super) error: Error,
    pub(super) retry: Retry,
}

/// Whether another try can help.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Retry {
    Never,
    /// After the usual wait.
    Soon,
    /// After the time that the server asks for.
    After(Duration),
}

impl<E: Into<Error>> From<E> for RequestError {
    fn from(error: E) -> Self {
        Self { error: error.into(), retry: Retry::Never }
    }
}

impl RequestError {
    pub(super) fn retryable(error: Error) -> Self {
        Self { error, retry: Retry::Soon }
    }
}

/// Counts tries that brought nothing, and how long to wait after each.
pub(super) struct Backoff {
    patience: RetryPolicy,
    failed: u32,
}

impl Backoff {
    pub(super) fn new(patience: RetryPolicy) -> Self {
        Self { patience, failed: 0 }
    }

    /// Something came, so that the counting starts over.
    pub(super) fn progressed(&mut self) {
        self.failed = 0;
    }

    /// How long to wait after `fault`.
    ///
    /// # Errors
    /// The fault's own, when no further try is to be made.
    pub(super) fn wait_after(&mut self, fault: RequestError) -> Result<Duration, Error> {
        self.failed += 1;
        if self.failed >= self.patience.tries {
            return Err(fault.error);
        }
        let usual = self.patience.first_wait.saturating_mul(1 << (self.failed - 1).min(16));
        match fault.retry {
            Retry::Never => Err(fault.error),
            Retry::Soon => Ok(usual.min(self.patience.longest_wait)),
            Retry::After(asked) if asked > self.patience.longest_wait => Err(fault.error),
            Retry::After(asked) => Ok(asked.max(usual.min(self.patience.longest_wait))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_honour_the_server_and_end() {
        let patience = RetryPolicy {
            tries: 4,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(10),
            ..RetryPolicy::default()
        };
        let fault = |retry| RequestError { error: Error::TokenRefused, retry };
        let mut tries = Backoff::new(patience);
        assert_eq!(tries.wait_after(fault(Retry::Soon)).ok(), Some(Duration::from_secs(1)));
        assert_eq!(tries.wait_after(fault(Retry::Soon)).ok(), Some(Duration::from_secs(2)));
        let asked = Retry::After(Duration::from_secs(7));
        assert_eq!(tries.wait_after(fault(asked)).ok(), Some(Duration::from_secs(7)));
        assert!(tries.wait_after(fault(Retry::Soon)).is_err());
        tries.progressed();
        assert_eq!(tries.wait_after(fault(Retry::Soon)).ok(), Some(Duration::from_secs(1)));
        assert!(tries.wait_after(fault(Retry::After(Duration::from_secs(11)))).is_err());
        assert!(tries.wait_after(fault(Retry::Never)).is_err());
    }
}
