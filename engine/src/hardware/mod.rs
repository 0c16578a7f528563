//! Hardware of this machine: processor, memory, graphics cards, free disk.

mod control_group;
mod gpu;
mod system;

use std::path::Path;

use nibble_kernels::pool::Pool;
use nibble_kernels::{UnavailableLevel, probe};
use serde::{Deserialize, Serialize};
use sysinfo::{CpuRefreshKind, MemoryRefreshKind, RefreshKind, System};

pub use nibble_kernels::Level;

pub use gpu::{Gpu, gpus};
pub use system::system_name;

/// Hardware of this machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hardware {
    /// Name of the processor.
    pub cpu: String,
    /// Instruction-set levels of the processor, lowest first.
    pub levels: Vec<String>,
    /// Number of physical cores.
    pub cores: usize,
    /// Total memory in bytes.
    pub ram_total_bytes: u64,
    /// Available memory in bytes.
    pub ram_available_bytes: u64,
    /// Graphics cards of this machine.
    pub gpus: Vec<Gpu>,
}

/// Detects the hardware of this machine.
pub fn hardware() -> Hardware {
    let memory = memory();
    Hardware {
        cpu: cpu_name(),
        levels: Level::available().iter().map(|level| level.name().to_owned()).collect(),
        cores: physical_cores(),
        ram_total_bytes: memory.total_bytes,
        ram_available_bytes: memory.available_bytes,
        gpus: gpus(),
    }
}

/// The error of the level that `NIBBLE_CPU` requests, if it is not available; another level is used, which programs report when
/// they start.
pub fn unavailable_level() -> Option<UnavailableLevel> {
    Level::from_environment().err()
}

/// Name of the processor, or `unknown`.
pub fn cpu_name() -> String {
    let kinds = RefreshKind::nothing().with_cpu(CpuRefreshKind::nothing());
    let system = System::new_with_specifics(kinds).ok();
    let name = system.and_then(|system| Some(system.cpus().first()?.brand().trim().to_owned()));
    name.unwrap_or_else(|| "unknown".to_owned())
}

/// Number of physical cores that this process may use; the default number of threads.
pub fn physical_cores() -> usize {
    let allowed = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    System::physical_core_count().map_or(allowed, |cores| cores.clamp(1, allowed))
}

/// Bytes that the bandwidth probe reads: more than any cache holds.
const PROBE_BYTES: usize = 512 << 20;

/// Measured memory read speed of `threads` threads, in 10⁹ bytes per second; 0 if it could not be measured.
pub fn read_gbps(level: Level, threads: usize) -> f64 {
    probe::read_gbps(level, &Pool::new(threads), PROBE_BYTES).unwrap_or(0.0)
}

/// Measured product throughput of `threads` threads at a level, in 10⁹ multiplications and additions per second.
pub fn product_gops(level: Level, threads: usize) -> f64 {
    probe::product_gops(level, &Pool::new(threads))
}

/// Memory of this machine, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SystemMemory {
    /// Total memory in bytes.
    pub total_bytes: u64,
    /// Available memory in bytes.
    pub available_bytes: u64,
}

/// Memory of the machine, or of the container or service that this process runs in, if that has less; zeros if the system does not report it.
pub fn memory() -> SystemMemory {
    let kinds = RefreshKind::nothing().with_memory(MemoryRefreshKind::nothing().with_ram());
    let Ok(system) = System::new_with_specifics(kinds) else {
        return SystemMemory { total_bytes: 0, available_bytes: 0 };
    };
    let machine =
        SystemMemory { total_bytes: system.total_memory(), available_bytes: system.available_memory() };
    match control_group::memory(Path::new("/")) {
        Some(limit) => SystemMemory {
            total_bytes: machine.total_bytes.min(limit.total_bytes),
            available_bytes: machine.available_bytes.min(limit.available_bytes),
        },
        None => machine,
    }
}

/// Free bytes for this user on the file system of `path`, or of its nearest existing parent folder; `None` if the system does not
/// report it, as for some network disks.
pub fn free_disk_bytes(path: &Path) -> Option<u64> {
    let there = |path: &Path| if path.as_os_str().is_empty() { None } else { path.canonicalize().ok() };
    let path = path.ancestors().find_map(there).or_else(|| std::env::current_dir().ok())?;
    let found = fs4::statvfs(&path).ok()?;
    // A file system without a size does not count its space.
    (found.total_space() > 0).then(|| found.available_space())
}

/// Peak resident memory of this process in bytes; the current one where the system does not record the peak; 0 if unknown.
pub fn peak_rss_bytes() -> u64 {
    let kept = std::fs::read_to_string("/proc/self/status").ok().and_then(|status| {
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()
    });
    kept.map_or_else(rss_bytes, |kib| kib * 1024)
}

/// Resident memory of this process in bytes; 0 if unknown.
pub fn rss_bytes() -> u64 {
    let Ok(pid) = sysinfo::get_current_pid() else { return 0 };
    let Ok(mut system) = System::new() else { return 0 };
    system.refresh_processes(sysinfo::ProcessesToUpdate::Some(&[pid]), false);
    system.process(pid).map_or(0, sysinfo::Process::memory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_is_described_without_contradiction() {
        let found = hardware();
        assert!(found.cores >= 1);
        assert_eq!(found.levels.first().map(String::as_str), Some("scalar"));
        assert!(found.ram_available_bytes <= found.ram_total_bytes && found.ram_total_bytes > 0);
        assert!(peak_rss_bytes() > 1 << 20 && rss_bytes() > 1 << 20);
    }

    #[test]
    fn the_disk_of_a_path_that_does_not_exist_yet_is_that_of_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("a").join("b.gguf");
        let [of_file, of_folder] = [missing.as_path(), folder.path()].map(free_disk_bytes);
        let (Some(of_file), Some(of_folder)) = (of_file, of_folder) else { panic!("no disk is known") };
        // Other programs write meanwhile.
        assert!(of_file > 0 && of_file.abs_diff(of_folder) < of_folder / 4, "{of_file} {of_folder}");
    }

    /// Mounts of their own file systems, which the list of disks often lacks.
    #[cfg(target_os = "linux")]
    #[test]
    fn the_space_is_that_of_the_folders_own_file_system() {
        let shared = Path::new("/dev/shm");
        if !shared.is_dir() {
            return;
        }
        let found = free_disk_bytes(shared);
        let size = fs4::statvfs(shared).unwrap().total_space();
        assert!(found.is_none_or(|free| free <= size), "{found:?} of {size}");
        assert_eq!(free_disk_bytes(Path::new("/proc")), None, "a file system without a size");
    }
}
