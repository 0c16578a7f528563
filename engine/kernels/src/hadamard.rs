//! Hadamard rotation: spreads a few large elements of a vector over all, so that one scale suits them all.
//!
//! The matrix is orthogonal and its own inverse, so rotated queries and keys have the products they had before, and rotating a
//! result again restores it. Rotating before quantizing is QuaRot's idea (Ashkboos et al. 2024, section 4).

/// Rotates every vector of `len` elements in `rows`: in blocks of the largest power of two that divides `len`, since larger
/// Hadamard matrices of other orders improve little.
///
/// # Panics
/// When `rows` is not whole vectors of `len` elements.
pub fn rotate(rows: &mut [f32], len: usize) {
    assert!(len > 0 && rows.len().is_multiple_of(len), "{} elements in vectors of {len}", rows.len());
    let block = 1 << len.trailing_zeros();
    let factor = (block as f32).sqrt().recip();
    for vector in rows.chunks_exact_mut(block) {
        let mut half = 1;
        while half < block {
            for pair in vector.chunks_exact_mut(2 * half) {
                let (first, second) = pair.split_at_mut(half);
                for (a, b) in first.iter_mut().zip(second) {
                    (*a, *b) = (*a + *b, *a - *b);
                }
            }
            half *= 2;
        }
        for x in vector {
            *x *= factor;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn rotating_keeps_products_and_twice_is_none() {
        for len in [1, 2, 64, 80, 96, 128, 256] {
            let (a, b) = (Random::new(1).numbers(3 * len), Random::new(2).numbers(3 * len));
            let dot = |a: &[f32], b: &[f32]| -> f64 {
                a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
            };
            let (mut turned_a, mut turned_b) = (a.clone(), b.clone());
            rotate(&mut turned_a, len);
            rotate(&mut turned_b, len);
            for vector in 0..3 {
                let at = vector * len..(vector + 1) * len;
                let (before, after) =
                    (dot(&a[at.clone()], &b[at.clone()]), dot(&turned_a[at.clone()], &turned_b[at]));
                // Numbers below 1 and log₂(len) + 1 roundings each way.
                assert!((before - after).abs() <= len as f64 * 20.0 * f64::from(f32::EPSILON), "{len}");
            }
            rotate(&mut turned_a, len);
            assert!(a.iter().zip(&turned_a).all(|(a, back)| (a - back).abs() < 1e-5), "{len}");
        }
    }

    #[test]
    fn one_large_element_is_spread_over_all() {
        let mut vector = [0.0; 64];
        vector[5] = 8.0;
        rotate(&mut vector, 64);
        assert!(vector.iter().all(|x| (x.abs() - 1.0).abs() < 1e-6));
    }
}
