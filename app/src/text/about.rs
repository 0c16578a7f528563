//! Words of the page about the program, and of the list of running work.

use super::words::plain;

plain! {
    /// The page.
    about;
    /// What the program is.
    about_more;
    /// Heading of the paths.
    places;
    /// The file of settings.
    place_settings;
    /// The file of chats.
    place_chats;
    /// The log.
    place_log;
    /// Heading of the licences.
    licences;
    /// The program's own.
    licence_own;
    /// Those of the fonts.
    licence_fonts;
    /// Shows all of them.
    show_licences;
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
