//! Words on the screens of models: the library, the Hub, downloads. One function for each, in the language that is spoken.

use super::words::plain;
use crate::state::Age;
use nibble_engine::fit::READING_SPEED;

plain! {
    /// What is on this machine.
    library;
    /// What the Hub has.
    discover;
    /// Tab of the downloads.
    downloads;
    /// Goes to the search for models.
    find_models;
    /// What that is.
    find_models_more;
    /// The field of search.
    search_models;
    /// What stands in the empty field.
    search_models_hint;
    /// The order of what is found.
    sort_by;
    /// Most downloaded first.
    sort_downloads;
    /// Most liked first.
    sort_likes;
    /// What people turn to.
    sort_trending;
    /// Changed last first.
    sort_updated;
    /// How large a model may be.
    size_limit;
    /// Choice without a size limit.
    any_size;
    /// What one may do with a model.
    license;
    /// No matter which.
    any_license;
    /// Leaves out what does not run.
    only_runnable;
    /// Models to begin with.
    catalog_heading;
    /// Models of the catalog that suit this machine best.
    recommended_heading;
    /// The recommended model that answers fastest.
    recommended_fast;
    /// The recommended model between the two others.
    recommended_balanced;
    /// The strongest recommended model.
    recommended_best;
    /// Button that opens the page of a recommended model.
    offer_details;
    /// A reply is waited for.
    pace_slow;
    /// A reply comes as it is read.
    pace_reading;
    /// A reply comes before it is read.
    pace_fast;
    /// A reply is there at once.
    pace_instant;
    /// The Hub is being asked.
    searching_hub;
    /// The search found nothing.
    nothing_on_hub;
    /// What may help.
    nothing_on_hub_more;
    /// Empties the search.
    clear_search;
    /// The Hub gave no answer.
    hub_silent;
    /// A model's page is being fetched.
    reading_page;
    /// A fact that is not told.
    unknown;
    /// How often a model is downloaded.
    downloads_in_a_month;
    /// How many people like it.
    likes;
    /// When it was changed.
    changed;
    /// Opens the browser.
    open_on_hub;
    /// Given only to those who agreed.
    gated;
    /// What to do about that.
    gated_more;
    /// A model that does not run.
    cannot_run;
    /// No precision fits.
    too_large;
    /// What to do about that.
    too_large_more;
    /// What a file takes.
    column_disk;
    /// What chatting takes.
    column_memory;
    /// How fast it replies at most.
    column_speed;
    /// Whether it fits.
    column_verdict;
    /// The best precision that fits.
    best_here;
    /// Why a smaller file may be slower.
    slower_more;
    /// Shows more rows.
    all_precisions;
    /// Shows fewer rows.
    fewer_precisions;
    /// Brings the original and quantizes it here.
    download_and_quantize;
    /// Heading of the file that somebody made.
    ready_made;
    /// Heading of what is quantized here.
    made_on_this_computer;
    /// A model without a card.
    no_card;
    /// The download queue is empty.
    no_downloads;
    /// What would be here.
    no_downloads_more;
    /// Its turn has not come.
    waiting;
    /// What that means.
    paused_more;
    /// What is left of a download that failed.
    kept_more;
    /// Stops a download for a while.
    pause;
    /// Goes on with it.
    resume;
    /// Stops it for good.
    cancel_download;
    /// Takes it off the list.
    remove_from_list;
    /// The model is here.
    is_here;
    /// Name of the stage that downloads.
    stage_download;
    /// They are quantized.
    stage_quantize;
    /// The loss is measured.
    stage_measure;
    /// The library is being read.
    listing;
    /// The library could not be read.
    not_listed;
    /// What an empty library waits for.
    library_empty;
    /// Models quantized here.
    made_here;
    /// Models of the Hub.
    downloaded;
    /// Models that other programs keep.
    of_other_programs;
    /// The model that came along.
    built_in;
    /// Opens the menu of a model.
    more_for_model;
    /// Goes to the screen that quantizes.
    quantize_from;
    /// Compares with checksums.
    verify;
    /// Opens the file manager.
    reveal;
    /// Deletes what it was made from.
    free_original;
    /// Asks whether to delete.
    delete_model;
    /// Button that deletes a model.
    delete;
    /// Does not delete.
    keep;
    /// The process that asks the Hub is gone.
    engine_died_asking;
    /// The process that downloads is gone.
    engine_died_fetching;
    /// The process that keeps the library is gone.
    engine_died_keeping;
    /// In the empty field of the model picker.
    pick_hint;
    /// Heading of the picker.
    pick_loaded;
    /// Heading of the picker.
    pick_here;
    /// Nothing was found in the picker.
    pick_none;
    /// Unloads a model.
    eject;
    /// Opens the dialog for a file.
    open_file;
}

/// How fast a reply comes, beside the speed of reading, which is about [`READING_SPEED`] tokens per second.
pub fn pace(tokens_per_second: f64) -> &'static str {
    match tokens_per_second / READING_SPEED {
        pace if pace < 0.6 => pace_slow(),
        pace if pace < 1.5 => pace_reading(),
        pace if pace < 5.0 => pace_fast(),
        _ => pace_instant(),
    }
}

/// When a model was used last, in words.
pub fn last_used(age: Age) -> String {
    super::model_sentences::last_used(match age {
        Age::Today => "today",
        Age::Yesterday => "yesterday",
        Age::Week => "week",
        Age::Month => "month",
        Age::Older => "older",
    })
}
