//! Hardware and system, for display.

/// Hardware of this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// The operating system.
    pub system: String,
    /// The processor's name.
    pub cpu: String,
    /// The instructions that models are computed with.
    pub level: String,
    /// Number of physical cores.
    pub cores: usize,
    /// Names of graphics cards.
    pub gpus: Vec<String>,
}
