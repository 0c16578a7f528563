//! The language of the system.

use crate::state::Language;

/// The first of the languages the system prefers that the interface has; English if it has none of them.
pub fn of_system() -> Language {
    sys_locale::get_locales().find_map(|locale| Language::of_locale(&locale)).unwrap_or_default()
}
