//! The tile instructions that a product needs, and their definition in plain Rust.
//!
//! Two tiles of inputs times two of weights are four tiles of sums: a product that runs over all columns before it stores a
//! sum. [`TileEmulator`] defines the instructions as Intel's manual does (Software Developer's Manual, volume 2, TDPBF16PS and
//! so on), so that kernels are tested on machines without AMX, and so that hardware tiles are used only after they gave the
//! same sums.

use half::bf16;

use crate::layout::{LINE, ROWS};

/// A tile of 16 rows of 32 bf16 numbers. Left operands: 32 columns of a row; right operands: two columns of 16 rows in each.
#[repr(C, align(64))]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tile(pub(crate) [[u16; 2 * ROWS]; Self::ROWS]);

impl Tile {
    pub(crate) const ROWS: usize = 16;
    pub(crate) const ZERO: Self = Self([[0; 2 * ROWS]; Self::ROWS]);

    /// Address of one row of a tile, for tiles whose rows are written by different threads.
    ///
    /// # Safety
    /// `tile` points at a valid tile.
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

/// Addresses that are prefetched while tiles are multiplied, a little in each step: nothing is read, so they may lie anywhere.
pub(crate) struct Ahead {
    /// Sums that are loaded and stored next: 256 bytes per step, prefetched for writing.
    pub(crate) sums: *const Sums,
    /// Inputs that are needed later: 128 bytes of each per step, into the second-level cache.
    pub(crate) inputs: [*const Tile; 2],
}

/// Operand of LDTILECFG: every tile at its largest size.
#[repr(C, align(64))]
pub(super) struct TileConfig {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    /// Bytes of a row of each tile.
    row_bytes: [u16; 16],
    /// Number of rows of each tile.
    n_rows: [u8; 16],
}

const _: () = assert!(size_of::<TileConfig>() == 64, "the instruction reads this many bytes");

/// The only configuration in use.
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

/// Tile instructions, grouped as a product uses them.
pub(crate) trait TileInstructions {
    /// Configures the tiles (LDTILECFG).
    ///
    /// # Safety
    /// The processor and the system permit tiles; this holds for all methods.
    unsafe fn configure(&mut self);
    /// Clears the sums (TILEZERO).
    ///
    /// # Safety
    /// Tiles are configured.
    unsafe fn clear(&mut self);
    /// Loads the sums (TILELOADD).
    ///
    /// # Safety
    /// Tiles are configured, and `sums` is valid for reading.
    unsafe fn load(&mut self, sums: *const Sums);
    /// Multiplies `n_steps` successive tiles (TDPBF16PS): sums\[i\]\[j\] += inputs\[i\] · weights\[j\]. If both inputs are the
    /// same, the second pair of sums stays unchanged.
    ///
    /// # Safety
    /// Tiles are configured, and inputs and weights are valid for reading `n_steps` tiles.
    unsafe fn multiply(
        &mut self,
        inputs: [*const Tile; 2],
        weights: [*const Tile; 2],
        n_steps: usize,
        ahead: &Ahead,
    );
    /// Stores the sums (TILESTORED).
    ///
    /// # Safety
    /// Tiles are configured, and `sums` is valid for writing.
    unsafe fn store(&mut self, sums: *mut Sums);
    /// Exchanges rows and pairs of a tile: a right operand becomes the left operand of its transposed matrix.
    ///
    /// # Safety
    /// The processor and the system permit tiles.
    unsafe fn transpose(&mut self, tile: &mut Tile);
    /// Releases the tiles (TILERELEASE): none is configured afterwards.
    ///
    /// # Safety
    /// The processor and the system permit tiles.
    unsafe fn release(&mut self);
}

/// Emulation of the tile instructions in plain Rust, which is their definition.
pub(crate) struct TileEmulator {
    sums: Option<Sums>,
}

impl TileEmulator {
    pub(crate) fn new() -> Self {
        Self { sums: None }
    }

    fn sums(&mut self) -> &mut Sums {
        self.sums.as_mut().expect("tiles are configured before any other instruction")
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
        // SAFETY: `sums` is valid for reading, as `TileInstructions::load` requires.
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
                    // SAFETY: inputs and weights are readable for `n_steps` tiles, as `TileInstructions::multiply` requires.
                    let (input, weight) = unsafe { (&*input.add(step), &*weight.add(step)) };
                    add_product(&mut self.sums().0[i][j], input, weight);
                }
            }
        }
    }

    unsafe fn store(&mut self, sums: *mut Sums) {
        // SAFETY: `sums` is valid for writing, as `TileInstructions::store` requires.
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

/// TDPBF16PS: even and odd columns are summed separately, each step rounded once, then both are added to the previous sums.
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
