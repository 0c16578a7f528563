//! AMX: bf16 tile products, and whether this process may use them.
//!
//! [`tiles`] defines the instructions, [`hardware`] executes them. Matrix products and attention build on both.

#[cfg(target_arch = "x86_64")]
mod hardware;
mod tiles;

#[cfg(target_arch = "x86_64")]
pub(crate) use hardware::AmxInstructions;
#[cfg(test)]
pub(crate) use tiles::TileEmulator;
pub(crate) use tiles::{Ahead, Sums, Tile, TileInstructions};

use crate::layout::ROWS;

/// Whether this process may use tiles and they compute what the manual says. Some hypervisors advertise AMX but do not
/// implement it; then the AVX-512 path is used.
#[cfg(target_arch = "x86_64")]
pub(crate) fn works() -> bool {
    hardware::is_permitted()
        // SAFETY: tiles are permitted.
        && unsafe { sample(&mut AmxInstructions) == sample(&mut tiles::TileEmulator::new()) }
}

/// Runs `rounds` times four independent products of whole tiles and returns how many numbers they multiplied: the peak that a
/// probe measures.
///
/// # Safety
/// Tiles are permitted.
#[cfg(target_arch = "x86_64")]
pub(crate) unsafe fn multiply_idle(rounds: usize) -> u64 {
    // SAFETY: tiles are permitted, as this function requires.
    unsafe { hardware::multiply_idle(rounds) };
    (rounds * 4 * Tile::ROWS * ROWS * 2 * ROWS) as u64
}

/// Twice the product of tiles with scattered values, the second added to the stored sums of the first.
///
/// # Safety
/// `machine` is usable in this process.
#[cfg(target_arch = "x86_64")]
unsafe fn sample<T: TileInstructions>(machine: &mut T) -> Sums {
    let scattered =
        |at: usize| half::bf16::from_f32(((at * at * 31 + at * 7) % 251) as f32 / 16.0 - 8.0).to_bits();
    let tile = |from: usize| {
        Tile(std::array::from_fn(|row| std::array::from_fn(|i| scattered(from + row * 2 * ROWS + i))))
    };
    let (inputs, weights) = ([tile(0), tile(5000)], [tile(9000), tile(700)]);
    let mut sums = Sums::ZERO;
    let inputs = inputs.each_ref().map(|input| &raw const *input);
    let weights = weights.each_ref().map(|weight| &raw const *weight);
    let ahead = Ahead { sums: &raw const sums, inputs };
    // SAFETY: `machine` is usable, as this function requires; all operands are local.
    unsafe {
        machine.configure();
        machine.clear();
        for _ in 0..2 {
            machine.multiply(inputs, weights, 1, &ahead);
            machine.store(&raw mut sums);
            machine.load(&raw const sums);
        }
        machine.release();
    }
    sums
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests;
