//! What to do about a file that is incomplete or damaged, in words.

use crate::base::Size;

/// More than any file of a model has: a header that asks for so much is damaged.
const TOO_MANY_BYTES: u64 = 100 << 40;

/// Says that a file of this format is incomplete: `there` of at least `needed` bytes have arrived.
pub(super) fn advice_on_incomplete(there: u64, needed: u64, format: &str) -> String {
    if needed > TOO_MANY_BYTES {
        return advice_on_damage(format);
    }
    let (there, needed) = (Size(there), Size(needed));
    format!(
        "this download is incomplete: {there} are here, at least {needed} are needed; download it again or choose another file"
    )
}

/// Says that a file of this format is damaged.
pub(super) fn advice_on_damage(format: &str) -> String {
    format!("this {format} file is damaged; download it again or choose another file")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incomplete_file_is_told_from_a_damaged_one() {
        let words = advice_on_incomplete(3_000_000, 31_900_000, "GGUF");
        assert_eq!(
            words,
            "this download is incomplete: 2.9 MiB are here, at least 30.4 MiB are needed; download it again or \
             choose another file"
        );
        assert_eq!(advice_on_incomplete(3, u64::MAX, "GGUF"), advice_on_damage("GGUF"));
    }
}
