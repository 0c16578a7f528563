//! Saves settings in the background: always the newest, one write at a time.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::JobEvent;
use crate::inbox::CommandSender;
use crate::platform::settings_file;
use crate::state::Settings;

/// Writes settings as they change.
#[derive(Clone)]
pub struct Saver {
    sender: CommandSender,
    slot: Arc<Mutex<Slot>>,
}

#[derive(Default)]
struct Slot {
    newest: Option<(PathBuf, Settings)>,
    writing: bool,
}

impl Saver {
    /// A saver that reports failures through `sender`.
    pub fn new(sender: CommandSender) -> Self {
        Self { sender, slot: Arc::default() }
    }

    /// Has the settings written soon; older ones that wait are dropped.
    pub fn save(&self, path: PathBuf, settings: Settings) {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.newest = Some((path, settings));
        if !std::mem::replace(&mut slot.writing, true) {
            let saver = self.clone();
            let started =
                std::thread::Builder::new().name("saver".to_owned()).spawn(move || saver.write_waiting());
            slot.writing = started.is_ok();
        }
    }

    /// Writes what still waits, before the program ends.
    pub fn finish(&self) {
        self.write_waiting();
    }

    fn write_waiting(&self) {
        loop {
            let newest = {
                let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
                slot.writing = slot.newest.is_some();
                slot.newest.take()
            };
            let Some((path, settings)) = newest else { return };
            if let Err(error) = settings_file::save(&path, &settings) {
                self.sender.report(JobEvent::SettingsNotSaved { reason: error.to_string() });
            }
        }
    }
}
