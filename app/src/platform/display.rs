//! Whether a window can be opened at all.

/// Whether this system seems to have a display.
pub fn is_present() -> bool {
    if cfg!(all(unix, not(target_os = "macos"))) {
        let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        named("DISPLAY") || named("WAYLAND_DISPLAY") || named("WAYLAND_SOCKET")
    } else {
        true
    }
}
