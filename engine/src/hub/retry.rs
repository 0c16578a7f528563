//! Retry policy of requests: which errors are retried, and the backoff between attempts.

use std::time::Duration;

use super::error::Error;
use super::settings::RetryPolicy;

/// Error of one attempt, and whether it can be retried.
pub(super) struct RequestError {
    pub(super) error: Error,
    pub(super) retry: Retry,
}

/// Whether an error can be retried.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Retry {
    Never,
    /// Retry after the usual backoff.
    Soon,
    /// Retry after the time that the server requests.
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

/// Counter of failed attempts, which computes the backoff after each.
pub(super) struct Backoff {
    retry_policy: RetryPolicy,
    failed: u32,
}

impl Backoff {
    pub(super) fn new(retry_policy: RetryPolicy) -> Self {
        Self { retry_policy, failed: 0 }
    }

    /// Resets the counter after progress.
    pub(super) fn progressed(&mut self) {
        self.failed = 0;
    }

    /// The wait after a failed attempt.
    ///
    /// # Errors
    /// The attempt's own error, if it must not be retried.
    pub(super) fn wait_after(&mut self, fault: RequestError) -> Result<Duration, Error> {
        self.failed += 1;
        if self.failed >= self.retry_policy.max_attempts {
            return Err(fault.error);
        }
        let usual = self.retry_policy.first_backoff.saturating_mul(1 << (self.failed - 1).min(16));
        match fault.retry {
            Retry::Never => Err(fault.error),
            Retry::Soon => Ok(usual.min(self.retry_policy.max_backoff)),
            Retry::After(asked) if asked > self.retry_policy.max_backoff => Err(fault.error),
            Retry::After(asked) => Ok(asked.max(usual.min(self.retry_policy.max_backoff))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_honor_the_server_and_end() {
        let retry_policy = RetryPolicy {
            max_attempts: 4,
            first_backoff: Duration::from_secs(1),
            max_backoff: Duration::from_secs(10),
            ..RetryPolicy::default()
        };
        let fault = |retry| RequestError { error: Error::TokenRefused, retry };
        let mut backoff = Backoff::new(retry_policy);
        assert_eq!(backoff.wait_after(fault(Retry::Soon)).ok(), Some(Duration::from_secs(1)));
        assert_eq!(backoff.wait_after(fault(Retry::Soon)).ok(), Some(Duration::from_secs(2)));
        let asked = Retry::After(Duration::from_secs(7));
        assert_eq!(backoff.wait_after(fault(asked)).ok(), Some(Duration::from_secs(7)));
        assert!(backoff.wait_after(fault(Retry::Soon)).is_err());
        backoff.progressed();
        assert_eq!(backoff.wait_after(fault(Retry::Soon)).ok(), Some(Duration::from_secs(1)));
        assert!(backoff.wait_after(fault(Retry::After(Duration::from_secs(11)))).is_err());
        assert!(backoff.wait_after(fault(Retry::Never)).is_err());
    }
}
