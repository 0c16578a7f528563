//! Instruction-set levels of this process: a value proves that the features exist.
//!
//! Chosen once, at run time, from what the processor reports; `NIBBLE_CPU=scalar|avx2|avxvnni|avx512|amx` (`scalar|neon|dotprod|i8mm` on
//! AArch64) lowers it.
//! Instructions written in inline assembly are tested before they are offered.

use std::sync::OnceLock;

#[cfg(target_arch = "x86_64")]
use crate::amx;
#[cfg(target_arch = "x86_64")]
use crate::lanes::avxvnni;
#[cfg(target_arch = "aarch64")]
use crate::lanes::{dotprod, i8mm};

/// An instruction-set level. Holding one proves that the processor has its features, since only [`Level::available`] and
/// [`Level::best`] create them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(Kind);

/// Kinds of levels, in ascending order; a processor has those of one family, and plain Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Plain Rust, which runs on every processor.
    Scalar,
    /// AVX2, FMA and F16C.
    Avx2,
    /// AVX2 with AVX-VNNI.
    AvxVnni,
    /// AVX-512 F, BW, VL, DQ and VNNI.
    Avx512,
    /// AVX-512 with AMX-BF16.
    Amx,
    /// NEON, which every AArch64 processor has.
    Neon,
    /// NEON with dot products of eight-bit integers.
    DotProd,
    /// NEON with dot products and matrix products of eight-bit integers.
    I8mm,
}

impl Kind {
    /// Every level there is, on any machine, lowest first.
    pub const ALL: [Self; 8] = [
        Self::Scalar,
        Self::Avx2,
        Self::AvxVnni,
        Self::Avx512,
        Self::Amx,
        Self::Neon,
        Self::DotProd,
        Self::I8mm,
    ];

    /// The level's name, as `NIBBLE_CPU` and `--level` take it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Avx2 => "avx2",
            Self::AvxVnni => "avxvnni",
            Self::Avx512 => "avx512",
            Self::Amx => "amx",
            Self::Neon => "neon",
            Self::DotProd => "dotprod",
            Self::I8mm => "i8mm",
        }
    }
}

impl Level {
    /// Plain Rust, available everywhere.
    pub const SCALAR: Self = Self(Kind::Scalar);

    /// The kind of the level, for choosing a kernel by `match`.
    pub fn kind(self) -> Kind {
        self.0
    }

    /// Name of the level, as `NIBBLE_CPU` and `--level` take it.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// All levels of this machine, lowest first.
    pub fn available() -> Vec<Self> {
        #[cfg(target_arch = "x86_64")]
        let rest = {
            let avx2 = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("fma")
                && is_x86_feature_detected!("f16c");
            let avx512 = avx2
                && is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vnni");
            [
                (Kind::Avx2, avx2),
                (Kind::AvxVnni, avx2 && avxvnni::works()),
                (Kind::Avx512, avx512),
                (Kind::Amx, avx512 && amx::works()),
            ]
        };
        #[cfg(target_arch = "aarch64")]
        let rest = [
            (Kind::Neon, std::arch::is_aarch64_feature_detected!("neon")),
            (Kind::DotProd, dotprod::works()),
            (Kind::I8mm, dotprod::works() && i8mm::works()),
        ];
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        let rest = [];
        let there = rest.into_iter().filter(|(_, there)| *there).map(|(kind, _): (Kind, bool)| Self(kind));
        std::iter::once(Self::SCALAR).chain(there).collect()
    }

    /// The available level with this name, if any.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::available().into_iter().find(|level| level.name() == name)
    }

    /// The level requested by `NIBBLE_CPU`, if it is set.
    ///
    /// # Errors
    /// When `NIBBLE_CPU` names no known level, or the machine lacks it.
    pub fn from_environment() -> Result<Option<Self>, UnavailableLevel> {
        let Some(asked) = std::env::var_os("NIBBLE_CPU") else { return Ok(None) };
        let asked = asked.to_string_lossy().into_owned();
        match Self::from_name(&asked) {
            Some(level) => Ok(Some(level)),
            None => Err(UnavailableLevel { asked }),
        }
    }

    /// The level of this process: the one requested by `NIBBLE_CPU` if the machine has it, else the highest available. Programs
    /// report the error of [`Level::from_environment`] if the requested level is not available.
    pub fn best() -> Self {
        static BEST: OnceLock<Level> = OnceLock::new();
        *BEST.get_or_init(|| {
            let asked = Self::from_environment().ok().flatten();
            asked.or_else(|| Self::available().pop()).unwrap_or(Self::SCALAR)
        })
    }
}

/// `NIBBLE_CPU` names a level that is unknown or that this machine lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnavailableLevel {
    /// The requested value of `NIBBLE_CPU`.
    pub asked: String,
}

impl std::fmt::Display for UnavailableLevel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<_> = Level::available().iter().map(|level| level.name()).collect();
        let (asked, best) = (&self.asked, Level::best().name());
        write!(
            f,
            "NIBBLE_CPU={asked} is not a level of this machine, which has {}; {best} is used",
            names.join(", ")
        )
    }
}

impl std::error::Error for UnavailableLevel {}
