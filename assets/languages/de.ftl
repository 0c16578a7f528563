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
unpin_chat = Nicht mehr anheften
archive_chat = Archivieren
unarchive_chat = Aus dem Archiv holen
export_markdown = Als Markdown exportieren …
export_json = Als JSON exportieren …
reading_chat = Chat wird geöffnet …
speaker_person = Sie
speaker_model = Assistent
delete_chat = Chat löschen

welcome = Mit einem Modell auf diesem Computer chatten
welcome_more = Nibble führt Sprachmodelle auf diesem Computer aus und verkleinert sie so, dass sie in den Arbeitsspeicher passen. Was Sie schreiben, bleibt hier.
choose_folder = Modellordner wählen …
choose_folder_more = Originalgewichte von Hugging Face: config.json und safetensors
choose_file = GGUF-Datei wählen …
choose_file_more = Sofort chatbereit; aus Nibble, llama.cpp oder anderen Programmen
drop_hint = oder einen Ordner oder eine Datei auf dieses Fenster ziehen
drop_now = Modell, Textdatei oder Chat-Export hier ablegen
try_starter = Startmodell ausprobieren
try_starter_more = Klein und eingebaut, um das Chatten auszuprobieren
ready_models = Bereit zum Chatten
recent_models = Zuletzt geöffnet
gone = nicht gefunden
forget = Aus der Liste entfernen

reading = Modell wird gelesen …
unreadable = Dieses Modell lässt sich nicht öffnen
choose_other_file = Andere Datei wählen …
choose_other = Anderes wählen …
details = Details

architecture = Architektur
parameters = Parameter
size = Größe
context = Kontext
bits = Bit pro Gewicht
template = Chatvorlage
template_yes = Ja
template_no = Keine; eine einfache wird verwendet
location = Ort

precision = Genauigkeit
quantize_and_chat = Quantisieren und chatten
chat_as_it_is = Original verwenden
chat = Chatten
cancel = Abbrechen
cancelling = Wird abgebrochen …
starting = Wird gestartet …

quality = Qualität
quality_report = Qualitätsbericht
measure_quality = Qualität messen
measure_again = Noch einmal messen
not_measured = Noch nicht gemessen
not_measured_more = Das Original schreibt einen Text, beide Modelle lesen ihn, und ihre Vorhersagen für jedes Wort werden verglichen. Nichts verlässt diesen Computer.
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
table_memory = RAM
table_speed = Tempo, bis zu
table_quality = Treffer
table_verdict = Passt?
more_formats = Weitere Formate
fewer_formats = Weniger Formate
format_published = Meist so veröffentlicht
format_six = Fast verlustfrei
format_five = Sehr wenig Verlust
format_four = Etwas kleiner als Q4_K_M
format_uneven = Kompakt mit 4 Bit
format_older = Älteres Format
format_three = Spürbarer Verlust
format_two = Nur wenn sonst nichts passt
not_runnable = Dieses Modell läuft hier nicht
advising = Es wird geprüft, was passt …
fact_same = Gleiches nächstes Wort
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
needs_more_memory = Dieses Modell braucht mehr Arbeitsspeicher, als frei ist
part_weights = Gewichte
part_cache = Kontext-Cache
part_buffers = Puffer
part_program = Programm
memory_free = Freier Arbeitsspeicher
load_anyway = Trotzdem laden
load_anyway_more = Das kann den Computer verlangsamen oder das Modell beenden. Ihre Chats bleiben erhalten.
engine_died_measuring = Die Qualitätsmessung wurde unerwartet beendet. Das Modell ist unbeschädigt.
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
thinking = Chat wird gelesen …
chat_empty = Worüber möchten Sie sprechen?
chat_no_model = Wählen Sie ein Modell zum Chatten
context_used = Belegter Kontext
chat_privacy = Alles bleibt auf diesem Computer
starter_limits = Dieses eingebaute Modell kennt nur Nibble und Quantisierung. Für alles andere laden Sie ein größeres.
to_end = Zur neuesten Nachricht

section_model = Modell
section_replies = Antworten
section_looks = Darstellung
context_length = Kontextlänge
context_more = Wie viel von einem Chat das Modell sieht. Mehr braucht mehr Arbeitsspeicher.
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
top_p_more = Berücksichtigt nur die wahrscheinlichsten Wörter bis zu dieser Gesamtwahrscheinlichkeit. 1 schaltet es aus.
top_k = Top-k
top_k_more = Berücksichtigt nur so viele der wahrscheinlichsten Wörter. 0 schaltet es aus.
min_p = Min-p
min_p_more = Ignoriert Wörter, die unwahrscheinlicher sind als dieser Anteil des wahrscheinlichsten. 0 schaltet es aus.
penalty = Wiederholungsstrafe
penalty_more = Macht Wiederholungen seltener. 1 schaltet es aus.
stop_texts = Stopptexte
stop_texts_more = Beendet die Antwort bei einem dieser Texte. Einer pro Zeile.
seed = Seed
seed_more = Derselbe Seed ergibt dieselbe Antwort.
seed_hint = Zufällig
section_chats = Chats
import = Importieren
import_more = Exporte aus Nibble, Open WebUI oder ChatGPT (conversations.json). Sie lassen sich auch auf das Fenster ziehen.
import_chats = Chats importieren …
palette = Befehle
palette_hint = Aktion, Chat oder Modell eingeben
chat_with = Mit { $model } chatten
choose_export = Export wählen …
temperature = Temperatur
temperature_more = 0 gibt immer dieselbe Antwort. Höher ist kreativer.
max_tokens = Höchstlänge
max_tokens_more = Antworten, einschließlich Nachdenken, enden bei dieser Länge. Sie lassen sich fortsetzen.
no_limit = Unbegrenzt
system_prompt = Anweisungen
system_prompt_hint = Zum Beispiel: Antworte kurz und in einfachen Worten
theme = Erscheinungsbild
text_size = Textgröße
reset = Einstellungen zurücksetzen
free_memory = Freier{ "\u00A0" }Arbeitsspeicher

terminal_instead = Keine Anzeige vorhanden, daher chattet Nibble hier im Terminal
terminal_how = Nachricht eingeben und die Eingabetaste drücken; Strg-D beendet
terminal_question = Was kannst du?
terminal_broke_off = Das Modell wurde unerwartet beendet; bitte Nibble neu starten
unexpected_answer = der Modellprozess hat unerwartet geantwortet
worker_failed = Der Modellprozess konnte seine Befehle nicht lesen

int4_more = Klein und schnell
int8_more = Nah am Original
f16_more = Wie das Original
fits = Passt
fits_tight = Knapp
fits_not = Zu groß
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
language_more = Sprache der Oberfläche. Modelle antworten in der Sprache, in der Sie schreiben.
language_system = Wie System

reply_stopped = Gestoppt
reply_broken = Unterbrochen
ended_by_person = gestoppt
ended_by_length = bei der Höchstlänge abgeschnitten
ended_by_context = abgeschnitten, Kontext voll
ended_by_repetition = gestoppt wegen Wiederholungen

# Numbers. A decimal mark is put in by the program.
decimal_mark = ,
group_mark = .
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
quality_none = Praktisch identisch: wählt in { $share } der Fälle dasselbe nächste Wort
quality_hardly = Sehr nah: wählt in { $share } der Fälle dasselbe nächste Wort
quality_small = Leicht abweichend: wählt in { $share } der Fälle dasselbe nächste Wort
quality_clear = Deutlich abweichend: wählt in { $share } der Fälle dasselbe nächste Wort
quality_large = Stark abweichend: wählt in { $share } der Fälle dasselbe nächste Wort
of_original = { $value }, Original { $original }
measured_on = { $text }, { $tokens }
made_from = Erstellt aus { $original }
measuring = { $name } wird gemessen
cannot_measure = Die Qualität konnte nicht gemessen werden: { $reason }
needed_of_free = { $needed } nötig, { $free } frei
load_with_context = Mit { $tokens } Kontext laden
would_fit_at = Auf { $precision } quantisiert würde es passen
memory_at_context = Arbeitsspeicher mit { $tokens } Kontext
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
engine_missing = Nibble konnte seinen Modellprozess nicht starten. Falls das Programm währenddessen verschoben oder aktualisiert wurde, starten Sie es neu.
engine_died_looking = Das Lesen des Modells wurde unerwartet beendet.
engine_died_quantizing = Die Quantisierung wurde unerwartet beendet.
engine_died_talking = Das Modell wurde unerwartet beendet. Ihr Chat ist gespeichert; die nächste Nachricht lädt es wieder.
engine_killed = { $what } Vermutlich reichte der Arbeitsspeicher nicht: Ein kleineres Modell oder weniger Kontext hilft vielleicht.
ended_by_signal = Beendet durch Signal { $number }
ended_with_status = Beendet mit Status { $number }
quantized = { $name } ist bereit ({ $size })
settings_set_aside = Einige Einstellungen waren nicht lesbar, daher gelten für sie die Standardwerte. Die alte Datei liegt daneben.
settings_not_saved = Die Einstellungen konnten nicht gespeichert werden; sie gelten, bis Nibble geschlossen wird
already_quantizing = Gerade wird ein anderes Modell quantisiert. Starten Sie dieses, wenn es fertig ist.
not_a_model = Das ist kein Modell. Ziehen Sie einen Ordner mit config.json und safetensors oder eine GGUF-Datei hierher.
chat_deleted = Chat gelöscht
titled_chat_deleted = „{ $title }“ gelöscht
messages_deleted = { $count ->
    [one] Nachricht gelöscht
   *[other] { $count } Nachrichten gelöscht
}
chats_set_aside = Die gespeicherten Chats waren nicht lesbar, daher beginnt die Liste neu. Die alte Datei liegt neben der neuen.
chats_not_kept = Auf diesem Computer können derzeit keine Chats gespeichert werden; sie bleiben, bis Nibble geschlossen wird
chats_not_saved = Etwas konnte nicht gespeichert werden; ist die Festplatte voll? Kopieren Sie Wichtiges, bevor Sie Nibble schließen.
chats_imported = { $count ->
    [one] Ein Chat wurde importiert
   *[other] { $count } Chats wurden importiert
}
chats_left_out = { $count ->
    [one] Ein Chat der Datei war nicht lesbar und wurde ausgelassen
   *[other] { $count } Chats der Datei waren nicht lesbar und wurden ausgelassen
}
picture_left_out = [Bild]
chats_not_read = In dieser Datei waren keine Chats lesbar. Wählen Sie einen Export aus Nibble, Open WebUI oder ChatGPT.
chat_written = Chat nach { $path } exportiert
chat_not_written = Der Chat konnte nicht exportiert werden; versuchen Sie einen anderen Ordner
type_fallback = { $tensor } lässt sich nicht als { $wanted } speichern und wurde als { $used } gespeichert
values_clamped = { $count ->
    [one] Ein Wert von { $tensor } war zu groß für das Format und wurde begrenzt
   *[other] { $count } Werte von { $tensor } waren zu groß für das Format und wurden begrenzt
}
quantized_twice = { $count ->
    [one] Ein Tensor war bereits quantisiert ({ $from }); beim Quantisieren der Originalgewichte geht weniger verloren
   *[other] { $count } Tensoren waren bereits quantisiert ({ $from }); beim Quantisieren der Originalgewichte geht weniger verloren
}
not_calibrated = { $count ->
    [one] Die Kalibrierungsdatei enthält keine Statistik zu einem Tensor, der ohne sie quantisiert wurde
   *[other] Die Kalibrierungsdatei enthält keine Statistik zu { $count } Tensoren, die ohne sie quantisiert wurden
}
tensor_ignored = { $tensor } wird von diesem Modell nicht verwendet und wurde weggelassen
token_id_ignored = { $field } ist { $value }, kein Token des Vokabulars, und wurde ignoriert
tokenizer_inexact = Andere Programme zerlegen Text womöglich etwas anders, denn GGUF kann dies nicht ausdrücken: { $what }
no_chat_template = Dieses Modell hat keine Chatvorlage, daher wird eine einfache verwendet
taken_from_cache = Die heruntergeladene Fassung wird verwendet, da die neueste nicht geprüft werden konnte: { $reason }
messages_dropped = { $count ->
    [one] Der Chat passt nicht mehr in den Kontext: Das Modell sieht die älteste Nachricht nicht mehr
   *[other] Der Chat passt nicht mehr in den Kontext: Das Modell sieht die ältesten { $count } Nachrichten nicht mehr
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
device_more = Modelle laufen auf dem Prozessor (CPU).
processor = { $cpu }, { $level }
keep_loaded = Modell im Arbeitsspeicher behalten
keep_loaded_more = Geladen antwortet es sofort. Entladen gibt Arbeitsspeicher frei; die nächste Nachricht lädt es wieder.
keep_always = Immer
unload_after = { $minutes ->
    [one] Nach 1 Minute ohne Nutzung entladen
   *[other] Nach { $minutes } Minuten ohne Nutzung entladen
}
section_files = Dateien und Netzwerk
models_folder = Modellordner
models_folder_more = Quantisierte Modelle werden hier gespeichert. Modelle im alten Ordner werden nicht verschoben.
choose_models_folder = Ordner wählen …
open_folder = Ordner öffnen
offline = Offline arbeiten
offline_more = Sperrt jeden Netzwerkzugriff: keine Suche, keine Downloads. Chatten geht immer offline.
portable = Portabler Ordner
portable_is = Einstellungen, Chats, Modelle und Protokoll liegen in einem Ordner, den Sie mitnehmen können:
portable_how = Damit alles in einem Ordner liegt, den Sie mitnehmen können, legen Sie neben dem Programm einen Ordner nibble-data an oder nennen Sie einen in der Variablen NIBBLE_HOME, und starten Sie Nibble neu.
motion = Animationen
motion_more = Kurze Übergänge beim Öffnen und Schließen, außer das System wünscht weniger Bewegung.
motion_system = Wie System
motion_none = Keine

# About the program; running work.
about = Über Nibble
about_more = Mit Sprachmodellen auf diesem Computer chatten. Was Sie schreiben, bleibt hier.
version = Version { $value }
places = Speicherorte
place_settings = Einstellungen
place_chats = Chats
place_log = Protokoll
licenses = Lizenzen
license_own = Nibble ist freie Software: Apache 2.0 oder MIT, nach Ihrer Wahl.
license_fonts = Schriften: Inter, JetBrains Mono und Noto Sans, SIL Open Font License 1.1. Symbole: Phosphor, MIT.
license_parts = { $count ->
    [one] 1 Open-Source-Komponente
   *[other] { $count } Open-Source-Komponenten
}
show_licenses = Alle Lizenzen anzeigen
for_reports = Problem melden
copy_diagnostics = Diagnose kopieren
copy_diagnostics_more = Versionen, System, Prozessor, Arbeitsspeicher und die letzten Fehler. Niemals, was Sie hier geschrieben oder gelesen haben.
diagnostics_copied = Diagnose in die Zwischenablage kopiert
running_work = Läuft
becomes = { $name } → { $precision }

presence_penalty = Präsenzstrafe
presence_penalty_more = Macht Wörter seltener, die in der Antwort schon vorkamen, egal wie oft. 0 schaltet es aus.
frequency_penalty = Häufigkeitsstrafe
frequency_penalty_more = Macht Wörter seltener, je öfter sie in der Antwort vorkamen. 0 schaltet es aus.
attach = Textdatei anhängen …
detach = Datei entfernen
attached_file = Angehängte Datei
files_too_long = Diese Dateien lassen keinen Platz für eine Antwort: Entfernen Sie eine oder wählen Sie in den Einstellungen einen längeren Kontext
not_text = es ist keine Textdatei
empty_file = sie ist leer
export_chat = Chat exportieren
part_instructions = Anweisungen
part_earlier = Frühere Nachrichten
part_last = Ihre letzte Nachricht
part_template = Chatformatierung
part_reply = Letzte Antwort
part_files = Noch nicht gesendete Dateien
part_free = Frei
context_over = Zu lang für den Kontext: Die ältesten Nachrichten sieht das Modell nicht mehr.
thought_for = { $time } nachgedacht
not_attached = { $name } kann nicht angehängt werden: { $reason }

title_request = Gib diesem Gespräch einen Titel aus höchstens fünf Wörtern. Antworte nur mit dem Titel.
title_openings = hier ist | hier sind | gerne | natürlich | klar | ein titel | der titel | ein möglicher | möglicher titel | ich würde | als ki | dieses gespräch
titles = Titel
titles_more = Das Modell kann einen Chat nach der ersten Antwort benennen; das dauert einen Moment.
titles_by_model = Vom Modell verfasst
titles_first_words = Erste Wörter
folders = Ordner
folder_name = Name des Ordners
move_out = Aus dem Ordner nehmen
move_to_new = In neuen Ordner verschieben
move_to = In „{ $folder }“ verschieben
quality_not_kept = Der Qualitätsbericht konnte nicht in { $path } gespeichert werden: { $reason }

# Models: the library, the Hub, downloads.
library = Bibliothek
discover = Entdecken
downloads = Downloads
find_models = Modelle finden
find_models_more = Hugging Face durchsuchen, mit Empfehlungen für diesen Computer
search_models = Modelle suchen
search_models_hint = Hugging Face durchsuchen
sort_by = Sortieren nach
sort_downloads = Meiste Downloads
sort_likes = Beliebteste
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
offer_details = Details
pace_slow = langsamer, als man liest
pace_reading = etwa so schnell, wie man liest
pace_fast = schneller, als man liest
pace_instant = viel schneller, als man liest
searching_hub = Suche läuft …
nothing_on_hub = Keine Modelle gefunden
nothing_on_hub_more = Versuchen Sie weniger Wörter, eine andere Größe oder eine andere Lizenz.
clear_search = Suche leeren
hub_silent = Hugging Face ist nicht erreichbar
reading_page = Modelldaten werden geladen …
unknown = Nicht angegeben
downloads_in_a_month = Downloads im letzten Monat
likes = Likes
changed = Letzte Änderung
open_on_hub = Auf Hugging Face öffnen
gated = Zugriff erforderlich
gated_more = Nehmen Sie die Lizenz auf Hugging Face an, tragen Sie Ihr Zugriffstoken in den Einstellungen ein und versuchen Sie es erneut.
cannot_run = Läuft nicht in Nibble
too_large = Zu groß für diesen Computer
too_large_more = Es passt mit keiner Genauigkeit in den Arbeitsspeicher. Wählen Sie ein kleineres Modell.
column_disk = Festplatte
column_memory = RAM
column_speed = Tempo, bis zu
column_verdict = Passt?
best_here = empfohlen
slower_more = Eine kleinere Datei kann langsamer sein: Ihre Gewichte werden im Speicher entpackt und brauchen dort mehr Platz.
all_precisions = Alle Genauigkeiten
fewer_precisions = Weniger Genauigkeiten
download_and_quantize = Herunterladen und quantisieren
ready_made = Fertige Datei
made_on_this_computer = Auf diesem Computer erstellt
no_card = Keine Modellkarte.
no_downloads = Keine Downloads
no_downloads_more = Downloads erscheinen hier und gehen nach einem Neustart weiter.
waiting = In der Warteschlange
paused_more = Angehalten
kept_more = Was heruntergeladen wurde, bleibt erhalten; ein neuer Versuch macht dort weiter.
pause = Anhalten
resume = Fortsetzen
cancel_download = Abbrechen und unvollständige Datei löschen
remove_from_list = Aus der Liste entfernen
is_here = Bereit zum Chatten
stage_download = Herunterladen
stage_quantize = Quantisieren
stage_measure = Qualität messen
listing = Modelle werden aufgelistet …
not_listed = Die Modelle konnten nicht aufgelistet werden
library_empty = Hier erscheinen Modelle, die Sie herunterladen oder quantisieren. Sie können auch eine GGUF-Datei oder einen Modellordner auf dieses Fenster ziehen.
made_here = Hier erstellt
downloaded = Heruntergeladen
of_other_programs = Aus anderen Programmen
built_in = eingebaut
more_for_model = Mehr
quantize_from = Details und Umwandeln …
verify = Dateien prüfen
reveal = Im Dateimanager anzeigen
free_original = Original löschen, dieses behalten
delete_model = Löschen …
delete = Löschen
keep = Behalten
engine_died_asking = Die Suche wurde unerwartet beendet.
engine_died_fetching = Der Download wurde unerwartet beendet; was heruntergeladen ist, bleibt erhalten.
engine_died_keeping = Das Auflisten der Modelle wurde unerwartet beendet.
downloads_with = Downloads ({ $count })
size_at_most = Bis { $parameters }
downloads_of = { $number } Downloads
download_of = { $size } herunterladen
in_memory_of = { $size } im Speicher
at_pace = { $rate }, { $pace }
downloading_share = Lädt herunter, { $share }
slower_than = langsamer als { $precision }
take_file = GGUF-Datei herunterladen ({ $size })
memory_at = Der Arbeitsspeicher gilt für einen vollen Kontext von { $context }.
quantized_here = Lädt das Original ({ $original }) herunter und quantisiert es hier auf { $made } (Verfahren: { $method }). Danach wird der Verlust gemessen und im Qualitätsbericht gezeigt.
ready_from = { $size }, umgewandelt von { $repo }. Der kleinste Download und sofort bereit; der Verlust ist nicht gemessen.
files_of = { $count ->
    [one] { $count } Datei, { $size }
   *[other] { $count } Dateien, { $size }
}
already_quantized = Dieses Modell ist schon quantisiert ({ $bits } Bit pro Gewicht). Erneutes Quantisieren verliert mehr: Das Original ergibt ein besseres Ergebnis.
verifying = { $name } wird geprüft
last_used = { $age ->
    [today] zuletzt heute
    [yesterday] zuletzt gestern
    [week] zuletzt in den letzten 7 Tagen
    [month] zuletzt in den letzten 30 Tagen
   *[older] seit über 30 Tagen nicht benutzt
}
delete_question = { $name } löschen? Das gibt { $size } frei.
model_removed = { $name } gelöscht; { $size } freigegeben
model_verified = { $count ->
    [one] { $name }: { $count } Datei geprüft, unverändert
   *[other] { $name }: { $count } Dateien geprüft, unverändert
}
model_readable = { $name } ist lesbar; eine Prüfsumme zum Vergleich gibt es nicht
like_original = { $share } Übereinstimmung
quality_not_measured = Die Qualität wurde nicht gemessen: { $reason }
cannot_remove = Löschen fehlgeschlagen: { $reason }
cannot_verify = Prüfung fehlgeschlagen: { $reason }
cannot_search = Die Suche konnte nicht fortgesetzt werden: { $reason }
fetched = { $name } heruntergeladen ({ $size })
cannot_fetch = { $name } konnte nicht heruntergeladen werden: { $reason }
at_work = Läuft
cache_type = Kontext-Cache
cache_type_more = 8 Bit halbieren den Arbeitsspeicher, fast ohne Wirkung auf Antworten.
cache_f16 = 16 Bit
cache_int8 = 8 Bit
goal = Was am wichtigsten ist
goal_fastest = Am schnellsten
goal_fastest_more = Schnell erstellt, schnelle Antworten
goal_balanced = Ausgewogen
goal_balanced_more = 4 Bit, kaum Verlust
goal_memory = Das Beste, was passt
goal_memory_more = Beste Qualität in einer Grenze
advanced = Erweitert
limit = Grenze
limit_memory = Arbeitsspeicher beim Chatten
limit_disk = Größe auf der Festplatte
method = Verfahren
method_rounding = Runden
method_rounding_more = Am schnellsten, ohne Text
method_importance = Nach Wichtigkeit gewichtet
method_importance_more = Rundet dort am genauesten, wo es zählt; viel Gewinn für einen Durchgang durch einen Text
method_gptq = GPTQ
method_gptq_more = Spätere Gewichte gleichen jeden Rundungsfehler aus; dauert Minuten bis eine Stunde
method_awq = AWQ
method_awq_more = Skaliert wichtige Spalten vor dem Runden; am besten für Modelle mit großen Ausreißern
method_smoothquant = SmoothQuant
method_smoothquant_more = Verschiebt Ausreißer aus den Aktivierungen in die Gewichte; für 8 Bit überall
method_auto_round = AutoRound
method_auto_round_more = Lernt, ausgehend von GPTQ, wie jedes Gewicht gerundet wird: bestenfalls etwas weniger Verlust, dauert am längsten
method_hqq = HQQ
method_hqq_more = Findet bessere Nullpunkte, ganz ohne Text; schnell
method_rotation = Rotation
method_rotation_more = Verteilt Ausreißer vor dem Runden auf alle Spalten
method_spqr = SpQR
method_spqr_more = Lässt die wenigen wichtigsten Gewichte genau; fast verlustfrei bei etwa 4,6 Bit
method_other_more = Keine Beschreibung verfügbar
calibration = Kalibrierungstext
calibration_more = Zeigt, welche Gewichte wichtig sind. Er verlässt diesen Computer nie.
calibration_unused = Dieses Verfahren braucht keinen Text
calibration_own = Das Modell schreibt ihn
calibration_file = Eine Datei
calibration_chats = Meine Chats
choose_text_file = Text wählen …
no_file_chosen = Noch keine Datei gewählt
chats_missing = Es gibt noch keine gespeicherten Chats
chats_empty = Die gewählten Chats enthalten keinen Text; wählen Sie andere
estimating = Wird geschätzt …
curve = Größe und Qualität
curve_more = Erwarteter Verlust der besten Mischung je Größe. Klicken Sie auf eine Größe, um sie zu wählen.
curve_unknown = Misst, wie empfindlich jeder Teil des Modells ist, und zeigt den erwarteten Verlust jeder Größe.
measure_curve = Größe und Qualität messen
measuring_curve = Größe und Qualität werden gemessen
curve_line = Beste Mischung
curve_limit = Dieser Computer
predicted_kl = Erwartete KL-Divergenz
paused_run = Angehalten
discard = Verwerfen
compare = Modelle vergleichen
compare_more = Dateien gleichen Namens können unterschiedlich gut sein. Alle Modelle lesen denselben Text und werden mit dem Original verglichen.
compare_open = Mit anderen vergleichen
compare_original = Das Original
compare_choose = Modell wählen
compare_models = Zu vergleichende Modelle
compare_start = Vergleichen
compare_missing = Es gibt noch keine Modelle zum Vergleichen
column_same = Treffer
column_kl = KL
column_kl_p99 = KL 99{ "\u00A0" }%
column_perplexity = Perplexität
plot_compare = Größe und Verlust
plot_compare_more = KL-Divergenz vom Original: je tiefer, desto näher
not_compared = Ungemessen
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

section_general = Allgemein
section_performance = Leistung
section_network = Netzwerk
section_shortcuts = Tastenkürzel
pages = Seiten der Einstellungen
reset_more = Setzt alle Einstellungen auf den Anfang zurück. Chats und Modelle bleiben.
reset_sure = Alle Einstellungen zurücksetzen?
chat_settings = Chat-Einstellungen
close_chat_settings = Chat-Einstellungen schließen
defaults_of_chats = Vorgaben für alle Chats …
replies_defaults = Antworten in allen Chats
token = Hugging-Face-Token
token_more = Nötig für Modelle, deren Lizenz bestätigt werden muss. Erstellen Sie eines mit Leserechten auf huggingface.co/settings/tokens. Es liegt in einer Datei, die nur Sie lesen können, und geht allein an Hugging Face.
token_save = Token speichern
token_remove = Token entfernen
token_test = Testen
token_missing = Kein Token
token_kept = Ein Token ist gespeichert
token_trying = Hugging Face wird gefragt …
key_new_chat = Neuer Chat
key_models = Modell wählen
key_folder = Modellordner öffnen
key_stop = Antwort stoppen
key_send = Nachricht senden
key_line = Neue Zeile
key_edit = Letzte Nachricht bearbeiten
key_quantize = Geöffnetes Modell quantisieren
key_chat_settings = Chat-Einstellungen ein- oder ausblenden
key_rail = Chats ein- oder ausblenden
token_of = Funktioniert: Konto { $account }
reading_tokens = Liest { $tokens }, { $share }

pick_hint = Eigene Modelle durchsuchen
pick_loaded = Geladen
pick_here = Auf diesem Computer
pick_none = Kein Modell mit diesem Namen
eject = Entladen
open_file = GGUF-Datei öffnen …
new_text_below = Neuer Text weiter unten
