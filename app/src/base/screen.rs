//! The screens of the window.

/// What fills the middle of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Screen {
    /// The first screen: how to start a chat.
    #[default]
    Welcome,
    /// Models on this machine.
    Models,
    /// Models of the Hub, to look for.
    Discover,
    /// The page of a model of the Hub.
    HubModel,
    /// Models on their way.
    Downloads,
    /// The open model, what it is and what it can become.
    Model,
    /// How close a quantized model is to its original.
    Quality,
    /// Several models beside one original.
    Compare,
    /// The current chat.
    Chat,
    /// Settings of the program, page by page.
    Settings,
}

/// A page of the settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SettingsPage {
    /// Language, and the way back to the settings of the first start.
    #[default]
    General,
    /// Theme, size of text, motion.
    Appearance,
    /// Titles, replies in all chats, chats of other programs.
    Chats,
    /// Precision, folder of models.
    Models,
    /// Context, cache, threads, and how long a model stays in memory.
    Performance,
    /// Offline mode, access token of the Hub.
    Network,
    /// Keys that do something everywhere.
    Shortcuts,
    /// Version, files, licenses.
    About,
}

impl SettingsPage {
    /// All pages, in their order.
    pub const ALL: [Self; 8] = [
        Self::General,
        Self::Appearance,
        Self::Chats,
        Self::Models,
        Self::Performance,
        Self::Network,
        Self::Shortcuts,
        Self::About,
    ];
}

impl Screen {
    /// All screens, in the order of the navigation.
    pub const ALL: [Self; 10] = [
        Self::Welcome,
        Self::Models,
        Self::Discover,
        Self::HubModel,
        Self::Downloads,
        Self::Model,
        Self::Quality,
        Self::Compare,
        Self::Chat,
        Self::Settings,
    ];
}
