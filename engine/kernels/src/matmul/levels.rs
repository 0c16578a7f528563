//! The kernels of each instruction set: instances of the generic products inside functions that enable its features.

use super::float_kernels::{self, FloatTiles, TileArgs, TileKernel};
use super::kernel_args::{Kernel, KernelArgs, OutlierArgs, OutlierKernel, Table};
#[cfg(target_arch = "aarch64")]
use super::pairs;
use super::{codes, floats, outliers};
use crate::block::BlockFormat;
use crate::formats::floats::FloatFormat;
#[cfg(target_arch = "x86_64")]
use crate::lanes::{Avx2, Avx512, AvxVnni};
#[cfg(target_arch = "aarch64")]
use crate::lanes::{DotProd, Neon};
use crate::lanes::{Lanes, Scalar};
use crate::level::Kind;

/// Defines the functions of a level: the tables of quantized and of floating-point formats, by the number of tokens a kernel
/// computes, largest first; the kernel of outliers; and the functions of floating-point formats for many tokens, whose
/// blocks of rows are some registers.
macro_rules! level {
    ($(#[$features:meta])? $level:ident, $lanes:expr, [$($codes:literal)*], [$($floats:literal)*],
        [$($tiles:literal)*] of $registers:literal $type:ident registers from $fewest:literal tokens) => {
        mod $level {
            use super::*;

            pub(super) fn codes<F: BlockFormat>() -> Table {
                $(#[$features])?
                unsafe fn panel<F: BlockFormat, const T: usize>(args: &KernelArgs<'_>) {
                    // SAFETY: the processor has the level's features and `out` is writable, as `Kernel` requires.
                    unsafe { codes::panel::<F, _, T>($lanes, args) }
                }
                const { &[$(($codes, panel::<F, $codes> as Kernel),)*] }
            }

            pub(super) fn outliers<F: BlockFormat>() -> OutlierKernel {
                $(#[$features])?
                unsafe fn panel<F: BlockFormat>(args: &OutlierArgs<'_>) {
                    // SAFETY: the contract of `OutlierKernel` is this function's.
                    unsafe { outliers::panel::<F, _>($lanes, args) }
                }
                panel::<F>
            }

            pub(super) fn floats<F: FloatFormat>() -> Table {
                $(#[$features])?
                unsafe fn panel<F: FloatFormat, const T: usize>(args: &KernelArgs<'_>) {
                    // SAFETY: as above.
                    unsafe { floats::panel::<F, _, T>($lanes, args) }
                }
                const { &[$(($floats, panel::<F, $floats> as Kernel),)*] }
            }

            pub(super) fn float_tiles<F: FloatFormat>() -> &'static FloatTiles {
                $(#[$features])?
                unsafe fn widen<F: FloatFormat>(panels: [&[u8]; 2], out: *mut f32) {
                    // SAFETY: the processor has the level's features and `out` is writable, as `WidenBlock` requires.
                    unsafe { float_kernels::widen::<F, _, $registers>($lanes, panels, out) }
                }
                $(#[$features])?
                unsafe fn multiply<const T: usize>(args: &TileArgs<'_>) {
                    // SAFETY: the processor has the level's features and the arguments are valid, as `TileKernel` requires.
                    unsafe { float_kernels::multiply_tile::<_, T, $registers>($lanes, args) }
                }
                const {
                    &FloatTiles {
                        fewest_tokens: $fewest,
                        n_rows: $registers * $type::N,
                        widen: widen::<F>,
                        kernels: &[$(($tiles, multiply::<$tiles> as TileKernel),)*],
                    }
                }
            }
        }
    };
}

level!(scalar, Scalar, [4 2 1], [4 2 1], [4 2 1] of 1 Scalar registers from 36 tokens);
#[cfg(target_arch = "x86_64")]
level!(
    #[target_feature(enable = "avx2,fma,f16c")]
    avx2,
    Avx2::new(),
    [6 4 3 2 1],
    [6 4 3 2 1],
    [6 4 3 2 1] of 2 Avx2 registers from 36 tokens
);
#[cfg(target_arch = "x86_64")]
level!(
    #[target_feature(enable = "avx2,fma,f16c")]
    avxvnni,
    AvxVnni::new(),
    [6 4 3 2 1],
    [6 4 3 2 1],
    [6 4 3 2 1] of 2 AvxVnni registers from 36 tokens
);
#[cfg(target_arch = "x86_64")]
level!(
    #[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
    avx512,
    Avx512::new(),
    [12 8 6 5 4 3 2 1],
    [12 8 6 5 4 3 2 1],
    [6 4 3 2 1] of 2 Avx512 registers from 64 tokens
);
#[cfg(target_arch = "aarch64")]
level!(neon, Neon::new(), [4 3 2 1], [6 4 3 2 1], [6 4 3 2 1] of 2 Neon registers from 36 tokens);
#[cfg(target_arch = "aarch64")]
level!(
    #[target_feature(enable = "neon,dotprod")]
    dotprod,
    DotProd::new(),
    [6 4 3 2 1],
    [6 4 3 2 1],
    [6 4 3 2 1] of 2 DotProd registers from 36 tokens
);

/// The kernels of a quantized format with matrix products, which take pairs of tokens; few tokens are faster with dot products.
#[cfg(target_arch = "aarch64")]
fn i8mm_codes<F: BlockFormat>() -> Table {
    #[target_feature(enable = "neon,dotprod")]
    unsafe fn few<F: BlockFormat, const T: usize>(args: &KernelArgs<'_>) {
        // SAFETY: the processor has the level's features and `out` is writable, as `Kernel` requires.
        unsafe { codes::panel::<F, _, T>(DotProd::new(), args) }
    }
    const {
        &[
            (8, pairs::panel::<F, 4> as Kernel),
            (6, pairs::panel::<F, 3> as Kernel),
            (4, pairs::panel::<F, 2> as Kernel),
            (3, few::<F, 3> as Kernel),
            (2, few::<F, 2> as Kernel),
            (1, few::<F, 1> as Kernel),
        ]
    }
}

/// The kernels of a quantized format.
pub(crate) fn code_kernels<F: BlockFormat>(kind: Kind) -> Table {
    match kind {
        #[cfg(target_arch = "x86_64")]
        Kind::Avx2 => avx2::codes::<F>(),
        #[cfg(target_arch = "x86_64")]
        Kind::AvxVnni => avxvnni::codes::<F>(),
        #[cfg(target_arch = "x86_64")]
        Kind::Avx512 | Kind::Amx => avx512::codes::<F>(),
        #[cfg(target_arch = "aarch64")]
        Kind::Neon => neon::codes::<F>(),
        #[cfg(target_arch = "aarch64")]
        Kind::DotProd => dotprod::codes::<F>(),
        #[cfg(target_arch = "aarch64")]
        Kind::I8mm => i8mm_codes::<F>(),
        _ => scalar::codes::<F>(),
    }
}

/// The kernel of a quantized format for outliers.
pub(crate) fn outlier_kernel<F: BlockFormat>(kind: Kind) -> OutlierKernel {
    match kind {
        #[cfg(target_arch = "x86_64")]
        Kind::Avx2 => avx2::outliers::<F>(),
        #[cfg(target_arch = "x86_64")]
        Kind::AvxVnni => avxvnni::outliers::<F>(),
        #[cfg(target_arch = "x86_64")]
        Kind::Avx512 | Kind::Amx => avx512::outliers::<F>(),
        #[cfg(target_arch = "aarch64")]
        Kind::Neon => neon::outliers::<F>(),
        #[cfg(target_arch = "aarch64")]
        Kind::DotProd | Kind::I8mm => dotprod::outliers::<F>(),
        _ => scalar::outliers::<F>(),
    }
}

/// The kernels of a floating-point format.
pub(crate) fn float_kernels<F: FloatFormat>(kind: Kind) -> Table {
    match kind {
        #[cfg(target_arch = "x86_64")]
        Kind::Avx2 => avx2::floats::<F>(),
        #[cfg(target_arch = "x86_64")]
        Kind::AvxVnni => avxvnni::floats::<F>(),
        #[cfg(target_arch = "x86_64")]
        Kind::Avx512 | Kind::Amx => avx512::floats::<F>(),
        #[cfg(target_arch = "aarch64")]
        Kind::Neon => neon::floats::<F>(),
        #[cfg(target_arch = "aarch64")]
        Kind::DotProd | Kind::I8mm => dotprod::floats::<F>(),
        _ => scalar::floats::<F>(),
    }
}

/// The functions of a floating-point format for many tokens.
pub(crate) fn float_tiles<F: FloatFormat>(kind: Kind) -> &'static FloatTiles {
    match kind {
        #[cfg(target_arch = "x86_64")]
        Kind::Avx2 => avx2::float_tiles::<F>(),
        #[cfg(target_arch = "x86_64")]
        Kind::AvxVnni => avxvnni::float_tiles::<F>(),
        #[cfg(target_arch = "x86_64")]
        Kind::Avx512 | Kind::Amx => avx512::float_tiles::<F>(),
        #[cfg(target_arch = "aarch64")]
        Kind::Neon => neon::float_tiles::<F>(),
        #[cfg(target_arch = "aarch64")]
        Kind::DotProd | Kind::I8mm => dotprod::float_tiles::<F>(),
        _ => scalar::float_tiles::<F>(),
    }
}
