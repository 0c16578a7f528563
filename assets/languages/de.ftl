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
template_no = Keine; eine einfache wird verwendet
location = Ort

precision = Genauigkeit
quantize_and_chat = Quantisieren und chatten
chat_as_it_is = Ohne Quantisierung chatten
chat = Chatten
cancel = Abbrechen
cancelling = Wird abgebrochen …
starting = Wird gestartet …

quality = Qualität
quality_report = Qualitätsbericht
measure_quality = Qualität messen
measure_again = Noch einmal messen
not_measured = Noch nicht gemessen
not_measured_more = Das Original schreibt einen Text, beide Modelle lesen ihn, und verglichen wird, was sie bei jedem Wort erwarten. Nichts verlässt diesen Rechner.
no_original = Das Original wurde verschoben oder gelöscht, es gibt also nichts zu vergleichen
stage_load_original = Original wird geladen
stage_write_text = Das Original schreibt einen Text
stage_read_original = Das Original liest den Text
stage_ask_original = Das Original beantwortet eine Frage
stage_load_model = Modell wird geladen
stage_read_model = Das Modell liest den Text
stage_ask_model = Das Modell beantwortet die Frage
stage_compare_weights = Gewichte werden verglichen
table_bits = Bits
table_disk = Datei
table_memory = Speicher
table_speed = Tempo, bis zu
table_quality = Gleiches Wort
table_verdict = Auf diesem Rechner
more_formats = Weitere Formate
fewer_formats = Weniger Formate
format_published = Das Format der meisten veröffentlichten Modelle
format_six = Kaum vom Original zu unterscheiden
format_five = Sehr wenig Verlust
format_four = Etwas kleiner als INT4, etwas mehr Verlust
format_uneven = Ungleiche Stufen, klein für vier Bits
format_older = Älteres Format, für andere Programme
format_three = Spürbarer Verlust
format_two = Wenn nichts anderes passt
not_runnable = Dieses Modell läuft hier nicht
advising = Es wird ermittelt, was passt …
fact_same = Gleiches wahrscheinlichstes Wort
fact_kl = KL-Divergenz, Mittel
fact_kl_p99 = KL-Divergenz, 99. Perzentil
fact_perplexity = Perplexität
fact_weights = Fehler der Gewichte
fact_text = Gemessen an
text_by_original = Text des Originals
bound_more = Der Wortschatz ist groß, daher zählen die seltensten Wörter als eines: Die Divergenz kann etwas höher sein.
plot_kl = Wie sehr sich die Modelle unterscheiden, Wort für Wort
plot_kl_more = Stellen im Text nach KL-Divergenz: je weiter rechts, desto uneiniger sind sich beide über das nächste Wort
plot_layers = Fehler der Gewichte, Schicht für Schicht
plot_layers_more = Relativer mittlerer quadratischer Fehler in Prozent; bei 0 stehen Einbettung und Ausgabe
same_question = Dieselbe Frage, von beiden beantwortet
original = Original
needs_more_memory = Dieses Modell braucht mehr Speicher, als frei ist
part_weights = Gewichte
part_cache = Kontext (KV-Cache)
part_buffers = Puffer
part_program = Programm
memory_free = Freier Speicher
load_anyway = Trotzdem laden
load_anyway_more = Trotzdem zu laden kann den Rechner langsam machen, oder das System beendet die Engine; Chats bleiben erhalten.
engine_died_measuring = Die Engine ist beim Messen der Qualität ausgefallen; das Modell selbst ist unversehrt
step_report = Bericht anzeigen

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
copy_table = Tabelle kopieren
copy_table_markdown = Als Markdown kopieren
copy_table_csv = Als CSV kopieren
wrap_lines = Zeilen umbrechen
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
replies_for = Antworteinstellungen für
this_chat = Dieser Chat
all_chats = Alle Chats
as_all_chats = Wie alle Chats
preset = Voreinstellung
preset_own = Eigene
save_preset = Als Voreinstellung speichern …
preset_name = Name der Voreinstellung
forget_preset = Voreinstellung entfernen
finer_options = Erweiterte Optionen
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
seed_more = Dieselbe Zahl ergibt dieselbe Antwort.
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
max_tokens = Höchstlänge der Antwort
max_tokens_more = Eine längere Antwort wird samt Nachdenken dort angehalten und lässt sich fortsetzen.
no_limit = Unbegrenzt
system_prompt = Anweisungen
system_prompt_hint = Zum Beispiel: antworte kurz und in einfachen Worten
theme = Erscheinungsbild
text_size = Textgröße
reset = Einstellungen zurücksetzen
free_memory = Freier Arbeitsspeicher

terminal_instead = Keine Anzeige vorhanden, daher chattet Nibble hier im Terminal
terminal_how = Nachricht eingeben und Eingabetaste drücken; Strg-D beendet
terminal_question = Was kannst du?
terminal_broke_off = Die Engine ist ausgefallen; bitte Nibble neu starten
unexpected_answer = Die Engine hat etwas anderes geantwortet, als gefragt war
worker_failed = Der Hilfsprozess konnte seine Befehle nicht lesen

int4_more = Am kleinsten und schnellsten
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
style_inventive = Kreativ
language = Sprache
language_more = Für die Oberfläche. Modelle antworten in der Sprache, in der sie gefragt werden.
language_system = Wie das System

reply_stopped = Gestoppt
reply_broken = Unterbrochen
ended_by_person = gestoppt
ended_by_length = an der Höchstlänge abgeschnitten
ended_by_context = am Ende des Kontexts abgeschnitten
ended_by_repetition = gestoppt, da sie sich wiederholte

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
file_too_large = Die Datei ist { $size } groß; die Grenze liegt bei { $most }

# Sentences with facts in them.
quality_none = Kein merklicher Unterschied: dasselbe wahrscheinlichste Wort in { $share } der Fälle
quality_hardly = Kaum ein Unterschied: dasselbe wahrscheinlichste Wort in { $share } der Fälle
quality_small = Ein kleiner Unterschied: dasselbe wahrscheinlichste Wort in { $share } der Fälle
quality_clear = Ein deutlicher Unterschied: dasselbe wahrscheinlichste Wort in { $share } der Fälle
quality_large = Ein großer Unterschied: dasselbe wahrscheinlichste Wort in { $share } der Fälle
of_original = { $value }, Original { $original }
measured_on = { $text }, { $tokens }
made_from = Erstellt aus { $original }
measuring = { $name } wird gemessen
cannot_measure = Die Qualität konnte nicht gemessen werden: { $reason }
needed_of_free = { $needed } nötig, { $free } frei
load_with_context = Mit { $tokens } Kontext laden
would_fit_at = Auf { $precision } quantisiert würde es passen
memory_at_context = Speicher mit { $tokens } Kontext
quantizing_to = Quantisierung auf { $precision }
time_left = noch { $time }
first_token = { $time } bis zum ersten Token
used_of = { $used } von { $all }
item_of = { $name }: { $item }

# What happened, and what to do.
cannot_read = Dieses Modell lässt sich nicht öffnen: { $reason }
cannot_load = Das Modell konnte nicht geladen werden: { $reason }
cannot_quantize = Die Quantisierung ist fehlgeschlagen: { $reason }
cannot_reply = Die Antwort wurde unterbrochen: { $reason }
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
chats_left_out = { $count ->
    [one] Ein Chat der Datei war nicht lesbar und wurde ausgelassen
   *[other] { $count } Chats der Datei waren nicht lesbar und wurden ausgelassen
}
picture_left_out = [Bild]
chats_not_read = In dieser Datei wurden keine Chats gefunden. Möglich sind Exporte aus Nibble, Open WebUI oder ChatGPT.
chat_written = Der Chat wurde nach { $path } exportiert
chat_not_written = Der Chat konnte nicht exportiert werden; vielleicht geht es in einem anderen Ordner
type_fallback = { $tensor } lässt sich nicht als { $wanted } speichern und wurde als { $used } gespeichert
values_clamped = { $count ->
    [one] Ein Wert von { $tensor } war zu groß für das Format und wurde begrenzt
   *[other] { $count } Werte von { $tensor } waren zu groß für das Format und wurden begrenzt
}
quantized_twice = { $count ->
    [one] Ein Tensor war bereits { $from }; beim Quantisieren der Originalgewichte geht weniger verloren
   *[other] { $count } Tensoren waren bereits { $from }; beim Quantisieren der Originalgewichte geht weniger verloren
}
not_calibrated = { $count ->
    [one] Die Kalibrierungsdatei enthält keine Statistik zu einem Tensor, der ohne sie quantisiert wurde
   *[other] Die Kalibrierungsdatei enthält keine Statistik zu { $count } Tensoren, die ohne sie quantisiert wurden
}
tensor_ignored = { $tensor } wird von diesem Modell nicht verwendet und wurde weggelassen
token_id_ignored = { $field } ist { $value }, was kein Token des Vokabulars ist, und wurde nicht beachtet
tokenizer_inexact = Andere Programme zerlegen Text womöglich etwas anders, denn GGUF kann dies nicht ausdrücken: { $what }
no_chat_template = Dieses Modell hat keine Chat-Vorlage, daher wird eine einfache verwendet
taken_from_cache = Die Fassung auf diesem Rechner wird verwendet, da die neueste nicht bekannt ist: { $reason }
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

# Settings: device, memory, files, network, motion.
reset_one = Zurücksetzen
switch_on = An
switch_off = Aus
device = Gerät
device_more = Modelle laufen auf dem Prozessor, mit den schnellsten Befehlen, die er hat.
processor = { $cpu }, { $level }
keep_loaded = Modell im Speicher halten
keep_loaded_more = Solange das Modell geladen ist, beginnt die nächste Antwort sofort. Beim Entladen wird sein Speicher frei, und die nächste Nachricht lädt es wieder.
keep_always = Immer
unload_after = { $minutes ->
    [one] Nach 1 Minute ohne Nutzung entladen
   *[other] Nach { $minutes } Minuten ohne Nutzung entladen
}
section_files = Dateien und Netz
models_folder = Modellordner
models_folder_more = Quantisierte Modelle werden in diesen Ordner geschrieben und aus ihm aufgelistet. Dateien im vorigen Ordner bleiben dort.
choose_models_folder = Ordner wählen …
open_folder = Ordner öffnen
offline = Offline arbeiten
offline_more = Kein Netzzugriff: keine Suche, keine Downloads. Chatten braucht nie das Netz.
portable = Tragbarer Ordner
portable_is = Einstellungen, Chats, Modelle und Protokoll liegen in einem Ordner, den man mitnehmen kann:
portable_how = Damit alles in einem Ordner liegt, den man mitnehmen kann: neben dem Programm einen Ordner nibble-data anlegen oder einen in der Variablen NIBBLE_HOME nennen und neu starten.
motion = Bewegung
motion_more = Kurze Übergänge beim Öffnen und Schließen, außer das System wünscht keine.
motion_system = Wie das System
motion_none = Keine

# About the program; running work.
about = Über Nibble
about_more = Mit Sprachmodellen auf diesem Rechner chatten. Was Sie schreiben, bleibt hier.
version = Version { $value }
places = Speicherorte
place_settings = Einstellungen
place_chats = Chats
place_log = Protokoll
licenses = Lizenzen
license_own = Nibble ist freie Software: Apache 2.0 oder MIT, nach Wahl.
license_fonts = Schriften: Inter, JetBrains Mono und Noto Sans, SIL Open Font License 1.1. Symbole: Phosphor, MIT.
license_parts = { $count ->
    [one] 1 Komponente von Dritten
   *[other] { $count } Komponenten von Dritten
}
show_licenses = Alle Lizenzen anzeigen
for_reports = Für Fehlerberichte
copy_diagnostics = Diagnose kopieren
copy_diagnostics_more = Versionen, System, Prozessor, Speicher und die letzten Fehler. Niemals, was Sie hier geschrieben oder gelesen haben.
diagnostics_copied = Diagnose in die Zwischenablage kopiert
running_work = Läuft
becomes = { $name } → { $precision }

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
context_over = Zu lang für den Kontext: Die ältesten Nachrichten sieht das Modell nicht mehr.
thought_for = { $time } nachgedacht
not_attached = { $name } kann nicht angehängt werden: { $reason }

title_request = Gib diesem Gespräch einen Titel aus höchstens fünf Wörtern. Antworte nur mit dem Titel.
titles = Titel
titles_more = Das Modell kann einen Chat nach der ersten Antwort benennen; das dauert einen Moment.
titles_by_model = Vom Modell verfasst
titles_first_words = Erste Wörter
folders = Ordner
folder_name = Name des Ordners
move_out = Aus dem Ordner nehmen
move_to_new = In neuen Ordner verschieben
move_to = Nach „{ $folder }“ verschieben
quality_not_kept = Der Qualitätsbericht konnte nicht nach { $path } geschrieben werden: { $reason }

# Models: the library, the Hub, downloads.
library = Bibliothek
discover = Entdecken
downloads = Downloads
find_models = Modelle finden
find_models_more = Den Hugging Face Hub durchsuchen, mit Empfehlungen für diesen Rechner
search_models = Modelle suchen
search_models_hint = Hugging Face Hub durchsuchen
sort_by = Sortieren nach
sort_downloads = Meiste Downloads
sort_likes = Meiste Likes
sort_trending = Im Trend
sort_updated = Neueste
size_limit = Größe
any_size = Jede Größe
license = Lizenz
any_license = Jede Lizenz
only_runnable = Läuft in Nibble
catalog_heading = Gute Modelle für den Anfang
recommended_heading = Empfohlen für diesen Computer
recommended_fast = Schnell
recommended_balanced = Ausgewogen
recommended_best = Beste Antworten
searching_hub = Hub wird durchsucht …
nothing_on_hub = Kein Modell gefunden
nothing_on_hub_more = Weniger Wörter, eine andere Größe oder Lizenz finden vielleicht mehr.
clear_search = Suche leeren
hub_silent = Der Hub ist nicht erreichbar
reading_page = Modellseite wird geladen …
unknown = Nicht angegeben
downloads_in_a_month = Downloads im Monat
likes = Likes
changed = Letzte Änderung
open_on_hub = Auf dem Hub öffnen
gated = Lizenz muss angenommen werden
gated_more = Öffnen Sie die Seite auf dem Hub, nehmen Sie dort die Lizenz an und setzen Sie HF_TOKEN auf ein eigenes Token, oder melden Sie sich mit einem Werkzeug von Hugging Face an. Danach erneut versuchen.
cannot_run = Läuft nicht in Nibble
too_large = Zu groß für diesen Rechner
too_large_more = Keine Genauigkeit passt in den Speicher dieses Rechners. Ein kleineres Modell passt.
column_disk = Auf der Platte
column_memory = Im Speicher
column_speed = Tempo, bis zu
column_verdict = Auf diesem Rechner
best_here = hier am besten
all_precisions = Alle Genauigkeiten
fewer_precisions = Weniger Genauigkeiten
download_and_quantize = Herunterladen und quantisieren
take_ready_made = Fertige GGUF-Datei verwenden
no_card = Keine Modellkarte.
no_downloads = Keine Downloads
no_downloads_more = Modelle, die Sie herunterladen, erscheinen hier und werden nach einem Neustart fortgesetzt.
waiting = In der Warteschlange
paused_more = Angehalten; der Teildownload bleibt erhalten
pause = Anhalten
resume = Fortsetzen
cancel_download = Abbrechen und Teildateien löschen
remove_from_list = Aus der Liste entfernen
is_here = Bereit zum Chatten
stage_download = Herunterladen
stage_quantize = Quantisieren
stage_measure = Qualität messen
listing = Modelle werden aufgelistet …
not_listed = Die Modelle konnten nicht aufgelistet werden
made_here = Auf diesem Rechner erstellt
downloaded = Heruntergeladen
of_other_programs = Aus anderen Programmen, dort verwendet
built_in = eingebaut
more_for_model = Mehr
quantize_from = Einzelheiten und Quantisieren …
verify = Dateien prüfen
reveal = Im Dateimanager anzeigen
free_original = Original löschen, dieses behalten
delete_model = Löschen …
delete = Löschen
keep = Behalten
engine_died_asking = Die Suche im Hub wurde unerwartet beendet
engine_died_fetching = Der Download wurde unerwartet beendet; der Teildownload bleibt erhalten
engine_died_keeping = Das Auflisten der Modelle wurde unerwartet beendet
downloads_with = Downloads ({ $count })
size_at_most = Höchstens { $parameters }
downloads_of = { $number } Downloads
fits_at = Passt mit { $precision }
tight_at = Knapp mit { $precision }
memory_at = Der Speicherbedarf gilt für einen vollen Kontext von { $context }.
quantized_here = Lädt das Original ({ $original }) herunter und quantisiert es hier zu einer Datei von { $made }.
ready_from = Eine Datei von { $size }, die jemand anderes quantisiert hat: { $repo }
files_of = { $count ->
    [one] { $count } Datei, { $size }
   *[other] { $count } Dateien, { $size }
}
verifying = { $name } wird geprüft
last_used = zuletzt benutzt: { $age }
delete_question = { $name } löschen? Das macht { $size } frei.
model_removed = { $name } gelöscht; { $size } freigegeben
model_verified = { $count ->
    [one] { $name }: { $count } Datei geprüft, unverändert
   *[other] { $name }: { $count } Dateien geprüft, unverändert
}
model_readable = { $name } ist lesbar; eine Prüfsumme zum Vergleich gibt es nicht
like_original = { $share } gleiches nächstes Wort wie das Original
quality_not_measured = Die Qualität wurde nicht gemessen: { $reason }
cannot_remove = Löschen fehlgeschlagen: { $reason }
cannot_verify = Prüfung fehlgeschlagen: { $reason }
cannot_search = Die Suche konnte nicht fortgesetzt werden: { $reason }
fetched = { $name } heruntergeladen ({ $size })
cannot_fetch = { $name } konnte nicht heruntergeladen werden: { $reason }
at_work = Läuft
cache_type = Kontextspeicher (KV-Cache)
cache_type_more = INT8 speichert das Gelesene in etwa der Hälfte des Speichers, mit kaum einem Unterschied in den Antworten.
cache_f16 = F16
cache_int8 = INT8
goal = Was am wichtigsten ist
goal_fastest = Am schnellsten
goal_fastest_more = Schnell erstellt, schnellste Antworten
goal_balanced = Ausgewogen
goal_balanced_more = 4 Bit, kaum Verlust
goal_memory = Das Beste für den Speicher
goal_memory_more = So gut, wie die Grenze erlaubt
advanced = Erweitert
limit = Grenze
limit_memory = Arbeitsspeicher beim Chatten
limit_disk = Größe auf der Festplatte
method = Verfahren
method_rounding = Runden
method_rounding_more = Jedes Gewicht für sich: am schnellsten, ohne Text
method_importance = Nach Wichtigkeit gewichtet
method_importance_more = Rundet dort am besten, wo die Aktivierungen groß sind; viel Gewinn für einen Durchgang durch einen Text
method_gptq = GPTQ
method_gptq_more = Jeder Rundungsfehler wird von den folgenden Gewichten ausgeglichen; Minuten bis eine Stunde
method_awq = AWQ
method_awq_more = Skaliert wichtige Spalten vor dem Runden; am besten für Modelle mit großen Ausreißern
method_smoothquant = SmoothQuant
method_smoothquant_more = Verschiebt Ausreißer aus den Aktivierungen in die Gewichte; für 8 Bit überall
method_auto_round = AutoRound
method_auto_round_more = Lernt, ausgehend von GPTQ, wie jedes Gewicht gerundet wird: bestenfalls etwas weniger Verlust, dauert am längsten
method_hqq = HQQ
method_hqq_more = Sucht bessere Nullpunkte, ganz ohne Text; schnell
method_rotation = Rotation
method_rotation_more = Verteilt Ausreißer vor dem Runden auf alle Spalten
method_spqr = SpQR
method_spqr_more = Lässt die wenigen wichtigsten Gewichte genau; fast verlustfrei bei etwa 4,6 Bit
method_other_more = Ein Verfahren dieser Version
calibration = Kalibrierungstext
calibration_more = Er zeigt, welche Gewichte wichtig sind, und verlässt diesen Rechner nie
calibration_unused = Dieses Verfahren braucht keinen Text
calibration_own = Das Modell schreibt ihn
calibration_file = Eine Datei
calibration_chats = Meine Chats
choose_text_file = Text wählen…
no_file_chosen = Noch keine Datei gewählt
chats_missing = Es gibt noch keine gespeicherten Chats
chats_empty = Die gewählten Chats enthalten keinen Text; wähle andere
estimating = Wird geschätzt…
curve = Größe und Qualität
curve_more = Der zu erwartende Verlust der besten Mischung jeder Größe. Klicke auf eine Größe, um sie zu wählen
curve_unknown = Miss, wie sehr jeder Tensor unter weniger Bits leidet, und sieh, was jede Größe kostet
measure_curve = Abwägung messen
measuring_curve = Größe und Qualität werden gemessen
curve_line = Beste Mischung
curve_limit = Dieser Rechner
predicted_kl = Erwartete KL-Divergenz
paused_run = Pausiert
discard = Verwerfen
compare = Modelle vergleichen
compare_more = Dateien gleichen Namens können sich stark unterscheiden. Alle lesen denselben Text; gemessen wird, was jede gegenüber dem Original verliert
compare_open = Mit anderen vergleichen
compare_original = Das Original
compare_choose = Modell wählen
compare_models = Zu vergleichende Modelle
compare_start = Vergleichen
compare_missing = Es gibt noch keine Modelle zum Vergleichen
column_same = Gleiches Wort
column_kl = KL
column_kl_p99 = KL 99 %
column_perplexity = Perplexität
plot_compare = Größe gegen Verlust
plot_compare_more = KL-Divergenz vom Original: je tiefer, desto näher
not_compared = Nicht gemessen
whole_minutes = { $minutes } min
estimate = Dauert etwa { $time } und braucht bis zu { $memory } Arbeitsspeicher
curve_takes = Dauert etwa { $time }
limited_file = Eine Datei von { $size }, { $bits } Bit pro Gewicht
of_limit = beste Mischung in { $size }
comparing = Vergleich mit { $name }
at_model = { $name }: { $stage }
size_and_kl = { $name }: { $size }, KL { $kl }
cannot_measure_curve = Größe und Qualität konnten nicht gemessen werden: { $reason }
cannot_compare = Die Modelle konnten nicht verglichen werden: { $reason }
compared = { $count ->
    [one] { $count } Modell verglichen
   *[other] { $count } Modelle verglichen
}
chats_chosen = { $count ->
    [0] Noch kein Chat gewählt
    [one] { $count } Chat gewählt
   *[other] { $count } Chats gewählt
}
