//! Notifications of the system, for a user who is in another window.

/// Shows one; where the system has none, nothing happens. May wait for the system, so it runs on a task's thread.
pub fn show(title: &str, words: &str) {
    let shown = notify_rust::Notification::new().appname(title).summary(title).body(words).show();
    if let Err(error) = shown {
        tracing::debug!(%error, "the system shows no notifications");
    }
}
