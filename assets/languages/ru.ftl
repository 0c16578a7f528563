product = Nibble
new_chat = Новый чат
untitled = Новый чат
models = Модели
settings = Настройки
close = Закрыть
close_settings = Закрыть настройки
show_rail = Показать чаты
hide_rail = Скрыть чаты
new_temporary_chat = Новый временный чат
temporary = Временный чат
temporary_more = Временный чат: не сохраняется и исчезнет при закрытии Nibble
search_chats = Поиск в чатах
nothing_found = Ничего не найдено
found_in_titles = Названия
found_in_messages = Сообщения
pinned = Закреплённые
today = Сегодня
yesterday = Вчера
last_week = Последние 7 дней
last_month = Последние 30 дней
older = Ранее
archived = Архив
more_for_chat = Действия с чатом
rename_chat = Переименовать
chat_name = Название чата
pin_chat = Закрепить
unpin_chat = Открепить
archive_chat = В архив
unarchive_chat = Вернуть из архива
export_markdown = Экспорт в Markdown…
export_json = Экспорт в JSON…
reading_chat = Открытие чата…
speaker_person = Вы
speaker_model = Ассистент
delete_chat = Удалить чат

welcome = Чат с моделью на этом компьютере
welcome_more = Nibble запускает языковые модели на этом компьютере и сжимает их, чтобы они поместились в память. Всё, что вы пишете, остаётся здесь.
choose_folder = Выбрать папку модели…
choose_folder_more = Исходные веса с Hugging Face: config.json и safetensors
choose_file = Выбрать файл GGUF…
choose_file_more = Готов к чату: из Nibble, llama.cpp или других программ
drop_hint = или перетащите папку или файл в любое место этого окна
drop_now = Отпустите модель, текстовый файл или экспорт чатов
try_starter = Попробовать начальную модель
try_starter_more = Маленькая и встроенная, чтобы попробовать чат
ready_models = Готовы к чату
recent_models = Недавние
gone = не найдено
forget = Убрать из списка

reading = Чтение модели…
unreadable = Не удаётся открыть эту модель
choose_other_file = Выбрать другой файл…
choose_other = Выбрать другую…
details = Подробности

architecture = Архитектура
parameters = Параметры
size = Размер
context = Контекст
bits = Бит на вес
template = Шаблон чата
template_yes = Есть
template_no = Нет; используется простой
location = Расположение

precision = Точность
quantize_and_chat = Квантовать и начать чат
chat_as_it_is = Использовать исходную
chat = Начать чат
cancel = Отмена
cancelling = Отмена…
starting = Запуск…

quality = Качество
quality_report = Отчёт о качестве
measure_quality = Измерить качество
measure_again = Измерить снова
not_measured = Ещё не измерено
not_measured_more = Исходная модель пишет текст, обе модели читают его, и их предсказания каждого слова сравниваются. Ничто не покидает этот компьютер.
no_original = Исходная модель перемещена или удалена, сравнивать не с чем
stage_load_original = Загрузка исходной модели
stage_write_text = Исходная модель пишет текст
stage_read_original = Исходная модель читает текст
stage_ask_original = Исходная модель отвечает на вопрос
stage_load_model = Загрузка модели
stage_read_model = Модель читает текст
stage_ask_model = Модель отвечает на вопрос
stage_compare_weights = Сравнение весов
table_bits = Биты
table_disk = Диск
table_memory = Память
table_speed = Скорость, до
table_quality = Сходство
table_verdict = Подходит?
more_formats = Больше форматов
fewer_formats = Меньше форматов
format_published = Обычно так публикуют
format_six = Почти без потерь
format_five = Очень малые потери
format_four = Чуть меньше Q4_K_M
format_uneven = Компактные 4 бита
format_older = Старый формат
format_three = Заметные потери
format_two = В крайнем случае
not_runnable = Эта модель не работает на этом компьютере
advising = Проверка, что помещается…
fact_same = То же следующее слово
fact_kl = KL-дивергенция, средняя
fact_kl_p99 = KL-дивергенция, 99-й процентиль
fact_perplexity = Перплексия
fact_weights = Погрешность весов
fact_text = Измерено на
text_by_original = Текст исходной модели
bound_more = Словарь велик, поэтому самые редкие слова считаются одним: дивергенция может быть немного выше.
plot_kl = Насколько модели расходятся, слово за словом
plot_kl_more = Места текста по KL-дивергенции: чем правее, тем сильнее модели расходятся в следующем слове
plot_layers = Погрешность весов, слой за слоем
plot_layers_more = Относительная среднеквадратичная погрешность в процентах; на нуле — эмбеддинги и выход
same_question = Один вопрос, ответы обеих
original = Исходная
needs_more_memory = Этой модели нужно больше памяти, чем свободно
part_weights = Веса
part_cache = Кэш контекста
part_buffers = Буферы
part_program = Программа
memory_free = Свободная память
load_anyway = Всё равно загрузить
load_anyway_more = Это может замедлить компьютер или остановить модель. Ваши чаты сохранятся.
engine_died_measuring = Измерение качества неожиданно прервалось. Файл модели не повреждён.
step_report = Показать отчёт

message_hint = Сообщение…
message = Сообщение
send = Отправить
stop = Остановить
stopping = Остановка…
thoughts = Размышления
thinks = Размышляет…
try_again = Спросить снова
more_models = Другие модели…
regenerate = Создать заново
copy = Копировать
write_on = Продолжить
edit = Изменить
edited_message = Изменённое сообщение
send_edited = Отправить снова
quote = Цитировать
delete_message = Удалить отсюда и далее
older_version = Предыдущая версия
newer_version = Следующая версия
copy_code = Копировать код
copy_table = Скопировать таблицу
copy_table_markdown = Скопировать как Markdown
copy_table_csv = Скопировать как CSV
wrap_lines = Переносить строки
choose_model = Выбрать модель
loading = Загрузка модели…
preparing_starter = Подготовка встроенной модели…
thinking = Чтение чата…
chat_empty = О чём поговорим?
chat_no_model = Выберите модель для чата
context_used = Занято контекста
chat_privacy = Всё остаётся на этом компьютере
starter_limits = Эта встроенная модель знает только Nibble и квантование. Для всего остального скачайте модель побольше.
to_end = К последнему сообщению

section_model = Модель
section_replies = Ответы
section_looks = Внешний вид
context_length = Длина контекста
context_more = Какую часть чата видит модель. Чем больше, тем больше нужно памяти.
threads = Потоки
threads_more = Используемые ядра процессора. «Автоматически» — все физические.
automatic = Автоматически
replies_for = Настройки ответов для
this_chat = Этот чат
all_chats = Все чаты
as_all_chats = Как во всех чатах
preset = Пресет
preset_own = Свой
save_preset = Сохранить как пресет…
preset_name = Название пресета
forget_preset = Удалить пресет
finer_options = Дополнительные настройки
top_p = Top-p
top_p_more = Учитывает только самые вероятные слова до этой суммарной вероятности. 1 отключает.
top_k = Top-k
top_k_more = Учитывает только столько самых вероятных слов. 0 отключает.
min_p = Min-p
min_p_more = Не учитывает слова, вероятность которых ниже этой доли от самого вероятного. 0 отключает.
penalty = Штраф за повторы
penalty_more = Уменьшает повторы слов. 1 отключает.
stop_texts = Стоп-строки
stop_texts_more = Ответ заканчивается на любой из этих строк. По одной на строку.
seed = Зерно
seed_more = То же число даёт тот же ответ.
seed_hint = Случайное
section_chats = Чаты
import = Импорт
import_more = Экспорт из Nibble, Open WebUI или ChatGPT (conversations.json). Файл можно и перетащить в окно.
import_chats = Импорт чатов…
palette = Команды
palette_hint = Введите действие, название чата или модели
chat_with = Начать чат: { $model }
choose_export = Выбрать файл экспорта…
temperature = Температура
temperature_more = 0 всегда даёт один и тот же ответ. Чем выше, тем разнообразнее.
max_tokens = Максимальная длина
max_tokens_more = Ответы вместе с рассуждениями останавливаются на этой длине. Их можно продолжить.
no_limit = Без ограничений
system_prompt = Инструкции
system_prompt_hint = Например: отвечай кратко и простыми словами
theme = Тема
text_size = Размер текста
reset = Сбросить настройки
free_memory = Свободная память

terminal_instead = Экрана нет, поэтому чат идёт здесь, в терминале
terminal_how = Введите сообщение и нажмите Enter; Ctrl-D — выход
terminal_question = Что ты умеешь?
terminal_broke_off = Модель неожиданно остановилась; запустите Nibble снова
unexpected_answer = процесс модели дал неожиданный ответ
worker_failed = Процесс модели не смог прочитать команды

int4_more = Компактно и быстро
int8_more = Близко к исходной
f16_more = Как исходная
fits = Подходит
fits_tight = Впритык
fits_not = Не подходит
theme_system = Системная
theme_light = Светлая
theme_dark = Тёмная
text_small = Мелкий
text_medium = Средний
text_large = Крупный
style_balanced = Сбалансированный
style_precise = Точный
style_inventive = Творческий
language = Язык
language_more = Язык интерфейса. Модели отвечают на том языке, на котором их спрашивают.
language_system = Как в системе

reply_stopped = Остановлен
reply_broken = Прерван
ended_by_person = остановлен
ended_by_length = обрезан на максимальной длине
ended_by_context = обрезан: контекст заполнен
ended_by_repetition = остановлен из-за повторов

# Numbers. A decimal mark is put in by the program.
decimal_mark = ,
group_mark = { "\u00A0" }
size_bytes = { $value } байт
size_kilo = { $value } КБ
size_mega = { $value } МБ
size_giga = { $value } ГБ
size_tera = { $value } ТБ
billions = { $value } млрд
millions = { $value } млн
thousands = { $value } тыс.
token_count = { $count ->
    [one] { $number } токен
    [few] { $number } токена
    [many] { $number } токенов
   *[other] { $number } токена
}
share = { $value }{ "\u00A0" }%
each_second = { $value }/с
token_rate = { $value } токенов/с
seconds = { $value } с
minutes = { $minutes } мин { $seconds } с
hours = { $hours } ч { $minutes } мин
days = несколько дней
file_too_large = Размер файла — { $size }, предел — { $most }

# Sentences with facts in them.
quality_none = Практически идентична: то же следующее слово в { $share } случаев
quality_hardly = Очень близка: то же следующее слово в { $share } случаев
quality_small = Немного отличается: то же следующее слово в { $share } случаев
quality_clear = Заметно отличается: то же следующее слово в { $share } случаев
quality_large = Сильно отличается: то же следующее слово в { $share } случаев
of_original = { $value }, исходная { $original }
measured_on = { $text }, { $tokens }
made_from = Создана из { $original }
measuring = Измеряется { $name }
cannot_measure = Качество не удалось измерить: { $reason }
needed_of_free = Нужно { $needed }, свободно { $free }
load_with_context = Загрузить с контекстом { $tokens }
would_fit_at = Квантованная в { $precision }, она поместилась бы
memory_at_context = Память при контексте { $tokens }
quantizing_to = Квантование в { $precision }
time_left = осталось { $time }
first_token = { $time } до первого токена
used_of = { $used } из { $all }
item_of = { $name }: { $item }

# What happened, and what to do.
cannot_read = Не удаётся открыть эту модель: { $reason }
cannot_load = Не удалось загрузить модель: { $reason }
cannot_quantize = Не удалось выполнить квантование: { $reason }
cannot_reply = Ответ прервался: { $reason }
engine_missing = Не удалось запустить процесс модели. Если Nibble переместили или обновили во время работы, перезапустите его.
engine_died_looking = Чтение модели неожиданно прервалось.
engine_died_quantizing = Квантование неожиданно прервалось.
engine_died_talking = Модель неожиданно остановилась. Чат сохранён; следующее сообщение загрузит её снова.
engine_killed = { $what } Вероятно, не хватило памяти: попробуйте модель меньше или более короткий контекст.
ended_by_signal = Завершён сигналом { $number }
ended_with_status = Завершён с кодом { $number }
quantized = Модель { $name } готова ({ $size })
settings_set_aside = Некоторые настройки не удалось прочитать, поэтому для них взяты значения по умолчанию. Прежний файл сохранён рядом.
settings_not_saved = Не удалось сохранить настройки; они действуют до закрытия Nibble
already_quantizing = Сейчас квантуется другая модель. Запустите эту, когда она будет готова.
not_a_model = Это не модель. Перетащите папку с config.json и safetensors или файл GGUF.
chat_deleted = Чат удалён
titled_chat_deleted = Чат «{ $title }» удалён
messages_deleted = { $count ->
    [one] Удалено { $count } сообщение
    [few] Удалено { $count } сообщения
    [many] Удалено { $count } сообщений
   *[other] Удалено { $count } сообщения
}
chats_set_aside = Не удалось прочитать сохранённые чаты, поэтому список пуст. Старый файл сохранён рядом с новым.
chats_not_kept = Сейчас чаты на этом компьютере не сохраняются; они останутся до закрытия Nibble
chats_not_saved = Что-то не удалось сохранить; возможно, диск заполнен. Скопируйте важное, прежде чем закрыть Nibble.
chats_imported = { $count ->
    [one] Импортирован { $count } чат
    [few] Импортировано { $count } чата
    [many] Импортировано { $count } чатов
   *[other] Импортировано { $count } чата
}
chats_left_out = { $count ->
    [one] { $count } чат из файла не удалось прочитать, он пропущен
    [few] { $count } чата из файла не удалось прочитать, они пропущены
    [many] { $count } чатов из файла не удалось прочитать, они пропущены
   *[other] { $count } чата из файла не удалось прочитать, они пропущены
}
picture_left_out = [изображение]
chats_not_read = В этом файле не удалось прочитать чаты. Выберите экспорт из Nibble, Open WebUI или ChatGPT.
chat_written = Чат экспортирован в { $path }
chat_not_written = Не удалось экспортировать чат; попробуйте другую папку
type_fallback = { $tensor } нельзя хранить в { $wanted }; использован { $used }
values_clamped = { $count ->
    [one] { $count } значение { $tensor } слишком велико для формата и было обрезано
    [few] { $count } значения { $tensor } слишком велики для формата и были обрезаны
    [many] { $count } значений { $tensor } слишком велики для формата и были обрезаны
   *[other] { $count } значения { $tensor } слишком велики для формата и были обрезаны
}
quantized_twice = { $count ->
    [one] { $count } тензор уже был квантован ({ $from }); при квантовании исходных весов потери меньше
    [few] { $count } тензора уже были квантованы ({ $from }); при квантовании исходных весов потери меньше
    [many] { $count } тензоров уже были квантованы ({ $from }); при квантовании исходных весов потери меньше
   *[other] { $count } тензора уже были квантованы ({ $from }); при квантовании исходных весов потери меньше
}
not_calibrated = { $count ->
    [one] В файле калибровки нет статистики для { $count } тензора; он квантован без неё
    [few] В файле калибровки нет статистики для { $count } тензоров; они квантованы без неё
    [many] В файле калибровки нет статистики для { $count } тензоров; они квантованы без неё
   *[other] В файле калибровки нет статистики для { $count } тензора; они квантованы без неё
}
tensor_ignored = { $tensor } не относится к этой модели и был пропущен
token_id_ignored = { $field } равно { $value }; такого токена нет в словаре, значение пропущено
tokenizer_inexact = Другие программы могут разбивать текст немного иначе: в GGUF нельзя выразить { $what }
no_chat_template = У этой модели нет шаблона чата, поэтому используется простой
taken_from_cache = Используется загруженная версия: новейшую проверить не удалось: { $reason }
messages_dropped = { $count ->
    [one] Чат не помещается в контекст: модель больше не видит { $count } самое старое сообщение
    [few] Чат не помещается в контекст: модель больше не видит { $count } самых старых сообщения
    [many] Чат не помещается в контекст: модель больше не видит { $count } самых старых сообщений
   *[other] Чат не помещается в контекст: модель больше не видит { $count } самых старых сообщения
}

# What the button of a notice does.
step_again = Повторить
step_undo = Отменить
step_other_file = Выбрать другой файл
step_quantize_again = Квантовать снова
step_chat = Начать чат
step_open_again = Открыть снова
step_other_model = Выбрать другую модель
step_show = Показать
step_continue = Продолжить

# Settings: device, memory, files, network, motion.
reset_one = Сбросить
switch_on = Вкл.
switch_off = Выкл.
device = Устройство
device_more = Модели работают на процессоре (CPU).
processor = { $cpu }, { $level }
keep_loaded = Держать модель в памяти
keep_loaded_more = Загруженная модель отвечает сразу. Выгрузка освобождает память; следующее сообщение загрузит модель снова.
keep_always = Всегда
unload_after = { $minutes ->
    [one] Выгружать через { $minutes } минуту простоя
    [few] Выгружать через { $minutes } минуты простоя
   *[other] Выгружать через { $minutes } минут простоя
}
section_files = Файлы и сеть
models_folder = Папка моделей
models_folder_more = Здесь сохраняются квантованные модели. Модели из старой папки не перемещаются.
choose_models_folder = Выбрать папку…
open_folder = Открыть папку
offline = Работать офлайн
offline_more = Блокирует любой доступ к сети: ни поиска, ни загрузок. Чат всегда работает без сети.
portable = Переносная папка
portable_is = Настройки, чаты, модели и журнал лежат в одной папке, которую можно переносить:
portable_how = Чтобы всё лежало в одной переносной папке, создайте рядом с программой папку nibble-data или укажите папку в переменной NIBBLE_HOME и перезапустите Nibble.
motion = Анимация
motion_more = Короткие переходы при открытии и закрытии, если в системе не выбрано меньше движения.
motion_system = Как в системе
motion_none = Нет

# About the program; running work.
about = О программе Nibble
about_more = Чат с языковыми моделями на этом компьютере. Всё, что вы пишете, остаётся здесь.
version = Версия { $value }
places = Расположение файлов
place_settings = Настройки
place_chats = Чаты
place_log = Журнал
licenses = Лицензии
license_own = Nibble — свободная программа: Apache 2.0 или MIT, на ваш выбор.
license_fonts = Шрифты: Inter, JetBrains Mono и Noto Sans, SIL Open Font License 1.1. Значки: Phosphor, MIT.
license_parts = { $count ->
    [one] { $count } компонент с открытым кодом
    [few] { $count } компонента с открытым кодом
   *[other] { $count } компонентов с открытым кодом
}
show_licenses = Показать все лицензии
for_reports = Сообщить о проблеме
copy_diagnostics = Скопировать диагностику
copy_diagnostics_more = Версии, система, процессор, память и последние ошибки. Никогда не включает то, что вы здесь писали или читали.
diagnostics_copied = Диагностика скопирована в буфер обмена
running_work = Выполняется
becomes = { $name } → { $precision }

presence_penalty = Штраф за присутствие
presence_penalty_more = Уменьшает вероятность слов, уже встретившихся в ответе, сколько бы раз это ни было. 0 отключает.
frequency_penalty = Штраф за частоту
frequency_penalty_more = Уменьшает вероятность слов тем сильнее, чем чаще они встретились в ответе. 0 отключает.
attach = Приложить текстовый файл…
detach = Убрать файл
attached_file = Приложенный файл
files_too_long = Эти файлы не оставляют места для ответа: уберите один или выберите более длинный контекст в настройках
not_text = это не текстовый файл
empty_file = он пуст
export_chat = Экспорт чата
part_instructions = Инструкции
part_earlier = Предыдущие сообщения
part_last = Ваше последнее сообщение
part_template = Форматирование чата
part_reply = Последний ответ
part_files = Ещё не отправленные файлы
part_free = Свободно
context_over = Не помещается в контекст: самые старые сообщения модель не увидит.
thought_for = Размышляла { $time }
not_attached = { $name } нельзя приложить: { $reason }

title_request = Придумай этому разговору название не длиннее пяти слов. Ответь только названием.
title_openings = вот | конечно | хорошо | название: | возможное название | заголовок | я бы | как ии | этот разговор
titles = Названия
titles_more = Модель может назвать чат после первого ответа; это занимает немного времени.
titles_by_model = Сочиняет модель
titles_first_words = Первые слова
folders = Папки
folder_name = Название папки
move_out = Убрать из папки
move_to_new = Переместить в новую папку
move_to = Переместить в «{ $folder }»
quality_not_kept = Отчёт о качестве не удалось записать в { $path }: { $reason }

# Models: the library, the Hub, downloads.
library = Библиотека
discover = Поиск
downloads = Загрузки
find_models = Найти модели
find_models_more = Поиск на Hugging Face с советами для этого компьютера
search_models = Поиск моделей
search_models_hint = Поиск на Hugging Face
sort_by = Сортировка
sort_downloads = По загрузкам
sort_likes = По лайкам
sort_trending = Популярные сейчас
sort_updated = Новые
size_limit = Размер
any_size = Любой размер
license = Лицензия
any_license = Любая лицензия
only_runnable = Работает в Nibble
catalog_heading = С чего начать
recommended_heading = Рекомендуется для этого компьютера
recommended_fast = Быстро
recommended_balanced = Сбалансированно
recommended_best = Лучшие ответы
offer_details = Подробнее
pace_slow = медленнее, чем вы читаете
pace_reading = примерно со скоростью чтения
pace_fast = быстрее, чем вы читаете
pace_instant = гораздо быстрее, чем вы читаете
searching_hub = Поиск…
nothing_on_hub = Модели не найдены
nothing_on_hub_more = Попробуйте меньше слов, другой размер или другую лицензию.
clear_search = Очистить поиск
hub_silent = Нет связи с Hugging Face
reading_page = Загрузка сведений о модели…
unknown = Не указано
downloads_in_a_month = Загрузок за месяц
likes = Лайки
changed = Изменено
open_on_hub = Открыть на Hugging Face
gated = Нужен доступ
gated_more = Примите лицензию на Hugging Face, добавьте токен доступа в настройках и повторите попытку.
cannot_run = Не работает в Nibble
too_large = Слишком велика для этого компьютера
too_large_more = Модель не помещается в память ни при какой точности. Выберите модель меньше.
column_disk = На диске
column_memory = В памяти
column_speed = Скорость, до
column_verdict = Подходит?
best_here = рекомендуется
slower_more = Файл меньшего размера может работать медленнее: его веса распаковываются в памяти и занимают там больше места.
all_precisions = Все варианты точности
fewer_precisions = Меньше вариантов
download_and_quantize = Скачать и квантовать
ready_made = Готовый файл
made_on_this_computer = Создано на этом компьютере
no_card = Нет карточки модели.
no_downloads = Загрузок нет
no_downloads_more = Загрузки появятся здесь и продолжатся после перезапуска.
waiting = В очереди
paused_more = Приостановлено
kept_more = Скачанное сохранено: повторная попытка продолжит с этого места.
pause = Приостановить
resume = Продолжить
cancel_download = Отменить и удалить неполный файл
remove_from_list = Убрать из списка
is_here = Готова к чату
stage_download = Загрузка
stage_quantize = Квантование
stage_measure = Измерение качества
listing = Получение списка моделей…
not_listed = Не удалось получить список моделей
library_empty = Здесь появятся скачанные и квантованные модели. Можно также перетащить в это окно файл GGUF или папку с моделью.
made_here = Созданы на этом компьютере
downloaded = Загружены
of_other_programs = Из других программ
built_in = встроена
more_for_model = Ещё
quantize_from = Сведения и преобразование…
verify = Проверить файлы
reveal = Показать в файловом менеджере
free_original = Удалить исходную, оставить эту
delete_model = Удалить…
delete = Удалить
keep = Оставить
engine_died_asking = Поиск неожиданно прервался.
engine_died_fetching = Загрузка неожиданно прервалась; загруженное сохранено.
engine_died_keeping = Получение списка моделей неожиданно прервалось.
downloads_with = Загрузки ({ $count })
size_at_most = До { $parameters }
downloads_of = загрузок: { $number }
download_of = Скачать { $size }
in_memory_of = { $size } в памяти
at_pace = { $rate }, { $pace }
downloading_share = Загрузка, { $share }
slower_than = медленнее, чем { $precision }
take_file = Скачать GGUF ({ $size })
memory_at = Память указана с полным контекстом: { $context }.
quantized_here = Скачивает исходную модель ({ $original }) и квантует её здесь в файл { $made } (метод: { $method }). Затем потери измеряются и показываются в отчёте о качестве.
ready_from = { $size }, преобразовано: { $repo }. Самая маленькая загрузка, готово сразу; потери не измерены.
files_of = { $count ->
    [one] { $count } файл, { $size }
    [few] { $count } файла, { $size }
    [many] { $count } файлов, { $size }
   *[other] { $count } файла, { $size }
}
already_quantized = Эта модель уже квантована ({ $bits } бит на вес). Повторное квантование увеличит потери: лучше взять исходную модель.
verifying = Проверка { $name }
last_used = { $age ->
    [today] использована сегодня
    [yesterday] использована вчера
    [week] использована за последние 7 дней
    [month] использована за последние 30 дней
   *[older] не использовалась больше 30 дней
}
delete_question = Удалить { $name }? Освободится { $size }.
model_removed = { $name } удалена; освобождено { $size }
model_verified = { $count ->
    [one] { $name }: { $count } файл проверен, без изменений
    [few] { $name }: { $count } файла проверены, без изменений
    [many] { $name }: { $count } файлов проверены, без изменений
   *[other] { $name }: { $count } файла проверены, без изменений
}
model_readable = { $name } читается; контрольной суммы для сравнения нет
like_original = сходство { $share }
quality_not_measured = Качество не измерено: { $reason }
cannot_remove = Не удалось удалить: { $reason }
cannot_verify = Проверка не пройдена: { $reason }
cannot_search = Не удалось продолжить поиск: { $reason }
fetched = { $name } загружена ({ $size })
cannot_fetch = Не удалось загрузить { $name }: { $reason }
at_work = Выполняется
cache_type = Кэш контекста
cache_type_more = 8 бит вдвое сокращают память и почти не влияют на ответы.
cache_f16 = 16 бит
cache_int8 = 8 бит
goal = Что важнее всего
goal_fastest = Быстрее всего
goal_fastest_more = Быстрее всего создать и отвечать
goal_balanced = Сбалансированно
goal_balanced_more = 4 бита, почти без потерь
goal_memory = Лучшее в пределе
goal_memory_more = Лучшее качество в пределе
advanced = Дополнительно
limit = Предел
limit_memory = Память во время чата
limit_disk = Размер на диске
method = Метод
method_rounding = Округление до ближайшего
method_rounding_more = Быстрее всего, текст не нужен
method_importance = С учётом важности
method_importance_more = Точнее округляет там, где это важно; заметный выигрыш за один проход по тексту
method_gptq = GPTQ
method_gptq_more = Следующие веса исправляют каждую ошибку округления; от минут до часа
method_awq = AWQ
method_awq_more = Масштабирует важные столбцы до округления; лучше для моделей с большими выбросами
method_smoothquant = SmoothQuant
method_smoothquant_more = Переносит выбросы из активаций в веса; для 8 бит везде
method_auto_round = AutoRound
method_auto_round_more = Учится округлять каждый вес, начиная с GPTQ: в лучшем случае потери немного меньше, но дольше всего
method_hqq = HQQ
method_hqq_more = Находит лучшие нулевые точки без текста; быстро
method_rotation = Поворот
method_rotation_more = Распределяет выбросы по всем столбцам до округления
method_spqr = SpQR
method_spqr_more = Немногие важнейшие веса остаются точными; почти без потерь при 4,6 бита
method_other_more = Описания нет
calibration = Текст для калибровки
calibration_more = Показывает, какие веса важны. Не покидает этот компьютер.
calibration_unused = Этому методу текст не нужен
calibration_own = Модель пишет сама
calibration_file = Файл
calibration_chats = Мои чаты
choose_text_file = Выбрать текст…
no_file_chosen = Файл ещё не выбран
chats_missing = Сохранённых чатов пока нет
chats_empty = В выбранных чатах нет текста; выберите другие
estimating = Оценка…
curve = Размер и качество
curve_more = Ожидаемые потери лучшей смеси для каждого размера. Нажмите на размер, чтобы выбрать его.
curve_unknown = Измеряет чувствительность каждой части модели, чтобы показать ожидаемые потери для каждого размера.
measure_curve = Измерить размер и качество
measuring_curve = Измерение размера и качества
curve_line = Лучшая смесь
curve_limit = Этот компьютер
predicted_kl = Ожидаемая KL-дивергенция
paused_run = Приостановлено
discard = Удалить
compare = Сравнение моделей
compare_more = Файлы с одним названием могут различаться по качеству. Все модели читают один текст и сравниваются с исходной.
compare_open = Сравнить с другими
compare_original = Исходная модель
compare_choose = Выберите модель
compare_models = Сравниваемые модели
compare_start = Сравнить
compare_missing = Пока нет моделей для сравнения
column_same = Сходство
column_kl = KL
column_kl_p99 = KL 99{ "\u00A0" }%
column_perplexity = Перплексия
plot_compare = Размер и потери
plot_compare_more = KL-дивергенция с исходной моделью: чем ниже, тем ближе
not_compared = Не измерено
whole_minutes = { $minutes } мин
estimate = Займёт около { $time } и до { $memory } памяти
curve_takes = Займёт около { $time }
limited_file = Файл { $size }, { $bits } бита на вес
of_limit = лучшая смесь в { $size }
comparing = Сравнение с { $name }
at_model = { $name }: { $stage }
size_and_kl = { $name }: { $size }, KL { $kl }
cannot_measure_curve = Размер и качество не удалось измерить: { $reason }
cannot_compare = Модели не удалось сравнить: { $reason }
compared = { $count ->
    [one] Сравнена { $count } модель
    [few] Сравнены { $count } модели
    [many] Сравнено { $count } моделей
   *[other] Сравнено { $count } модели
}
chats_chosen = { $count ->
    [0] Чаты ещё не выбраны
    [one] Выбран { $count } чат
    [few] Выбрано { $count } чата
    [many] Выбрано { $count } чатов
   *[other] Выбрано { $count } чата
}

section_general = Общие
section_performance = Производительность
section_network = Сеть
section_shortcuts = Сочетания клавиш
pages = Разделы настроек
reset_more = Возвращает все настройки к исходным. Чаты и модели сохраняются.
reset_sure = Сбросить все настройки?
chat_settings = Настройки чата
close_chat_settings = Закрыть настройки чата
defaults_of_chats = По умолчанию для всех чатов…
replies_defaults = Ответы во всех чатах
token = Токен Hugging Face
token_more = Нужен для моделей, лицензию которых надо принять. Создайте токен с правом чтения на huggingface.co/settings/tokens. Он хранится в файле, доступном только вам, и отправляется только в Hugging Face.
token_save = Сохранить токен
token_remove = Удалить токен
token_test = Проверить
token_missing = Токена нет
token_kept = Токен сохранён
token_trying = Запрос к Hugging Face…
key_new_chat = Новый чат
key_models = Выбрать модель
key_folder = Открыть папку модели
key_stop = Остановить ответ
key_send = Отправить сообщение
key_line = Новая строка
key_edit = Изменить последнее сообщение
key_quantize = Квантовать открытую модель
key_chat_settings = Показать или скрыть настройки чата
key_rail = Показать или скрыть чаты
token_of = Работает: аккаунт { $account }
reading_tokens = Чтение: { $tokens }, { $share }

pick_hint = Поиск по моделям
pick_loaded = Загружена
pick_here = На этом компьютере
pick_none = Нет модели с таким названием
eject = Выгрузить
open_file = Открыть файл GGUF…
new_text_below = Ниже новый текст
