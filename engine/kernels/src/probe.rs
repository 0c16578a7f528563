//! Measured limits of this machine: memory read speed and product throughput. The distance of a run to these two figures is the
//! possible gain.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

#[cfg(target_arch = "x86_64")]
use crate::amx;
use crate::level::{Kind, Level};
use crate::pool::Pool;
use crate::shared::SharedMut;
use crate::zeroed::Zeroed;

/// Bytes of a chunk of the reading probe.
const CHUNK: usize = 1 << 20;
/// Passes over the memory; the fastest counts, since other load on the machine slows the others.
const PASSES: usize = 5;
/// Rounds of a chunk of the arithmetic probe, enough for a few milliseconds.
const ROUNDS: usize = 200_000;

/// Read speed of the pool's threads together, in 10⁹ bytes per second, over `len` bytes in large pages with software prefetch;
/// `None` if allocation fails. `len` should be several times the last-level cache.
pub fn read_gbps(level: Level, pool: &Pool, len: usize) -> Option<f64> {
    let n_chunks = (len / CHUNK).max(1);
    let mut memory = Zeroed::<u8>::new(n_chunks * CHUNK)?;
    let shared = SharedMut::new(memory.as_mut_slice());
    pool.run(n_chunks, &|chunk, _| {
        // SAFETY: each call has a part of its own.
        let bytes = unsafe { shared.part(chunk * CHUNK..(chunk + 1) * CHUNK) };
        bytes.fill(chunk as u8 | 1); // the bytes differ, so that no system merges the pages
    });
    let memory = memory.as_slice();
    let total = AtomicU64::new(0);
    let seconds = best_seconds(|| {
        pool.run(n_chunks, &|chunk, _| {
            let sum = read(level, &memory[chunk * CHUNK..(chunk + 1) * CHUNK]);
            total.fetch_add(sum, Ordering::Relaxed);
        });
    });
    black_box(total.into_inner());
    Some((n_chunks * CHUNK) as f64 / seconds / 1e9)
}

/// Throughput of the pool's threads together, in 10⁹ multiplications and additions per second, with operands in registers: the
/// instructions that products of many tokens use, and nothing else. Eight-bit codes, or bf16 at a level with AMX.
pub fn product_gops(level: Level, pool: &Pool) -> f64 {
    gops(level, pool, ROUNDS)
}

fn gops(level: Level, pool: &Pool, rounds: usize) -> f64 {
    let n_chunks = pool.n_threads() * 4;
    let n_products = AtomicU64::new(0);
    let seconds = best_seconds(|| {
        n_products.store(0, Ordering::Relaxed);
        pool.run(n_chunks, &|_, _| {
            n_products.fetch_add(multiply(level, rounds), Ordering::Relaxed);
        });
    });
    2.0 * n_products.into_inner() as f64 / seconds / 1e9
}

fn best_seconds(mut pass: impl FnMut()) -> f64 {
    let seconds = (0..PASSES).map(|_| {
        let start = Instant::now();
        pass();
        start.elapsed().as_secs_f64()
    });
    seconds.fold(f64::INFINITY, f64::min)
}

fn read(level: Level, bytes: &[u8]) -> u64 {
    match level.kind() {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: a `Level` of this kind exists only where the processor has its features.
        Kind::Avx2 | Kind::AvxVnni => unsafe { x86::read_avx2(bytes) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Kind::Avx512 | Kind::Amx => unsafe { x86::read_avx512(bytes) },
        _ => bytes.as_chunks().0.iter().fold(0, |sum, word| sum ^ u64::from_le_bytes(*word)),
    }
}

/// Runs one chunk of products and returns their number.
fn multiply(level: Level, rounds: usize) -> u64 {
    match level.kind() {
        #[cfg(target_arch = "x86_64")]
        // SAFETY: a `Level` of this kind exists only where the processor has its features.
        Kind::Avx2 => unsafe { x86::multiply_avx2(rounds) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Kind::AvxVnni => unsafe { x86::multiply_vnni(rounds) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Kind::Avx512 => unsafe { x86::multiply_avx512(rounds) },
        #[cfg(target_arch = "x86_64")]
        // SAFETY: as above.
        Kind::Amx => unsafe { amx::multiply_idle(rounds) },
        #[cfg(target_arch = "aarch64")]
        // SAFETY: as above.
        Kind::Neon => unsafe { arm::multiply_neon(rounds) },
        #[cfg(target_arch = "aarch64")]
        // SAFETY: as above.
        Kind::DotProd => unsafe { arm::multiply_dotprod(rounds) },
        #[cfg(target_arch = "aarch64")]
        // SAFETY: as above.
        Kind::I8mm => unsafe { arm::multiply_i8mm(rounds) },
        _ => {
            let (a, b) = (black_box([3i8; 64]), black_box([5i8; 64]));
            let mut sums = [0i32; 64];
            for _ in 0..rounds {
                for ((sum, &a), &b) in sums.iter_mut().zip(&a).zip(&b) {
                    *sum = sum.wrapping_add(i32::from(a) * i32::from(black_box(b)));
                }
            }
            black_box(sums);
            64 * rounds as u64
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they come from")]
mod x86 {
    use std::arch::x86_64::*;
    use std::hint::black_box;

    use crate::lanes::{Avx2, Avx512, CodeLanes, Lanes, avxvnni};

    #[target_feature(enable = "avx2,fma,f16c")]
    pub(super) fn read_avx2(bytes: &[u8]) -> u64 {
        let l = Avx2::new();
        let mut sum = [_mm256_setzero_si256(); 2];
        for line in bytes.as_chunks::<64>().0 {
            l.prefetch_early(line.as_ptr().wrapping_add(Avx2::DISTANCE));
            // SAFETY: both halves lie in the line.
            unsafe {
                sum[0] = _mm256_xor_si256(sum[0], _mm256_loadu_si256(line.as_ptr().cast()));
                sum[1] = _mm256_xor_si256(sum[1], _mm256_loadu_si256(line.as_ptr().add(32).cast()));
            }
        }
        _mm256_extract_epi64::<0>(_mm256_xor_si256(sum[0], sum[1])) as u64
    }

    #[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
    pub(super) fn read_avx512(bytes: &[u8]) -> u64 {
        let l = Avx512::new();
        let mut sum = _mm512_setzero_si512();
        for line in bytes.as_chunks::<64>().0 {
            l.prefetch_early(line.as_ptr().wrapping_add(Avx512::DISTANCE));
            // SAFETY: the load covers the line.
            sum = _mm512_xor_si512(sum, unsafe { _mm512_loadu_si512(line.as_ptr().cast()) });
        }
        _mm512_reduce_add_epi64(sum) as u64
    }

    /// Products of unsigned and signed bytes, added in 16 bits as the kernels do.
    #[target_feature(enable = "avx2")]
    pub(super) fn multiply_avx2(rounds: usize) -> u64 {
        const N: usize = 8;
        let mut sums = [_mm256_setzero_si256(); N];
        let (a, b) = (black_box(_mm256_set1_epi8(3)), black_box([_mm256_set1_epi8(5); N]));
        let mut factor = a;
        for _ in 0..rounds {
            for i in 0..N {
                sums[i] = _mm256_add_epi16(sums[i], _mm256_maddubs_epi16(factor, b[i]));
            }
            // The factor changes, or the compiler would move the products out of the loop.
            factor = _mm256_xor_si256(factor, a);
        }
        black_box(sums);
        (N * 32 * rounds) as u64
    }

    /// # Safety
    /// The processor has AVX-VNNI.
    #[target_feature(enable = "avx2")]
    pub(super) unsafe fn multiply_vnni(rounds: usize) -> u64 {
        const N: usize = 12;
        let mut sums = [_mm256_setzero_si256(); N];
        let (a, b) = (black_box(_mm256_set1_epi8(3)), black_box(_mm256_set1_epi8(5)));
        for _ in 0..rounds {
            for sum in &mut sums {
                // SAFETY: the processor has AVX-VNNI, as this function requires.
                *sum = unsafe { avxvnni::dot(*sum, a, b) };
            }
        }
        black_box(sums);
        (N * 32 * rounds) as u64
    }

    #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
    pub(super) fn multiply_avx512(rounds: usize) -> u64 {
        const N: usize = 16;
        let mut sums = [_mm512_setzero_si512(); N];
        let (a, b) = (black_box(_mm512_set1_epi8(3)), black_box(_mm512_set1_epi8(5)));
        for _ in 0..rounds {
            for sum in &mut sums {
                *sum = _mm512_dpbusd_epi32(*sum, a, b);
            }
        }
        black_box(sums);
        (N * 64 * rounds) as u64
    }
}

#[cfg(target_arch = "aarch64")]
#[allow(clippy::wildcard_imports, reason = "the names of intrinsics say where they come from")]
mod arm {
    use std::arch::aarch64::*;
    use std::hint::black_box;

    use crate::lanes::{dotprod, i8mm};

    /// Registers of sums.
    const N: usize = 16;

    /// Products of signed bytes, added in 16 bits as the kernels do.
    #[target_feature(enable = "neon")]
    pub(super) fn multiply_neon(rounds: usize) -> u64 {
        let mut sums = [vdupq_n_s16(0); N];
        let (a, b) = (black_box(vdupq_n_s8(3)), black_box(vdupq_n_s8(5)));
        let mut factor = a;
        for _ in 0..rounds {
            for pair in sums.as_chunks_mut::<2>().0 {
                *pair = [
                    vmlal_s8(pair[0], vget_low_s8(factor), vget_low_s8(b)),
                    vmlal_high_s8(pair[1], factor, b),
                ];
            }
            // The factor changes, or the compiler would move the products out of the loop.
            factor = veorq_s8(factor, a);
        }
        black_box(sums);
        (N * 8 * rounds) as u64
    }

    #[target_feature(enable = "neon,dotprod")]
    pub(super) fn multiply_dotprod(rounds: usize) -> u64 {
        let mut sums = [vdupq_n_s32(0); N];
        let (a, b) = (black_box(vdupq_n_s8(3)), black_box(vdupq_n_s8(5)));
        for _ in 0..rounds {
            for sum in &mut sums {
                *sum = dotprod::dot::<0>(*sum, a, b);
            }
        }
        black_box(sums);
        (N * 16 * rounds) as u64
    }

    #[target_feature(enable = "neon,i8mm")]
    pub(super) fn multiply_i8mm(rounds: usize) -> u64 {
        let mut sums = [vdupq_n_s32(0); N];
        let (a, b) = (black_box(vdupq_n_s8(3)), black_box(vdupq_n_s8(5)));
        for _ in 0..rounds {
            for sum in &mut sums {
                *sum = i8mm::multiply(*sum, a, b);
            }
        }
        black_box(sums);
        (N * 32 * rounds) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_measure_something_at_every_level() {
        let pool = Pool::new(2);
        for level in Level::available() {
            assert!(read_gbps(level, &pool, 4 << 20).is_some_and(|gbps| gbps > 0.0 && gbps.is_finite()));
            let gops = gops(level, &pool, 500);
            assert!(gops > 0.0 && gops.is_finite());
            // What is counted grows with what is done.
            assert_eq!(multiply(level, 300), 3 * multiply(level, 100), "{}", level.name());
        }
    }
}
