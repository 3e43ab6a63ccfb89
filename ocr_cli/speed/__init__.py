"""All that is done for speed and for nothing else: without it, the same is read, later.

``tests/benchmarks/tricks.py`` measures what each of these buys; what buys less than 3 % of a short note goes:

- ``prepared``: what a model and a language are unpacked to is kept in the user's cache folder and mapped by
  the next run.
- ``sharing.meanwhile``: the picture is decoded, and the networks are loaded, beside imports.
- ``sharing.by_two``: a copy of the process does half of the rows of a large page; of a short note, nothing.
- ``process.seldom_collect``: garbage is looked for seldom.
- ``process.Leave``: the process ends without taking apart what it imported.
- ``process.alone_on_a_core``: linear algebra starts no threads of its own, which would wait for longer than
  they work, and one of our threads does not keep another waiting.

Beside these, ``cli`` imports its commands, ``writers.formats`` its writers, and some modules others, only
when they are needed (``tests/test_imports.py`` has the list), and a few loops over pictures go in blocks that
fit into the processor's cache: there it is said why.
"""
