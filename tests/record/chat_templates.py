"""Records what transformers renders from the chat templates below, for the tests of engine/src/text/template.

    pip install transformers jinja2
    python tests/record/chat_templates.py
"""

import json
import pathlib

from transformers.utils.chat_template_utils import render_jinja_template

OUT = pathlib.Path(__file__).resolve().parent.parent / "data" / "text" / "chat_templates.json"

TEMPLATES = {
    "chatml": """{%- for message in messages %}
    {{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
""",
    "roles alternate": """{% if messages[0]['role'] == 'system' %}
    {% set loop_messages = messages[1:] %}
    {% set system = messages[0].content | trim %}
{% else %}
    {% set loop_messages = messages %}
    {% set system = false %}
{% endif %}
{{ bos_token }}{% for message in loop_messages %}
    {% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
        {{ raise_exception('Conversation roles must alternate user/assistant/user/...') }}
    {% endif %}
    {% if loop.first and system is not false %}
        {% set content = '<<SYS>>\\n' ~ system ~ '\\n<</SYS>>\\n\\n' ~ message['content'] %}
    {% else %}
        {% set content = message['content'] %}
    {% endif %}
    {% if message['role'] == 'user' %}
{{ '[INST] ' + content.strip() + ' [/INST]' }}
    {% elif message['role'] == 'assistant' %}
{% generation %}{{ ' ' + content.strip() + eos_token }}{% endgeneration %}
    {% endif %}
{% endfor %}""",
    "python's words": """{% set ns = namespace(count=0, last=none, seen=[]) %}
{% for message in messages if message.role != 'system' %}
    {% if message.content == 'skip' %}{% continue %}{% endif %}
    {% if message.content.startswith('stop') %}{% break %}{% endif %}
    {% set ns.count = ns.count + 1 %}
    {% set ns.last = message.content.split('</think>')[-1].lstrip('\\n') %}
    {{- loop.index }}/{{ loop.length }} {{ message.role.upper() }} {{ message.content[:3] }} {{ message.content[::-1] }}{{ '\\n' }}
{%- endfor %}
{{ ns.count }} {{ ns.last }} {{ none }} {{ true }} {{ false }} {{ 1.0 }} {{ 7 // 2 }} {{ 7 / 2 }} {{ 2 ** 10 }} {{ -7 % 3 }}
{{ messages[0] }} {{ [1, 'a', none, true, 2.5] }} {{ {'b': 1, 'a': "it's"} }} {{ ('x',) }}
{{ undefined_name }}|{{ messages is iterable }}|{{ none is iterable }}|{{ messages[0] is mapping }}|{{ 'a' is string }}|{{ tools is none }}
{{ ['b', 'a'] | sort | join(', ') }} {{ 'title case' | title }} {{ messages | map(attribute='role') | list }} {{ 'a-b'.replace('-', '+') }}
{{ messages | selectattr('role', 'equalto', 'user') | list | length }} {{ 'x' in 'xyz' }} {{ 'a' if messages else 'b' }} {{ '%s-%d' | format('a', 3) }}""",
    "json": """{% set value = {'text': "<b>'q' & \\"d\\"</b>", 'list': [1, 2.5, none, true, []], 'deep': {'ключ': '東京\\n', 'a': {}}} %}
{{ value | tojson }}
{{ value | tojson(indent=2) }}
{{ value | tojson(ensure_ascii=true, sort_keys=true) }}
{{ value | tojson(separators=(',', ':')) }}
{{ messages | tojson(indent=4) }}
{% for key, item in value.items() %}{{ key }}={{ item | tojson }};{% endfor %}""",
    "macros": """{%- macro header(role, name='x') -%}
<{{ role }}:{{ name }}>
{%- endmacro -%}
{% for message in messages %}{{ header(message.role, name=message.content | length) }}{% if not loop.last %},{% endif %}{% endfor -%}
{# a comment #}
{% filter upper %}shout{% endfilter %}
{%+ if add_generation_prompt %}
  {{- ' go' }}
{% endif %}
""",
}

CONVERSATIONS = [
    [{"role": "user", "content": "Hello"}],
    [{"role": "system", "content": "  You are terse. \n"}, {"role": "user", "content": "größer 東京 🚀 'q' \"d\" <b>&</b>"}],
    [
        {"role": "user", "content": "one\n\n"},
        {"role": "assistant", "content": "<think>\nhm\n</think>\n\n two "},
        {"role": "user", "content": "skip"},
        {"role": "assistant", "content": "four"},
        {"role": "user", "content": "stop here"},
    ],
    [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}],
    [],
]


def main():
    cases = []
    for name, template in TEMPLATES.items():
        for messages in CONVERSATIONS:
            for generation_prompt in (False, True):
                case = {"name": name, "template": template, "messages": json.dumps(messages, ensure_ascii=False), "add_generation_prompt": generation_prompt}
                try:
                    rendered, _ = render_jinja_template(
                        [messages], chat_template=template, add_generation_prompt=generation_prompt, bos_token="<s>", eos_token="</s>")
                    case["prompt"] = rendered[0]
                except Exception as error:  # the template's own words are what is compared
                    case["error"] = str(error)
                cases.append(case)
    OUT.write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n")


main()
