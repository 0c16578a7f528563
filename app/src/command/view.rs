//! Commands of the window itself: screens, panels, notices, the clipboard.

use std::path::PathBuf;

use crate::base::{NoticeId, Screen, SettingsPage};

/// A command about the window itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViewCommand {
    /// Show a screen.
    Show(Screen),
    /// Open or close the drawer with the settings of the current chat.
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
    /// Keep notices from going by themselves while the pointer rests on them, or let them go again.
    HoldNotices(bool),
    /// Show this page of the settings.
    ShowSettings(SettingsPage),
}
