//! Words on controls and screens.

use crate::state::{Fit, Precision, Style, TextSize, ThemeChoice};

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
/// Starts a chat that is never stored.
pub const NEW_TEMPORARY_CHAT: &str = "New temporary chat";
/// Such chats.
pub const TEMPORARY: &str = "Temporary";
/// What they are.
pub const TEMPORARY_MORE: &str = "Temporary: this chat is not saved and is gone when Nibble closes";
/// Looks for something in all chats.
pub const SEARCH_CHATS: &str = "Search chats";
/// What is looked for is nowhere.
pub const NOTHING_FOUND: &str = "Nothing found";
/// Chats whose titles hold it.
pub const FOUND_IN_TITLES: &str = "Titles";
/// Messages that hold it.
pub const FOUND_IN_MESSAGES: &str = "Messages";
/// Chats that stand above the others.
pub const PINNED: &str = "Pinned";
/// Chats of today.
pub const TODAY: &str = "Today";
/// Chats of the day before.
pub const YESTERDAY: &str = "Yesterday";
/// Chats of the last seven days.
pub const LAST_WEEK: &str = "Last 7 days";
/// Chats of the last thirty days.
pub const LAST_MONTH: &str = "Last 30 days";
/// Chats before that.
pub const OLDER: &str = "Older";
/// Chats that were put away.
pub const ARCHIVED: &str = "Archived";
/// Opens the menu of a chat.
pub const MORE_FOR_CHAT: &str = "More for this chat";
/// Gives a chat another name.
pub const RENAME_CHAT: &str = "Rename";
/// The field for it.
pub const CHAT_NAME: &str = "Name of the chat";
/// Puts a chat above the others.
pub const PIN_CHAT: &str = "Pin";
/// Puts it back among them.
pub const UNPIN_CHAT: &str = "Unpin";
/// Puts a chat away.
pub const ARCHIVE_CHAT: &str = "Archive";
/// Takes it out again.
pub const UNARCHIVE_CHAT: &str = "Move out of the archive";
/// Writes a chat to a file to read.
pub const EXPORT_MARKDOWN: &str = "Export as Markdown…";
/// Writes a chat to a file to import.
pub const EXPORT_JSON: &str = "Export as JSON…";
/// A chat's messages are on their way.
pub const READING_CHAT: &str = "Opening the chat…";
/// The person, in an exported chat.
pub const SPEAKER_PERSON: &str = "You";
/// The model, in an exported chat that does not know its name.
pub const SPEAKER_MODEL: &str = "Assistant";
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
/// Writes a reply on that was cut.
pub const CONTINUE: &str = "Continue";
/// Changes a message.
pub const EDIT: &str = "Edit";
/// The field for it.
pub const EDITED_MESSAGE: &str = "Edited message";
/// Sends the changed message.
pub const SEND_EDITED: &str = "Send again";
/// Answers to a message.
pub const QUOTE: &str = "Quote";
/// Removes a message and what follows.
pub const DELETE_MESSAGE: &str = "Delete from here on";
/// Shows the version before.
pub const OLDER_VERSION: &str = "Previous version";
/// Shows the version after.
pub const NEWER_VERSION: &str = "Next version";
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
/// What the options are for.
pub const REPLIES_FOR: &str = "Replies in";
/// The current chat.
pub const THIS_CHAT: &str = "This chat";
/// Every chat without options of its own.
pub const ALL_CHATS: &str = "All chats";
/// Drops the chat's own options.
pub const AS_ALL_CHATS: &str = "Same as all chats";
/// Named options.
pub const PRESET: &str = "Preset";
/// Options that have no name.
pub const PRESET_OWN: &str = "Custom";
/// Keeps options under a name.
pub const SAVE_PRESET: &str = "Save as preset…";
/// The field for the name.
pub const PRESET_NAME: &str = "Name of the preset";
/// Forgets named options.
pub const FORGET_PRESET: &str = "Remove preset";
/// Options that few people touch.
pub const FINER_OPTIONS: &str = "Finer options";
/// Top-p.
pub const TOP_P: &str = "Top-p";
/// What it does.
pub const TOP_P_MORE: &str = "Keeps the likeliest words until their shares reach this sum; 1 keeps all.";
/// Top-k.
pub const TOP_K: &str = "Top-k";
/// What it does.
pub const TOP_K_MORE: &str = "Keeps this many of the likeliest words; 0 keeps all.";
/// Min-p.
pub const MIN_P: &str = "Min-p";
/// What it does.
pub const MIN_P_MORE: &str = "Drops words less likely than this share of the likeliest; 0 drops none.";
/// Repetition penalty.
pub const PENALTY: &str = "Repetition penalty";
/// What it does.
pub const PENALTY_MORE: &str = "Avoids words that were used already; 1 does not.";
/// Stop texts.
pub const STOP_TEXTS: &str = "Stop texts";
/// What they do.
pub const STOP_TEXTS_MORE: &str = "A reply ends where one of these comes, one a line.";
/// Seed.
pub const SEED: &str = "Seed";
/// What it does.
pub const SEED_MORE: &str = "The same number gives the same reply again.";
/// No seed.
pub const SEED_HINT: &str = "Different each time";
/// Heading of the drawer's part on chats.
pub const SECTION_CHATS: &str = "Chats";
/// Reads chats of other programs.
pub const IMPORT: &str = "Import";
/// From where.
pub const IMPORT_MORE: &str =
    "Exports of Nibble, Open WebUI or ChatGPT (conversations.json). You can also drop one on the window.";
/// The same, among all that can be done.
pub const IMPORT_CHATS: &str = "Import chats…";
/// Everything that can be done, by name.
pub const PALETTE: &str = "Commands";
/// What to type there.
pub const PALETTE_HINT: &str = "Type what to do, or the name of a chat or model";
/// Loads a model, which is named after this.
pub const CHAT_WITH: &str = "Chat with";
/// Chooses the file.
pub const CHOOSE_EXPORT: &str = "Choose an export…";
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

/// A way to choose words.
pub fn style(style: Style) -> &'static str {
    match style {
        Style::Balanced => "Balanced",
        Style::Precise => "Precise",
        Style::Inventive => "Inventive",
    }
}
