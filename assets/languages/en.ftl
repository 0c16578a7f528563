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
more_for_chat = More for this chat
rename_chat = Rename
chat_name = Name of the chat
pin_chat = Pin
unpin_chat = Unpin
archive_chat = Archive
unarchive_chat = Move out of the archive
export_markdown = Export as Markdown…
export_json = Export as JSON…
reading_chat = Opening the chat…
speaker_person = You
speaker_model = Assistant
delete_chat = Delete chat

welcome = Chat with a model on this computer
welcome_more = Choose a model from disk. Nibble makes it small enough for your memory and runs it here, without sending anything anywhere.
choose_folder = Choose a model folder…
choose_folder_more = Original weights from Hugging Face: config.json and safetensors
choose_file = Choose a GGUF file…
choose_file_more = Ready to chat, from Nibble, llama.cpp or others
drop_hint = or drop a folder or file anywhere on this window
drop_now = Drop it to see what it is
try_starter = Try the starter model
try_starter_more = Small and built in, to see how chatting works
ready_models = Ready to chat
recent_models = Recent
no_models = No models yet
no_models_more = Models you quantize appear here, ready to chat.
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
template_no = None, a plain one is used
location = Location

precision = Precision
quantize_and_chat = Quantize and chat
chat_as_it_is = Chat without quantizing
chat = Chat
cancel = Cancel
cancelling = Cancelling…
starting = Starting…

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
choose_model = Choose a model
loading = Loading the model…
preparing_starter = Preparing the built-in model…
thinking = Reading the conversation…
chat_empty = What would you like to talk about?
chat_no_model = Choose a model to chat with
context_used = How much of the model's context this chat takes
chat_privacy = Everything stays on this computer
starter_limits = A small built-in model that knows Nibble and quantization. For everything else, open a larger one.
to_end = To the newest message

section_model = Model
section_replies = Replies
section_looks = Appearance
context_length = Context length
context_more = How much of a conversation the model sees. More takes more memory.
threads = Threads
threads_more = Processor cores used. Automatic takes all physical ones.
automatic = Automatic
replies_for = Replies apply to
this_chat = This chat
all_chats = All chats
as_all_chats = Same as all chats
preset = Preset
preset_own = Custom
save_preset = Save as preset…
preset_name = Name of the preset
forget_preset = Remove preset
finer_options = Finer options
top_p = Top-p
top_p_more = Keeps the likeliest words until their shares reach this sum; 1 keeps all.
top_k = Top-k
top_k_more = Keeps this many of the likeliest words; 0 keeps all.
min_p = Min-p
min_p_more = Drops words less likely than this share of the likeliest; 0 drops none.
penalty = Repetition penalty
penalty_more = Avoids words that were used already; 1 does not.
stop_texts = Stop texts
stop_texts_more = A reply ends where one of these comes, one a line.
seed = Seed
seed_more = The same number gives the same reply again.
seed_hint = Different each time
section_chats = Chats
import = Import
import_more = Exports of Nibble, Open WebUI or ChatGPT (conversations.json). You can also drop one on the window.
import_chats = Import chats…
palette = Commands
palette_hint = Type what to do, or the name of a chat or model
chat_with = Chat with { $model }
choose_export = Choose an export…
temperature = Temperature
temperature_more = 0 repeats itself exactly; higher is more varied.
max_tokens = Longest reply
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
terminal_broke_off = The engine broke off; start again
worker_failed = The worker could not read its commands

int4_more = Smallest and fastest
int8_more = Near the original
f16_more = As the original
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
style_inventive = Inventive
language = Language
language_more = Of the interface. Models answer in the language they are asked in.
language_system = As the system

reply_stopped = Stopped
reply_broken = Broke off
ended_by_person = stopped
ended_by_length = cut at the longest reply
ended_by_context = cut where the context was full

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
file_too_large = The file has { $size }; the limit is { $most }

# Sentences with facts in them.
quantizing_to = Quantizing to { $precision }
time_left = { $time } left
first_token = { $time } to first token
used_of = { $used } of { $all }
item_of = { $name }: { $item }

# What happened, and what to do.
cannot_read = This model cannot be opened: { $reason }
cannot_load = The model could not be loaded: { $reason }
cannot_quantize = Quantizing did not succeed: { $reason }
cannot_reply = The reply broke off: { $reason }
engine_missing = The engine could not be started; was the program moved or replaced while it ran?
engine_died_looking = The engine stopped while it looked into the model
engine_died_quantizing = The engine stopped while it quantized; nothing half-made was kept
engine_died_talking = The engine stopped; your conversation is kept, and the next message starts it again
engine_killed = { $what }. The system ended the engine, probably for want of memory: a smaller precision or context may fit.
ended_by_signal = Ended by signal { $number }
ended_with_status = Ended with status { $number }
quantized = { $name } is ready: { $size }, { $bits } bits per weight, made in { $time }
settings_set_aside = The settings file could not be read, so settings start afresh. The old file is kept beside the new one.
settings_not_saved = The settings could not be saved; they hold until the program ends
already_quantizing = A model is being quantized already; this one can follow when that is done
not_a_model = That is not a model: drop a folder with config.json and safetensors, or a GGUF file
chat_deleted = Chat deleted
titled_chat_deleted = Deleted “{ $title }”
messages_deleted = { $count ->
    [one] Message deleted
   *[other] { $count } messages deleted
}
chats_set_aside = Your saved chats could not be read, so the list starts afresh. The old file is kept beside the new one.
chats_not_kept = Chats cannot be saved on this computer now; they last until Nibble closes
chats_not_saved = Something could not be saved; is the disk full? Copy what matters before you close Nibble.
chats_imported = { $count ->
    [one] One chat was imported
   *[other] { $count } chats were imported
}
chats_not_read = No chats could be read from this file: choose an export of Nibble, Open WebUI or ChatGPT
chat_written = The chat was exported to { $path }
chat_not_written = The chat could not be exported; try another folder
type_fallback = { $tensor } cannot be stored as { $wanted } and was stored as { $used }
values_clamped = { $count ->
    [one] One value of { $tensor } was too large for the format and was cut off
   *[other] { $count } values of { $tensor } were too large for the format and were cut off
}
quantized_twice = { $count ->
    [one] One tensor was { $from } already; quantizing the original weights loses less
   *[other] { $count } tensors were { $from } already; quantizing the original weights loses less
}
tensor_ignored = { $tensor } has no place in this model and was left out
tokenizer_inexact = Other programs may cut text a little differently: GGUF cannot express { $what }
no_chat_template = This model has no chat template, so a plain one is used
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

presence_penalty = Presence penalty
presence_penalty_more = Avoids words the reply has used already, however often; 0 does not.
frequency_penalty = Frequency penalty
frequency_penalty_more = Avoids words the more often the reply has used them; 0 does not.
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
part_template = Marks of the chat template
part_reply = Last reply
part_files = Files not sent yet
part_free = Free
context_over = More than fits: the oldest messages will be left out of what the model sees.
thought_for = Thought for { $time }
not_attached = { $name } cannot be attached: { $reason }

title_request = Give this conversation a title of at most five words. Answer with the title alone.
titles = Titles
titles_more = The model can name a chat after its first reply, which takes a moment.
titles_by_model = By the model
titles_first_words = First words
folders = Folders
folder_name = Name of the folder
move_out = Move out of its folder
move_to_new = Move to a new folder
move_to = Move to “{ $folder }”
