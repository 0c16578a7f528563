//! The operating system's name.

/// Name and version of the operating system, and the architecture that the program was built for, as in `Debian 12 (x86_64)`.
pub fn system_name() -> String {
    let name = sysinfo::System::long_os_version().unwrap_or_else(|_unknown| std::env::consts::OS.to_owned());
    format!("{} ({})", name.trim(), std::env::consts::ARCH)
}
