//! The time of day, here.

use crate::state::Clock;

/// The time now and what it is ahead of Greenwich.
pub fn now() -> Clock {
    let now = chrono::Local::now();
    Clock { unix_secs: now.timestamp(), utc_offset_secs: now.offset().local_minus_utc() }
}
