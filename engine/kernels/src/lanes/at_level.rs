//! Compiles one generic kernel once per instruction set.

/// Runs `kernel(token, args..)` with the vectors of a level, or `scalar(args..)` at the scalar one.
///
/// `kernel` must be `#[inline(always)]` and generic over [`Lanes`](crate::lanes::Lanes); the types are spelled out because the
/// macro defines the function with the target features.
macro_rules! at_level {
    ($level:expr, $scalar:path, $kernel:path, ($($arg:ident : $ty:ty = $value:expr),* $(,)?) $(-> $ret:ty)?) => {{
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx2,fma,f16c")]
            fn avx2($($arg: $ty),*) $(-> $ret)? {
                $kernel($crate::lanes::Avx2::new(), $($arg),*)
            }
            #[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
            fn avx512($($arg: $ty),*) $(-> $ret)? {
                $kernel($crate::lanes::Avx512::new(), $($arg),*)
            }
            let kind = $level.kind();
            if kind >= $crate::level::Kind::Avx512 {
                // SAFETY: a level of this kind exists only where the processor reported these features.
                unsafe { avx512($($value),*) }
            } else if kind >= $crate::level::Kind::Avx2 {
                // SAFETY: as above, for the features of AVX2.
                unsafe { avx2($($value),*) }
            } else {
                $scalar($($value),*)
            }
        }
        #[cfg(target_arch = "aarch64")]
        if $level.kind() >= $crate::level::Kind::Neon {
            $kernel($crate::lanes::Neon::new(), $($value),*)
        } else {
            $scalar($($value),*)
        }
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        {
            let _ = $level;
            $scalar($($value),*)
        }
    }};
}
pub(crate) use at_level;
