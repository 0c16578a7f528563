//! The tile instructions a product needs, and what they do, in plain Rust.
//!
//! Two tiles of inputs times two of weights are four tiles of sums: a product that runs over all columns before it stores a sum.
//! [`TileEmulator`] defines the instructions as Intel's manual does (Software Developer's Manual, volume 2, TDPBF16PS and so on), so
//! that kernels are tested on machines without tiles, and so that tiles of metal are believed only after they gave the same sums.

use half::bf16;

use crate::layout::{LINE, ROWS};

/// 16 rows of 32 numbers in bf16. Of left operands: 32 columns of a row; of right ones: two columns of 16 rows in each.
#[repr(C, align(64))]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tile(pub(crate) [[u16; 2 * ROWS]; Self::ROWS]);

impl Tile {
    pub(crate) const ROWS: usize = 16;
    pub(crate) const ZERO: Self = Self([[0; 2 * ROWS]; Self::ROWS]);

    /// Where a row of a tile lies that others write other rows of.
    ///
    /// # Safety
    /// `tile` points at a tile.
    #[inline]
    pub(crate) unsafe fn row(tile: *mut Self, row: usize) -> *mut [u16; 2 * ROWS] {
        assert!(row < Self::ROWS, "row {row} of a tile");
        // SAFETY: the row lies in the tile.
        unsafe { (&raw mut (*tile).0).cast::<[u16; 2 * ROWS]>().add(row) }
    }
}

/// Sums of two tiles of inputs and two of weights: `[inputs][weights][token][row]`.
#[repr(C, align(64))]
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sums(pub(crate) [[[[f32; ROWS]; Tile::ROWS]; 2]; 2]);

impl Sums {
    pub(crate) const ZERO: Self = Self([[[[0.0; ROWS]; Tile::ROWS]; 2]; 2]);
}

/// Memory that is asked for while tiles are multiplied, a little in each step: nothing is read, so addresses may lie anywhere.
pub(crate) struct Ahead {
    /// Sums that will be loaded and stored next: 256 bytes per step, to be written.
    pub(crate) sums: *const Sums,
    /// Inputs that will be wanted later: 128 bytes of each per step, into the second-level cache.
    pub(crate) inputs: [*const Tile; 2],
}

/// What LDTILECFG reads: every tile as large as it can be.
#[repr(C, align(64))]
pub(super) struct TileConfig {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    /// Bytes of a row of each tile.
    row_bytes: [u16; 16],
    /// Rows of each tile.
    n_rows: [u8; 16],
}

const _: () = assert!(size_of::<TileConfig>() == 64, "the instruction reads this many bytes");

/// The one configuration in use.
pub(super) static WHOLE_TILES: TileConfig = {
    let mut config =
        TileConfig { palette: 1, start_row: 0, reserved: [0; 14], row_bytes: [0; 16], n_rows: [0; 16] };
    let mut tile = 0;
    while tile < 8 {
        config.row_bytes[tile] = LINE as u16;
        config.n_rows[tile] = Tile::ROWS as u8;
        tile += 1;
    }
    config
};

/// The instructions, in the groups that a product needs.
pub(crate) trait TileInstructions {
    /// LDTILECFG.
    ///
    /// # Safety
    /// The processor and the system must permit tiles; so for all methods.
    unsafe fn configure(&mut self);
    /// TILEZERO of the sums.
    ///
    /// # Safety
    /// Tiles are configured.
    unsafe fn clear(&mut self);
    /// TILELOADD of the sums.
    ///
    /// # Safety
    /// Tiles are configured, and `sums` is valid for reading.
    unsafe fn load(&mut self, sums: *const Sums);
    /// TDPBF16PS for `n_steps` successive tiles: sums\[i\]\[j\] += inputs\[i\] · weights\[j\]. Where both inputs are one and
    /// the same, the second pair of sums is left as it is.
    ///
    /// # Safety
    /// Tiles are configured, and all four are valid for reading `n_steps` tiles.
    unsafe fn multiply(
        &mut self,
        inputs: [*const Tile; 2],
        weights: [*const Tile; 2],
        n_steps: usize,
        ahead: &Ahead,
    );
    /// TILESTORED of the sums.
    ///
    /// # Safety
    /// Tiles are configured, and `sums` is valid for writing.
    unsafe fn store(&mut self, sums: *mut Sums);
    /// Exchanges rows and pairs of a tile: a right operand becomes the left one of its transposed matrix.
    ///
    /// # Safety
    /// As for all.
    unsafe fn transpose(&mut self, tile: &mut Tile);
    /// TILERELEASE: no tile is configured after it.
    ///
    /// # Safety
    /// As for all.
    unsafe fn release(&mut self);
}

/// The definition of the instructions.
pub(crate) struct TileEmulator {
    sums: Option<Sums>,
}

impl TileEmulator {
    pub(crate) fn new() -> Self {
        Self { sums: None }
    }

    fn sums(&mut self) -> &mut Sums {
        self.sums.as_mut().expect("an instruction on tiles that are not configured is a fault")
    }
}

impl TileInstructions for TileEmulator {
    unsafe fn configure(&mut self) {
        self.sums = Some(Sums::ZERO);
    }

    unsafe fn clear(&mut self) {
        *self.sums() = Sums::ZERO;
    }

    unsafe fn load(&mut self, sums: *const Sums) {
        // SAFETY: the caller's promise.
        *self.sums() = unsafe { *sums };
    }

    unsafe fn multiply(
        &mut self,
        inputs: [*const Tile; 2],
        weights: [*const Tile; 2],
        n_steps: usize,
        _: &Ahead,
    ) {
        let n_inputs = if inputs[0] == inputs[1] { 1 } else { 2 };
        for step in 0..n_steps {
            for (i, input) in inputs[..n_inputs].iter().enumerate() {
                for (j, weight) in weights.iter().enumerate() {
                    // SAFETY: the caller's promise.
                    let (input, weight) = unsafe { (&*input.add(step), &*weight.add(step)) };
                    add_product(&mut self.sums().0[i][j], input, weight);
                }
            }
        }
    }

    unsafe fn store(&mut self, sums: *mut Sums) {
        // SAFETY: the caller's promise.
        unsafe { *sums = *self.sums() };
    }

    unsafe fn transpose(&mut self, tile: &mut Tile) {
        let pairs = tile.0.map(|row| std::array::from_fn::<_, ROWS, _>(|i| [row[2 * i], row[2 * i + 1]]));
        tile.0 = std::array::from_fn(|i| std::array::from_fn(|j| pairs[j / 2][i][j % 2]));
    }

    unsafe fn release(&mut self) {
        self.sums = None;
    }
}

/// TDPBF16PS: even and odd columns are summed apart, each step rounded once, then both are added to what was there.
fn add_product(sums: &mut [[f32; ROWS]; Tile::ROWS], input: &Tile, weight: &Tile) {
    for (sums, input) in sums.iter_mut().zip(&input.0) {
        let mut halves = [[0.0f32; 2]; ROWS];
        for (x, w) in input.as_chunks::<2>().0.iter().zip(&weight.0) {
            for (halves, w) in halves.iter_mut().zip(w.as_chunks::<2>().0) {
                for ((half, &x), &w) in halves.iter_mut().zip(x).zip(w) {
                    *half = widen(x).mul_add(widen(w), *half);
                }
            }
        }
        for (sum, [even, odd]) in sums.iter_mut().zip(halves) {
            *sum += even + odd;
        }
    }
}

fn widen(x: u16) -> f32 {
    bf16::from_bits(x).to_f32()
}
