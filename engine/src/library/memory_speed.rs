//! The speed of this machine's memory, measured once and stored in the data folder: measuring takes a moment and half a
//! gigabyte.

use nibble_kernels::Level;
use serde::{Deserialize, Serialize};

use super::data_file;
use crate::hardware;

/// Data file of the measurement.
const FILE: &str = "machine.json";

/// A measurement, and the machine it was made on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Measured {
    cpu: String,
    threads: usize,
    read_gbps: f64,
}

/// Bandwidth of reading memory with all physical cores, in 10⁹ bytes per second; `None` if it cannot be measured.
///
/// Measured at the first call on a machine, and taken from the data folder from then on.
pub fn read_gbps() -> Option<f64> {
    let (cpu, threads) = (hardware::cpu_name(), hardware::physical_cores());
    let known =
        data_file::read::<Measured>(FILE).filter(|known| known.cpu == cpu && known.threads == threads);
    let measured = known.unwrap_or_else(|| {
        let read_gbps = hardware::read_gbps(Level::best(), threads);
        let measured = Measured { cpu, threads, read_gbps };
        data_file::write(FILE, &measured);
        measured
    });
    Some(measured.read_gbps).filter(|gbps| *gbps > 0.0)
}
