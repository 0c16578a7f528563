//! GPT-2's mapping of bytes to printable characters, in which byte-level vocabularies are stored.
//!
//! Bytes that print as themselves in Latin-1 stay; the other 68 become `U+0100` and up, in their order. Idea and table:
//! Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", `encoder.py`.

/// The byte that character `c` represents.
pub(super) fn byte_of(c: char) -> Option<u8> {
    let code = u32::from(c);
    match code {
        0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff => Some(code as u8),
        0x100..=0x120 => Some((code - 0x100) as u8),
        0x121..=0x142 => Some((code - 0x121 + 0x7f) as u8),
        0x143 => Some(0xad),
        _ => None,
    }
}

/// The bytes that a byte-level token represents; its own UTF-8 bytes for characters outside the mapping.
pub(super) fn bytes_of(token: &str) -> Vec<u8> {
    token.chars().map(byte_of).collect::<Option<Vec<u8>>>().unwrap_or_else(|| token.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_one_character() {
        let bytes: Vec<u8> = (0..0x400).filter_map(char::from_u32).filter_map(byte_of).collect();
        assert_eq!(bytes.len(), 256);
        assert!((0..=255u8).all(|byte| bytes.contains(&byte)));
        assert_eq!(byte_of('Ġ'), Some(b' '));
        assert_eq!(byte_of('Ċ'), Some(b'\n'));
        assert_eq!(byte_of('ł'), Some(0xa0));
    }

    #[test]
    fn a_token_outside_the_alphabet_is_its_own_bytes() {
        assert_eq!(bytes_of("Ġis"), b" is");
        assert_eq!(bytes_of("<｜end｜>"), "<｜end｜>".as_bytes());
    }
}
