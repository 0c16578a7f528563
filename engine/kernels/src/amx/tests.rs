//! What the instructions do against plain arithmetic, and the processor's own against that.

use super::*;
use crate::level::Kind;
use crate::testing::need;

#[test]
fn the_definition_adds_products_of_bf16() {
    // SAFETY: soft tiles may always be used.
    let sums = unsafe { sample(&mut TileEmulator::new()) };
    let number = |at: usize| f64::from(((at * at * 31 + at * 7) % 251) as f32 / 16.0 - 8.0);
    let (token, row) = (5, 11);
    // Inputs begin at 5000, weights at 700: the second of each.
    let exact: f64 =
        (0..32).map(|k| number(5000 + token * 32 + k) * number(700 + k / 2 * 32 + row * 2 + k % 2)).sum();
    let found = f64::from(sums.0[1][1][token][row]);
    assert!((found - 2.0 * exact).abs() < 1e-3 * exact.abs().max(1.0), "{found} for {}", 2.0 * exact);
}

#[test]
fn the_processors_tiles_are_those_of_the_definition() {
    if !works() {
        assert_eq!(need(Kind::Amx), None);
        return;
    }
    assert!(need(Kind::Amx).is_some(), "AVX-512 goes with tiles");
    let scattered = Tile(std::array::from_fn(|row| std::array::from_fn(|i| (row * 1000 + i) as u16)));
    let (mut expected, mut found) = (scattered, scattered);
    // SAFETY: tiles are permitted.
    unsafe {
        TileEmulator::new().transpose(&mut expected);
        AmxInstructions.transpose(&mut found);
    }
    assert_eq!(expected.0, found.0);
    assert_eq!(expected.0[3][2 * 7 + 1], scattered.0[7][2 * 3 + 1]);
}
