//! The built-in model's weights, packed by `build.rs`: a file of 16-bit floats whose even bytes are stored and whose odd bytes,
//! which hold sign and exponent, are compressed (DEFLATE).

/// Even bytes of the file.
static LOW: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/starter.low"));
/// Odd bytes, compressed.
static HIGH: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/starter.high"));
/// FNV-1a of the odd bytes.
static SUM: &[u8; 8] = include_bytes!(concat!(env!("OUT_DIR"), "/starter.sum"));

/// Size of the file in bytes: as many odd as even ones, since all weights and the header's length are even.
pub(super) const N_BYTES: usize = 2 * include_bytes!(concat!(env!("OUT_DIR"), "/starter.low")).len();

/// Whether these are the file's bytes; odd ones are compared by their FNV-1a.
pub(super) fn is(bytes: &[u8]) -> bool {
    bytes.len() == N_BYTES
        && bytes.iter().step_by(2).eq(LOW)
        && sum(bytes.iter().skip(1).step_by(2)) == u64::from_le_bytes(*SUM)
}

/// The file's bytes.
///
/// # Errors
/// When the packed bytes are damaged, as a program that was cut short has them.
pub(super) fn unpack() -> std::io::Result<Vec<u8>> {
    let high = miniz_oxide::inflate::decompress_to_vec_with_limit(HIGH, LOW.len())
        .map_err(|_damaged| std::io::Error::other("the program is damaged: install it again"))?;
    let bytes: Vec<u8> = LOW.iter().zip(&high).flat_map(|(&low, &high)| [low, high]).collect();
    if is(&bytes) {
        Ok(bytes)
    } else {
        Err(std::io::Error::other("the program is damaged: install it again"))
    }
}

/// FNV-1a over 64 bits (Fowler, Noll, Vo).
fn sum<'a>(bytes: impl Iterator<Item = &'a u8>) -> u64 {
    bytes
        .fold(0xcbf2_9ce4_8422_2325, |sum, &byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_that_of_the_repository_byte_for_byte_and_smaller_packed() {
        let original = include_bytes!("../../../../assets/starter/model.safetensors");
        let mut bytes = unpack().unwrap();
        assert!(bytes == original);
        assert!((LOW.len() + HIGH.len()) * 10 < original.len() * 7);
        for at in [0, 1, N_BYTES - 2, N_BYTES - 1] {
            bytes[at] ^= 1;
            assert!(!is(&bytes), "a change at {at}");
            bytes[at] ^= 1;
        }
        assert!(is(&bytes) && !is(&bytes[1..]) && !is(&[]));
    }
}
