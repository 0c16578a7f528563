product = Nibble
new_chat = Neuer Chat
untitled = Neuer Chat
models = Modelle
settings = Einstellungen
close = Schließen
close_settings = Einstellungen schließen
show_rail = Chats einblenden
hide_rail = Chats ausblenden
new_temporary_chat = Neuer temporärer Chat
temporary = Temporär
temporary_more = Temporär: Dieser Chat wird nicht gespeichert und verschwindet, wenn Nibble geschlossen wird
search_chats = Chats durchsuchen
nothing_found = Nichts gefunden
found_in_titles = Titel
found_in_messages = Nachrichten
pinned = Angeheftet
today = Heute
yesterday = Gestern
last_week = Letzte 7 Tage
last_month = Letzte 30 Tage
older = Älter
archived = Archiv
more_for_chat = Mehr zu diesem Chat
rename_chat = Umbenennen
chat_name = Name des Chats
pin_chat = Anheften
unpin_chat = Loslösen
archive_chat = Archivieren
unarchive_chat = Aus dem Archiv holen
export_markdown = Als Markdown exportieren …
export_json = Als JSON exportieren …
reading_chat = Chat wird geöffnet …
speaker_person = Sie
speaker_model = Assistent
delete_chat = Chat löschen

welcome = Mit einem Modell auf diesem Computer chatten
welcome_more = Wählen Sie ein Modell auf der Festplatte. Nibble verkleinert es, bis es in den Arbeitsspeicher passt, und führt es hier aus, ohne etwas irgendwohin zu senden.
choose_folder = Modellordner wählen …
choose_folder_more = Originalgewichte von Hugging Face: config.json und safetensors
choose_file = GGUF-Datei wählen …
choose_file_more = Sofort chatbereit, aus Nibble, llama.cpp oder anderen Programmen
drop_hint = oder einen Ordner oder eine Datei auf dieses Fenster ziehen
drop_now = Loslassen, um zu sehen, was es ist
try_starter = Das Startmodell ausprobieren
try_starter_more = Klein und eingebaut, um zu sehen, wie das Chatten geht
ready_models = Bereit zum Chatten
recent_models = Zuletzt geöffnet
no_models = Noch keine Modelle
no_models_more = Hier erscheinen quantisierte Modelle, bereit zum Chatten.
gone = nicht gefunden
forget = Aus der Liste entfernen

reading = Modell wird gelesen …
unreadable = Dieses Modell lässt sich nicht öffnen
choose_other = Anderes wählen …
details = Details

architecture = Architektur
parameters = Parameter
size = Größe
context = Kontext
bits = Bit pro Gewicht
template = Chat-Vorlage
template_yes = Ja
template_no = Keine, eine einfache wird verwendet
location = Ort

precision = Genauigkeit
quantize_and_chat = Quantisieren und chatten
chat_as_it_is = Ohne Quantisierung chatten
chat = Chatten
cancel = Abbrechen
cancelling = Wird abgebrochen …
starting = Wird gestartet …

message_hint = Nachricht …
message = Nachricht
send = Senden
stop = Stoppen
stopping = Wird gestoppt …
thoughts = Gedanken
thinks = Denkt nach …
try_again = Erneut fragen
more_models = Weitere Modelle …
regenerate = Neu generieren
copy = Kopieren
write_on = Fortsetzen
edit = Bearbeiten
edited_message = Bearbeitete Nachricht
send_edited = Erneut senden
quote = Zitieren
delete_message = Ab hier löschen
older_version = Vorherige Version
newer_version = Nächste Version
copy_code = Code kopieren
choose_model = Modell wählen
loading = Modell wird geladen …
preparing_starter = Eingebautes Modell wird vorbereitet …
thinking = Liest …
chat_empty = Worum soll es gehen?
chat_no_model = Zum Chatten ein Modell wählen
context_used = Wie viel vom Kontext des Modells dieser Chat belegt
chat_privacy = Alles bleibt auf diesem Computer
starter_limits = Ein kleines eingebautes Modell, das sich mit Nibble und Quantisierung auskennt. Für alles andere ein größeres öffnen.
to_end = Zur neuesten Nachricht

section_model = Modell
section_replies = Antworten
section_looks = Darstellung
context_length = Kontextlänge
context_more = Wie viel von einem Gespräch das Modell sieht. Mehr braucht mehr Arbeitsspeicher.
threads = Threads
threads_more = Verwendete Prozessorkerne. „Automatisch“ nutzt alle physischen.
automatic = Automatisch
replies_for = Antworten in
this_chat = Dieser Chat
all_chats = Alle Chats
as_all_chats = Wie alle Chats
preset = Voreinstellung
preset_own = Eigene
save_preset = Als Voreinstellung speichern …
preset_name = Name der Voreinstellung
forget_preset = Voreinstellung entfernen
finer_options = Feinere Optionen
top_p = Top-p
top_p_more = Behält die wahrscheinlichsten Wörter, bis ihre Anteile diese Summe erreichen; 1 behält alle.
top_k = Top-k
top_k_more = Behält so viele der wahrscheinlichsten Wörter; 0 behält alle.
min_p = Min-p
min_p_more = Verwirft Wörter, die unwahrscheinlicher sind als dieser Anteil des wahrscheinlichsten; 0 verwirft keine.
penalty = Wiederholungsstrafe
penalty_more = Vermeidet bereits verwendete Wörter; 1 vermeidet keine.
stop_texts = Stopptexte
stop_texts_more = Eine Antwort endet, wo einer davon vorkommt; einer pro Zeile.
seed = Seed
seed_more = Dieselbe Zahl ergibt wieder dieselbe Antwort.
seed_hint = Jedes Mal anders
section_chats = Chats
import = Importieren
import_more = Exporte aus Nibble, Open WebUI oder ChatGPT (conversations.json). Sie lassen sich auch auf das Fenster ziehen.
import_chats = Chats importieren …
palette = Befehle
palette_hint = Aktion, Chat oder Modell eingeben
chat_with = Mit { $model } chatten
choose_export = Export wählen …
temperature = Temperatur
temperature_more = 0 wiederholt sich genau; höher ist abwechslungsreicher.
max_tokens = Längste Antwort
no_limit = Unbegrenzt
system_prompt = Anweisungen
system_prompt_hint = Zum Beispiel: antworte kurz und in einfachen Worten
theme = Erscheinungsbild
text_size = Textgröße
reset = Einstellungen zurücksetzen
free_memory = Freier Arbeitsspeicher

terminal_instead = Kein Bildschirm vorhanden, daher chattet Nibble hier im Terminal
terminal_how = Nachricht eingeben und Eingabetaste drücken; Strg-D beendet
terminal_question = Was kannst du?
terminal_broke_off = Die Engine hat abgebrochen; bitte neu starten
worker_failed = Der Hilfsprozess konnte seine Befehle nicht lesen

int4_more = Kleinste und schnellste
int8_more = Nah am Original
f16_more = Wie das Original
fits = Passt bequem
fits_tight = Passt knapp
fits_not = Passt nicht
theme_system = System
theme_light = Hell
theme_dark = Dunkel
text_small = Klein
text_medium = Mittel
text_large = Groß
style_balanced = Ausgewogen
style_precise = Präzise
style_inventive = Einfallsreich
language = Sprache
language_more = Für die Oberfläche. Modelle antworten in der Sprache, in der sie gefragt werden.
language_system = Wie das System

reply_stopped = Gestoppt
reply_broken = Abgebrochen
ended_by_person = gestoppt
ended_by_length = an der Höchstlänge abgeschnitten
ended_by_context = am Ende des Kontexts abgeschnitten

# Numbers. A decimal mark is put in by the program.
decimal_mark = ,
size_bytes = { $value } Byte
size_kilo = { $value } kB
size_mega = { $value } MB
size_giga = { $value } GB
size_tera = { $value } TB
billions = { $value } Mrd.
millions = { $value } Mio.
thousands = { $value } Tsd.
token_count = { $count ->
    [one] { $number } Token
   *[other] { $number } Token
}
share = { $value }{ "\u00A0" }%
each_second = { $value }/s
token_rate = { $value } Token/s
seconds = { $value } s
minutes = { $minutes } min { $seconds } s
hours = { $hours } h { $minutes } min
days = mehrere Tage
file_too_large = Die Datei hat { $size }, gelesen werden höchstens { $most }

# Sentences with facts in them.
quantizing_to = Quantisierung auf { $precision }
time_left = noch { $time }
first_token = { $time } bis zum ersten Token
used_of = { $used } von { $all }
item_of = { $name }: { $item }

# What happened, and what to do.
cannot_read = Dieses Modell lässt sich nicht öffnen: { $reason }
cannot_load = Das Modell konnte nicht geladen werden: { $reason }
cannot_quantize = Das Quantisieren ist fehlgeschlagen: { $reason }
cannot_reply = Die Antwort brach ab: { $reason }
engine_missing = Die Engine konnte nicht gestartet werden; wurde das Programm verschoben oder ersetzt, während es lief?
engine_died_looking = Die Engine ist beim Untersuchen des Modells ausgefallen
engine_died_quantizing = Die Engine ist beim Quantisieren ausgefallen; nichts Halbfertiges wurde behalten
engine_died_talking = Die Engine ist ausgefallen; das Gespräch bleibt erhalten, und die nächste Nachricht startet sie wieder
engine_killed = { $what }. Das System hat sie beendet, vermutlich aus Mangel an Arbeitsspeicher: Eine kleinere Genauigkeit oder weniger Kontext passt vielleicht.
ended_by_signal = Beendet durch Signal { $number }
ended_with_status = Beendet mit Status { $number }
quantized = { $name } ist bereit: { $size }, { $bits } Bit pro Gewicht, erstellt in { $time }
settings_set_aside = Die Einstellungsdatei war nicht lesbar, daher gelten wieder die Standardwerte. Die alte Datei liegt daneben.
settings_not_saved = Die Einstellungen konnten nicht gespeichert werden; sie gelten, bis das Programm endet
already_quantizing = Es wird bereits ein Modell quantisiert; dieses kann danach folgen
not_a_model = Das ist kein Modell. Möglich sind ein Ordner mit config.json und safetensors oder eine GGUF-Datei.
chat_deleted = Chat gelöscht
titled_chat_deleted = „{ $title }“ gelöscht
messages_deleted = { $count ->
    [one] Nachricht gelöscht
   *[other] { $count } Nachrichten gelöscht
}
chats_set_aside = Die gespeicherten Chats waren nicht lesbar, daher beginnt die Liste neu. Die alte Datei liegt neben der neuen.
chats_not_kept = Auf diesem Computer können derzeit keine Chats gespeichert werden; sie bleiben, bis Nibble geschlossen wird
chats_not_saved = Etwas konnte nicht gespeichert werden; ist die Festplatte voll? Wichtiges kopieren, bevor Nibble geschlossen wird.
chats_imported = { $count ->
    [one] Ein Chat wurde importiert
   *[other] { $count } Chats wurden importiert
}
chats_not_read = In dieser Datei wurden keine Chats gefunden. Möglich sind Exporte aus Nibble, Open WebUI oder ChatGPT.
chat_written = Der Chat wurde nach { $path } exportiert
chat_not_written = Der Chat konnte nicht exportiert werden; vielleicht geht es in einem anderen Ordner
type_fallback = { $tensor } ist als { $wanted } nicht möglich und wurde zu { $used }
values_clamped = { $count ->
    [one] Ein Wert von { $tensor } war zu groß für das Format und wurde begrenzt
   *[other] { $count } Werte von { $tensor } waren zu groß für das Format und wurden begrenzt
}
quantized_twice = { $count ->
    [one] Ein Tensor war bereits { $from }; beim Quantisieren der Originalgewichte geht weniger verloren
   *[other] { $count } Tensoren waren bereits { $from }; beim Quantisieren der Originalgewichte geht weniger verloren
}
tensor_ignored = { $tensor } hat in diesem Modell keinen Platz und wurde weggelassen
tokenizer_inexact = Andere Programme zerlegen Text womöglich etwas anders, denn GGUF kann dies nicht ausdrücken: { $what }
no_chat_template = Dieses Modell hat keine Chat-Vorlage, daher wird eine einfache verwendet
messages_dropped = { $count ->
    [one] Das Gespräch passt nicht mehr in den Kontext: Das Modell sieht die älteste Nachricht nicht mehr
   *[other] Das Gespräch passt nicht mehr in den Kontext: Das Modell sieht die ältesten { $count } Nachrichten nicht mehr
}

# What the button of a notice does.
step_again = Erneut versuchen
step_undo = Rückgängig
step_other_file = Andere Datei wählen
step_quantize_again = Erneut quantisieren
step_chat = Damit chatten
step_open_again = Erneut öffnen
step_other_model = Anderes Modell wählen
step_show = Anzeigen
step_continue = Fortfahren

presence_penalty = Wiederholungsschutz (einmalig)
presence_penalty_more = Meidet Wörter, die in der Antwort schon vorkamen, egal wie oft; 0 meidet keine.
frequency_penalty = Wiederholungsschutz (je Vorkommen)
frequency_penalty_more = Meidet Wörter umso mehr, je öfter sie in der Antwort vorkamen; 0 meidet keine.
attach = Textdatei anhängen …
detach = Datei entfernen
attached_file = Angehängte Datei
files_too_long = Diese Dateien lassen keinen Platz für eine Antwort: eine entfernen oder in den Einstellungen einen längeren Kontext wählen
not_text = es ist keine Textdatei
empty_file = sie ist leer
export_chat = Chat exportieren
part_instructions = Anweisungen
part_earlier = Frühere Nachrichten
part_last = Letzte eigene Nachricht
part_template = Markierungen der Chatvorlage
part_reply = Letzte Antwort
part_files = Noch nicht gesendete Dateien
part_free = Frei
context_over = Mehr als hineinpasst: Die ältesten Nachrichten sieht das Modell dann nicht mehr.
thought_for = { $time } nachgedacht
not_attached = { $name } kann nicht angehängt werden: { $reason }

title_request = Gib diesem Gespräch einen Titel aus höchstens fünf Wörtern. Antworte nur mit dem Titel.
titles = Titel
titles_more = Das Modell kann einen Chat nach der ersten Antwort benennen; das dauert einen Moment.
titles_by_model = Vom Modell
titles_first_words = Erste Wörter
folders = Ordner
folder_name = Name des Ordners
move_out = Aus dem Ordner nehmen
move_to_new = In neuen Ordner verschieben
move_to = Nach „{ $folder }“ verschieben
