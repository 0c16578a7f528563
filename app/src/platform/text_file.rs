//! Reading of an attached file: text in UTF-8, or in UTF-16 with a byte order mark.

use std::path::Path;

use crate::state::NoText;

/// Largest file that is read; far more than fits any context.
const MOST_BYTES: u64 = 8 << 20;

/// Reads the text of a file.
///
/// # Errors
/// [`NoText`] if the file cannot be read as text.
pub fn read(path: &Path) -> Result<String, NoText> {
    let unreadable = |error: std::io::Error| NoText::Unreadable(error.to_string());
    let size = path.metadata().map_err(unreadable)?.len();
    if size > MOST_BYTES {
        return Err(NoText::TooLarge { size, most: MOST_BYTES });
    }
    let text = decode(std::fs::read(path).map_err(unreadable)?).ok_or(NoText::NotText)?;
    if text.trim().is_empty() { Err(NoText::Empty) } else { Ok(text) }
}

fn decode(bytes: Vec<u8>) -> Option<String> {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).collect::<Result<String, _>>().ok()
    };
    let text = match bytes.as_slice() {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8(rest.to_vec()).ok()?,
        _ => String::from_utf8(bytes).ok()?,
    };
    // A zero is valid UTF-8, but stands in no text.
    (!text.contains('\0')).then(|| text.replace("\r\n", "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_its_encodings_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.txt");
        let read_of = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            read(&path)
        };
        assert_eq!(read_of("Grüße\r\n".as_bytes()), Ok("Grüße\n".into()));
        assert_eq!(read_of(b"\xEF\xBB\xBFa"), Ok("a".into()));
        assert_eq!(read_of(b"\xFF\xFEa\0\xFC\0"), Ok("aü".into()));
        assert_eq!(read_of(b"\xFE\xFF\0a"), Ok("a".into()));
        assert_eq!(read_of(b"%PDF-1.7\n\xE2\xE3\xCF\xD3"), Err(NoText::NotText));
        assert_eq!(read_of(b"a\0b"), Err(NoText::NotText));
        assert_eq!(read_of(b" \n"), Err(NoText::Empty));
        assert!(matches!(read(&folder.path().join("gone")), Err(NoText::Unreadable(_))));
    }
}
