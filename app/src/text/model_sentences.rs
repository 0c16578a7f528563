//! Sentences on the screens of models with facts in them: one function for each, in the language that is spoken.

use super::words::with_facts;

with_facts! {
    /// Downloads that are not over.
    downloads_with(count: usize);
    /// A limit of size.
    size_at_most(parameters: &str);
    /// How often a model is downloaded.
    downloads_of(number: &str);
    /// Button that downloads so much.
    download_of(size: &str);
    /// What a model takes in memory.
    in_memory_of(size: &str);
    /// How fast a model replies: the figure, and what that is like.
    at_pace(rate: &str, pace: &str);
    /// How far a download is.
    downloading_share(share: &str);
    /// A better precision is faster.
    slower_than(precision: &str);
    /// Button that downloads a file that is ready.
    take_file(size: &str);
    /// What memory is counted for.
    memory_at(context: &str);
    /// What downloading and quantizing takes.
    quantized_here(original: &str, made: &str, method: &str);
    /// Where a file that is ready comes from.
    ready_from(repo: &str, size: &str);
    /// How many files there are.
    files_of(count: usize, size: &str);
    /// What quantizing again would cost.
    already_quantized(bits: &str);
    /// A model is being checked.
    verifying(name: &str);
    /// When a model was used last, by the name of its age.
    last_used(age: &str);
    /// Asks whether to delete a model.
    delete_question(name: &str, size: &str);
    /// A model was deleted.
    model_removed(name: &str, size: &str);
    /// Files are what they were.
    model_verified(count: usize, name: &str);
    /// A file without a checksum can be read.
    model_readable(name: &str);
    /// How often a model takes the same word as its original.
    like_original(share: &str);
    /// The loss could not be measured.
    quality_not_measured(reason: &str);
    /// A model could not be deleted.
    cannot_remove(reason: &str);
    /// A model is not what it was.
    cannot_verify(reason: &str);
    /// The next page could not be fetched.
    cannot_search(reason: &str);
    /// A model is here.
    fetched(name: &str, size: &str);
    /// A model could not be brought.
    cannot_fetch(name: &str, reason: &str);
}
