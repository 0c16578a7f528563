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
welcome_more = Choose a model on disk. Nibble shrinks it to fit in memory and runs it here. Nothing is sent anywhere.
choose_folder = Choose a model folder…
choose_folder_more = Original weights from Hugging Face: config.json and safetensors
choose_file = Choose a GGUF file…
choose_file_more = Ready to chat; made by Nibble, llama.cpp or another program
drop_hint = or drop a folder or file anywhere on this window
drop_now = Drop to open
try_starter = Try the starter model
try_starter_more = Small and built in, to see how chatting works
ready_models = Ready to chat
recent_models = Recent
gone = not found
forget = Remove from list

reading = Reading the model…
unreadable = This model cannot be opened
choose_other = Choose another…
details = Details

architecture = Architecture
parameters = Parameters
size = Size
context = Context
bits = Bits per weight
template = Chat template
template_yes = Yes
template_no = None; a plain one is used
location = Location

precision = Precision
quantize_and_chat = Quantize and chat
chat_as_it_is = Chat without quantizing
chat = Chat
cancel = Cancel
cancelling = Cancelling…
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
table_quality = Same next word
table_verdict = On this machine
more_formats = More formats
fewer_formats = Fewer formats
format_published = The format of most published models
format_six = Hard to tell from the original
format_five = Very little loss
format_four = A little smaller than INT4, a little more loss
format_uneven = Non-uniform steps, small for four bits
format_older = Older format, for other programs
format_three = Noticeable loss
format_two = If nothing else fits
not_runnable = This model cannot run here
advising = Working out what fits…
fact_same = Same most likely word
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
part_cache = Context (KV cache)
part_buffers = Buffers
part_program = Program
memory_free = Free memory
load_anyway = Load anyway
load_anyway_more = Loading anyway can slow the computer down, or the system may stop the engine; chats are kept.
engine_died_measuring = The engine stopped while measuring quality; the model itself is intact
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
thinking = Reading the conversation…
chat_empty = What would you like to talk about?
chat_no_model = Choose a model to chat with
context_used = How much of the model's context this chat uses
chat_privacy = Everything stays on this computer
starter_limits = A small built-in model that knows Nibble and quantization. For everything else, open a larger one.
to_end = Jump to the newest message

section_model = Model
section_replies = Replies
section_looks = Appearance
context_length = Context length
context_more = How much of a conversation the model sees. More takes more memory.
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
top_p_more = Keeps the most likely words until their probabilities add up to this; 1 keeps all.
top_k = Top-k
top_k_more = Keeps this many of the most likely words; 0 keeps all.
min_p = Min-p
min_p_more = Drops words less likely than this fraction of the most likely one; 0 drops none.
penalty = Repetition penalty
penalty_more = Makes words that were already used less likely; 1 turns it off.
stop_texts = Stop texts
stop_texts_more = A reply ends where one of these appears; one per line.
seed = Seed
seed_more = The same number gives the same reply again.
seed_hint = Different each time
section_chats = Chats
import = Import
import_more = Exports from Nibble, Open WebUI or ChatGPT (conversations.json). You can also drop one on the window.
import_chats = Import chats…
palette = Commands
palette_hint = Type a command, or the name of a chat or model
chat_with = Chat with { $model }
choose_export = Choose an export…
temperature = Temperature
temperature_more = 0 always gives the same reply; higher values are more varied.
max_tokens = Maximum reply length
max_tokens_more = A longer reply, reasoning included, is stopped there and can be continued.
no_limit = No limit
system_prompt = Instructions
system_prompt_hint = For example: answer briefly and in plain words
theme = Theme
text_size = Text size
reset = Reset settings
free_memory = Free memory

terminal_instead = No display, so Nibble chats here in the terminal
terminal_how = Type a message and press Enter; Ctrl-D ends
terminal_question = What can you do?
terminal_broke_off = The engine stopped; start Nibble again
unexpected_answer = The engine gave an answer that does not fit the question
worker_failed = The worker could not read its commands

int4_more = Smallest and fastest
int8_more = Close to the original
f16_more = Same as the original
fits = Fits comfortably
fits_tight = Fits, but tight
fits_not = Does not fit
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
language_system = Same as the system

reply_stopped = Stopped
reply_broken = Interrupted
ended_by_person = stopped
ended_by_length = cut off at the maximum length
ended_by_context = cut off, context full
ended_by_repetition = stopped, it was repeating itself

# Numbers. A decimal mark is put in by the program.
decimal_mark = .
size_bytes = { $value } bytes
size_kilo = { $value } kB
size_mega = { $value } MB
size_giga = { $value } GB
size_tera = { $value } TB
billions = { $value } billion
millions = { $value } million
thousands = { $value } thousand
token_count = { $count ->
    [one] { $number } token
   *[other] { $number } tokens
}
share = { $value }{ "\u00A0" }%
each_second = { $value }/s
token_rate = { $value } tokens/s
seconds = { $value } s
minutes = { $minutes } min { $seconds } s
hours = { $hours } h { $minutes } min
days = several days
file_too_large = The file is { $size }; the limit is { $most }

# Sentences with facts in them.
quality_none = No noticeable difference: the same most likely word in { $share } of cases
quality_hardly = Hardly any difference: the same most likely word in { $share } of cases
quality_small = A small difference: the same most likely word in { $share } of cases
quality_clear = A clear difference: the same most likely word in { $share } of cases
quality_large = A large difference: the same most likely word in { $share } of cases
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
engine_missing = The engine could not be started; was the program moved or replaced while it ran?
engine_died_looking = The engine stopped while reading the model
engine_died_quantizing = The engine stopped while quantizing; no partial file was kept
engine_died_talking = The engine stopped; your conversation is kept, and the next message starts it again
engine_killed = { $what }. The system stopped the engine, probably because memory ran out: a smaller precision or context may fit.
ended_by_signal = Ended by signal { $number }
ended_with_status = Ended with status { $number }
quantized = { $name } is ready: { $size }, { $bits } bits per weight, made in { $time }
settings_set_aside = The settings file could not be read, so the defaults are used. The old file is kept next to the new one.
settings_not_saved = The settings could not be saved; they apply until Nibble closes
already_quantizing = A model is already being quantized; this one can follow when that is done
not_a_model = That is not a model: drop a folder with config.json and safetensors, or a GGUF file
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
chats_not_read = No chats could be read from this file: choose an export from Nibble, Open WebUI or ChatGPT
chat_written = The chat was exported to { $path }
chat_not_written = The chat could not be exported; try another folder
type_fallback = { $tensor } cannot be stored as { $wanted } and was stored as { $used }
values_clamped = { $count ->
    [one] One value of { $tensor } was too large for the format and was clamped
   *[other] { $count } values of { $tensor } were too large for the format and were clamped
}
quantized_twice = { $count ->
    [one] One tensor was already { $from }; quantizing the original weights loses less
   *[other] { $count } tensors were already { $from }; quantizing the original weights loses less
}
not_calibrated = { $count ->
    [one] The calibration file has no statistics for one tensor, which was quantized without them
   *[other] The calibration file has no statistics for { $count } tensors, which were quantized without them
}
tensor_ignored = { $tensor } is not used by this model and was left out
token_id_ignored = { $field } is { $value }, which is not a token of the vocabulary, and was ignored
tokenizer_inexact = Other programs may tokenize text slightly differently: GGUF cannot express { $what }
no_chat_template = This model has no chat template, so a plain one is used
taken_from_cache = Using the version on this machine, since the newest one is not known: { $reason }
messages_dropped = { $count ->
    [one] The conversation outgrew the context: the model no longer sees its oldest message
   *[other] The conversation outgrew the context: the model no longer sees its oldest { $count } messages
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
device_more = Models run on the processor, with the fastest instructions it has.
processor = { $cpu }, { $level }
keep_loaded = Keep the model in memory
keep_loaded_more = While the model is loaded, the next reply starts at once. Unloading frees its memory; the next message loads it again.
keep_always = Always
unload_after = { $minutes ->
    [one] Unload after 1 minute idle
   *[other] Unload after { $minutes } minutes idle
}
section_files = Files and network
models_folder = Models folder
models_folder_more = Quantized models are written to this folder and listed from it. Files in the previous folder stay where they are.
choose_models_folder = Choose folder…
open_folder = Open folder
offline = Work offline
offline_more = No network access: no search, no downloads. Chatting never needs the network.
portable = Portable folder
portable_is = Settings, chats, models and the log are in one folder that can be moved:
portable_how = To keep everything in one folder that can be moved, create a folder named nibble-data next to the program, or name one in the variable NIBBLE_HOME, and start Nibble again.
motion = Motion
motion_more = Short fades when things open and close, unless the system asks for reduced motion.
motion_system = Same as the system
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
    [one] 1 third-party component
   *[other] { $count } third-party components
}
show_licenses = Show all licenses
for_reports = For bug reports
copy_diagnostics = Copy diagnostics
copy_diagnostics_more = Versions, system, processor, memory and recent errors. Never what you wrote or read here.
diagnostics_copied = Diagnostics copied to the clipboard
running_work = Running
becomes = { $name } → { $precision }

presence_penalty = Presence penalty
presence_penalty_more = Makes words already used in the reply less likely, however often they were used; 0 turns it off.
frequency_penalty = Frequency penalty
frequency_penalty_more = Makes words less likely the more often the reply has used them; 0 turns it off.
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
part_template = Chat template markup
part_reply = Last reply
part_files = Files not sent yet
part_free = Free
context_over = Too long for the context: the model will not see the oldest messages.
thought_for = Thought for { $time }
not_attached = { $name } cannot be attached: { $reason }

title_request = Give this conversation a title of at most five words. Answer with the title alone.
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
find_models_more = Search the Hugging Face Hub, with advice for this machine
search_models = Search models
search_models_hint = Search the Hugging Face Hub
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
searching_hub = Searching the Hub…
nothing_on_hub = No models found
nothing_on_hub_more = Try fewer words, another size or another license.
clear_search = Clear the search
hub_silent = Could not reach the Hub
reading_page = Loading the model page…
unknown = Not stated
downloads_in_a_month = Downloads last month
likes = Likes
changed = Last updated
open_on_hub = Open on the Hub
gated = Requires accepting a license
gated_more = Open the page on the Hub, accept the license there, and set HF_TOKEN to your access token, or log in with a Hugging Face tool. Then try again.
cannot_run = Does not run in Nibble
too_large = Too large for this machine
too_large_more = None of its precisions fits in the memory of this machine. Choose a smaller model.
column_disk = On disk
column_memory = In memory
column_speed = Speed, up to
column_verdict = On this machine
best_here = best here
all_precisions = All precisions
fewer_precisions = Fewer precisions
download_and_quantize = Download and quantize
take_ready_made = Use the ready-made GGUF
no_card = No model card.
no_downloads = No downloads
no_downloads_more = Models you download appear here and resume after a restart.
waiting = Waiting in the queue
paused_more = Paused; the partial download is kept
pause = Pause
resume = Resume
cancel_download = Cancel and delete partial files
remove_from_list = Remove from list
is_here = Ready to chat
stage_download = Download
stage_quantize = Quantize
stage_measure = Measure quality
listing = Listing the models…
not_listed = The models could not be listed
made_here = Made on this machine
downloaded = Downloaded
of_other_programs = From other programs, used in place
built_in = built in
more_for_model = More
quantize_from = Details and quantizing…
verify = Verify files
reveal = Show in file manager
free_original = Delete the original, keep this
delete_model = Delete…
delete = Delete
keep = Keep
engine_died_asking = The Hub search stopped unexpectedly
engine_died_fetching = The download stopped unexpectedly; the partial download is kept
engine_died_keeping = Listing the models stopped unexpectedly
downloads_with = Downloads ({ $count })
size_at_most = Up to { $parameters }
downloads_of = { $number } downloads
fits_at = Fits at { $precision }
tight_at = Tight at { $precision }
memory_at = Memory use is given for a full context of { $context }.
quantized_here = Downloads the original ({ $original }) and quantizes it here to a file of { $made }.
ready_from = A file of { $size } quantized by someone else: { $repo }
files_of = { $count ->
    [one] { $count } file, { $size }
   *[other] { $count } files, { $size }
}
verifying = Verifying { $name }
last_used = last used: { $age }
delete_question = Delete { $name }? This frees { $size }.
model_removed = { $name } deleted; { $size } freed
model_verified = { $count ->
    [one] { $name }: { $count } file verified, unchanged
   *[other] { $name }: { $count } files verified, unchanged
}
model_readable = { $name } can be read; there is no checksum to verify it against
like_original = { $share } same next word as the original
quality_not_measured = Quality was not measured: { $reason }
cannot_remove = Could not delete: { $reason }
cannot_verify = Verification failed: { $reason }
cannot_search = The search could not continue: { $reason }
fetched = { $name } downloaded ({ $size })
cannot_fetch = { $name } could not be downloaded: { $reason }
at_work = Running
cache_type = Context memory (KV cache)
cache_type_more = INT8 stores what the model has read in about half the memory, with hardly any difference in replies.
cache_f16 = F16
cache_int8 = INT8
goal = What matters most
goal_fastest = Fastest
goal_fastest_more = Made soonest, replies quickest
goal_balanced = Balanced
goal_balanced_more = 4 bits, hardly any loss
goal_memory = Best for this memory
goal_memory_more = As good as a limit allows
advanced = Advanced
limit = Limit
limit_memory = Memory while chatting
limit_disk = Size on disk
method = Method
method_rounding = Round to nearest
method_rounding_more = Each weight on its own: fastest, and needs no text
method_importance = Weighted by importance
method_importance_more = Rounds best where activations are large; a good gain for one pass over a text
method_gptq = GPTQ
method_gptq_more = Each rounding error is made up for by the weights that follow; minutes to an hour
method_awq = AWQ
method_awq_more = Scales the columns that matter before rounding; best for models with large outliers
method_smoothquant = SmoothQuant
method_smoothquant_more = Moves outliers from activations into weights; for 8 bits throughout
method_auto_round = AutoRound
method_auto_round_more = Learns how to round each weight, starting from GPTQ's rounding: at best a little less loss, and the longest wait
method_hqq = HQQ
method_hqq_more = Searches better zero points without any text; quick
method_rotation = Rotation
method_rotation_more = Spreads outliers over all columns before rounding
method_spqr = SpQR
method_spqr_more = Keeps the few weights that matter most exact; nearly lossless at about 4.6 bits
method_other_more = A method of this version
calibration = Calibration text
calibration_more = It shows which weights matter, and never leaves this machine
calibration_unused = This method needs no text
calibration_own = The model writes it
calibration_file = A file
calibration_chats = My chats
choose_text_file = Choose text…
no_file_chosen = No file chosen yet
chats_missing = There are no saved chats yet
chats_empty = The chosen chats say nothing; choose others
estimating = Estimating…
curve = Size and quality
curve_more = The loss to expect from the best mix of each size. Click a size to choose it
curve_unknown = Measure how much each tensor suffers from fewer bits, and see what every size would cost
measure_curve = Measure the trade-off
measuring_curve = Measuring size against quality
curve_line = Best mix
curve_limit = This machine
predicted_kl = Predicted KL divergence
paused_run = Paused
discard = Discard
compare = Compare models
compare_more = Files of one name can differ much. All read the same text, and what each loses to the original is measured
compare_open = Compare with others
compare_original = The original
compare_choose = Choose a model
compare_models = Models to compare
compare_start = Compare
compare_missing = There are no models to compare yet
column_same = Same word
column_kl = KL
column_kl_p99 = KL 99 %
column_perplexity = Perplexity
plot_compare = Size against loss
plot_compare_more = KL divergence from the original: the lower, the closer
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
