//! Sentences and numbers with facts in them: one function for each, in the language that is spoken.

use super::words::with_facts;

with_facts! {
    /// A size in bytes.
    size_bytes(value: &str);
    /// A size in kilobytes.
    size_kilo(value: &str);
    /// A size in megabytes.
    size_mega(value: &str);
    /// A size in gigabytes.
    size_giga(value: &str);
    /// A size in terabytes.
    size_tera(value: &str);
    /// Billions of something.
    billions(value: &str);
    /// Millions of something.
    millions(value: &str);
    /// Thousands of something.
    thousands(value: &str);
    /// A number of tokens: how many, for the form of the word, and as it is written.
    token_count(count: usize, number: &str);
    /// Parts in a hundred.
    share(value: &str);
    /// So much each second.
    each_second(value: &str);
    /// Tokens each second.
    token_rate(value: &str);
    /// A time in seconds.
    seconds(value: &str);
    /// A time in minutes.
    minutes(minutes: &str, seconds: &str);
    /// A time in hours.
    hours(hours: &str, minutes: &str);
    /// Why a file is not read.
    file_too_large(size: &str, most: &str);

    /// Loads a model and goes to the chat.
    chat_with(model: &str);
    /// A model is being quantized.
    quantizing_to(precision: &str);
    /// How long something will take.
    time_left(time: &str);
    /// How long the first token took.
    first_token(time: &str);
    /// A part of a whole.
    used_of(used: &str, all: &str);
    /// A control that belongs to one thing among several.
    item_of(name: &str, item: &str);
    /// The program's version.
    version(value: &str);
    /// The processor and the instructions that are used.
    processor(cpu: &str, level: &str);
    /// A model is unloaded after so many minutes without use.
    unload_after(minutes: usize);
    /// How many parts are by others.
    license_parts(count: usize);
    /// What a model becomes.
    becomes(name: &str, precision: &str);

    /// A model could not be read.
    cannot_read(reason: &str);
    /// A model could not be loaded.
    cannot_load(reason: &str);
    /// Sentence that quantizing failed.
    cannot_quantize(reason: &str);
    /// A reply failed.
    cannot_reply(reason: &str);
    /// The engine died, for want of memory.
    engine_killed(what: &str);
    /// How a process ended.
    ended_by_signal(number: i32);
    /// How a process ended.
    ended_with_status(number: i32);
    /// A model was quantized.
    quantized(name: &str, size: &str);
    /// A chat that has a title was removed.
    titled_chat_deleted(title: &str);
    /// Messages were removed.
    messages_deleted(count: usize);
    /// Chats were read from a file.
    chats_imported(count: usize);
    /// Chats of a file could not be read.
    chats_left_out(count: usize);
    /// A chat was written to a file.
    chat_written(path: &str);
    /// A tensor took another type than asked for.
    type_fallback(tensor: &str, wanted: &str, used: &str);
    /// Values were cut off.
    values_clamped(count: u64, tensor: &str);
    /// The source was quantized already.
    quantized_twice(count: usize, from: &str);
    /// The calibration file says nothing of some tensors.
    not_calibrated(count: usize);
    /// A tensor was left out.
    tensor_ignored(tensor: &str);
    /// The id of a special token is none.
    token_id_ignored(field: &str, value: &str);
    /// The file cannot say all of the tokenizer.
    tokenizer_inexact(what: &str);
    /// The Hub could not be asked.
    taken_from_cache(reason: &str);
    /// Old messages were left out.
    messages_dropped(count: usize);

    /// A model thought that long.
    thought_for(time: &str);
    /// A file could not be attached.
    not_attached(name: &str, reason: &str);
    /// Puts a chat into a folder.
    move_to(folder: &str);
    /// Whose token it is.
    token_of(account: &str);
    /// How much of a prompt is read.
    reading_tokens(tokens: &str, share: &str);
}
