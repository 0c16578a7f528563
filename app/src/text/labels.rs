//! Words on controls and screens.

use crate::state::{Fit, Precision, TextSize, ThemeChoice};

/// The program's name.
pub const PRODUCT: &str = "Nibble";
/// The rail's and the empty chat's button.
pub const NEW_CHAT: &str = "New chat";
/// A chat without a message yet.
pub const UNTITLED: &str = "New chat";
/// The screen of models.
pub const MODELS: &str = "Models";
/// The drawer.
pub const SETTINGS: &str = "Settings";
/// Closes what it stands on.
pub const CLOSE: &str = "Close";
/// Closes the drawer.
pub const CLOSE_SETTINGS: &str = "Close settings";
/// Shows the rail.
pub const SHOW_RAIL: &str = "Show chats";
/// Hides the rail.
pub const HIDE_RAIL: &str = "Hide chats";
/// The rail's list.
pub const CHATS: &str = "Chats";
/// Removes a chat.
pub const DELETE_CHAT: &str = "Delete chat";

/// Headline of the first screen.
pub const WELCOME: &str = "Chat with a model on this computer";
/// What the program does, under the headline.
pub const WELCOME_MORE: &str = "Choose a model from disk. Nibble makes it small enough for your memory and runs it here, without sending anything anywhere.";
/// Opens the dialog for folders.
pub const CHOOSE_FOLDER: &str = "Choose a model folder…";
/// What kind of folder.
pub const CHOOSE_FOLDER_MORE: &str = "Original weights from Hugging Face: config.json and safetensors";
/// Opens the dialog for files.
pub const CHOOSE_FILE: &str = "Choose a GGUF file…";
/// What kind of file.
pub const CHOOSE_FILE_MORE: &str = "Ready to chat, from Nibble, llama.cpp or others";
/// Dropping works too.
pub const DROP_HINT: &str = "or drop a folder or file anywhere on this window";
/// Shown while something hovers over the window.
pub const DROP_NOW: &str = "Drop it to see what it is";
/// Chats with the small model that came with the program.
pub const TRY_STARTER: &str = "Try the starter model";
/// What the starter is.
pub const TRY_STARTER_MORE: &str = "Small and built in, to see how chatting works";
/// Heading of the list of made models.
pub const READY_MODELS: &str = "Ready to chat";
/// Heading of the list of recent models.
pub const RECENT_MODELS: &str = "Opened lately";
/// No models yet.
pub const NO_MODELS: &str = "No models yet";
/// What to do about it.
pub const NO_MODELS_MORE: &str = "Models you quantize appear here, ready to chat.";
/// A recent model whose file is gone.
pub const GONE: &str = "not found";
/// Takes a model off the recent list.
pub const FORGET: &str = "Remove from list";

/// The engine reads a model's headers.
pub const READING: &str = "Reading the model…";
/// Cannot read it.
pub const UNREADABLE: &str = "This model cannot be opened";
/// Chooses another model.
pub const CHOOSE_OTHER: &str = "Choose another…";
/// Folds open the causes of a failure.
pub const DETAILS: &str = "Details";

/// Row of the model card.
pub const ARCHITECTURE: &str = "Architecture";
/// Row of the model card.
pub const PARAMETERS: &str = "Parameters";
/// Row of the model card.
pub const SIZE: &str = "Size";
/// Row of the model card.
pub const CONTEXT: &str = "Context";
/// Row of the model card.
pub const BITS: &str = "Bits per weight";
/// Row of the model card.
pub const TEMPLATE: &str = "Chat template";
/// It has one.
pub const TEMPLATE_YES: &str = "Yes";
/// It has none.
pub const TEMPLATE_NO: &str = "None, a plain one is used";
/// Where the model lies.
pub const LOCATION: &str = "Location";

/// Heading of the precisions.
pub const PRECISION: &str = "Precision";
/// Starts quantizing.
pub const QUANTIZE_AND_CHAT: &str = "Quantize and chat";
/// Loads the open model as it is.
pub const CHAT_AS_IT_IS: &str = "Chat without quantizing";
/// Loads the open GGUF.
pub const CHAT: &str = "Chat";
/// Stops a job.
pub const CANCEL: &str = "Cancel";
/// A job was asked to stop.
pub const CANCELLING: &str = "Cancelling…";
/// A job has started and not told anything.
pub const STARTING: &str = "Starting…";

/// The composer, empty.
pub const MESSAGE_HINT: &str = "Message…";
/// The composer's name.
pub const MESSAGE: &str = "Message";
/// Sends.
pub const SEND: &str = "Send";
/// Stops the reply.
pub const STOP: &str = "Stop";
/// A reply was asked to stop.
pub const STOPPING: &str = "Stopping…";
/// Thoughts of a reply that is past them.
pub const THOUGHTS: &str = "Thoughts";
/// Thoughts that still grow.
pub const THINKS: &str = "Thinking…";
/// Asks again after a reply failed.
pub const TRY_AGAIN: &str = "Ask again";
/// Leads to the screen of models.
pub const MORE_MODELS: &str = "More models…";
/// Another reply.
pub const REGENERATE: &str = "Regenerate";
/// Copies a message.
pub const COPY: &str = "Copy";
/// Copies a block of code.
pub const COPY_CODE: &str = "Copy code";
/// No model was chosen.
pub const CHOOSE_MODEL: &str = "Choose a model";
/// The model is being loaded.
pub const LOADING: &str = "Loading the model…";
/// The built-in model is quantized and loaded.
pub const PREPARING_STARTER: &str = "Preparing the built-in model…";
/// The model reads the conversation.
pub const THINKING: &str = "Reading…";
/// Headline of an empty chat.
pub const CHAT_EMPTY: &str = "What would you like to talk about?";
/// Headline of an empty chat without a model.
pub const CHAT_NO_MODEL: &str = "Choose a model to chat with";
/// What the meter in the composer counts.
pub const CONTEXT_USED: &str = "How much of the model's context this chat takes";
/// Under the composer.
pub const CHAT_PRIVACY: &str = "Everything stays on this computer";
/// What the starter is good for.
pub const STARTER_LIMITS: &str =
    "A small built-in model that knows Nibble and quantization. For everything else, open a larger one.";
/// Jumps to the newest message.
pub const TO_END: &str = "To the newest message";

/// Heading of the drawer's part on models.
pub const SECTION_MODEL: &str = "Model";
/// Heading of the drawer's part on replies.
pub const SECTION_REPLIES: &str = "Replies";
/// Heading of the drawer's part on looks.
pub const SECTION_LOOKS: &str = "Appearance";
/// Chooses context.
pub const CONTEXT_LENGTH: &str = "Context length";
/// What context is.
pub const CONTEXT_MORE: &str = "How much of a conversation the model sees. More takes more memory.";
/// Chooses threads.
pub const THREADS: &str = "Threads";
/// What threads are.
pub const THREADS_MORE: &str = "Processor cores used. Automatic takes all physical ones.";
/// The engine chooses.
pub const AUTOMATIC: &str = "Automatic";
/// Temperature.
pub const TEMPERATURE: &str = "Temperature";
/// What temperature is.
pub const TEMPERATURE_MORE: &str = "0 repeats itself exactly; higher is more varied.";
/// Longest reply.
pub const MAX_TOKENS: &str = "Longest reply";
/// No limit on a reply.
pub const NO_LIMIT: &str = "No limit";
/// Instructions before every chat.
pub const SYSTEM_PROMPT: &str = "Instructions";
/// What they are.
pub const SYSTEM_PROMPT_HINT: &str = "For example: answer briefly and in plain words";
/// Theme.
pub const THEME: &str = "Theme";
/// Text size.
pub const TEXT_SIZE: &str = "Text size";
/// Back to how it was at first.
pub const RESET: &str = "Reset settings";
/// Memory that is free.
pub const FREE_MEMORY: &str = "Free memory";

/// Said where no window can be opened.
pub const TERMINAL_INSTEAD: &str = "No display, so Nibble chats here in the terminal";
/// How to use the terminal.
pub const TERMINAL_HOW: &str = "Type a message and press Enter; Ctrl-D ends";
/// Asked where nobody types and the model has no question of its own.
pub const TERMINAL_QUESTION: &str = "What can you do?";
/// The engine ended a job in an unexpected way.
pub const TERMINAL_BROKE_OFF: &str = "The engine broke off; start again";
/// The worker's pipe failed.
pub const WORKER_FAILED: &str = "The worker could not read its commands";

/// A precision's name for people.
pub fn precision(precision: Precision) -> &'static str {
    match precision {
        Precision::Int4 => "INT4",
        Precision::Int8 => "INT8",
        Precision::F16 => "F16",
    }
}

/// What a precision is for.
pub fn precision_more(precision: Precision) -> &'static str {
    match precision {
        Precision::Int4 => "Smallest and fastest",
        Precision::Int8 => "Near the original",
        Precision::F16 => "As the original",
    }
}

/// A verdict on memory.
pub fn fit(fit: Fit) -> &'static str {
    match fit {
        Fit::Comfortable => "Fits comfortably",
        Fit::Tight => "Fits, but tight",
        Fit::TooLarge => "Does not fit",
    }
}

/// A theme's name.
pub fn theme(theme: ThemeChoice) -> &'static str {
    match theme {
        ThemeChoice::System => "System",
        ThemeChoice::Light => "Light",
        ThemeChoice::Dark => "Dark",
    }
}

/// A text size's name.
pub fn text_size(size: TextSize) -> &'static str {
    match size {
        TextSize::Small => "Small",
        TextSize::Medium => "Medium",
        TextSize::Large => "Large",
    }
}
