//! Streaming checksums: SHA-256, or SHA-1 of a Git blob.
//!
//! SHA-1 does not protect against forgery, but the Hub has nothing else for small files. ring uses the processor's SHA
//! instructions.

use std::fs::File;
use std::io::{self, Read};

use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

use crate::hub::cancel_scope::CancelScope;
use crate::hub::name::Checksum;
use crate::progress::Cancelled;

/// Size of one read from disk in bytes.
const READ_BYTES: usize = 1 << 20;

/// A checksum that is being computed.
#[derive(Clone)]
pub(in super::super) struct Digest {
    context: Context,
    is_sha256: bool,
}

impl Digest {
    /// A digest of the same kind as `wanted`, for a file of `size_bytes`.
    pub(in super::super) fn like(wanted: &Checksum, size_bytes: u64) -> Self {
        match wanted {
            Checksum::Sha256(_) => Self { context: Context::new(&SHA256), is_sha256: true },
            Checksum::GitBlob(_) => {
                let mut context = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
                context.update(format!("blob {size_bytes}\0").as_bytes());
                Self { context, is_sha256: false }
            }
        }
    }

    pub(in super::super) fn update(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    /// Updates the digest with the rest of `file`; returns the number of bytes read.
    pub(in super::super) fn update_from(
        &mut self,
        file: &mut File,
        scope: &CancelScope<'_>,
    ) -> io::Result<Result<u64, Cancelled>> {
        let mut buffer = vec![0; READ_BYTES];
        let mut n_bytes = 0;
        loop {
            if let Err(cancelled) = scope.check() {
                return Ok(Err(cancelled));
            }
            match file.read(&mut buffer)? {
                0 => return Ok(Ok(n_bytes)),
                n => {
                    self.update(&buffer[..n]);
                    n_bytes += n as u64;
                }
            }
        }
    }

    pub(in super::super) fn finish(self) -> Checksum {
        let digest = self.context.finish();
        let bytes = digest.as_ref();
        if self.is_sha256 {
            Checksum::Sha256(bytes.try_into().expect("a SHA-256 has 32 bytes"))
        } else {
            Checksum::GitBlob(bytes.try_into().expect("a SHA-1 has 20 bytes"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bytes: &[u8], like: &str) -> String {
        let mut digest = Digest::like(&Checksum::from_hex(like).unwrap(), bytes.len() as u64);
        digest.update(bytes);
        digest.finish().to_string()
    }

    #[test]
    fn known_sums() {
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(of(b"abc", sha256), sha256);
        // Expected values: git hash-object of an empty file, and of "hello\n".
        assert_eq!(of(b"", &"0".repeat(40)), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(of(b"hello\n", &"0".repeat(40)), "ce013625030ba8dba906f756967f9e9ca394464a");
    }
}
