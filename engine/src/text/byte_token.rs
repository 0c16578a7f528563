//! Tokens of single bytes, as SentencePiece vocabularies spell them: `<0x0A>`.

/// The byte that a token such as `<0x0A>` represents.
pub(super) fn byte_of(token: &str) -> Option<u8> {
    let digits = token.strip_prefix("<0x")?.strip_suffix('>')?;
    if digits.len() == 2 { u8::from_str_radix(digits, 16).ok() } else { None }
}
