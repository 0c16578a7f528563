product = Nibble
new_chat = Nouvelle discussion
untitled = Nouvelle discussion
models = Modèles
settings = Réglages
close = Fermer
close_settings = Fermer les réglages
show_rail = Afficher les discussions
hide_rail = Masquer les discussions
new_temporary_chat = Nouvelle discussion temporaire
temporary = Temporaire
temporary_more = Temporaire : cette discussion n’est pas enregistrée et disparaît à la fermeture de Nibble
search_chats = Rechercher une discussion
nothing_found = Aucun résultat
found_in_titles = Titres
found_in_messages = Messages
pinned = Épinglées
today = Aujourd’hui
yesterday = Hier
last_week = 7 derniers jours
last_month = 30 derniers jours
older = Plus anciennes
archived = Archivées
more_for_chat = Autres actions pour cette discussion
rename_chat = Renommer
chat_name = Nom de la discussion
pin_chat = Épingler
unpin_chat = Désépingler
archive_chat = Archiver
unarchive_chat = Désarchiver
export_markdown = Exporter en Markdown…
export_json = Exporter en JSON…
reading_chat = Ouverture de la discussion…
speaker_person = Vous
speaker_model = Assistant
delete_chat = Supprimer la discussion

welcome = Discuter avec un modèle sur cet ordinateur
welcome_more = Choisissez un modèle sur le disque. Nibble le réduit pour qu’il tienne en mémoire et l’exécute ici, sans rien envoyer nulle part.
choose_folder = Choisir un dossier de modèle…
choose_folder_more = Poids d’origine de Hugging Face : config.json et safetensors
choose_file = Choisir un fichier GGUF…
choose_file_more = Prêt à discuter, issu de Nibble, de llama.cpp ou d’ailleurs
drop_hint = ou déposez un dossier ou un fichier n’importe où dans cette fenêtre
drop_now = Relâchez pour voir ce que c’est
try_starter = Essayer le modèle de départ
try_starter_more = Petit et intégré, pour découvrir comment on discute
ready_models = Prêts à discuter
recent_models = Ouverts récemment
no_models = Aucun modèle pour l’instant
no_models_more = Les modèles que vous quantifiez apparaissent ici, prêts à discuter.
gone = introuvable
forget = Retirer de la liste

reading = Lecture du modèle…
unreadable = Impossible d’ouvrir ce modèle
choose_other = En choisir un autre…
details = Détails

architecture = Architecture
parameters = Paramètres
size = Taille
context = Contexte
bits = Bits par poids
template = Gabarit de discussion
template_yes = Oui
template_no = Aucun, un gabarit simple est utilisé
location = Emplacement

precision = Précision
quantize_and_chat = Quantifier et discuter
chat_as_it_is = Discuter sans quantifier
chat = Discuter
cancel = Annuler
cancelling = Annulation…
starting = Démarrage…

message_hint = Message…
message = Message
send = Envoyer
stop = Arrêter
stopping = Arrêt…
thoughts = Réflexion
thinks = Réfléchit…
try_again = Reposer la question
more_models = Autres modèles…
regenerate = Régénérer
copy = Copier
write_on = Continuer
edit = Modifier
edited_message = Message modifié
send_edited = Renvoyer
quote = Citer
delete_message = Supprimer à partir d’ici
older_version = Version précédente
newer_version = Version suivante
copy_code = Copier le code
choose_model = Choisir un modèle
loading = Chargement du modèle…
preparing_starter = Préparation du modèle intégré…
thinking = Lecture…
chat_empty = De quoi voulez-vous parler ?
chat_no_model = Choisissez un modèle pour discuter
context_used = Part du contexte du modèle occupée par cette discussion
chat_privacy = Tout reste sur cet ordinateur
starter_limits = Un petit modèle intégré qui connaît Nibble et la quantification. Pour tout le reste, ouvrez un modèle plus grand.
to_end = Aller au dernier message

section_model = Modèle
section_replies = Réponses
section_looks = Apparence
context_length = Longueur du contexte
context_more = Ce que le modèle voit d’une conversation. Plus il est long, plus il faut de mémoire.
threads = Threads
threads_more = Cœurs du processeur utilisés. « Automatique » prend tous les cœurs physiques.
automatic = Automatique
replies_for = Réponses dans
this_chat = Cette discussion
all_chats = Toutes
as_all_chats = Comme toutes les discussions
preset = Préréglage
preset_own = Personnalisé
save_preset = Enregistrer comme préréglage…
preset_name = Nom du préréglage
forget_preset = Supprimer le préréglage
finer_options = Réglages fins
top_p = Top-p
top_p_more = Garde les mots les plus probables jusqu’à ce que leurs parts atteignent cette somme ; 1 les garde tous.
top_k = Top-k
top_k_more = Garde ce nombre de mots parmi les plus probables ; 0 les garde tous.
min_p = Min-p
min_p_more = Écarte les mots moins probables que cette part du plus probable ; 0 n’en écarte aucun.
penalty = Pénalité de répétition
penalty_more = Évite les mots déjà employés ; 1 n’en évite aucun.
stop_texts = Textes d’arrêt
stop_texts_more = Une réponse s’arrête là où l’un d’eux apparaît ; un par ligne.
seed = Graine
seed_more = Le même nombre redonne la même réponse.
seed_hint = Différente à chaque fois
section_chats = Discussions
import = Importer
import_more = Exports de Nibble, d’Open WebUI ou de ChatGPT (conversations.json). Vous pouvez aussi en déposer un dans la fenêtre.
import_chats = Importer des discussions…
palette = Commandes
palette_hint = Saisissez une action, une discussion ou un modèle
chat_with = Discuter avec { $model }
choose_export = Choisir un export…
temperature = Température
temperature_more = 0 se répète à l’identique ; plus haut, c’est plus varié.
max_tokens = Réponse la plus longue
no_limit = Sans limite
system_prompt = Instructions
system_prompt_hint = Par exemple : réponds brièvement et avec des mots simples
theme = Thème
text_size = Taille du texte
reset = Réinitialiser les réglages
free_memory = Mémoire libre

terminal_instead = Aucun écran, Nibble discute donc ici, dans le terminal
terminal_how = Saisissez un message et appuyez sur Entrée ; Ctrl-D pour quitter
terminal_question = Que sais-tu faire ?
terminal_broke_off = Le moteur s’est interrompu ; relancez Nibble
worker_failed = Le processus de travail n’a pas pu lire ses commandes

int4_more = Plus petite, plus rapide
int8_more = Proche de l’original
f16_more = Comme l’original
fits = Tient largement
fits_tight = Tient de justesse
fits_not = Ne tient pas
theme_system = Système
theme_light = Clair
theme_dark = Sombre
text_small = Petit
text_medium = Moyen
text_large = Grand
style_balanced = Équilibré
style_precise = Précis
style_inventive = Inventif
language = Langue
language_more = De l’interface. Les modèles répondent dans la langue de la question.
language_system = Celle du système

reply_stopped = Arrêtée
reply_broken = Interrompue
ended_by_person = arrêtée
ended_by_length = coupée à la longueur maximale
ended_by_context = coupée, contexte plein

# Numbers. A decimal mark is put in by the program.
decimal_mark = ,
size_bytes = { $value } o
size_kilo = { $value } ko
size_mega = { $value } Mo
size_giga = { $value } Go
size_tera = { $value } To
billions = { $value } Md
millions = { $value } M
thousands = { $value } k
token_count = { $count ->
    [one] { $number } token
   *[other] { $number } tokens
}
share = { $value }{ "\u00A0" }%
each_second = { $value }/s
token_rate = { $value } tokens/s
seconds = { $value } s
minutes = { $minutes } min { $seconds } s
hours = { $hours } h { $minutes } min
days = plusieurs jours
file_too_large = Le fichier fait { $size }, la limite de lecture est de { $most }

# Sentences with facts in them.
quantizing_to = Quantification en { $precision }
time_left = encore { $time }
first_token = { $time } avant le premier token
used_of = { $used } sur { $all }
item_of = { $name } : { $item }

# What happened, and what to do.
cannot_read = Impossible d’ouvrir ce modèle : { $reason }
cannot_load = Impossible de charger le modèle : { $reason }
cannot_quantize = La quantification a échoué : { $reason }
cannot_reply = La réponse s’est interrompue : { $reason }
engine_missing = Impossible de démarrer le moteur ; le programme a-t-il été déplacé ou remplacé pendant son exécution ?
engine_died_looking = Le moteur s’est arrêté pendant l’examen du modèle
engine_died_quantizing = Le moteur s’est arrêté pendant la quantification ; rien d’inachevé n’a été conservé
engine_died_talking = Le moteur s’est arrêté ; votre conversation est conservée et le prochain message le relancera
engine_killed = { $what }. Le système y a mis fin, sans doute par manque de mémoire : une précision ou un contexte plus petits pourraient convenir.
ended_by_signal = Terminé par le signal { $number }
ended_with_status = Terminé avec le code { $number }
quantized = { $name } est prêt : { $size }, { $bits } bits par poids, fait en { $time }
settings_set_aside = Le fichier des réglages était illisible, les réglages repartent donc de zéro. Le vôtre est conservé à côté.
settings_not_saved = Les réglages n’ont pas pu être enregistrés ; ils restent valables jusqu’à la fermeture du programme
already_quantizing = Un modèle est déjà en cours de quantification ; celui-ci pourra suivre
not_a_model = Ce n’est pas un modèle : déposez un dossier contenant config.json et safetensors, ou un fichier GGUF
chat_deleted = Discussion supprimée
titled_chat_deleted = « { $title } » supprimée
messages_deleted = { $count ->
    [one] Message supprimé
   *[other] { $count } messages supprimés
}
chats_set_aside = Vos discussions enregistrées étaient illisibles, la liste repart donc de zéro. L’ancien fichier est conservé à côté du nouveau.
chats_not_kept = Les discussions ne peuvent pas être enregistrées sur cet ordinateur pour le moment ; elles durent jusqu’à la fermeture de Nibble
chats_not_saved = Un enregistrement a échoué ; le disque est-il plein ? Copiez ce qui compte avant de fermer Nibble.
chats_imported = { $count ->
    [one] Une discussion importée
   *[other] { $count } discussions importées
}
chats_not_read = Aucune discussion n’a pu être lue dans ce fichier : choisissez un export de Nibble, d’Open WebUI ou de ChatGPT
chat_written = La discussion a été exportée vers { $path }
chat_not_written = La discussion n’a pas pu être exportée ; essayez un autre dossier
type_fallback = { $tensor } ne peut pas être en { $wanted } et a été mis en { $used }
values_clamped = { $count ->
    [one] Une valeur de { $tensor } dépassait le format et a été écrêtée
   *[other] { $count } valeurs de { $tensor } dépassaient le format et ont été écrêtées
}
quantized_twice = { $count ->
    [one] Un tenseur était déjà en { $from } ; quantifier les poids d’origine fait perdre moins
   *[other] { $count } tenseurs étaient déjà en { $from } ; quantifier les poids d’origine fait perdre moins
}
tensor_ignored = { $tensor } n’a pas sa place dans ce modèle et a été laissé de côté
tokenizer_inexact = D’autres programmes peuvent découper le texte un peu autrement, car GGUF ne sait pas exprimer ceci : { $what }
no_chat_template = Ce modèle n’a pas de gabarit de discussion, un gabarit simple est donc utilisé
messages_dropped = { $count ->
    [one] La conversation dépasse le contexte : le modèle ne voit plus le message le plus ancien
   *[other] La conversation dépasse le contexte : le modèle ne voit plus les { $count } messages les plus anciens
}

# What the button of a notice does.
step_again = Réessayer
step_undo = Annuler
step_other_file = Choisir un autre fichier
step_quantize_again = Quantifier à nouveau
step_chat = Discuter
step_open_again = Rouvrir
step_other_model = Choisir un autre modèle
step_show = Afficher
step_continue = Continuer

presence_penalty = Pénalité de présence
presence_penalty_more = Évite les mots déjà employés dans la réponse, quel que soit leur nombre ; 0 n’évite rien.
frequency_penalty = Pénalité de fréquence
frequency_penalty_more = Évite d’autant plus les mots que la réponse les a souvent employés ; 0 n’évite rien.
attach = Joindre un fichier texte…
detach = Retirer le fichier
attached_file = Fichier joint
files_too_long = Ces fichiers ne laissent pas de place pour une réponse : en retirer un, ou choisir un contexte plus long dans les réglages
not_text = ce n’est pas un fichier texte
empty_file = il est vide
export_chat = Exporter le chat
part_instructions = Consignes
part_earlier = Messages précédents
part_last = Votre dernier message
part_template = Marques du gabarit de chat
part_reply = Dernière réponse
part_files = Fichiers pas encore envoyés
part_free = Libre
context_over = Trop pour le contexte : le modèle ne verra plus les messages les plus anciens.
thought_for = Réflexion de { $time }
not_attached = { $name } ne peut pas être joint : { $reason }

title_request = Donne à cette conversation un titre de cinq mots au plus. Réponds par le titre seul.
titles = Titres
titles_more = Le modèle peut nommer un chat après sa première réponse, ce qui prend un instant.
titles_by_model = Par le modèle
titles_first_words = Premiers mots
folders = Dossiers
folder_name = Nom du dossier
move_out = Sortir du dossier
move_to_new = Placer dans un nouveau dossier
move_to = Placer dans « { $folder } »
