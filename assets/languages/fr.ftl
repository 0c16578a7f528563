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
search_chats = Rechercher dans les discussions
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
welcome_more = Nibble exécute des modèles de langage sur cet ordinateur et les réduit pour qu’ils tiennent en mémoire. Ce que vous écrivez y reste.
choose_folder = Choisir un dossier de modèle…
choose_folder_more = Poids d’origine de Hugging Face : config.json et safetensors
choose_file = Choisir un fichier GGUF…
choose_file_more = Prêt à discuter ; issu de Nibble, de llama.cpp ou d’une autre application
drop_hint = ou déposez un dossier ou un fichier n’importe où dans cette fenêtre
drop_now = Déposez un modèle, un fichier texte ou un export de discussions
try_starter = Essayer le modèle de départ
try_starter_more = Petit et intégré, pour essayer la discussion
ready_models = Prêts à discuter
recent_models = Ouverts récemment
gone = introuvable
forget = Retirer de la liste

reading = Lecture du modèle…
unreadable = Impossible d’ouvrir ce modèle
choose_other_file = Choisir un autre fichier…
choose_other = En choisir un autre…
details = Détails

architecture = Architecture
parameters = Paramètres
size = Taille
context = Contexte
bits = Bits par poids
template = Template de chat
template_yes = Oui
template_no = Aucun ; un template simple est utilisé
location = Emplacement

precision = Précision
quantize_and_chat = Quantifier et discuter
chat_as_it_is = Utiliser l’original
chat = Discuter
cancel = Annuler
cancelling = Annulation…
starting = Démarrage…

quality = Qualité
quality_report = Rapport de qualité
measure_quality = Mesurer la qualité
measure_again = Mesurer à nouveau
not_measured = Pas encore mesuré
not_measured_more = L’original écrit un texte, les deux modèles le lisent, et leurs prédictions pour chaque mot sont comparées. Rien ne quitte cet ordinateur.
no_original = L’original a été déplacé ou supprimé : il n’y a rien à comparer
stage_load_original = Chargement de l’original
stage_write_text = L’original écrit un texte
stage_read_original = L’original lit le texte
stage_ask_original = L’original répond à une question
stage_load_model = Chargement du modèle
stage_read_model = Le modèle lit le texte
stage_ask_model = Le modèle répond à la question
stage_compare_weights = Comparaison des poids
table_bits = Bits
table_disk = Disque
table_memory = Mémoire
table_speed = Vitesse, max.
table_quality = Accord
table_verdict = Tient ?
more_formats = Plus de formats
fewer_formats = Moins de formats
format_published = Souvent publié ainsi
format_six = Presque sans perte
format_five = Très peu de perte
format_four = Un peu plus petit que Q4_K_M
format_uneven = 4 bits compact
format_older = Ancien format
format_three = Perte sensible
format_two = Si rien d’autre ne tient
not_runnable = Ce modèle ne fonctionne pas ici
advising = Vérification de ce qui tient…
fact_same = Même mot suivant
fact_kl = Divergence KL, moyenne
fact_kl_p99 = Divergence KL, 99e centile
fact_perplexity = Perplexité
fact_weights = Erreur des poids
fact_text = Mesuré sur
text_by_original = Un texte de l’original
bound_more = Le vocabulaire est grand : les mots les plus rares comptent pour un seul, la divergence peut être un peu plus élevée.
plot_kl = Écart entre les modèles, mot par mot
plot_kl_more = Endroits du texte par divergence KL : plus c’est à droite, plus les deux divergent sur le mot suivant
plot_layers = Erreur des poids, couche par couche
plot_layers_more = Erreur quadratique moyenne relative en pour cent ; en 0, plongement et sortie
same_question = La même question, les deux réponses
original = Original
needs_more_memory = Ce modèle demande plus de mémoire qu’il n’y en a de libre
part_weights = Poids
part_cache = Cache du contexte
part_buffers = Tampons
part_program = Application
memory_free = Mémoire libre
load_anyway = Charger quand même
load_anyway_more = Cela peut ralentir votre ordinateur ou arrêter le modèle. Vos discussions sont conservées.
engine_died_measuring = La mesure de la qualité s’est arrêtée de façon inattendue. Le modèle est intact.
step_report = Voir le rapport

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
copy_table = Copier le tableau
copy_table_markdown = Copier en Markdown
copy_table_csv = Copier en CSV
wrap_lines = Renvoyer les lignes à la ligne
choose_model = Choisir un modèle
loading = Chargement du modèle…
preparing_starter = Préparation du modèle intégré…
thinking = Lecture de la discussion…
chat_empty = De quoi voulez-vous parler ?
chat_no_model = Choisissez un modèle pour discuter
context_used = Contexte utilisé
chat_privacy = Tout reste sur cet ordinateur
starter_limits = Ce modèle intégré ne connaît que Nibble et la quantification. Pour le reste, téléchargez un modèle plus grand.
to_end = Aller au dernier message

section_model = Modèle
section_replies = Réponses
section_looks = Apparence
context_length = Longueur du contexte
context_more = Ce que le modèle voit d’une discussion. Plus il est long, plus il faut de mémoire.
threads = Threads
threads_more = Cœurs du processeur utilisés. « Automatique » prend tous les cœurs physiques.
automatic = Automatique
replies_for = Réglages de réponse pour
this_chat = Cette discussion
all_chats = Toutes
as_all_chats = Comme toutes les discussions
preset = Préréglage
preset_own = Personnalisé
save_preset = Enregistrer comme préréglage…
preset_name = Nom du préréglage
forget_preset = Supprimer le préréglage
finer_options = Options avancées
top_p = Top-p
top_p_more = Ne considère que les mots les plus probables jusqu’à cette probabilité totale. 1 désactive.
top_k = Top-k
top_k_more = Ne considère que ce nombre de mots parmi les plus probables. 0 désactive.
min_p = Min-p
min_p_more = Ignore les mots moins probables que cette fraction du plus probable. 0 désactive.
penalty = Pénalité de répétition
penalty_more = Décourage les répétitions. 1 désactive.
stop_texts = Textes d’arrêt
stop_texts_more = La réponse s’arrête à l’un de ces textes. Un par ligne.
seed = Graine
seed_more = La même graine redonne la même réponse.
seed_hint = Aléatoire
section_chats = Discussions
import = Importer
import_more = Exports de Nibble, d’Open WebUI ou de ChatGPT (conversations.json). Vous pouvez aussi en déposer un dans la fenêtre.
import_chats = Importer des discussions…
palette = Commandes
palette_hint = Saisissez une action, une discussion ou un modèle
chat_with = Discuter avec { $model }
choose_export = Choisir un export…
temperature = Température
temperature_more = 0 donne toujours la même réponse. Plus haut, c’est plus créatif.
max_tokens = Longueur maximale
max_tokens_more = Les réponses, réflexion comprise, s’arrêtent à cette longueur. Vous pouvez les poursuivre.
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
terminal_broke_off = Le modèle s’est arrêté de façon inattendue ; relancez Nibble
unexpected_answer = le processus du modèle a donné une réponse inattendue
worker_failed = Le processus du modèle n’a pas pu lire ses commandes

int4_more = Petit et rapide
int8_more = Proche de l’original
f16_more = Comme l’original
fits = Tient
fits_tight = Tient juste
fits_not = Trop grand
theme_system = Système
theme_light = Clair
theme_dark = Sombre
text_small = Petit
text_medium = Moyen
text_large = Grand
style_balanced = Équilibré
style_precise = Précis
style_inventive = Créatif
language = Langue
language_more = Langue de l’interface. Les modèles répondent dans la langue de la question.
language_system = Comme le système

reply_stopped = Arrêtée
reply_broken = Interrompue
ended_by_person = arrêtée
ended_by_length = coupée à la longueur maximale
ended_by_context = coupée, contexte plein
ended_by_repetition = arrêtée car elle se répétait

# Numbers. A decimal mark is put in by the program.
decimal_mark = ,
group_mark = { "\u00A0" }
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
file_too_large = Le fichier fait { $size } ; la limite est de { $most }

# Sentences with facts in them.
quality_none = Pratiquement identique : même mot suivant dans { $share } des cas
quality_hardly = Très proche : même mot suivant dans { $share } des cas
quality_small = Légèrement différent : même mot suivant dans { $share } des cas
quality_clear = Nettement différent : même mot suivant dans { $share } des cas
quality_large = Très différent : même mot suivant dans { $share } des cas
of_original = { $value }, original { $original }
measured_on = { $text }, { $tokens }
made_from = Créé à partir de { $original }
measuring = Mesure de { $name }
cannot_measure = La qualité n’a pas pu être mesurée : { $reason }
needed_of_free = { $needed } nécessaires, { $free } libres
load_with_context = Charger avec { $tokens } de contexte
would_fit_at = Il tiendrait une fois quantifié en { $precision }
memory_at_context = Mémoire avec { $tokens } de contexte
quantizing_to = Quantification en { $precision }
time_left = encore { $time }
first_token = { $time } avant le premier token
used_of = { $used } sur { $all }
item_of = { $name } : { $item }

# What happened, and what to do.
cannot_read = Impossible d’ouvrir ce modèle : { $reason }
cannot_load = Impossible de charger le modèle : { $reason }
cannot_quantize = La quantification a échoué : { $reason }
cannot_reply = La réponse a été interrompue : { $reason }
engine_missing = Nibble n’a pas pu démarrer le processus du modèle. Si l’application a été déplacée ou mise à jour entre-temps, relancez-la.
engine_died_looking = La lecture du modèle s’est arrêtée de façon inattendue.
engine_died_quantizing = La quantification s’est arrêtée de façon inattendue.
engine_died_talking = Le modèle s’est arrêté de façon inattendue. Votre discussion est enregistrée ; le prochain message le rechargera.
engine_killed = { $what } La mémoire a sans doute manqué : essayez un modèle plus petit ou moins de contexte.
ended_by_signal = Terminé par le signal { $number }
ended_with_status = Terminé avec le code { $number }
quantized = { $name } est prêt ({ $size })
settings_set_aside = Certains réglages étaient illisibles, leurs valeurs par défaut sont donc utilisées. L’ancien fichier est conservé à côté du nouveau.
settings_not_saved = Les réglages n’ont pas pu être enregistrés ; ils restent valables jusqu’à la fermeture de Nibble
already_quantizing = Un autre modèle est en cours de quantification. Lancez celui-ci quand ce sera fini.
not_a_model = Ce n’est pas un modèle. Déposez un dossier contenant config.json et safetensors, ou un fichier GGUF.
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
chats_left_out = { $count ->
    [one] Une discussion du fichier était illisible et a été laissée de côté
   *[other] { $count } discussions du fichier étaient illisibles et ont été laissées de côté
}
picture_left_out = [image]
chats_not_read = Aucune discussion n’a pu être lue dans ce fichier. Choisissez un export de Nibble, d’Open WebUI ou de ChatGPT.
chat_written = Discussion exportée vers { $path }
chat_not_written = La discussion n’a pas pu être exportée ; essayez un autre dossier
type_fallback = { $tensor } ne peut pas être stocké en { $wanted } et l’a été en { $used }
values_clamped = { $count ->
    [one] Une valeur de { $tensor } dépassait le format et a été écrêtée
   *[other] { $count } valeurs de { $tensor } dépassaient le format et ont été écrêtées
}
quantized_twice = { $count ->
    [one] Un tenseur était déjà quantifié ({ $from }) ; quantifier les poids d’origine fait perdre moins
   *[other] { $count } tenseurs étaient déjà quantifiés ({ $from }) ; quantifier les poids d’origine fait perdre moins
}
not_calibrated = { $count ->
    [one] Le fichier de calibration n’a pas de statistiques pour un tenseur, quantifié sans elles
   *[other] Le fichier de calibration n’a pas de statistiques pour { $count } tenseurs, quantifiés sans elles
}
tensor_ignored = { $tensor } n’est pas utilisé par ce modèle et a été laissé de côté
token_id_ignored = { $field } vaut { $value }, qui n’est pas un token du vocabulaire, et a été ignoré
tokenizer_inexact = D’autres applications peuvent découper le texte un peu autrement, car GGUF ne peut pas exprimer ceci : { $what }
no_chat_template = Ce modèle n’a pas de template de chat ; un template simple est utilisé
taken_from_cache = La version téléchargée est utilisée, car la plus récente n’a pas pu être vérifiée : { $reason }
messages_dropped = { $count ->
    [one] La discussion dépasse le contexte : le modèle ne voit plus le message le plus ancien
   *[other] La discussion dépasse le contexte : le modèle ne voit plus les { $count } messages les plus anciens
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

# Settings: device, memory, files, network, motion.
reset_one = Réinitialiser
switch_on = Activé
switch_off = Désactivé
device = Appareil
device_more = Les modèles fonctionnent sur le processeur (CPU).
processor = { $cpu }, { $level }
keep_loaded = Garder le modèle en mémoire
keep_loaded_more = Chargé, il répond aussitôt. Le décharger libère la mémoire ; le message suivant le recharge.
keep_always = Toujours
unload_after = { $minutes ->
    [one] Décharger après { $minutes } minute d’inactivité
   *[other] Décharger après { $minutes } minutes d’inactivité
}
section_files = Fichiers et réseau
models_folder = Dossier des modèles
models_folder_more = Les modèles quantifiés y sont enregistrés. Ceux de l’ancien dossier ne sont pas déplacés.
choose_models_folder = Choisir un dossier…
open_folder = Ouvrir le dossier
offline = Travailler hors ligne
offline_more = Bloque tout accès au réseau : ni recherche, ni téléchargement. Discuter fonctionne toujours hors ligne.
portable = Dossier portable
portable_is = Réglages, discussions, modèles et journal sont dans un seul dossier, que l’on peut déplacer :
portable_how = Pour tout garder dans un seul dossier que vous pouvez déplacer, créez un dossier nommé nibble-data à côté de l’application, ou indiquez-en un dans la variable NIBBLE_HOME, puis relancez Nibble.
motion = Animations
motion_more = De courtes transitions à l’ouverture et à la fermeture, sauf si le système demande moins d’animations.
motion_system = Comme le système
motion_none = Aucune

# About the program; running work.
about = À propos de Nibble
about_more = Discutez avec des modèles de langage sur cet ordinateur. Ce que vous écrivez y reste.
version = Version { $value }
places = Emplacements des fichiers
place_settings = Réglages
place_chats = Discussions
place_log = Journal
licenses = Licences
license_own = Nibble est un logiciel libre : Apache 2.0 ou MIT, à votre choix.
license_fonts = Polices : Inter, JetBrains Mono et Noto Sans, SIL Open Font License 1.1. Icônes : Phosphor, MIT.
license_parts = { $count ->
    [one] { $count } composant open source
   *[other] { $count } composants open source
}
show_licenses = Afficher toutes les licences
for_reports = Signaler un problème
copy_diagnostics = Copier le diagnostic
copy_diagnostics_more = Versions, système, processeur, mémoire et dernières erreurs. Jamais ce que vous avez écrit ou lu ici.
diagnostics_copied = Diagnostic copié dans le presse-papiers
running_work = En cours
becomes = { $name } → { $precision }

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
export_chat = Exporter la discussion
part_instructions = Instructions
part_earlier = Messages précédents
part_last = Votre dernier message
part_template = Mise en forme de la conversation
part_reply = Dernière réponse
part_files = Fichiers pas encore envoyés
part_free = Libre
context_over = Trop pour le contexte : le modèle ne verra plus les messages les plus anciens.
thought_for = Réflexion de { $time }
not_attached = { $name } ne peut pas être joint : { $reason }

title_request = Donne à cette conversation un titre de cinq mots au plus. Réponds par le titre seul.
title_openings = voici | bien sûr | d'accord | d’accord | un titre | le titre | titre possible | je propose | en tant qu | cette conversation
titles = Titres
titles_more = Le modèle peut nommer une discussion après sa première réponse, ce qui prend un instant.
titles_by_model = Rédigés par le modèle
titles_first_words = Premiers mots
folders = Dossiers
folder_name = Nom du dossier
move_out = Sortir du dossier
move_to_new = Placer dans un nouveau dossier
move_to = Placer dans « { $folder } »
quality_not_kept = Le rapport de qualité n’a pas pu être écrit dans { $path } : { $reason }

# Models: the library, the Hub, downloads.
library = Bibliothèque
discover = Découvrir
downloads = Téléchargements
find_models = Trouver des modèles
find_models_more = Rechercher sur Hugging Face, avec des conseils pour cet ordinateur
search_models = Rechercher des modèles
search_models_hint = Rechercher sur Hugging Face
sort_by = Trier par
sort_downloads = Les plus téléchargés
sort_likes = Les plus aimés
sort_trending = Tendances
sort_updated = Les plus récents
size_limit = Taille
any_size = Toutes tailles
license = Licence
any_license = Toutes licences
only_runnable = Compatible
catalog_heading = De bons modèles pour commencer
recommended_heading = Recommandés pour cet ordinateur
recommended_fast = Rapide
recommended_balanced = Équilibré
recommended_best = Meilleures réponses
offer_details = Détails
pace_slow = plus lent que la lecture
pace_reading = à peu près au rythme de la lecture
pace_fast = plus rapide que la lecture
pace_instant = bien plus rapide que la lecture
searching_hub = Recherche…
nothing_on_hub = Aucun modèle trouvé
nothing_on_hub_more = Essayez moins de mots, une autre taille ou une autre licence.
clear_search = Effacer la recherche
hub_silent = Impossible de joindre Hugging Face
reading_page = Chargement des détails du modèle…
unknown = Non indiqué
downloads_in_a_month = Téléchargements le mois dernier
likes = Mentions j’aime
changed = Dernière modification
open_on_hub = Ouvrir sur Hugging Face
gated = Accès requis
gated_more = Acceptez la licence sur Hugging Face, ajoutez votre jeton d’accès dans les réglages, puis réessayez.
cannot_run = Ne fonctionne pas dans Nibble
too_large = Trop grand pour cet ordinateur
too_large_more = Il ne tient en mémoire dans aucune précision. Choisissez un modèle plus petit.
column_disk = Sur disque
column_memory = En mémoire
column_speed = Vitesse, jusqu’à
column_verdict = Tient ?
best_here = recommandé
slower_more = Un fichier plus petit peut être plus lent : ses poids sont décompactés en mémoire et y occupent plus de place.
all_precisions = Toutes les précisions
fewer_precisions = Moins de précisions
download_and_quantize = Télécharger et quantifier
ready_made = Fichier prêt à l’emploi
made_on_this_computer = Créé sur cet ordinateur
no_card = Pas de fiche de modèle.
no_downloads = Aucun téléchargement
no_downloads_more = Les téléchargements apparaissent ici et reprennent après un redémarrage.
waiting = En attente
paused_more = En pause
kept_more = Ce qui a été téléchargé est conservé ; réessayer reprend à cet endroit.
pause = Mettre en pause
resume = Reprendre
cancel_download = Annuler et supprimer le fichier partiel
remove_from_list = Retirer de la liste
is_here = Prêt à discuter
stage_download = Téléchargement
stage_quantize = Quantification
stage_measure = Mesure de la qualité
listing = Liste des modèles en cours…
not_listed = Impossible de lister les modèles
library_empty = Les modèles téléchargés ou quantifiés apparaissent ici. Vous pouvez aussi déposer un fichier GGUF ou un dossier de modèle dans cette fenêtre.
made_here = Créés sur cet ordinateur
downloaded = Téléchargés
of_other_programs = D’autres applications
built_in = intégré
more_for_model = Plus
quantize_from = Détails et conversion…
verify = Vérifier les fichiers
reveal = Afficher dans le gestionnaire de fichiers
free_original = Supprimer l’original, garder celui-ci
delete_model = Supprimer…
delete = Supprimer
keep = Conserver
engine_died_asking = La recherche s’est arrêtée de façon inattendue.
engine_died_fetching = Le téléchargement s’est arrêté de façon inattendue ; la partie téléchargée est conservée.
engine_died_keeping = La liste des modèles s’est arrêtée de façon inattendue.
downloads_with = Téléchargements ({ $count })
size_at_most = Jusqu’à { $parameters }
downloads_of = { $number } téléchargements
download_of = Télécharger { $size }
in_memory_of = { $size } en mémoire
at_pace = { $rate }, { $pace }
downloading_share = Téléchargement, { $share }
slower_than = plus lent que { $precision }
take_file = Télécharger le GGUF ({ $size })
memory_at = La mémoire comprend un contexte plein de { $context }.
quantized_here = Télécharge l’original ({ $original }) et le quantifie ici en un fichier de { $made } (méthode : { $method }). La perte est ensuite mesurée et indiquée dans le rapport de qualité.
ready_from = { $size }, converti par { $repo }. Le plus petit téléchargement, prêt aussitôt ; sa perte n’est pas mesurée.
files_of = { $count ->
    [one] { $count } fichier, { $size }
   *[other] { $count } fichiers, { $size }
}
already_quantized = Ce modèle est déjà quantifié ({ $bits } bits par poids). Le quantifier à nouveau perd davantage : l’original donne un meilleur résultat.
verifying = Vérification de { $name }
last_used = { $age ->
    [today] utilisé aujourd’hui
    [yesterday] utilisé hier
    [week] utilisé ces 7 derniers jours
    [month] utilisé ces 30 derniers jours
   *[older] inutilisé depuis plus de 30 jours
}
delete_question = Supprimer { $name } ? Cela libère { $size }.
model_removed = { $name } supprimé ; { $size } libérés
model_verified = { $count ->
    [one] { $name } : { $count } fichier vérifié, inchangé
   *[other] { $name } : { $count } fichiers vérifiés, inchangés
}
model_readable = { $name } est lisible ; il n’y a pas de somme de contrôle à comparer
like_original = accord de { $share }
quality_not_measured = Sa qualité n’a pas été mesurée : { $reason }
cannot_remove = Suppression impossible : { $reason }
cannot_verify = Échec de la vérification : { $reason }
cannot_search = Impossible de poursuivre la recherche : { $reason }
fetched = { $name } téléchargé ({ $size })
cannot_fetch = { $name } n’a pas pu être téléchargé : { $reason }
at_work = En cours
cache_type = Cache du contexte
cache_type_more = 8 bits divisent la mémoire par deux, presque sans effet sur les réponses.
cache_f16 = 16 bits
cache_int8 = 8 bits
goal = Ce qui compte le plus
goal_fastest = Le plus rapide
goal_fastest_more = Vite créé, réponses rapides
goal_balanced = Équilibré
goal_balanced_more = 4 bits, presque sans perte
goal_memory = Le meilleur qui tienne
goal_memory_more = La meilleure qualité sous une limite
advanced = Options avancées
limit = Limite
limit_memory = Mémoire pendant la discussion
limit_disk = Taille sur le disque
method = Méthode
method_rounding = Arrondi au plus proche
method_rounding_more = Le plus rapide, sans texte
method_importance = Pondéré par importance
method_importance_more = Arrondit plus finement là où cela compte ; un bon gain pour une seule lecture du texte
method_gptq = GPTQ
method_gptq_more = Les poids suivants compensent chaque erreur d’arrondi ; de quelques minutes à une heure
method_awq = AWQ
method_awq_more = Met à l’échelle les colonnes importantes avant l’arrondi ; idéal pour les modèles à fortes valeurs extrêmes
method_smoothquant = SmoothQuant
method_smoothquant_more = Déplace les valeurs extrêmes des activations vers les poids ; pour 8 bits partout
method_auto_round = AutoRound
method_auto_round_more = Apprend à arrondir chaque poids à partir de GPTQ : au mieux une perte un peu moindre, et l’attente la plus longue
method_hqq = HQQ
method_hqq_more = Trouve de meilleurs points zéro sans aucun texte ; rapide
method_rotation = Rotation
method_rotation_more = Répartit les valeurs extrêmes sur toutes les colonnes avant l’arrondi
method_spqr = SpQR
method_spqr_more = Garde exacts les quelques poids les plus importants ; presque sans perte à environ 4,6 bits
method_other_more = Aucune description disponible
calibration = Texte de calibration
calibration_more = Il montre quels poids comptent. Il ne quitte jamais cet ordinateur.
calibration_unused = Cette méthode n’a besoin d’aucun texte
calibration_own = Le modèle l’écrit
calibration_file = Un fichier
calibration_chats = Mes discussions
choose_text_file = Choisir un texte…
no_file_chosen = Aucun fichier choisi
chats_missing = Il n’y a pas encore de discussion enregistrée
chats_empty = Les discussions choisies sont vides ; choisissez-en d’autres
estimating = Estimation…
curve = Taille et qualité
curve_more = La perte attendue du meilleur mélange à chaque taille. Cliquez sur une taille pour la choisir.
curve_unknown = Mesure la sensibilité de chaque partie du modèle, pour montrer la perte attendue à chaque taille.
measure_curve = Mesurer taille et qualité
measuring_curve = Mesure de la taille et de la qualité
curve_line = Meilleur mélange
curve_limit = Cet ordinateur
predicted_kl = Divergence KL prévue
paused_run = En pause
discard = Abandonner
compare = Comparer des modèles
compare_more = Des fichiers de même nom peuvent différer en qualité. Tous les modèles lisent le même texte et sont comparés à l’original.
compare_open = Comparer avec d’autres
compare_original = L’original
compare_choose = Choisir un modèle
compare_models = Modèles à comparer
compare_start = Comparer
compare_missing = Il n’y a pas encore de modèles à comparer
column_same = Accord
column_kl = KL
column_kl_p99 = KL 99{ "\u00A0" }%
column_perplexity = Perplexité
plot_compare = Taille et perte
plot_compare_more = Divergence KL avec l’original : plus c’est bas, plus c’est proche
not_compared = Non mesuré
whole_minutes = { $minutes } min
estimate = Prend environ { $time } et jusqu’à { $memory } de mémoire
curve_takes = Prend environ { $time }
limited_file = Un fichier de { $size }, { $bits } bits par poids
of_limit = meilleur mélange de { $size }
comparing = Comparaison avec { $name }
at_model = { $name } : { $stage }
size_and_kl = { $name } : { $size }, KL { $kl }
cannot_measure_curve = La taille et la qualité n’ont pas pu être mesurées : { $reason }
cannot_compare = Les modèles n’ont pas pu être comparés : { $reason }
compared = { $count ->
    [one] { $count } modèle comparé
   *[other] { $count } modèles comparés
}
chats_chosen = { $count ->
    [0] Aucune discussion choisie
    [one] { $count } discussion choisie
   *[other] { $count } discussions choisies
}

section_general = Général
section_performance = Performances
section_network = Réseau
section_shortcuts = Raccourcis
pages = Pages des réglages
reset_more = Remet tous les réglages à leur état initial. Discussions et modèles sont conservés.
reset_sure = Réinitialiser tous les réglages ?
chat_settings = Réglages de la discussion
close_chat_settings = Fermer les réglages de la discussion
defaults_of_chats = Réglages par défaut…
replies_defaults = Réponses dans toutes les discussions
token = Jeton Hugging Face
token_more = Nécessaire pour les modèles dont la licence doit être acceptée. Créez-en un avec accès en lecture sur huggingface.co/settings/tokens. Il est conservé dans un fichier que vous seul pouvez lire, et envoyé à Hugging Face seulement.
token_save = Enregistrer le jeton
token_remove = Supprimer le jeton
token_test = Tester
token_missing = Aucun jeton
token_kept = Un jeton est enregistré
token_trying = Interrogation de Hugging Face…
key_new_chat = Nouvelle discussion
key_models = Choisir un modèle
key_folder = Ouvrir un dossier de modèle
key_stop = Arrêter la réponse
key_send = Envoyer le message
key_line = Nouvelle ligne
key_edit = Modifier le dernier message
key_quantize = Quantifier le modèle ouvert
key_chat_settings = Afficher ou masquer les réglages de la discussion
key_rail = Afficher ou masquer les discussions
token_of = Fonctionne : compte { $account }
reading_tokens = Lecture de { $tokens }, { $share }

pick_hint = Rechercher vos modèles
pick_loaded = Chargé
pick_here = Sur cet ordinateur
pick_none = Aucun modèle de ce nom
eject = Décharger
open_file = Ouvrir un fichier GGUF…
new_text_below = Nouveau texte plus bas
