//! Commands of the window itself: screens, panels, notices, the clipboard.

use std::path::PathBuf;

use crate::base::{NoticeId, Screen};

/// A command about the window itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViewCommand {
    /// Show a screen.
    Show(Screen),
    /// Open or close the settings drawer.
    ToggleDrawer,
    /// Open or close the left rail.
    ToggleRail,
    /// Show a file or folder in the file manager.
    Reveal(PathBuf),
    /// Copy text to the clipboard.
    Copy(String),
    /// Copy a description of the program and the machine to the clipboard, without any text of the user.
    CopyDiagnostics,
    /// Show the licenses of everything the program is made of.
    ShowLicenses,
    /// Close a notice.
    Dismiss(NoticeId),
}
