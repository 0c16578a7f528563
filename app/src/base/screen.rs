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
    /// About the program and its files.
    About,
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
        Self::About,
    ];
}
