//! Memory limits of the control groups that this process is in, as containers and services of Linux have them: of its own group
//! and of every group above it, in both versions of the interface.

use std::fs;
use std::path::{Path, PathBuf};

use super::SystemMemory;

/// Files of one version of the interface.
struct Names {
    limit: &'static str,
    usage: &'static str,
    /// Lines of `memory.stat` with the pages of files, which the system takes back when memory is short.
    files: [&'static str; 2],
}

const VERSION_1: Names = Names {
    limit: "memory.limit_in_bytes",
    usage: "memory.usage_in_bytes",
    files: ["total_active_file", "total_inactive_file"],
};

const VERSION_2: Names =
    Names { limit: "memory.max", usage: "memory.current", files: ["active_file", "inactive_file"] };

/// The smallest limit and the least memory available under any of the limits; `None` where there is no limit. `root` is the root
/// of the file system.
pub(super) fn memory(root: &Path) -> Option<SystemMemory> {
    let groups = fs::read_to_string(root.join("proc/self/cgroup")).ok()?;
    let limits = groups.lines().filter_map(|line| {
        let mut fields = line.splitn(3, ':');
        let (_, controllers, group) = (fields.next()?, fields.next()?, fields.next()?);
        if controllers.is_empty() {
            let unified = root.join("sys/fs/cgroup/unified");
            let mount = if unified.is_dir() { unified } else { root.join("sys/fs/cgroup") };
            limit_of(&mount, group, &VERSION_2)
        } else if controllers.split(',').any(|name| name == "memory") {
            limit_of(&root.join("sys/fs/cgroup/memory"), group, &VERSION_1)
        } else {
            None
        }
    });
    limits.reduce(smaller)
}

/// The same, of a group and those above it, up to where they are mounted.
fn limit_of(mount: &Path, group: &str, names: &Names) -> Option<SystemMemory> {
    let within = mount.join(group.trim_start_matches('/'));
    // In a container, the name may be that outside of it; what is mounted is then the container's own group.
    let mut folder: PathBuf = if within.is_dir() { within } else { mount.to_owned() };
    let mut found: Option<SystemMemory> = None;
    loop {
        if let Some(here) = limit_here(&folder, names) {
            found = Some(found.map_or(here, |found| smaller(found, here)));
        }
        if folder == mount || !folder.pop() {
            return found;
        }
    }
}

fn limit_here(folder: &Path, names: &Names) -> Option<SystemMemory> {
    let number = |name| fs::read_to_string(folder.join(name)).ok()?.trim().parse::<u64>().ok();
    // Without a limit, version 2 has a word here; version 1 has a number beyond every memory.
    let total_bytes = number(names.limit).filter(|&limit| limit < 1 << 60)?;
    let stat = fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
    let files = stat.lines().filter_map(|line| {
        let (name, bytes) = line.split_once(' ')?;
        if names.files.contains(&name) { bytes.trim().parse::<u64>().ok() } else { None }
    });
    let used = number(names.usage)?.saturating_sub(files.sum());
    Some(SystemMemory { total_bytes, available_bytes: total_bytes.saturating_sub(used) })
}

fn smaller(a: SystemMemory, b: SystemMemory) -> SystemMemory {
    SystemMemory {
        total_bytes: a.total_bytes.min(b.total_bytes),
        available_bytes: a.available_bytes.min(b.available_bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIB: u64 = 1 << 30;

    fn write(root: &Path, files: &[(&str, &str)]) {
        for (path, text) in files {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }

    #[test]
    fn the_tightest_group_counts_and_pages_of_files_are_available() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        assert_eq!(memory(root), None, "another system");
        write(
            root,
            &[
                ("proc/self/cgroup", "0::/user.slice/nibble.scope\n"),
                ("sys/fs/cgroup/cgroup.controllers", "memory\n"),
                ("sys/fs/cgroup/user.slice/memory.max", "max\n"),
                ("sys/fs/cgroup/user.slice/memory.current", "17179869184\n"),
            ],
        );
        assert_eq!(memory(root), None, "no group has a limit");
        write(
            root,
            &[
                ("sys/fs/cgroup/user.slice/nibble.scope/memory.max", "8589934592\n"),
                ("sys/fs/cgroup/user.slice/nibble.scope/memory.current", "7516192768\n"),
                (
                    "sys/fs/cgroup/user.slice/nibble.scope/memory.stat",
                    "anon 1073741824\ninactive_file 5368709120\nactive_file 1073741824\n",
                ),
            ],
        );
        assert_eq!(memory(root), Some(SystemMemory { total_bytes: 8 * GIB, available_bytes: 7 * GIB }));
        // A group above it has more, and others use it.
        write(
            root,
            &[
                ("sys/fs/cgroup/user.slice/memory.max", "12884901888\n"),
                ("sys/fs/cgroup/user.slice/memory.current", "10737418240\n"),
            ],
        );
        assert_eq!(memory(root), Some(SystemMemory { total_bytes: 8 * GIB, available_bytes: 2 * GIB }));
    }

    #[test]
    fn the_older_interface_is_read_as_well() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let group = "sys/fs/cgroup/memory/docker/abc";
        write(
            root,
            &[
                ("proc/self/cgroup", "5:cpu,cpuacct:/\n4:memory:/docker/abc\n0::/\n"),
                ("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n"),
                ("sys/fs/cgroup/memory/memory.usage_in_bytes", "34359738368\n"),
                (&format!("{group}/memory.limit_in_bytes"), "4294967296\n"),
                (&format!("{group}/memory.usage_in_bytes"), "2147483648\n"),
                (&format!("{group}/memory.stat"), "inactive_file 7\ntotal_inactive_file 1073741824\n"),
            ],
        );
        let expected = Some(SystemMemory { total_bytes: 4 * GIB, available_bytes: 3 * GIB });
        assert_eq!(memory(root), expected);
        // Inside the container the group is mounted, under a name of the outside.
        fs::rename(root.join(group), root.join("inside")).unwrap();
        fs::remove_dir_all(root.join("sys/fs/cgroup/memory")).unwrap();
        fs::rename(root.join("inside"), root.join("sys/fs/cgroup/memory")).unwrap();
        assert_eq!(memory(root), expected);
    }
}
