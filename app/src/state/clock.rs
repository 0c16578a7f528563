//! The time of day as it was handed in, and how long ago something was.

/// A moment, here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// Seconds of Unix time.
    pub unix_secs: i64,
    /// What local time is ahead of it.
    pub utc_offset_secs: i32,
}

/// Age of a chat, in coarse steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Age {
    /// Chats of today.
    Today,
    /// The day before.
    Yesterday,
    /// Within seven days.
    Week,
    /// Within thirty days.
    Month,
    /// Chats before that.
    Older,
}

impl Clock {
    const DAY_SECS: i64 = 86_400;

    /// Age of `unix_secs`; the future counts as today.
    pub fn age(self, unix_secs: i64) -> Age {
        match self.day(self.unix_secs) - self.day(unix_secs) {
            ..=0 => Age::Today,
            1 => Age::Yesterday,
            2..=7 => Age::Week,
            8..=30 => Age::Month,
            _ => Age::Older,
        }
    }

    /// The local day that it is, counted from 1970.
    pub fn today(self) -> i64 {
        self.day(self.unix_secs)
    }

    fn day(self, unix_secs: i64) -> i64 {
        unix_secs.saturating_add(self.utc_offset_secs.into()).div_euclid(Self::DAY_SECS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_at_local_midnight() {
        // One hour past midnight, two hours east of Greenwich.
        let clock = Clock { unix_secs: 20_000 * 86_400 - 3600, utc_offset_secs: 7200 };
        let ages = [0, 3601, 25 * 3600, 26 * 3600, 8 * 86_400, 9 * 86_400, 60 * 86_400];
        let expected =
            [Age::Today, Age::Yesterday, Age::Yesterday, Age::Week, Age::Month, Age::Month, Age::Older];
        assert_eq!(ages.map(|ago| clock.age(clock.unix_secs - ago)), expected);
        assert_eq!(clock.age(clock.unix_secs + 1_000_000), Age::Today);
    }
}
