//! The tile instructions a product needs, and what each of them does, in plain Rust.
//!
//! [`Tiles`] is one method per instruction, on three fixed tiles: C += A · B. [`Soft`] defines them as Intel's manual does
//! (Software Developer's Manual, volume 2, TILELOADD, TDPBSSD and so on), so that kernels are tested on machines without
//! tiles, and so that tiles of metal are believed only after they gave the same sums.

use crate::layout::{LINE, ROWS};

/// Tiles a configuration can name.
const N_TILES: usize = 8;
/// Rows of a tile at most.
pub(super) const TILE_ROWS: usize = 16;

/// Names of the three tiles in the configuration.
pub(super) const C: usize = 0;
pub(super) const A: usize = 1;
pub(super) const B: usize = 2;

/// What LDTILECFG reads.
#[repr(C, align(64))]
#[derive(Clone, Debug)]
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

impl TileConfig {
    /// C: `n_tokens` × 16 sums; A: `n_tokens` × `depth` codes; B: `depth` / 4 lines of weights.
    pub(super) fn new(n_tokens: usize, depth: usize) -> Self {
        assert!(n_tokens <= TILE_ROWS && depth <= LINE && depth.is_multiple_of(4), "{n_tokens} × {depth}");
        let mut config =
            Self { palette: 1, start_row: 0, reserved: [0; 14], row_bytes: [0; 16], n_rows: [0; 16] };
        for (tile, n_rows, row_bytes) in [(C, n_tokens, LINE), (A, n_tokens, depth), (B, depth / 4, LINE)] {
            config.n_rows[tile] = n_rows as u8;
            config.row_bytes[tile] = row_bytes as u16;
        }
        config
    }

    /// All tiles as large as they can be.
    pub(super) fn whole() -> Self {
        let mut config = Self::new(TILE_ROWS, LINE);
        config.n_rows[..N_TILES].fill(TILE_ROWS as u8);
        config.row_bytes[..N_TILES].fill(LINE as u16);
        config
    }
}

/// The instructions. Rows that are loaded and stored lie `stride` bytes apart.
pub(super) trait Tiles {
    /// LDTILECFG: sets the tiles' sizes, and all of them to zero.
    ///
    /// # Safety
    /// The processor and the system must permit tiles; so for all methods.
    unsafe fn configure(&mut self, config: &TileConfig);
    /// TILEZERO of C.
    ///
    /// # Safety
    /// Tiles are configured.
    unsafe fn zero_c(&mut self);
    /// TILELOADD of A.
    ///
    /// # Safety
    /// Tiles are configured, and `from` is valid for reading A's rows.
    unsafe fn load_a(&mut self, from: *const u8, stride: usize);
    /// TILELOADD of B.
    ///
    /// # Safety
    /// Tiles are configured, and `from` is valid for reading B's rows.
    unsafe fn load_b(&mut self, from: *const u8, stride: usize);
    /// TDPBSSD: C += A · B of signed bytes, exact, four columns at a time.
    ///
    /// # Safety
    /// Tiles are configured.
    unsafe fn dot(&mut self);
    /// TILESTORED of C.
    ///
    /// # Safety
    /// Tiles are configured, and `to` is valid for writing C's rows.
    unsafe fn store_c(&mut self, to: *mut u8, stride: usize);
    /// TILERELEASE: no tile is configured after it.
    ///
    /// # Safety
    /// As for all.
    unsafe fn release(&mut self);
}

/// The definition of the instructions.
pub(super) struct Soft {
    config: Option<TileConfig>,
    tiles: [[[u8; LINE]; TILE_ROWS]; N_TILES],
}

impl Soft {
    pub(super) fn new() -> Self {
        Self { config: None, tiles: [[[0; LINE]; TILE_ROWS]; N_TILES] }
    }

    /// Rows and bytes per row of a tile.
    fn size(&self, tile: usize) -> (usize, usize) {
        let config =
            self.config.as_ref().expect("an instruction on tiles that are not configured is a fault");
        (config.n_rows[tile].into(), config.row_bytes[tile].into())
    }

    /// # Safety
    /// `from` is valid for reading the tile's rows.
    unsafe fn load(&mut self, tile: usize, from: *const u8, stride: usize) {
        let (n_rows, row_bytes) = self.size(tile);
        self.tiles[tile] = [[0; LINE]; TILE_ROWS];
        for row in 0..n_rows {
            // SAFETY: the caller's promise.
            let bytes = unsafe { std::slice::from_raw_parts(from.add(row * stride), row_bytes) };
            self.tiles[tile][row][..row_bytes].copy_from_slice(bytes);
        }
    }
}

impl Tiles for Soft {
    unsafe fn configure(&mut self, config: &TileConfig) {
        *self = Self { config: Some(config.clone()), ..Self::new() };
    }

    unsafe fn zero_c(&mut self) {
        self.tiles[C] = [[0; LINE]; TILE_ROWS];
    }

    unsafe fn load_a(&mut self, from: *const u8, stride: usize) {
        // SAFETY: the caller's promise.
        unsafe { self.load(A, from, stride) };
    }

    unsafe fn load_b(&mut self, from: *const u8, stride: usize) {
        // SAFETY: the caller's promise.
        unsafe { self.load(B, from, stride) };
    }

    unsafe fn dot(&mut self) {
        let ((c_rows, c_bytes), (a_rows, a_bytes), (b_rows, b_bytes)) =
            (self.size(C), self.size(A), self.size(B));
        assert!(c_rows == a_rows && c_bytes == b_bytes && b_rows == a_bytes / 4, "other sizes are a fault");
        for m in 0..c_rows {
            for k in 0..a_bytes / 4 {
                for n in 0..c_bytes / 4 {
                    let quad = |tile: usize, row: usize, at: usize| {
                        self.tiles[tile][row][4 * at..4 * at + 4].iter().map(|&byte| i32::from(byte as i8))
                    };
                    let sum: i32 = quad(A, m, k).zip(quad(B, k, n)).map(|(a, b)| a * b).sum();
                    let place = self.tiles[C][m][4 * n..].first_chunk_mut().expect("four bytes of a row");
                    *place = i32::from_le_bytes(*place).wrapping_add(sum).to_le_bytes();
                }
            }
        }
    }

    unsafe fn store_c(&mut self, to: *mut u8, stride: usize) {
        let (n_rows, row_bytes) = self.size(C);
        for row in 0..n_rows {
            // SAFETY: the caller's promise.
            unsafe { to.add(row * stride).copy_from_nonoverlapping(self.tiles[C][row].as_ptr(), row_bytes) };
        }
    }

    unsafe fn release(&mut self) {
        self.config = None;
    }
}

const _: () = assert!(ROWS * size_of::<i32>() == LINE, "a row of C is the sums of a panel's rows");
