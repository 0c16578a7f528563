//! Fonts of the system for scripts that the shipped ones lack.

use std::path::PathBuf;

/// Largest font file that is read; collections of all CJK weights are larger and not needed.
const MOST_BYTES: u64 = 40 << 20;

/// A font with Chinese, Japanese and Korean, if the system has one where it is expected.
pub fn find_cjk() -> Option<Vec<u8>> {
    let path = candidates()
        .into_iter()
        .find(|path| path.metadata().is_ok_and(|meta| meta.is_file() && meta.len() <= MOST_BYTES))?;
    std::fs::read(path).ok()
}

fn candidates() -> Vec<PathBuf> {
    let fixed: &[&str] = if cfg!(target_os = "windows") {
        &["C:\\Windows\\Fonts\\msyh.ttc", "C:\\Windows\\Fonts\\simsun.ttc", "C:\\Windows\\Fonts\\YuGothR.ttc"]
    } else if cfg!(target_os = "macos") {
        &["/System/Library/Fonts/Hiragino Sans GB.ttc", "/System/Library/Fonts/STHeiti Light.ttc"]
    } else {
        &[
            "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
            "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
            "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
            "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
            "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
            "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
            "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf",
        ]
    };
    fixed.iter().map(PathBuf::from).collect()
}
