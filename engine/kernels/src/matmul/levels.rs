//! The kernels of each instruction set: instances of the generic products inside functions that enable its features.

use super::kernel_args::{Kernel, KernelArgs, Table};
use super::{codes, floats};
use crate::block::BlockFormat;
use crate::formats::floats::FloatFormat;
use crate::lanes::Scalar;
#[cfg(target_arch = "x86_64")]
use crate::lanes::{Avx2, Avx512, AvxVnni};
use crate::level::Kind;

/// Defines two functions of a level: the tables of quantized and of floating-point formats, by the number of tokens a kernel
/// computes, largest first.
macro_rules! level {
    ($(#[$features:meta])? $level:ident, $lanes:expr, [$($codes:literal)*], [$($floats:literal)*]) => {
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

            pub(super) fn floats<F: FloatFormat>() -> Table {
                $(#[$features])?
                unsafe fn panel<F: FloatFormat, const T: usize>(args: &KernelArgs<'_>) {
                    // SAFETY: as above.
                    unsafe { floats::panel::<F, _, T>($lanes, args) }
                }
                const { &[$(($floats, panel::<F, $floats> as Kernel),)*] }
            }
        }
    };
}

level!(scalar, Scalar, [4 2 1], [4 2 1]);
#[cfg(target_arch = "x86_64")]
level!(#[target_feature(enable = "avx2,fma,f16c")] avx2, Avx2::new(), [6 4 3 2 1], [6 4 3 2 1]);
#[cfg(target_arch = "x86_64")]
level!(#[target_feature(enable = "avx2,fma,f16c")] avxvnni, AvxVnni::new(), [6 4 3 2 1], [6 4 3 2 1]);
#[cfg(target_arch = "x86_64")]
level!(
    #[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
    avx512,
    Avx512::new(),
    [12 8 6 5 4 3 2 1],
    [6 4 3 2 1]
);

/// The kernels of a quantized format.
pub(crate) fn code_kernels<F: BlockFormat>(kind: Kind) -> Table {
    match kind {
        #[cfg(target_arch = "x86_64")]
        Kind::Avx2 => avx2::codes::<F>(),
        #[cfg(target_arch = "x86_64")]
        Kind::AvxVnni => avxvnni::codes::<F>(),
        #[cfg(target_arch = "x86_64")]
        Kind::Avx512 | Kind::Amx => avx512::codes::<F>(),
        _ => scalar::codes::<F>(),
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
        _ => scalar::floats::<F>(),
    }
}
