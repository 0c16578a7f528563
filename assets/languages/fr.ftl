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

quality = Qualité
quality_report = Rapport de qualité
measure_quality = Mesurer la qualité
measure_again = Mesurer à nouveau
not_measured = Pas encore mesuré
not_measured_more = L’original écrit un texte, les deux modèles le lisent, et l’on compare ce qu’ils attendent à chaque mot. Rien ne quitte cet ordinateur.
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
table_quality = Même mot
table_verdict = Sur cette machine
more_formats = Plus de formats
fewer_formats = Moins de formats
format_published = Le format de la plupart des modèles publiés
format_six = Difficile à distinguer de l’original
format_five = Très peu de perte
format_four = Un peu plus petit qu’INT4, un peu plus de perte
format_uneven = Pas inégaux, petit pour quatre bits
format_older = Ancien format, pour d’autres programmes
format_three = Perte sensible
format_two = Si rien d’autre ne tient
not_runnable = Ce modèle ne fonctionne pas ici
advising = Calcul de ce qui tient…
fact_same = Même mot le plus probable
fact_kl = Divergence KL, moyenne
fact_kl_p99 = Divergence KL, 99e centile
fact_perplexity = Perplexité
fact_weights = Erreur des poids
fact_text = Mesuré sur
text_by_original = Un texte de l’original
bound_more = Le vocabulaire est grand : les mots les plus rares comptent pour un seul, la divergence peut être un peu plus élevée.
plot_kl = Leur écart, mot par mot
plot_kl_more = Endroits du texte par divergence KL : plus c’est à droite, plus les deux divergent sur le mot suivant
plot_layers = Erreur des poids, couche par couche
plot_layers_more = Erreur quadratique moyenne relative en pour cent ; en 0, plongement et sortie
same_question = La même question, les deux réponses
original = Original
needs_more_memory = Ce modèle demande plus de mémoire qu’il n’y en a de libre
part_weights = Poids
part_cache = Contexte (cache KV)
part_buffers = Tampons
part_program = Programme
memory_free = Mémoire libre
load_anyway = Charger quand même
load_anyway_more = Charger quand même peut ralentir l’ordinateur, ou le système peut arrêter le moteur ; les discussions sont conservées.
engine_died_measuring = Le moteur s’est arrêté pendant la mesure de la qualité ; le modèle lui-même est intact
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
max_tokens = Longueur maximale de la réponse
max_tokens_more = Une réponse plus longue, réflexion comprise, s’arrête là et peut être poursuivie.
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
unexpected_answer = Le moteur a donné une réponse qui ne correspond pas à la demande
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
style_inventive = Créatif
language = Langue
language_more = De l’interface. Les modèles répondent dans la langue de la question.
language_system = Celle du système

reply_stopped = Arrêtée
reply_broken = Interrompue
ended_by_person = arrêtée
ended_by_length = coupée à la longueur maximale
ended_by_context = coupée, contexte plein
ended_by_repetition = arrêtée, elle se répétait

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
file_too_large = Le fichier fait { $size } ; la limite est de { $most }

# Sentences with facts in them.
quality_none = Aucune différence sensible : le même mot le plus probable dans { $share } des cas
quality_hardly = Presque aucune différence : le même mot le plus probable dans { $share } des cas
quality_small = Une petite différence : le même mot le plus probable dans { $share } des cas
quality_clear = Une nette différence : le même mot le plus probable dans { $share } des cas
quality_large = Une grande différence : le même mot le plus probable dans { $share } des cas
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
engine_missing = Impossible de démarrer le moteur ; le programme a-t-il été déplacé ou remplacé pendant son exécution ?
engine_died_looking = Le moteur s’est arrêté pendant l’examen du modèle
engine_died_quantizing = Le moteur s’est arrêté pendant la quantification ; rien d’inachevé n’a été conservé
engine_died_talking = Le moteur s’est arrêté ; votre conversation est conservée et le prochain message le relancera
engine_killed = { $what }. Le système y a mis fin, sans doute par manque de mémoire : une précision ou un contexte plus petits pourraient convenir.
ended_by_signal = Terminé par le signal { $number }
ended_with_status = Terminé avec le code { $number }
quantized = { $name } est prêt : { $size }, { $bits } bits par poids, fait en { $time }
settings_set_aside = Le fichier des réglages était illisible, les réglages par défaut sont donc utilisés. L’ancien fichier est conservé à côté du nouveau.
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
chats_left_out = { $count ->
    [one] Une discussion du fichier était illisible et a été laissée de côté
   *[other] { $count } discussions du fichier étaient illisibles et ont été laissées de côté
}
picture_left_out = [image]
chats_not_read = Aucune discussion n’a pu être lue dans ce fichier : choisissez un export de Nibble, d’Open WebUI ou de ChatGPT
chat_written = La discussion a été exportée vers { $path }
chat_not_written = La discussion n’a pas pu être exportée ; essayez un autre dossier
type_fallback = { $tensor } ne peut pas être stocké en { $wanted } et l’a été en { $used }
values_clamped = { $count ->
    [one] Une valeur de { $tensor } dépassait le format et a été écrêtée
   *[other] { $count } valeurs de { $tensor } dépassaient le format et ont été écrêtées
}
quantized_twice = { $count ->
    [one] Un tenseur était déjà en { $from } ; quantifier les poids d’origine fait perdre moins
   *[other] { $count } tenseurs étaient déjà en { $from } ; quantifier les poids d’origine fait perdre moins
}
not_calibrated = { $count ->
    [one] Le fichier de calibration n’a pas de statistiques pour un tenseur, quantifié sans elles
   *[other] Le fichier de calibration n’a pas de statistiques pour { $count } tenseurs, quantifiés sans elles
}
tensor_ignored = { $tensor } n’est pas utilisé par ce modèle et a été laissé de côté
token_id_ignored = { $field } vaut { $value }, qui n’est pas un jeton du vocabulaire, et a été ignoré
tokenizer_inexact = D’autres programmes peuvent découper le texte un peu autrement, car GGUF ne sait pas exprimer ceci : { $what }
no_chat_template = Ce modèle n’a pas de gabarit de discussion, un gabarit simple est donc utilisé
taken_from_cache = La version présente sur cette machine est utilisée, car la plus récente n’est pas connue : { $reason }
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

# Settings: device, memory, files, network, motion.
reset_one = Réinitialiser
switch_on = Activé
switch_off = Désactivé
device = Appareil
device_more = Les modèles tournent sur le processeur, avec ses instructions les plus rapides.
processor = { $cpu }, { $level }
keep_loaded = Garder le modèle en mémoire
keep_loaded_more = Tant que le modèle est chargé, la réponse suivante commence aussitôt. Le décharger libère sa mémoire, et le message suivant le recharge.
keep_always = Toujours
unload_after = { $minutes ->
    [one] Décharger après { $minutes } minute d’inactivité
   *[other] Décharger après { $minutes } minutes d’inactivité
}
section_files = Fichiers et réseau
models_folder = Dossier des modèles
models_folder_more = Les modèles quantifiés y sont écrits et listés. Les fichiers du dossier précédent y restent.
choose_models_folder = Choisir un dossier…
open_folder = Ouvrir le dossier
offline = Travailler hors ligne
offline_more = Rien n’accède au réseau : ni recherche, ni téléchargement. Discuter n’en a jamais besoin.
portable = Dossier portable
portable_is = Réglages, discussions, modèles et journal sont dans un seul dossier, que l’on peut déplacer :
portable_how = Pour tout garder dans un dossier déplaçable, créez un dossier nommé nibble-data à côté du programme, ou indiquez-en un dans la variable NIBBLE_HOME, puis redémarrez.
motion = Animations
motion_more = De courtes transitions à l’ouverture et à la fermeture, sauf si le système n’en veut pas.
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
    [one] { $count } composant d’autres auteurs
   *[other] { $count } composants d’autres auteurs
}
show_licenses = Afficher toutes les licences
for_reports = Pour les rapports de bogue
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
part_template = Balises du gabarit de discussion
part_reply = Dernière réponse
part_files = Fichiers pas encore envoyés
part_free = Libre
context_over = Trop pour le contexte : le modèle ne verra plus les messages les plus anciens.
thought_for = Réflexion de { $time }
not_attached = { $name } ne peut pas être joint : { $reason }

title_request = Donne à cette conversation un titre de cinq mots au plus. Réponds par le titre seul.
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
find_models_more = Parcourir le Hub Hugging Face, avec des conseils pour cette machine
search_models = Rechercher des modèles
search_models_hint = Rechercher sur le Hub Hugging Face
sort_by = Trier par
sort_downloads = Plus téléchargés
sort_likes = Plus aimés
sort_trending = Tendances
sort_updated = Plus récents
size_limit = Taille
any_size = Toutes tailles
license = Licence
any_license = Toutes licences
only_runnable = Fonctionne dans Nibble
catalog_heading = De bons modèles pour commencer
recommended_heading = Recommandés pour cet ordinateur
recommended_fast = Rapide
recommended_balanced = Équilibré
recommended_best = Meilleures réponses
searching_hub = Recherche sur le Hub…
nothing_on_hub = Aucun modèle trouvé
nothing_on_hub_more = Moins de mots, une autre taille ou une autre licence donneront peut-être plus.
clear_search = Effacer la recherche
hub_silent = Impossible de joindre le Hub
reading_page = Chargement de la page du modèle…
unknown = Non indiqué
downloads_in_a_month = Téléchargements par mois
likes = Mentions j’aime
changed = Dernière modification
open_on_hub = Ouvrir sur le Hub
gated = Licence à accepter
gated_more = Ouvrez la page sur le Hub, acceptez-y la licence, puis définissez HF_TOKEN avec un de vos jetons, ou connectez-vous avec un outil Hugging Face. Réessayez ensuite.
cannot_run = Ne fonctionne pas dans Nibble
too_large = Trop grand pour cette machine
too_large_more = Aucune de ses précisions ne tient dans la mémoire de cette machine. Un modèle plus petit conviendra.
column_disk = Sur disque
column_memory = En mémoire
column_speed = Vitesse, jusqu’à
column_verdict = Sur cette machine
best_here = le mieux ici
all_precisions = Toutes les précisions
fewer_precisions = Moins de précisions
download_and_quantize = Télécharger et quantifier
take_ready_made = Utiliser le GGUF tout prêt
no_card = Pas de fiche de modèle.
no_downloads = Aucun téléchargement
no_downloads_more = Les modèles que vous téléchargez apparaissent ici et reprennent après un redémarrage.
waiting = Dans la file d’attente
paused_more = En pause ; le téléchargement partiel est conservé
pause = Mettre en pause
resume = Reprendre
cancel_download = Annuler et supprimer les fichiers partiels
remove_from_list = Retirer de la liste
is_here = Prêt à discuter
stage_download = Téléchargement
stage_quantize = Quantification
stage_measure = Mesure de la qualité
listing = Liste des modèles en cours…
not_listed = Impossible de lister les modèles
made_here = Créés sur cette machine
downloaded = Téléchargés
of_other_programs = D’autres programmes, utilisés sur place
built_in = intégré
more_for_model = Plus
quantize_from = Détails et quantification…
verify = Vérifier les fichiers
reveal = Afficher dans le gestionnaire de fichiers
free_original = Supprimer l’original, garder celui-ci
delete_model = Supprimer…
delete = Supprimer
keep = Conserver
engine_died_asking = La recherche sur le Hub s’est arrêtée de façon inattendue
engine_died_fetching = Le téléchargement s’est arrêté de façon inattendue ; le téléchargement partiel est conservé
engine_died_keeping = L’établissement de la liste des modèles s’est arrêté de façon inattendue
downloads_with = Téléchargements ({ $count })
size_at_most = Au plus { $parameters }
downloads_of = { $number } téléchargements
fits_at = Tient en { $precision }
tight_at = Juste en { $precision }
memory_at = Mémoire comptée avec un contexte plein de { $context }.
quantized_here = Télécharge l’original ({ $original }) et le quantifie ici en un fichier de { $made }.
ready_from = Un fichier de { $size } quantifié par quelqu’un d’autre : { $repo }
files_of = { $count ->
    [one] { $count } fichier, { $size }
   *[other] { $count } fichiers, { $size }
}
verifying = Vérification de { $name }
last_used = dernière utilisation : { $age }
delete_question = Supprimer { $name } ? Cela libère { $size }.
model_removed = { $name } supprimé ; { $size } libérés
model_verified = { $count ->
    [one] { $name } : { $count } fichier vérifié, inchangé
   *[other] { $name } : { $count } fichiers vérifiés, inchangés
}
model_readable = { $name } est lisible ; il n’y a pas de somme de contrôle à comparer
like_original = { $share } de mots suivants identiques à l’original
quality_not_measured = Sa qualité n’a pas été mesurée : { $reason }
cannot_remove = Suppression impossible : { $reason }
cannot_verify = Échec de la vérification : { $reason }
cannot_search = Impossible de poursuivre la recherche : { $reason }
fetched = { $name } téléchargé ({ $size })
cannot_fetch = { $name } n’a pas pu être téléchargé : { $reason }
at_work = En cours
cache_type = Mémoire du contexte (cache KV)
cache_type_more = INT8 stocke ce que le modèle a lu dans environ la moitié de la mémoire, presque sans différence dans ses réponses.
cache_f16 = F16
cache_int8 = INT8
goal = Ce qui compte le plus
goal_fastest = Le plus rapide
goal_fastest_more = Vite créé, réponses les plus rapides
goal_balanced = Équilibré
goal_balanced_more = 4 bits, presque sans perte
goal_memory = Le mieux pour la mémoire
goal_memory_more = Le meilleur sous une limite
advanced = Options avancées
limit = Limite
limit_memory = Mémoire pendant la discussion
limit_disk = Taille sur le disque
method = Méthode
method_rounding = Arrondi au plus proche
method_rounding_more = Chaque poids pour lui-même : le plus rapide, sans texte
method_importance = Pondéré par importance
method_importance_more = Arrondit mieux là où les activations sont grandes ; un bon gain pour une lecture du texte
method_gptq = GPTQ
method_gptq_more = Chaque erreur d’arrondi est compensée par les poids suivants ; de quelques minutes à une heure
method_awq = AWQ
method_awq_more = Met à l’échelle les colonnes importantes avant l’arrondi ; idéal pour les modèles à fortes valeurs extrêmes
method_smoothquant = SmoothQuant
method_smoothquant_more = Déplace les valeurs extrêmes des activations vers les poids ; pour 8 bits partout
method_auto_round = AutoRound
method_auto_round_more = Apprend comment arrondir chaque poids à partir de l’arrondi de GPTQ : au mieux une perte un peu moindre, et la plus longue attente
method_hqq = HQQ
method_hqq_more = Cherche de meilleurs zéros sans aucun texte ; rapide
method_rotation = Rotation
method_rotation_more = Répartit les valeurs extrêmes sur toutes les colonnes avant l’arrondi
method_spqr = SpQR
method_spqr_more = Garde exacts les quelques poids les plus importants ; presque sans perte à environ 4,6 bits
method_other_more = Une méthode de cette version
calibration = Texte de calibration
calibration_more = Il montre quels poids comptent et ne quitte jamais cette machine
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
curve_more = La perte attendue du meilleur mélange de chaque taille. Cliquez sur une taille pour la choisir
curve_unknown = Mesurez ce que chaque tenseur perd avec moins de bits et voyez le prix de chaque taille
measure_curve = Mesurer le compromis
measuring_curve = Mesure de la taille et de la qualité
curve_line = Meilleur mélange
curve_limit = Cette machine
predicted_kl = Divergence KL prévue
paused_run = En pause
discard = Abandonner
compare = Comparer des modèles
compare_more = Des fichiers de même nom peuvent beaucoup différer. Tous lisent le même texte, et l’écart de chacun à l’original est mesuré
compare_open = Comparer avec d’autres
compare_original = L’original
compare_choose = Choisir un modèle
compare_models = Modèles à comparer
compare_start = Comparer
compare_missing = Il n’y a pas encore de modèles à comparer
column_same = Même mot
column_kl = KL
column_kl_p99 = KL 99 %
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
