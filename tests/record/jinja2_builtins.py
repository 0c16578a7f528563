"""Records what jinja2 makes of single features, as transformers sets it up, into tests/data/text/jinja2_builtins.json.

Needs jinja2 3.1 (recorded with 3.1.6). Run in the repository's root: python tests/record/jinja2_builtins.py
"""

import json
from datetime import datetime

from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

EXPRESSIONS = r"""
'a,b,c'.rsplit(',', 1)
'a,b,c'.rsplit(',')
'a,b,c'.split(',', maxsplit=1)
'a,b,c'.split(sep=',')
' a  b c '.split()
' a  b c '.split(None, 1)
' a  b c '.rsplit(None, 1)
' a  b c '.rsplit()
'a=b=c'.partition('=')[2]
'a=b=c'.rpartition('=')[0]
'abc'.partition('=')[0]
'abc'.rpartition('=')[2]
'abcab'.removeprefix('ab')
'abcab'.removesuffix('ab')
'abcab'.removesuffix('x')
'héllo'.index('l')
'héllo'.rindex('l')
'héllo'.find('l', 3)
'héllo'.find('l', 4)
'héllo'.find('x')
'héllo'.rfind('l', 0, 3)
'héllo'.find('l', -3)
'héllo'.find('', 9)
'aXaXa'.count('a')
'aXaXa'.count('a', 1)
'héé'.count('')
'42'.zfill(5)
'-42'.zfill(5)
'+1'.zfill(2)
'ab'.ljust(5, '.')
'ab'.rjust(5)
'ab'.center(5, '*')
'abc'.center(6, '*')
'ab'.center(7, '*')
'Straße'.casefold()
'aBcD'.swapcase()
"they're bill's x1y".title()
'héllo wörld'.startswith('w', 6)
'héllo'.startswith(('x', 'h'))
'héllo'.endswith('l', 0, 4)
'abc'.startswith('', 9)
['a', 'b'].index('b')
'123'.isdecimal()
"a\nb\n" | indent
"a\n\nb" | indent(2)
"a\n\nb" | indent(2, true)
"a\n\nb" | indent(2, blank=true)
"a\nb" | indent('> ')
"a\nb\n" | indent(width=3, first=true)
'a' is sequence
[1] is sequence
{'a': 1} is sequence
1 is sequence
none is sequence
range is callable
'a' is callable
1 is callable
raise_exception is callable
"they're bill's (one)two-three x" | title
1e16
1e15
123456789012345680.0
0.0001
0.00001
1.5e-7
2.5
1e22
1e100
[1e16, 0.1]
1e16 | tojson
'12' | int
'x' | int
'x' | int(7)
'3.7' | int
3.7 | int
'0x1f' | int(0, 16)
'ff' | int(base=16)
true | int
none | int
' 5 ' | int
'2.5' | float
'x' | float
'x' | float(1.5)
'hello big world_1' | wordcount
'x' | center(5)
'foo bar baz qux' | truncate(9)
'foo bar baz qux' | truncate(9, true)
'foo bar baz qux' | truncate(11)
'foo bar baz qux' | truncate(9, true, '')
'a b/c?é&' | urlencode
'<p>a  <b>b</b></p>' | striptags
{'a': 1, 'b': [1, 'x']} | tojson(indent=2)
{'a': 1, 'b': [1, 'x']} | tojson(indent='  ')
{'a': 1} | tojson(indent='--')
{'b': 1, 'a': 2} | tojson(sort_keys=true)
{'a': 1, 'b': 2} | tojson(separators=(',', ':'))
'é' | tojson(ensure_ascii=true)
dict(a=1, b=2)
dict({'a': 1}, b=2)
'\U0001F600\u00e9\x41\101'
'a\
b'
'%s and %s' | format('a', 'b')
'%s and %s' % ('a', 'b')
'%s' % 'a'
'%d%%' % 7
'%05.1f|%-4s|%x' % (3.14159, 'ab', 255)
'%(b)s-%(a)s' % {'a': 1, 'b': 'x'}
'%s' % [1, 'a']
'%s' % 'a' | upper
'%s' % ('a' ~ 'b')
'%s' % {'a': ['x', 'y']}.a[1] ~ '!'
7 % 3 * 2
'%r' % 'a'
'%05.1f|%-4s|%x' | format(3.14159, 'ab', 255)
'{} {}'.format('a', 1)
'{0}{1}{0}'.format('a', 'b')
'{:>5}|{:<4}|{:^4}'.format('a', 'b', 'c')
'{:05d} {:.2f}'.format(42, 3.14159)
'{!r} {}'.format('a', 1)
'{0!r:>6}|{0}'.format('a')
'{x!s} {x!r}'.format(x='a')
'{!a}'.format('é😀')
'{{}} {!r}'.format([1, 'x'])
'The quick brown fox jumps over the lazy dog' | wordwrap(15)
'The quick brown fox jumps' | wordwrap(10, wrapstring='|')
'a well-known mother-in-law x-ray' | wordwrap(8)
'a well-known mother-in-law' | wordwrap(8, break_on_hyphens=false)
'abcdefghijklmnop qr' | wordwrap(5)
'abcdefghijklmnop qr' | wordwrap(5, false)
'one two\n\nthree   four  five' | wordwrap(9)
'  lead and trail  ' | wordwrap(8)
{'class': 'a b', 'id': none, 'n': 1, 'q': '<"&>'} | xmlattr
{'class': 'a'} | xmlattr(false)
{} | xmlattr
['x'] | random
strftime_now('%d %b %Y%Z')
'ab' * 3
[1, 2] + [3]
'a' ~ 1 ~ none ~ true
7 // 2
-7 // 2
-7 % 3
2 ** 10
1 / 2
'abc'[::-1]
[1, 2, 3][-2:]
'a' in 'abc'
[3, 1, 2] | sort
[3, 1, 2] | sort(reverse=true) | join('-')
['a', 'B', 'c'] | sort | join
[1, 2, 3] | sum
[1, 2, 3] | batch(2) | list
[1, 1, 2] | unique | list
{'b': 1, 'a': 2} | dictsort
{'a': {'b': 3}}.a.b
{'a': 1}.get('x', 'no')
[{'a': 1}, {'a': 2}] | map(attribute='a') | list
[{'a': 1}, {'a': 2}] | selectattr('a', 'equalto', 2) | list
['a', '', 'b'] | select | list
['a', 'b'] | reject('equalto', 'a') | list
'a-b' | replace('-', '+')
'  x ' | trim
'xxaxx' | trim('x')
'abc' | first
'abc' | last
'abc' | list
'abc' | reverse
'abc' | length
'aBc' | capitalize
3.14159 | round(2)
2.5 | round
-3 | abs
undefined_name | default('d')
'' | default('d', true)
none | default('d')
'a' if false
'a' if false else 'b'
1 < 2 < 3
not false and true
[1, [2, 'x']] | string
('a',)
('a', 'b')
"it's" | string
["it's", 'a"b', 'n\n']
true
none
""".strip("\n").split("\n")

TEMPLATES = [
    "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}",
    "{% set c = cycler('a', 'b') %}{{ c.current }}{{ c.next() }}{{ c.current }}{{ c.reset() }}{{ c.current }}",
    "{% set j = joiner(', ') %}{{ j() }}a{{ j() }}b{{ j() }}c",
    "{% generation %}x{% endgeneration %}|{{ '{% generation %}' }}|{% raw %}{% generation %}{% endraw %}",
    "a\r\nb\rc\r\n",
    "{% if true %}\r\n  x\r\n{% endif %}\r\ny\r\n",
    "{{ 'a\r\nb' }}",
    "a\n\n",
    "  {% if true %}\n x\n  {% endif %}\n",
    "{%- for x in [1, 2] -%} {{ x }} {%- endfor -%}",
    "{% for x in ['a', 'b'] %}{{ loop.index }}{{ x }}{{ loop.last }}{% else %}none{% endfor %}",
    "{% macro m(a, b='x') %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}{{ m(1, b=2) }}",
    "{% set ns = namespace(x=1) %}{% for i in range(3) %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}",
    "{% filter upper %}abc{% endfilter %}",
    "{% set x %}abc{% endset %}{{ x }}",
    "{% for k, v in {'a': 1}.items() %}{{ k }}={{ v }}{% endfor %}",
    "{% for x in range(9) %}{% if x == 2 %}{% continue %}{% endif %}{% if x == 4 %}{% break %}{% endif %}{{ x }}{% endfor %}",
]


def raise_exception(message):
    raise ValueError(message)


def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def environment():
    from transformers.utils.chat_template_utils import _compile_jinja_template

    # The extension for generation blocks and all settings are transformers' own.
    return _compile_jinja_template("").environment


def main():
    env = environment()
    now = datetime(2024, 7, 26, 5, 4, 3)
    env.globals["strftime_now"] = lambda form: now.strftime(form)
    cases, source = [], None
    expressions = iter(EXPRESSIONS)
    for line in expressions:
        source = line
        while source.endswith("\\"):
            source += "\n" + next(expressions)
        cases.append("{{ " + source + " }}")
    recorded = []
    for template in cases + TEMPLATES:
        recorded.append({"template": template, "prompt": env.from_string(template).render(messages=[])})
    with open("tests/data/text/jinja2_builtins.json", "w", encoding="utf-8", newline="\n") as file:
        json.dump(recorded, file, ensure_ascii=False, indent=1)
        file.write("\n")
    print(len(recorded), "templates")


if __name__ == "__main__":
    main()
