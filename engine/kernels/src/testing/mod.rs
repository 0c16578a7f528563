//! What tests share: random numbers, rows of weights, and the instruction sets and backends that a machine must have.

mod random;
mod requirement;
#[cfg(test)]
mod rows;

pub use random::Random;
pub use requirement::{BACKENDS, LEVELS, Unmet, check, check_environment};
#[cfg(test)]
pub(crate) use rows::{copy_scales, random_rows};

use crate::Level;
use crate::level::Kind;

/// The level of this kind for a test that cannot do without; `None` on a machine that lacks it, where the test ends untested.
///
/// # Panics
/// When `NIBBLE_REQUIRE_LEVELS` names the level and the machine lacks it.
pub fn need(kind: Kind) -> Option<Level> {
    let level = Level::available().into_iter().find(|level| level.kind() == kind);
    if level.is_none() {
        let required = std::env::var(LEVELS).unwrap_or_default();
        let is_required = required.split(',').any(|name| name.trim() == kind.name());
        assert!(!is_required, "{LEVELS} names {}, which this machine lacks", kind.name());
        report(kind);
    }
    level
}

/// Tells which level a test went without, for runs that show what passing tests print.
#[allow(clippy::print_stderr, reason = "what a machine lacks is reported, not passed in silence")]
fn report(kind: Kind) {
    eprintln!("not tested: this machine lacks {}", kind.name());
}

/// Checks the levels that `NIBBLE_REQUIRE_LEVELS` names.
///
/// # Errors
/// [`Unmet`] for a level that this machine lacks or that does not exist.
pub fn check_levels() -> Result<(), Unmet> {
    let present: Vec<_> = Level::available().into_iter().map(Level::name).collect();
    check_environment(LEVELS, &Kind::ALL.map(Kind::name), &present)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_levels_that_this_run_requires_are_here() {
        check_levels().unwrap_or_else(|unmet| panic!("{unmet}"));
    }

    #[test]
    fn a_level_is_handed_out_if_the_machine_has_it() {
        for level in Level::available() {
            assert_eq!(need(level.kind()), Some(level));
        }
    }
}
