//! Reasons that the engine gives: they follow a colon, so that they begin in lower case.

/// A reason that stands alone, as a sentence: its first letter is a capital, unless it begins with a name, such as that of a file.
pub fn sentence(reason: &str) -> String {
    let first = reason.split_whitespace().next().unwrap_or_default();
    let is_word = first.trim_end_matches([',', ';', ':', '.']).chars().all(char::is_lowercase);
    let mut letters = reason.chars();
    match letters.next() {
        Some(letter) if is_word => letter.to_uppercase().chain(letters).collect(),
        _ => reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn a_reason_alone_begins_with_a_capital_and_a_name_stays() {
        for (reason, alone) in [
            ("the file is cut off: it ends early", "The file is cut off: it ends early"),
            ("no stable connection to huggingface.co", "No stable connection to huggingface.co"),
            ("config.json has no model_type", "config.json has no model_type"),
            ("token_embd.weight is missing", "token_embd.weight is missing"),
            ("q4_k rows are cut", "q4_k rows are cut"),
            ("\"a\" occurs twice", "\"a\" occurs twice"),
            ("GGUF is needed", "GGUF is needed"),
            ("", ""),
        ] {
            assert_eq!(sentence(reason), alone);
        }
    }
}
