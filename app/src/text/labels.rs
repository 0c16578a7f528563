//! Words on controls and screens: one function for each, in the language that is spoken.

use super::words::plain;
use crate::state::{Style, TextSize, ThemeChoice};
use nibble_engine::jobs::protocol::Verdict;
use nibble_engine::quant::Precision;

plain! {
    /// The program's name.
    product;
    /// The rail's and the empty chat's button.
    new_chat;
    /// A chat without a message yet.
    untitled;
    /// The screen of models.
    models;
    /// Button that opens the settings.
    settings;
    /// Closes what it stands on.
    close;
    /// Closes the drawer.
    close_settings;
    /// Shows the rail.
    show_rail;
    /// Hides the rail.
    hide_rail;
    /// Starts a chat that is never stored.
    new_temporary_chat;
    /// Name of temporary chats.
    temporary;
    /// What they are.
    temporary_more;
    /// Looks for something in all chats.
    search_chats;
    /// What is looked for is nowhere.
    nothing_found;
    /// Chats whose titles hold it.
    found_in_titles;
    /// Messages that hold it.
    found_in_messages;
    /// Chats that stand above the others.
    pinned;
    /// Chats of today.
    today;
    /// Chats of the day before.
    yesterday;
    /// Chats of the last seven days.
    last_week;
    /// Chats of the last thirty days.
    last_month;
    /// Chats before that.
    older;
    /// Chats that were put away.
    archived;
    /// Opens the menu of a chat.
    more_for_chat;
    /// Gives a chat another name.
    rename_chat;
    /// The field for it.
    chat_name;
    /// Puts a chat above the others.
    pin_chat;
    /// Puts it back among them.
    unpin_chat;
    /// Puts a chat away.
    archive_chat;
    /// Takes it out again.
    unarchive_chat;
    /// Writes a chat to a file to read.
    export_markdown;
    /// Writes a chat to a file to import.
    export_json;
    /// A chat's messages are on their way.
    reading_chat;
    /// The person, in an exported chat.
    speaker_person;
    /// The model, in an exported chat that does not know its name.
    speaker_model;
    /// Removes a chat.
    delete_chat;

    /// Headline of the first screen.
    welcome;
    /// What the program does, under the headline.
    welcome_more;
    /// Opens the dialog for folders.
    choose_folder;
    /// What kind of folder.
    choose_folder_more;
    /// Opens the dialog for files.
    choose_file;
    /// What kind of file.
    choose_file_more;
    /// Dropping works too.
    drop_hint;
    /// Shown while something hovers over the window.
    drop_now;
    /// Chats with the small model that came with the program.
    try_starter;
    /// What the starter is.
    try_starter_more;
    /// Heading of the list of made models.
    ready_models;
    /// Heading of the list of recent models.
    recent_models;
    /// A recent model whose file is gone.
    gone;
    /// Takes a model off the recent list.
    forget;

    /// The engine reads a model's headers.
    reading;
    /// Cannot read it.
    unreadable;
    /// Opens the dialog after a file that could not be read.
    choose_other_file;
    /// Chooses another model.
    choose_other;
    /// Folds open the causes of a failure.
    details;

    /// Row of the model card.
    architecture;
    /// Row of the model card.
    parameters;
    /// Row of the model card.
    size;
    /// Row of the model card.
    context;
    /// Row of the model card.
    bits;
    /// Row of the model card.
    template;
    /// It has one.
    template_yes;
    /// It has none.
    template_no;
    /// Where the model lies.
    location;

    /// Heading of the precisions.
    precision;
    /// Button that starts quantizing.
    quantize_and_chat;
    /// Loads the open model as it is.
    chat_as_it_is;
    /// Loads the open GGUF.
    chat;
    /// Stops a job.
    cancel;
    /// A job was asked to stop.
    cancelling;
    /// A job has started and not told anything.
    starting;

    /// The composer, empty.
    message_hint;
    /// The composer's name.
    message;
    /// Button that sends the message.
    send;
    /// Stops the reply.
    stop;
    /// A reply was asked to stop.
    stopping;
    /// Thoughts of a reply that is past them.
    thoughts;
    /// Thoughts that still grow.
    thinks;
    /// Asks again after a reply failed.
    try_again;
    /// Leads to the screen of models.
    more_models;
    /// Button that generates another reply.
    regenerate;
    /// Copies a message.
    copy;
    /// Writes a reply on that was cut.
    write_on;
    /// Changes a message.
    edit;
    /// The field for it.
    edited_message;
    /// Sends the changed message.
    send_edited;
    /// Answers to a message.
    quote;
    /// Removes a message and what follows.
    delete_message;
    /// Shows the version before.
    older_version;
    /// Shows the version after.
    newer_version;
    /// Copies a block of code.
    copy_code;
    /// Opens the ways to copy a table.
    copy_table;
    /// Copies a table as Markdown.
    copy_table_markdown;
    /// Copies a table as CSV.
    copy_table_csv;
    /// Breaks long lines of code.
    wrap_lines;
    /// No model was chosen.
    choose_model;
    /// The model is being loaded.
    loading;
    /// The built-in model is quantized and loaded.
    preparing_starter;
    /// The model reads the conversation.
    thinking;
    /// Headline of an empty chat.
    chat_empty;
    /// Headline of an empty chat without a model.
    chat_no_model;
    /// What the meter in the composer counts.
    context_used;
    /// Under the composer.
    chat_privacy;
    /// What the starter is good for.
    starter_limits;
    /// Jumps to the newest message.
    to_end;

    /// Heading of the drawer's part on models.
    section_model;
    /// Heading of the drawer's part on replies.
    section_replies;
    /// Heading of the drawer's part on looks.
    section_looks;
    /// Label of the context length.
    context_length;
    /// What context is.
    context_more;
    /// Label of the number of threads.
    threads;
    /// What threads are.
    threads_more;
    /// The engine chooses.
    automatic;
    /// What the options are for.
    replies_for;
    /// The current chat.
    this_chat;
    /// Every chat without options of its own.
    all_chats;
    /// Drops the chat's own options.
    as_all_chats;
    /// Label of the presets.
    preset;
    /// Options that have no name.
    preset_own;
    /// Keeps options under a name.
    save_preset;
    /// The field for the name.
    preset_name;
    /// Forgets named options.
    forget_preset;
    /// Options that few people touch.
    finer_options;
    /// Label of the option top-p.
    top_p;
    /// What it does.
    top_p_more;
    /// Label of the option top-k.
    top_k;
    /// What it does.
    top_k_more;
    /// Label of the option min-p.
    min_p;
    /// What it does.
    min_p_more;
    /// Label of the repetition penalty.
    penalty;
    /// What it does.
    penalty_more;
    /// Label of the stop texts.
    stop_texts;
    /// What they do.
    stop_texts_more;
    /// Label of the seed.
    seed;
    /// What it does.
    seed_more;
    /// Hint for an empty seed.
    seed_hint;
    /// Heading of the drawer's part on chats.
    section_chats;
    /// Reads chats of other programs.
    import;
    /// Description of the sources of an import.
    import_more;
    /// The same, among all that can be done.
    import_chats;
    /// Everything that can be done, by name.
    palette;
    /// What to type there.
    palette_hint;
    /// Chooses the file.
    choose_export;
    /// Label of the temperature.
    temperature;
    /// What temperature is.
    temperature_more;
    /// Label of the longest reply.
    max_tokens;
    /// What ends a reply there.
    max_tokens_more;
    /// No limit on a reply.
    no_limit;
    /// Instructions before every chat.
    system_prompt;
    /// What they are.
    system_prompt_hint;
    /// Label of the theme.
    theme;
    /// Label of the text size.
    text_size;
    /// Back to how it was at first.
    reset;
    /// Memory that is free.
    free_memory;

    /// Said where no window can be opened.
    terminal_instead;
    /// How to use the terminal.
    terminal_how;
    /// Asked where nobody types and the model has no question of its own.
    terminal_question;
    /// The engine ended a job in an unexpected way.
    terminal_broke_off;
    /// The engine ended a job with an answer to another kind of job.
    unexpected_answer;
    /// The worker's pipe failed.
    worker_failed;

    /// Q4_K_M in three words.
    int4_more;
    /// Q8_0 in three words.
    int8_more;
    /// F16 in three words.
    f16_more;
    /// A model fits with memory to spare.
    fits;
    /// A model only just fits.
    fits_tight;
    /// A model does not fit.
    fits_not;
    /// Theme of the system.
    theme_system;
    /// Name of the light theme.
    theme_light;
    /// Name of the dark theme.
    theme_dark;
    /// Name of the small text size.
    text_small;
    /// Text of medium size.
    text_medium;
    /// Name of the large text size.
    text_large;
    /// The engine's own way to choose words.
    style_balanced;
    /// The likeliest words.
    style_precise;
    /// Name of the inventive style.
    style_inventive;
    /// Chooses the language of the interface.
    language;
    /// What choosing it does not do.
    language_more;
    /// The language of the system.
    language_system;
    /// A reply was stopped by the person.
    reply_stopped;
    /// A reply broke off.
    reply_broken;
    /// A reply was stopped, after its figures.
    ended_by_person;
    /// A reply was cut at the longest length, after its figures.
    ended_by_length;
    /// A reply was cut at the end of the context, after its figures.
    ended_by_context;
    /// A reply was stopped because it repeated itself, after its figures.
    ended_by_repetition;

    /// The sign between a number and its decimals.
    decimal_mark;
    /// Between the thousands of a number.
    group_mark;
    /// A time too long to be counted.
    days;
    /// The engine could not be started.
    engine_missing;
    /// The engine died while it looked into a model.
    engine_died_looking;
    /// The engine died while it quantized.
    engine_died_quantizing;
    /// The engine died while it chatted.
    engine_died_talking;
    /// The settings file could not be understood.
    settings_set_aside;
    /// The settings could not be written.
    settings_not_saved;
    /// A job of this kind runs already.
    already_quantizing;
    /// What was dropped is not a model.
    not_a_model;
    /// A chat without a title was removed.
    chat_deleted;
    /// The file of chats was broken.
    chats_set_aside;
    /// The store could not be opened.
    chats_not_kept;
    /// The store could not do something.
    chats_not_saved;
    /// A file holds no chats.
    chats_not_read;
    /// Stands for a picture of an imported message, which is not kept.
    picture_left_out;
    /// A chat could not be exported.
    chat_not_written;
    /// The model has no chat template.
    no_chat_template;
    /// Button of a notice.
    step_again;
    /// Button of a notice.
    step_undo;
    /// Button of a notice.
    step_other_file;
    /// Button of a notice.
    step_quantize_again;
    /// Button of a notice.
    step_chat;
    /// Button of a notice.
    step_open_again;
    /// Button of a notice.
    step_other_model;
    /// Button of a notice.
    step_show;
    /// Button of a notice.
    step_continue;

    /// Label of the presence penalty.
    presence_penalty;
    /// What it does.
    presence_penalty_more;
    /// Label of the frequency penalty.
    frequency_penalty;
    /// What it does.
    frequency_penalty_more;
    /// Chooses a text file for the next message.
    attach;
    /// Takes a file off the next message; its name follows.
    detach;
    /// A file that goes with a message; its name follows.
    attached_file;
    /// The files leave no room in the context.
    files_too_long;
    /// Why a file cannot be attached.
    not_text;
    /// Why a file cannot be attached.
    empty_file;
    /// Title of the dialog that exports a chat.
    export_chat;
    /// A part of the context.
    part_instructions;
    /// A part of the context.
    part_earlier;
    /// A part of the context: the last message and its files.
    part_last;
    /// A part of the context: what the chat template adds.
    part_template;
    /// A part of the context.
    part_reply;
    /// A part of the context: files that wait to be sent.
    part_files;
    /// What is left of the context.
    part_free;
    /// More than the context holds.
    context_over;

    /// Asks the model for a title of the chat.
    title_request;
    /// Beginnings of sentences about a title, in lower case, with bars between them.
    title_openings;
    /// Where titles of chats come from.
    titles;
    /// What choosing it does.
    titles_more;
    /// The model makes titles.
    titles_by_model;
    /// First words are the title.
    titles_first_words;
    /// Heading of the folders of chats.
    folders;
    /// The field for a new folder's name.
    folder_name;
    /// Takes a chat out of its folder.
    move_out;
    /// Puts a chat into a new folder.
    move_to_new;
    /// A sign that something is going on, for screen readers.
    at_work;
    /// A reply grows below what is in sight.
    new_text_below;
}

/// A precision's name, which is the same in all languages and in all programs: `Q4_K_M`.
pub fn precision_name(precision: Precision) -> String {
    precision_spelling(precision.name())
}

/// The name of a precision as people write it: `q4_k_m` in capitals.
pub fn precision_spelling(name: &str) -> String {
    name.to_ascii_uppercase()
}

/// A verdict on memory.
pub fn fit(fit: Verdict) -> &'static str {
    match fit {
        Verdict::Comfortable => fits(),
        Verdict::Tight => fits_tight(),
        Verdict::DoesNotFit => fits_not(),
    }
}

/// A theme's name.
pub fn theme_name(theme: ThemeChoice) -> &'static str {
    match theme {
        ThemeChoice::System => theme_system(),
        ThemeChoice::Light => theme_light(),
        ThemeChoice::Dark => theme_dark(),
    }
}

/// A text size's name.
pub fn text_size_name(size: TextSize) -> &'static str {
    match size {
        TextSize::Small => text_small(),
        TextSize::Medium => text_medium(),
        TextSize::Large => text_large(),
    }
}

/// A way to choose words.
pub fn style_name(style: Style) -> &'static str {
    match style {
        Style::Balanced => style_balanced(),
        Style::Precise => style_precise(),
        Style::Inventive => style_inventive(),
    }
}
