product = Nibble
new_chat = 新对话
untitled = 新对话
models = 模型
settings = 设置
close = 关闭
close_settings = 关闭设置
show_rail = 显示对话列表
hide_rail = 隐藏对话列表
new_temporary_chat = 新建临时对话
temporary = 临时
temporary_more = 临时：此对话不会保存，关闭 Nibble 后即消失
search_chats = 搜索对话
nothing_found = 未找到结果
found_in_titles = 标题
found_in_messages = 消息
pinned = 已置顶
today = 今天
yesterday = 昨天
last_week = 过去 7 天
last_month = 过去 30 天
older = 更早
archived = 已归档
more_for_chat = 此对话的更多操作
rename_chat = 重命名
chat_name = 对话名称
pin_chat = 置顶
unpin_chat = 取消置顶
archive_chat = 归档
unarchive_chat = 取消归档
export_markdown = 导出为 Markdown…
export_json = 导出为 JSON…
reading_chat = 正在打开对话…
speaker_person = 你
speaker_model = 助手
delete_chat = 删除对话

welcome = 与本机上的模型聊天
welcome_more = 从磁盘选择一个模型。Nibble 会将它缩小到内存放得下的大小，并在本机运行，不会向外发送任何内容。
choose_folder = 选择模型文件夹…
choose_folder_more = 来自 Hugging Face 的原始权重：config.json 和 safetensors
choose_file = 选择 GGUF 文件…
choose_file_more = 可直接聊天，来自 Nibble、llama.cpp 或其他程序
drop_hint = 或将文件夹或文件拖到此窗口的任意位置
drop_now = 松开以查看这是什么
try_starter = 试用入门模型
try_starter_more = 小巧、内置，可体验聊天功能
ready_models = 可直接聊天
recent_models = 最近打开
no_models = 还没有模型
no_models_more = 量化后的模型会显示在这里，可直接聊天。
gone = 未找到
forget = 从列表中移除

reading = 正在读取模型…
unreadable = 无法打开此模型
choose_other = 选择其他模型…
details = 详细信息

architecture = 架构
parameters = 参数量
size = 大小
context = 上下文
bits = 每权重位数
template = 聊天模板
template_yes = 有
template_no = 无，使用简单模板
location = 位置

precision = 精度
quantize_and_chat = 量化并聊天
chat_as_it_is = 不量化直接聊天
chat = 聊天
cancel = 取消
cancelling = 正在取消…
starting = 正在开始…

message_hint = 输入消息…
message = 消息
send = 发送
stop = 停止
stopping = 正在停止…
thoughts = 思考过程
thinks = 正在思考…
try_again = 重新提问
more_models = 更多模型…
regenerate = 重新生成
copy = 复制
write_on = 继续
edit = 编辑
edited_message = 编辑后的消息
send_edited = 重新发送
quote = 引用
delete_message = 从此处开始删除
older_version = 上一版本
newer_version = 下一版本
copy_code = 复制代码
choose_model = 选择模型
loading = 正在加载模型…
preparing_starter = 正在准备内置模型…
thinking = 正在阅读…
chat_empty = 想聊些什么？
chat_no_model = 选择一个模型开始聊天
context_used = 此对话占用的模型上下文
chat_privacy = 所有内容都保留在本机
starter_limits = 这是一个小型内置模型，只了解 Nibble 和量化。其他话题请打开更大的模型。
to_end = 跳到最新消息

section_model = 模型
section_replies = 回复
section_looks = 外观
context_length = 上下文长度
context_more = 模型能看到多少对话内容。越长，占用内存越多。
threads = 线程数
threads_more = 使用的处理器核心数。“自动”会使用所有物理核心。
automatic = 自动
replies_for = 回复设置范围
this_chat = 此对话
all_chats = 所有对话
as_all_chats = 与所有对话一致
preset = 预设
preset_own = 自定义
save_preset = 存储为预设…
preset_name = 预设名称
forget_preset = 移除预设
finer_options = 高级选项
top_p = Top-p
top_p_more = 保留最可能的词，直到概率之和达到此值；1 表示全部保留。
top_k = Top-k
top_k_more = 只保留这么多个最可能的词；0 表示全部保留。
min_p = Min-p
min_p_more = 舍弃概率低于最可能词这一比例的词；0 表示不舍弃。
penalty = 重复惩罚
penalty_more = 避免已用过的词；1 表示不避免。
stop_texts = 停止文本
stop_texts_more = 回复在出现其中任一文本时结束，每行一个。
seed = 种子
seed_more = 相同的数字会再次得到相同的回复。
seed_hint = 每次不同
section_chats = 对话
import = 导入
import_more = 来自 Nibble、Open WebUI 或 ChatGPT 的导出文件（conversations.json）。也可以直接拖到窗口中。
import_chats = 导入对话…
palette = 命令
palette_hint = 输入操作、对话或模型名称
chat_with = 与 { $model } 聊天
choose_export = 选择导出文件…
temperature = 温度
temperature_more = 0 每次完全相同；越高越多样。
max_tokens = 最长回复
no_limit = 不限
system_prompt = 指令
system_prompt_hint = 例如：用简单的话简短回答
theme = 主题
text_size = 文字大小
reset = 重置设置
free_memory = 可用内存

terminal_instead = 没有可用的显示器，Nibble 将在此终端中聊天
terminal_how = 输入消息并按回车键；Ctrl-D 结束
terminal_question = 你能做什么？
terminal_broke_off = 引擎已中断；请重新启动 Nibble
worker_failed = 工作进程无法读取命令

int4_more = 最小最快
int8_more = 接近原始模型
f16_more = 与原始模型一致
fits = 内存充足
fits_tight = 内存勉强够用
fits_not = 内存不足
theme_system = 系统
theme_light = 浅色
theme_dark = 深色
text_small = 小
text_medium = 中
text_large = 大
style_balanced = 均衡
style_precise = 精确
style_inventive = 创意
language = 语言
language_more = 界面语言。模型会以提问所用的语言回答。
language_system = 跟随系统

reply_stopped = 已停止
reply_broken = 已中断
ended_by_person = 已停止
ended_by_length = 达到最长回复，已截断
ended_by_context = 上下文已满，已截断

# Numbers. A decimal mark is put in by the program.
decimal_mark = .
size_bytes = { $value } 字节
size_kilo = { $value } kB
size_mega = { $value } MB
size_giga = { $value } GB
size_tera = { $value } TB
billions = { $value }B
millions = { $value }M
thousands = { $value }K
token_count = { $count ->
   *[other] { $number } 个 token
}
share = { $value }%
each_second = { $value }/s
token_rate = { $value } token/s
seconds = { $value } 秒
minutes = { $minutes } 分 { $seconds } 秒
hours = { $hours } 小时 { $minutes } 分
days = 数天
file_too_large = 文件大小为 { $size }，最多只能读取 { $most }

# Sentences with facts in them.
quantizing_to = 正在量化为 { $precision }
time_left = 剩余 { $time }
first_token = 首个 token 用时 { $time }
used_of = { $used } / { $all }
item_of = { $name }：{ $item }

# What happened, and what to do.
cannot_read = 无法打开此模型：{ $reason }
cannot_load = 无法加载模型：{ $reason }
cannot_quantize = 量化失败：{ $reason }
cannot_reply = 回复中断：{ $reason }
engine_missing = 无法启动引擎；程序在运行时是否被移动或替换？
engine_died_looking = 引擎在检查模型时停止
engine_died_quantizing = 引擎在量化时停止；未保留任何未完成的文件
engine_died_talking = 引擎已停止；对话已保留，发送下一条消息会重新启动引擎
engine_killed = { $what }。系统终止了引擎，可能是内存不足：更低的精度或更短的上下文也许可行。
ended_by_signal = 因信号 { $number } 结束
ended_with_status = 结束，状态码为 { $number }
quantized = { $name } 已就绪：{ $size }，每权重 { $bits } 位，用时 { $time }
settings_set_aside = 无法读取设置文件，已恢复默认设置。原文件保留在同一位置。
settings_not_saved = 无法保存设置；这些设置在程序退出前有效
already_quantizing = 已有模型正在量化；完成后可再量化此模型
not_a_model = 这不是模型：请拖入包含 config.json 和 safetensors 的文件夹，或 GGUF 文件
chat_deleted = 对话已删除
titled_chat_deleted = 已删除“{ $title }”
messages_deleted = { $count ->
   *[other] 已删除 { $count } 条消息
}
chats_set_aside = 无法读取已保存的对话，列表已重新开始。旧文件保留在新文件旁边。
chats_not_kept = 目前无法在此电脑上保存对话；对话会保留到 Nibble 关闭为止
chats_not_saved = 部分内容无法保存；磁盘是否已满？请在关闭 Nibble 前复制重要内容。
chats_imported = { $count ->
   *[other] 已导入 { $count } 个对话
}
chats_not_read = 无法从此文件读取对话：请选择 Nibble、Open WebUI 或 ChatGPT 的导出文件
chat_written = 对话已导出到 { $path }
chat_not_written = 无法导出对话；请尝试其他文件夹
type_fallback = { $tensor } 无法使用 { $wanted }，已改用 { $used }
values_clamped = { $count ->
   *[other] { $tensor } 有 { $count } 个值超出格式范围，已被截断
}
quantized_twice = { $count ->
   *[other] { $count } 个张量原本已是 { $from }；量化原始权重损失更小
}
tensor_ignored = { $tensor } 不属于此模型，已略去
tokenizer_inexact = 其他程序切分文本的方式可能略有不同，GGUF 无法表达：{ $what }
no_chat_template = 此模型没有聊天模板，因此使用简单模板
messages_dropped = { $count ->
   *[other] 对话超出了上下文：模型已看不到最早的 { $count } 条消息
}

# What the button of a notice does.
step_again = 重试
step_undo = 撤销
step_other_file = 选择其他文件
step_quantize_again = 重新量化
step_chat = 开始聊天
step_open_again = 重新打开
step_other_model = 选择其他模型
step_show = 显示
step_continue = 继续

presence_penalty = 存在惩罚
presence_penalty_more = 避免回复中已出现过的词，不论次数；0 表示不避免。
frequency_penalty = 频率惩罚
frequency_penalty_more = 词在回复中出现得越多就越避免；0 表示不避免。
attach = 附加文本文件…
detach = 移除文件
attached_file = 附加文件
files_too_long = 这些文件没有给回答留出空间：请移除一个，或在设置中选择更长的上下文
not_text = 它不是文本文件
empty_file = 它是空的
export_chat = 导出聊天
part_instructions = 指令
part_earlier = 之前的消息
part_last = 你的最后一条消息
part_template = 聊天模板标记
part_reply = 最后的回复
part_files = 尚未发送的文件
part_free = 剩余
context_over = 超出上下文：模型将看不到最早的消息。
thought_for = 思考了 { $time }
not_attached = 无法附加 { $name }：{ $reason }

title_request = 请给这段对话起一个不超过十个字的标题。只回答标题。
titles = 标题
titles_more = 模型可在第一次回复后为聊天命名，需要片刻。
titles_by_model = 由模型生成
titles_first_words = 开头几个字
folders = 文件夹
folder_name = 文件夹名称
move_out = 移出文件夹
move_to_new = 移到新文件夹
move_to = 移到“{ $folder }”
