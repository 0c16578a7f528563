//! Words of the page about the program, and of the list of running work.

use super::words::plain;

plain! {
    /// Title of the page about the program.
    about;
    /// What the program is.
    about_more;
    /// Heading of the paths.
    places;
    /// The file of settings.
    place_settings;
    /// The file of chats.
    place_chats;
    /// Label of the log file.
    place_log;
    /// Heading of the licenses.
    licenses;
    /// The program's own.
    license_own;
    /// Those of the fonts.
    license_fonts;
    /// Shows all of them.
    show_licenses;
    /// Heading of what a report needs.
    for_reports;
    /// Puts it on the clipboard.
    copy_diagnostics;
    /// What is in it and what is not.
    copy_diagnostics_more;
    /// It is there.
    diagnostics_copied;
    /// Heading of the list of running work.
    running_work;
}
