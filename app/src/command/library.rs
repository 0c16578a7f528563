//! Commands of the library: the models on this machine.

/// A command about the models on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LibraryCommand {
    /// List the models again.
    Refresh,
    /// Ask whether the model of this name is to be deleted; `None` takes the question back.
    AskRemove(Option<String>),
    /// Delete the model of this name.
    Remove(String),
    /// Compare the files of the model of this name with their checksums.
    Verify(String),
    /// Cancel that comparison.
    CancelVerify,
}
