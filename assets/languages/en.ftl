product = Nibble
new_chat = New chat
untitled = New chat
models = Models
settings = Settings
close = Close
close_settings = Close settings
show_rail = Show chats
hide_rail = Hide chats
new_temporary_chat = New temporary chat
temporary = Temporary
temporary_more = Temporary: this chat is not saved and is gone when Nibble closes
search_chats = Search chats
nothing_found = Nothing found
found_in_titles = Titles
found_in_messages = Messages
pinned = Pinned
today = Today
yesterday = Yesterday
last_week = Last 7 days
last_month = Last 30 days
older = Older
archived = Archived
more_for_chat = More actions for this chat
rename_chat = Rename
chat_name = Chat name
pin_chat = Pin
unpin_chat = Unpin
archive_chat = Archive
unarchive_chat = Unarchive
export_markdown = Export as Markdown…
export_json = Export as JSON…
reading_chat = Opening the chat…
speaker_person = You
speaker_model = Assistant
delete_chat = Delete chat

welcome = Chat with a model on this computer
welcome_more = Nibble runs language models on this computer and shrinks them to fit in memory. What you write stays here.
choose_folder = Choose a model folder…
choose_folder_more = Original weights from Hugging Face: config.json and safetensors
choose_file = Choose a GGUF file…
choose_file_more = Ready to chat; made by Nibble, llama.cpp or another app
drop_hint = or drop a folder or file anywhere on this window
drop_now = Drop a model, a text file or a chat export
try_starter = Try the starter model
try_starter_more = Small and built in, to see how chatting works
ready_models = Ready to chat
recent_models = Recent
gone = not found
forget = Remove from list

reading = Reading the model…
unreadable = This model cannot be opened
choose_other_file = Choose another file…
choose_other = Choose another…
details = Details

architecture = Architecture
parameters = Parameters
size = Size
context = Context
bits = Bits per weight
template = Chat template
template_yes = Yes
template_no = None; a simple one is used
location = Location

precision = Precision
quantize_and_chat = Quantize and chat
chat_as_it_is = Use original
chat = Chat
cancel = Cancel
cancelling = Canceling…
starting = Starting…

quality = Quality
quality_report = Quality report
measure_quality = Measure quality
measure_again = Measure again
not_measured = Not measured yet
not_measured_more = The original writes a text; both models read it, and their predictions for each word are compared. Nothing leaves this computer.
no_original = The original was moved or deleted, so there is nothing to compare with
stage_load_original = Loading the original
stage_write_text = The original writes a text
stage_read_original = The original reads the text
stage_ask_original = The original answers a question
stage_load_model = Loading the model
stage_read_model = The model reads the text
stage_ask_model = The model answers the question
stage_compare_weights = Comparing the weights
table_bits = Bits
table_disk = Disk
table_memory = Memory
table_speed = Speed, up to
table_quality = Match
table_verdict = Fits?
more_formats = More formats
fewer_formats = Fewer formats
format_published = Most published models
format_six = Nearly lossless
format_five = Very little loss
format_four = Slightly smaller than Q4_K_M
format_uneven = Compact 4-bit format
format_older = Older format
format_three = Noticeable loss
format_two = Only if nothing else fits
not_runnable = This model cannot run here
advising = Checking what fits…
fact_same = Same next word
fact_kl = KL divergence, mean
fact_kl_p99 = KL divergence, 99th percentile
fact_perplexity = Perplexity
fact_weights = Weight error
fact_text = Measured on
text_by_original = Text written by the original
bound_more = The vocabulary is large, so the rarest words are counted as one: the true divergence may be slightly higher.
plot_kl = How much the models differ, word by word
plot_kl_more = Positions in the text by KL divergence: the further right, the more the two models disagree about the next word
plot_layers = Weight error, layer by layer
plot_layers_more = Relative root-mean-square error in percent; embedding and output are at 0
same_question = The same question, answered by both
original = Original
needs_more_memory = This model needs more memory than is free
part_weights = Weights
part_cache = Context cache
part_buffers = Buffers
part_program = App
memory_free = Free memory
load_anyway = Load anyway
load_anyway_more = This may slow down your computer or stop the model. Your chats are safe.
engine_died_measuring = Measuring quality stopped unexpectedly. The model file is intact.
step_report = Show report

message_hint = Message…
message = Message
send = Send
stop = Stop
stopping = Stopping…
thoughts = Thoughts
thinks = Thinking…
try_again = Ask again
more_models = More models…
regenerate = Regenerate
copy = Copy
write_on = Continue
edit = Edit
edited_message = Edited message
send_edited = Send again
quote = Quote
delete_message = Delete from here on
older_version = Previous version
newer_version = Next version
copy_code = Copy code
copy_table = Copy table
copy_table_markdown = Copy as Markdown
copy_table_csv = Copy as CSV
wrap_lines = Wrap lines
choose_model = Choose a model
loading = Loading the model…
preparing_starter = Preparing the built-in model…
thinking = Reading the chat…
chat_empty = What would you like to talk about?
chat_no_model = Choose a model to chat with
context_used = Context used
chat_privacy = Everything stays on this computer
starter_limits = This built-in model only knows Nibble and quantization. Get a larger model for anything else.
to_end = Jump to the newest message

section_model = Model
section_replies = Replies
section_looks = Appearance
context_length = Context length
context_more = How much of a chat the model can see. More takes more memory.
threads = Threads
threads_more = Processor cores to use. Automatic uses all physical cores.
automatic = Automatic
replies_for = Reply settings for
this_chat = This chat
all_chats = All chats
as_all_chats = Same as all chats
preset = Preset
preset_own = Custom
save_preset = Save as preset…
preset_name = Preset name
forget_preset = Remove preset
finer_options = Advanced options
top_p = Top-p
top_p_more = Considers only the most likely words up to this total probability. 1 turns it off.
top_k = Top-k
top_k_more = Considers only this many of the most likely words. 0 turns it off.
min_p = Min-p
min_p_more = Ignores words less likely than this fraction of the most likely one. 0 turns it off.
penalty = Repetition penalty
penalty_more = Discourages repeated words. 1 turns it off.
stop_texts = Stop texts
stop_texts_more = Ends the reply at any of these texts. One per line.
seed = Seed
seed_more = The same seed gives the same reply.
seed_hint = Random
section_chats = Chats
import = Import
import_more = Exports from Nibble, Open WebUI or ChatGPT (conversations.json). You can also drop one on the window.
import_chats = Import chats…
palette = Commands
palette_hint = Type a command, or the name of a chat or model
chat_with = Chat with { $model }
choose_export = Choose an export…
temperature = Temperature
temperature_more = 0 always gives the same answer. Higher is more creative.
max_tokens = Maximum length
max_tokens_more = Replies, including reasoning, stop at this length. You can continue them.
no_limit = No limit
system_prompt = Instructions
system_prompt_hint = For example: answer briefly and in plain words
theme = Theme
text_size = Text size
reset = Reset settings
free_memory = Free memory

terminal_instead = No display, so Nibble chats here in the terminal
terminal_how = Type a message and press Enter; Ctrl-D to quit
terminal_question = What can you do?
terminal_broke_off = The model stopped unexpectedly; start Nibble again
unexpected_answer = the model process gave an unexpected answer
worker_failed = The model process could not read its commands

int4_more = Small and fast
int8_more = Close to the original
f16_more = Same as the original
fits = Fits
fits_tight = Tight
fits_not = Too large
theme_system = System
theme_light = Light
theme_dark = Dark
text_small = Small
text_medium = Medium
text_large = Large
style_balanced = Balanced
style_precise = Precise
style_inventive = Creative
language = Language
language_more = The language of the interface. Models answer in the language you write in.
language_system = Same as system

reply_stopped = Stopped
reply_broken = Interrupted
ended_by_person = stopped
ended_by_length = cut off at the maximum length
ended_by_context = cut off, context full
ended_by_repetition = stopped because it repeated itself

# Numbers. A decimal mark is put in by the program.
decimal_mark = .
group_mark = ,
size_bytes = { $value } bytes
size_kilo = { $value } kB
size_mega = { $value } MB
size_giga = { $value } GB
size_tera = { $value } TB
billions = { $value }B
millions = { $value }M
thousands = { $value }K
token_count = { $count ->
    [one] { $number } token
   *[other] { $number } tokens
}
share = { $value }%
each_second = { $value }/s
token_rate = { $value } tokens/s
seconds = { $value } s
minutes = { $minutes } min { $seconds } s
hours = { $hours } h { $minutes } min
days = several days
file_too_large = The file is { $size }; the limit is { $most }

# Sentences with facts in them.
quality_none = Practically identical: picks the same next word { $share } of the time
quality_hardly = Very close: picks the same next word { $share } of the time
quality_small = Slightly different: picks the same next word { $share } of the time
quality_clear = Clearly different: picks the same next word { $share } of the time
quality_large = Very different: picks the same next word { $share } of the time
of_original = { $value }, original { $original }
measured_on = { $text }, { $tokens }
made_from = Made from { $original }
measuring = Measuring { $name }
cannot_measure = Quality could not be measured: { $reason }
needed_of_free = { $needed } needed, { $free } free
load_with_context = Load with { $tokens } of context
would_fit_at = It would fit when quantized to { $precision }
memory_at_context = Memory with { $tokens } of context
quantizing_to = Quantizing to { $precision }
time_left = { $time } left
first_token = { $time } to first token
used_of = { $used } of { $all }
item_of = { $name }: { $item }

# What happened, and what to do.
cannot_read = This model cannot be opened: { $reason }
cannot_load = The model could not be loaded: { $reason }
cannot_quantize = Quantization failed: { $reason }
cannot_reply = The reply was interrupted: { $reason }
engine_missing = Nibble could not start its model process. If the app was moved or updated while it ran, restart it.
engine_died_looking = Reading the model stopped unexpectedly.
engine_died_quantizing = Quantization stopped unexpectedly.
engine_died_talking = The model stopped unexpectedly. Your chat is saved; send a message to load the model again.
engine_killed = { $what } Memory probably ran out: try a smaller model or context.
ended_by_signal = Ended by signal { $number }
ended_with_status = Ended with status { $number }
quantized = { $name } is ready ({ $size })
settings_set_aside = Some settings could not be read, so their defaults are used. The old file is kept next to the new one.
settings_not_saved = The settings could not be saved; they apply until Nibble closes
already_quantizing = Another model is being quantized. Start this one when it is done.
not_a_model = This is not a model. Drop a folder with config.json and safetensors, or a GGUF file.
chat_deleted = Chat deleted
titled_chat_deleted = Deleted “{ $title }”
messages_deleted = { $count ->
    [one] Message deleted
   *[other] { $count } messages deleted
}
chats_set_aside = Your saved chats could not be read, so the list starts empty. The old file is kept next to the new one.
chats_not_kept = Chats cannot be saved on this computer right now; they are kept until Nibble closes
chats_not_saved = Something could not be saved; is the disk full? Copy what matters before you close Nibble.
chats_imported = { $count ->
    [one] One chat was imported
   *[other] { $count } chats were imported
}
chats_left_out = { $count ->
    [one] One chat of the file could not be read and was left out
   *[other] { $count } chats of the file could not be read and were left out
}
picture_left_out = [picture]
chats_not_read = No chats could be read from this file. Choose an export from Nibble, Open WebUI or ChatGPT.
chat_written = Chat exported to { $path }
chat_not_written = The chat could not be exported; try another folder
type_fallback = { $tensor } cannot be stored as { $wanted } and was stored as { $used }
values_clamped = { $count ->
    [one] One value of { $tensor } was too large for the format and was clamped
   *[other] { $count } values of { $tensor } were too large for the format and were clamped
}
quantized_twice = { $count ->
    [one] One tensor was already quantized ({ $from }); quantizing the original weights loses less
   *[other] { $count } tensors were already quantized ({ $from }); quantizing the original weights loses less
}
not_calibrated = { $count ->
    [one] The calibration file has no statistics for one tensor, which was quantized without them
   *[other] The calibration file has no statistics for { $count } tensors, which were quantized without them
}
tensor_ignored = { $tensor } is not used by this model and was left out
token_id_ignored = { $field } is { $value }, which is not a token of the vocabulary, and was ignored
tokenizer_inexact = Other apps may tokenize text slightly differently: GGUF cannot express { $what }
no_chat_template = This model has no chat template, so a simple one is used
taken_from_cache = Using the downloaded version, because the newest could not be checked: { $reason }
messages_dropped = { $count ->
    [one] This chat outgrew the context: the model no longer sees the oldest message
   *[other] This chat outgrew the context: the model no longer sees the oldest { $count } messages
}

# What the button of a notice does.
step_again = Try again
step_undo = Undo
step_other_file = Choose another file
step_quantize_again = Quantize again
step_chat = Chat with it
step_open_again = Open again
step_other_model = Choose another model
step_show = Show
step_continue = Continue

# Settings: device, memory, files, network, motion.
reset_one = Reset
switch_on = On
switch_off = Off
device = Device
device_more = Models run on the processor (CPU).
processor = { $cpu }, { $level }
keep_loaded = Keep the model in memory
keep_loaded_more = Keeping it makes replies start at once. Unloading frees memory; the next message loads it again.
keep_always = Always
unload_after = { $minutes ->
    [one] Unload after 1 minute idle
   *[other] Unload after { $minutes } minutes idle
}
section_files = Files and network
models_folder = Models folder
models_folder_more = Quantized models are saved here. Models in the old folder are not moved.
choose_models_folder = Choose folder…
open_folder = Open folder
offline = Work offline
offline_more = Blocks all network access: no search, no downloads. Chat always works offline.
portable = Portable folder
portable_is = Settings, chats, models and the log are in one folder that can be moved:
portable_how = To keep everything in one folder that you can move, create a folder named nibble-data next to the app, or name one in the variable NIBBLE_HOME, and restart Nibble.
motion = Animations
motion_more = Short fades when things open and close, unless the system asks for reduced motion.
motion_system = Same as system
motion_none = None

# About the program; running work.
about = About Nibble
about_more = Chat with language models on this computer. What you write stays here.
version = Version { $value }
places = File locations
place_settings = Settings
place_chats = Chats
place_log = Log
licenses = Licenses
license_own = Nibble is free software, licensed under Apache 2.0 or MIT, at your option.
license_fonts = Fonts: Inter, JetBrains Mono and Noto Sans, SIL Open Font License 1.1. Icons: Phosphor, MIT.
license_parts = { $count ->
    [one] 1 open-source component
   *[other] { $count } open-source components
}
show_licenses = Show all licenses
for_reports = Report a problem
copy_diagnostics = Copy diagnostics
copy_diagnostics_more = Versions, system, processor, memory and recent errors. Never what you wrote or read here.
diagnostics_copied = Diagnostics copied to the clipboard
running_work = Running
becomes = { $name } → { $precision }

presence_penalty = Presence penalty
presence_penalty_more = Discourages words already used in the reply, however often. 0 turns it off.
frequency_penalty = Frequency penalty
frequency_penalty_more = Discourages words the more often the reply has used them. 0 turns it off.
attach = Attach a text file…
detach = Remove file
attached_file = Attached file
files_too_long = These files leave no room for an answer: remove one, or choose a longer context in the settings
not_text = it is not a text file
empty_file = it is empty
export_chat = Export chat
part_instructions = Instructions
part_earlier = Earlier messages
part_last = Your last message
part_template = Chat formatting
part_reply = Last reply
part_files = Files not sent yet
part_free = Free
context_over = Too long for the context: the model will not see the oldest messages.
thought_for = Thought for { $time }
not_attached = { $name } cannot be attached: { $reason }

title_request = Give this conversation a title of at most five words. Answer with the title alone.
title_openings = here is | here's | here are | sure | certainly | of course | okay | yes, | the title | a title | a possible | possible title | a short title | i would | i'd | i am | i'm | as an ai | this conversation
titles = Titles
titles_more = The model can name a chat after its first reply, which takes a moment.
titles_by_model = Written by the model
titles_first_words = First words
folders = Folders
folder_name = Folder name
move_out = Remove from folder
move_to_new = Move to a new folder
move_to = Move to “{ $folder }”
quality_not_kept = The quality report could not be written to { $path }: { $reason }

# Models: the library, the Hub, downloads.
library = Library
discover = Discover
downloads = Downloads
find_models = Find models
find_models_more = Search Hugging Face, with advice for this computer
search_models = Search models
search_models_hint = Search Hugging Face
sort_by = Sort by
sort_downloads = Most downloaded
sort_likes = Most liked
sort_trending = Trending
sort_updated = Newest
size_limit = Size
any_size = Any size
license = License
any_license = Any license
only_runnable = Runs in Nibble
catalog_heading = Good models to start with
recommended_heading = Recommended for this computer
recommended_fast = Fast
recommended_balanced = Balanced
recommended_best = Best answers
offer_details = Details
pace_slow = slower than you read
pace_reading = about as fast as you read
pace_fast = faster than you read
pace_instant = much faster than you read
searching_hub = Searching…
nothing_on_hub = No models found
nothing_on_hub_more = Try fewer words, another size or another license.
clear_search = Clear the search
hub_silent = Cannot reach Hugging Face
reading_page = Loading model details…
unknown = Not stated
downloads_in_a_month = Downloads last month
likes = Likes
changed = Last updated
open_on_hub = Open on Hugging Face
gated = Access required
gated_more = Accept the license on Hugging Face, then add your access token in Settings and try again.
cannot_run = Does not run in Nibble
too_large = Too large for this computer
too_large_more = It does not fit in memory at any precision. Choose a smaller model.
column_disk = On disk
column_memory = In memory
column_speed = Speed, up to
column_verdict = Fits?
best_here = recommended
slower_more = A smaller file can be slower: its weights are unpacked in memory, where they then take more room.
all_precisions = All precisions
fewer_precisions = Fewer precisions
download_and_quantize = Download and quantize
ready_made = Ready-made file
made_on_this_computer = Made on this computer
no_card = No model card.
no_downloads = No downloads
no_downloads_more = Downloads appear here and resume after a restart.
waiting = Queued
paused_more = Paused
kept_more = What was downloaded is kept; trying again continues from there.
pause = Pause
resume = Resume
cancel_download = Cancel and delete partial file
remove_from_list = Remove from list
is_here = Ready to chat
stage_download = Download
stage_quantize = Quantize
stage_measure = Measure quality
listing = Listing models…
not_listed = The models could not be listed
library_empty = Models that you download or quantize appear here. You can also drop a GGUF file or a model folder on this window.
made_here = Made on this computer
downloaded = Downloaded
of_other_programs = From other apps
built_in = built in
more_for_model = More
quantize_from = Details and convert…
verify = Verify files
reveal = Show in file manager
free_original = Delete the original, keep this
delete_model = Delete…
delete = Delete
keep = Keep
engine_died_asking = The search stopped unexpectedly.
engine_died_fetching = The download stopped unexpectedly; what was downloaded is kept.
engine_died_keeping = Listing the models stopped unexpectedly.
downloads_with = Downloads ({ $count })
size_at_most = Up to { $parameters }
downloads_of = { $number } downloads
download_of = Download { $size }
in_memory_of = { $size } in memory
at_pace = { $rate }, { $pace }
downloading_share = Downloading, { $share }
slower_than = slower than { $precision }
take_file = Download GGUF ({ $size })
memory_at = Memory includes a full context of { $context }.
quantized_here = Downloads the original ({ $original }) and quantizes it here to { $made }, by { $method }. The loss is then measured and shown in the quality report.
ready_from = { $size }, converted by { $repo }. The smallest download, ready at once; its loss has not been measured.
files_of = { $count ->
    [one] { $count } file, { $size }
   *[other] { $count } files, { $size }
}
already_quantized = This model is already quantized ({ $bits } bits per weight). Quantizing it again loses more: the original gives a better result.
verifying = Verifying { $name }
last_used = { $age ->
    [today] used today
    [yesterday] used yesterday
    [week] used in the last 7 days
    [month] used in the last 30 days
   *[older] not used for over 30 days
}
delete_question = Delete { $name }? This frees { $size }.
model_removed = { $name } deleted; { $size } freed
model_verified = { $count ->
    [one] { $name }: { $count } file verified, unchanged
   *[other] { $name }: { $count } files verified, unchanged
}
model_readable = { $name } can be read; there is no checksum to verify it against
like_original = { $share } match
quality_not_measured = Quality was not measured: { $reason }
cannot_remove = Could not delete: { $reason }
cannot_verify = Verification failed: { $reason }
cannot_search = The search could not continue: { $reason }
fetched = { $name } downloaded ({ $size })
cannot_fetch = { $name } could not be downloaded: { $reason }
at_work = Running
cache_type = Context cache
cache_type_more = 8-bit halves the memory, with almost no effect on answers.
cache_f16 = 16-bit
cache_int8 = 8-bit
goal = What matters most
goal_fastest = Fastest
goal_fastest_more = Quickest to make, fastest replies
goal_balanced = Balanced
goal_balanced_more = 4 bits, hardly any loss
goal_memory = Best that fits
goal_memory_more = The best quality within a limit
advanced = Advanced
limit = Limit
limit_memory = Memory while chatting
limit_disk = Size on disk
method = Method
method_rounding = Round to nearest
method_rounding_more = Fastest; needs no text
method_importance = Weighted by importance
method_importance_more = Rounds most precisely where it matters; a good gain for one pass over a text
method_gptq = GPTQ
method_gptq_more = Later weights make up for each rounding error; takes minutes to an hour
method_awq = AWQ
method_awq_more = Scales the columns that matter before rounding; best for models with large outliers
method_smoothquant = SmoothQuant
method_smoothquant_more = Moves outliers from activations into weights; for 8 bits throughout
method_auto_round = AutoRound
method_auto_round_more = Learns how to round each weight, starting from GPTQ: slightly less loss at best, and the longest wait
method_hqq = HQQ
method_hqq_more = Finds better zero points without any text; quick
method_rotation = Rotation
method_rotation_more = Spreads outliers over all columns before rounding
method_spqr = SpQR
method_spqr_more = Keeps the few weights that matter most exact; nearly lossless at about 4.6 bits
method_other_more = No description available
calibration = Calibration text
calibration_more = Shows which weights matter. It never leaves this computer.
calibration_unused = This method needs no text
calibration_own = The model writes it
calibration_file = A file
calibration_chats = My chats
choose_text_file = Choose text…
no_file_chosen = No file chosen yet
chats_missing = There are no saved chats yet
chats_empty = The chosen chats have no text; choose others
estimating = Estimating…
curve = Size and quality
curve_more = Expected loss of the best mix at each size. Click a size to choose it.
curve_unknown = Measures how sensitive each part of the model is, to show the expected loss at every size.
measure_curve = Measure size and quality
measuring_curve = Measuring size and quality
curve_line = Best mix
curve_limit = This computer
predicted_kl = Predicted KL divergence
paused_run = Paused
discard = Discard
compare = Compare models
compare_more = Files with the same name can differ in quality. All models read the same text and are compared with the original.
compare_open = Compare with others
compare_original = The original
compare_choose = Choose a model
compare_models = Models to compare
compare_start = Compare
compare_missing = There are no models to compare yet
column_same = Match
column_kl = KL
column_kl_p99 = KL 99%
column_perplexity = Perplexity
plot_compare = Size and loss
plot_compare_more = KL divergence from the original: lower is closer
not_compared = Not measured
whole_minutes = { $minutes } min
estimate = Takes about { $time } and up to { $memory } of memory
curve_takes = Takes about { $time }
limited_file = A file of { $size }, { $bits } bits per weight
of_limit = best mix of { $size }
comparing = Comparing with { $name }
at_model = { $name }: { $stage }
size_and_kl = { $name }: { $size }, KL { $kl }
cannot_measure_curve = Size and quality could not be measured: { $reason }
cannot_compare = The models could not be compared: { $reason }
compared = { $count ->
    [one] { $count } model compared
   *[other] { $count } models compared
}
chats_chosen = { $count ->
    [0] No chat chosen yet
    [one] { $count } chat chosen
   *[other] { $count } chats chosen
}

section_general = General
section_performance = Performance
section_network = Network
section_shortcuts = Shortcuts
pages = Settings pages
reset_more = Puts all settings back to how they were at first. Chats and models stay.
reset_sure = Reset all settings?
chat_settings = Chat settings
close_chat_settings = Close chat settings
defaults_of_chats = Defaults for all chats…
replies_defaults = Replies in all chats
token = Hugging Face token
token_more = Needed for models whose license must be accepted. Create one with read access at huggingface.co/settings/tokens. It is kept in a file that only you can read, and sent to Hugging Face alone.
token_save = Save token
token_remove = Remove token
token_test = Test
token_missing = No token
token_kept = A token is saved
token_trying = Asking Hugging Face…
key_new_chat = New chat
key_models = Choose a model
key_folder = Open a model folder
key_stop = Stop the reply
key_send = Send the message
key_line = New line
key_edit = Edit the last message
key_quantize = Quantize the open model
key_chat_settings = Show or hide chat settings
key_rail = Show or hide the chats
token_of = Works: the account { $account }
reading_tokens = Reading { $tokens }, { $share }

pick_hint = Search your models
pick_loaded = Loaded
pick_here = On this computer
pick_none = No model has this name
eject = Unload
open_file = Open a GGUF file…
new_text_below = New text below
