//! The processes of the engine: what each is for, and how one ended.

/// A process of the engine, by what it is for. Each does one job at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lane {
    /// Lane that inspects models.
    Inspect,
    /// Lane that quantizes models.
    Quantize,
    /// Loads a model and chats with it.
    Chat,
    /// Searches the Hub and reads pages of models.
    HubSearch,
    /// Lane that downloads models.
    Download,
    /// Lists, verifies and deletes the models on this machine.
    Library,
}

impl Lane {
    /// All lanes of work.
    pub const ALL: [Self; 6] =
        [Self::Inspect, Self::Quantize, Self::Chat, Self::HubSearch, Self::Download, Self::Library];
}

/// End of a worker process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Death {
    /// Its exit status, if it had one.
    pub code: Option<i32>,
    /// The signal that killed it, if one did.
    pub signal: Option<i32>,
}

impl Death {
    /// Whether the system killed it outright, as it does when memory runs out.
    pub fn was_killed(self) -> bool {
        self.signal == Some(9)
    }
}
