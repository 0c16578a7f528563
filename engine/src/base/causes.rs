//! An error in words, with everything that led to it.

use std::error::Error;

/// The words of the errors that caused `error`, outermost first; its own words are not among them.
pub fn causes(error: &dyn Error) -> Vec<String> {
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    causes
}

/// Whether an `E` is among the errors that caused `error`.
pub fn has_cause<E: Error + 'static>(error: &dyn Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<E>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The words of `error` and of all its causes in one line, separated by colons.
pub fn sentence(error: &dyn Error) -> String {
    let mut sentence = error.to_string();
    for cause in causes(error) {
        sentence = format!("{sentence}: {cause}");
    }
    sentence.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("no model\nfound")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn an_error_is_told_in_one_line_with_its_causes() {
        let error = Outer(std::io::Error::other("no disk"));
        assert_eq!(causes(&error), ["no disk"]);
        assert_eq!(sentence(&error), "no model found: no disk");
        assert!(has_cause::<std::io::Error>(&error) && !has_cause::<Outer>(&error));
    }
}
