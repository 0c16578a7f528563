//! The tile instructions of the processor, one each, and the question whether this process may use them.
//!
//! By inline assembly, since the compiler's own functions for tiles are not stable. No tile is live outside a kernel, so the
//! compiler need not know of them.

use std::arch::asm;
use std::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};

use super::tiles::{TileConfig, Tiles};

/// Tiles of metal; made only where [`is_permitted`] said yes.
pub(super) struct Hardware;

impl Tiles for Hardware {
    #[inline]
    unsafe fn configure(&mut self, config: &TileConfig) {
        // SAFETY: the configuration is one of 64 bytes that the instruction accepts; tiles are permitted.
        unsafe { asm!("ldtilecfg [{}]", in(reg) config, options(nostack, preserves_flags, readonly)) };
    }

    #[inline]
    unsafe fn zero_c(&mut self) {
        // SAFETY: tiles are configured.
        unsafe { asm!("tilezero tmm0", out("tmm0") _, options(nostack, preserves_flags, nomem)) };
    }

    #[inline]
    unsafe fn load_a(&mut self, from: *const u8, stride: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            asm!("tileloadd tmm1, [{} + {}]", in(reg) from, in(reg) stride, out("tmm1") _,
                options(nostack, preserves_flags, readonly));
        }
    }

    #[inline]
    unsafe fn load_b(&mut self, from: *const u8, stride: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            asm!("tileloadd tmm2, [{} + {}]", in(reg) from, in(reg) stride, out("tmm2") _,
                options(nostack, preserves_flags, readonly));
        }
    }

    #[inline]
    unsafe fn dot(&mut self) {
        // SAFETY: tiles are configured.
        unsafe { asm!("tdpbssd tmm0, tmm1, tmm2", out("tmm0") _, options(nostack, preserves_flags, nomem)) };
    }

    #[inline]
    unsafe fn store_c(&mut self, to: *mut u8, stride: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            asm!("tilestored [{} + {}], tmm0", in(reg) to, in(reg) stride, options(nostack, preserves_flags));
        }
    }

    #[inline]
    unsafe fn release(&mut self) {
        // SAFETY: tiles are permitted.
        unsafe { asm!("tilerelease", options(nostack, preserves_flags, nomem)) };
    }
}

/// Runs `rounds` times four products of whole, empty tiles.
///
/// # Safety
/// Tiles are permitted.
pub(super) unsafe fn multiply(rounds: usize) {
    let mut tiles = Hardware;
    // SAFETY: the caller's promise.
    unsafe {
        tiles.configure(&TileConfig::whole());
        for _ in 0..rounds {
            asm!("tdpbssd tmm0, tmm4, tmm6", "tdpbssd tmm1, tmm5, tmm6", "tdpbssd tmm2, tmm4, tmm7",
                "tdpbssd tmm3, tmm5, tmm7", out("tmm0") _, out("tmm1") _, out("tmm2") _, out("tmm3") _,
                options(nostack, preserves_flags, nomem));
        }
        tiles.release();
    }
}

/// Whether the processor has tiles of bytes, the system saves them, and lets this process use them.
pub(super) fn is_permitted() -> bool {
    has_tiles() && ask_system()
}

fn has_tiles() -> bool {
    /// AMX-TILE and AMX-INT8 in EDX of leaf 7.
    const TILE_AND_INT8: u32 = 1 << 24 | 1 << 25;
    /// TILECFG and TILEDATA in XCR0.
    const SAVED: u64 = 1 << 17 | 1 << 18;
    if __cpuid(0).eax < 7 || __cpuid_count(7, 0).edx & TILE_AND_INT8 != TILE_AND_INT8 {
        return false;
    }
    // SAFETY: tiles exist only together with the extended state that this reads.
    std::arch::is_x86_feature_detected!("xsave") && unsafe { saved_state() } & SAVED == SAVED
}

/// What of the extended state the system saves: register XCR0.
#[target_feature(enable = "xsave")]
fn saved_state() -> u64 {
    // SAFETY: the feature is enabled, and register 0 exists with it.
    unsafe { _xgetbv(0) }
}

/// Linux keeps the room for tiles only for processes that ask (`Documentation/arch/x86/xstate.rst`); their threads have it too.
#[cfg(target_os = "linux")]
fn ask_system() -> bool {
    const ARCH_REQ_XCOMP_PERM: libc::c_long = 0x1023;
    const XFEATURE_XTILEDATA: libc::c_long = 18;
    // SAFETY: the call only sets a permission of this process.
    unsafe { libc::syscall(libc::SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0 }
}

/// How other systems hand out tiles is not known to this crate, so they get none.
#[cfg(not(target_os = "linux"))]
fn ask_system() -> bool {
    false
}
