"""Texts that try to break out of whatever they are printed into, and bad names."""

from hypothesis import strategies as st

CANARY = "__import__('os').system('echo smithgate-canary >&2')"

BREAKOUTS = (
    # Python
    '"""',
    "'''",
    '"',
    "'",
    '\\"""\\',
    "\\",
    "\\N{BULLET}",
    "\\u0041\\x41\\101",
    "\\N",
    "{x!r}{0}{__class__}",
    "%s%(a)s%n",
    f'"); {CANARY}; ("',
    f'""" + {CANARY} + """',
    f"'),)\n{CANARY}\n(",
    "\nimport os\n",
    "# DO NOT EDIT\n" + CANARY,
    "line\\\ncontinued",
    "\f\v\x1c\x85\u2028\u2029x = 1",
    # JSON
    '", "x": "y',
    "\\u0000",
    "</script>",
    "1e999",
    # Jinja
    "{{ 7 * 7 }}",
    "{{ module.__class__.__mro__ }}",
    "{% for x in y %}",
    "{% include '/etc/passwd' %}",
    "{# comment",
    "#}",
    "{%- raw %}",
    # Markdown and HTML
    "`code` ```fence",
    "[text](javascript:alert(1))",
    "| cell | <!-- comment",
    "<p>text</p><script>alert(1)</script>",
    "&#0;&#x202e;&quot;&lt;",
    "&lt;p&gt;&#10;&#10;",
    # paths
    "../../../etc/passwd",
    "/etc/passwd",
    "..\\..\\windows",
    "C:\\con",
    "CON",
    "nul.txt",
    "a/../b",
    "./.",
    "~root",
    "file:///etc/passwd",
    # controls, directions, what does not show
    "\x00",
    "a\x00b",
    "\x1b[31m\x1b]0;title\x07",
    "\r",
    "\r\n",
    "\u202eevil\u202c",
    "\u2066\u2069",
    "\ufeff",
    "\u200b",
    "\U000e0041",
    "\U0001f600",
    "\ufffe",
    "e\u0301",
    "\u0130",
    # YAML, shells
    "- a: &x *x",
    "$(touch canary)",
    "`touch canary`",
    "; rm -rf /",
    # nothing and much
    "",
    " ",
    "a" * 5000,
    "\u00e9" * 300,
)

_LETTERS = st.characters(exclude_categories=["Cs"])
_PIECES = st.one_of(st.sampled_from(BREAKOUTS), st.text(_LETTERS, max_size=12))

texts: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(BREAKOUTS),
    st.lists(_PIECES, min_size=1, max_size=3).map("".join),
)
"""Texts for traits, where every character is allowed."""

RESERVED = (
    *("Class", "None", "True", "Import", "Lambda", "Def", "Print", "Exec"),
    *("OPERATION", "Operation", "Risk", "Change", "__init__", "__main__", "Self"),
    *("Con", "Nul", "Aux", "Com1", "Lpt9", "Index", "Skipped", "Async", "Await"),
    *("a", "A", "_x", "__x__", "X" * 200, "Get" + "Very" * 60, "GetThing", "Getthing"),
    *("PutThing", "Putthing", "DeleteThing", "CreateThing", "ListThings", "TagThing"),
)
good_names: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(RESERVED), st.from_regex(r"\A[A-Za-z][A-Za-z0-9_]{0,20}\Z")
)
"""Identifiers by Smithy's grammar, the awkward ones first."""

bad_names: st.SearchStrategy[str] = st.one_of(
    st.sampled_from(
        (
            *(
                "",
                " ",
                "../x",
                "/x",
                "a b",
                "a.b",
                "a-b",
                "a\n",
                "\na",
                "1a",
                "_",
                "a$b",
            ),
            *(
                "a#b",
                "é",
                "\uff41",
                "a\x00",
                "a\u202e",
                "{{a}}",
                '"',
                "'",
                "a/b",
                "a\\b",
            ),
            *("..", ".", "a\u200b", "class:", "a\r", "\u0131", "٣a", "a٣"),
        )
    ),
    st.sampled_from(BREAKOUTS),
).filter(lambda name: not _is_identifier(name))
"""What is no identifier by Smithy's grammar."""


def _is_identifier(name: str) -> bool:
    """Say whether Smithy takes a name; written anew, not the loader's expression."""
    core = name.lstrip("_")
    return (
        core[:1].isalpha()
        and core.isascii()
        and all(letter.isalnum() or letter == "_" for letter in core)
    )
