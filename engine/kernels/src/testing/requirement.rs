//! What a run of the tests must find on its machine: names in an environment variable, separated by commas.
//!
//! A machine that lacks an instruction set or a backend tests less, and would pass all the same. Where one of them must be tested,
//! the variable names it, and the run fails without it.

/// The environment variable that names the levels a run of the tests must have, such as `avx2,avx512`.
pub const LEVELS: &str = "NIBBLE_REQUIRE_LEVELS";

/// The environment variable that names the backends a run of the tests must have, such as `cpu,candle`.
pub const BACKENDS: &str = "NIBBLE_REQUIRE_BACKENDS";

/// A name that a run of the tests requires and does not find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// The environment variable that holds the name.
    pub variable: &'static str,
    /// The name that was not found.
    pub name: String,
    /// Whether something of this name exists, if not on this machine or in this build.
    pub is_known: bool,
    /// The names that would be found here, or exist at all if the name is unknown.
    pub choices: Vec<&'static str>,
}

impl std::fmt::Display for Unmet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { variable, name, is_known, choices } = self;
        let choices = choices.join(", ");
        if *is_known {
            write!(
                f,
                "{variable} names {name}, which is not on this machine or not built in; here are {choices}"
            )
        } else {
            write!(f, "{variable} names {name}, which does not exist; there are {choices}")
        }
    }
}

impl std::error::Error for Unmet {}

/// Checks that every name in `required`, a list separated by commas, is one of `present`.
///
/// # Errors
/// The first name that is not, and whether it is one of `known`.
pub fn check(
    variable: &'static str,
    required: &str,
    known: &[&'static str],
    present: &[&'static str],
) -> Result<(), Unmet> {
    for name in required.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        if !present.contains(&name) {
            let is_known = known.contains(&name);
            let choices = if is_known { present } else { known }.to_vec();
            return Err(Unmet { variable, name: name.to_owned(), is_known, choices });
        }
    }
    Ok(())
}

/// [`check`] with the names in the environment variable `variable`; nothing is required where it is not set.
///
/// # Errors
/// As [`check`]. A value that is not Unicode names nothing that exists.
pub fn check_environment(
    variable: &'static str,
    known: &[&'static str],
    present: &[&'static str],
) -> Result<(), Unmet> {
    let required = std::env::var_os(variable).unwrap_or_default();
    check(variable, &required.to_string_lossy(), known, present)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 3] = ["scalar", "avx2", "amx"];

    fn check_here(required: &str) -> Result<(), String> {
        check(LEVELS, required, &KNOWN, &KNOWN[..2]).map_err(|unmet| unmet.to_string())
    }

    #[test]
    fn names_that_are_here_are_enough() {
        for required in ["", "avx2", "avx2, scalar", ",avx2,"] {
            assert_eq!(check_here(required), Ok(()));
        }
    }

    #[test]
    fn a_name_that_is_missing_or_unknown_is_told() {
        let missing = "NIBBLE_REQUIRE_LEVELS names amx, which is not on this machine or not built in; here are scalar, avx2";
        assert_eq!(check_here("avx2,amx"), Err(missing.to_owned()));
        let unknown = "NIBBLE_REQUIRE_LEVELS names avx3, which does not exist; there are scalar, avx2, amx";
        assert_eq!(check_here("avx3,amx"), Err(unknown.to_owned()));
    }
}
