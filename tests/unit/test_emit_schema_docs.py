"""Documentation traits as one line of plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from smithgate_codegen.emit.schema_docs import MAX_LENGTH, summary


@pytest.mark.parametrize(
    ("documentation", "expected"),
    [
        ("<p>The <b>name</b> of it. More.</p>", "The name of it."),
        ("<p>One\n   two</p><p>three</p>", "One two"),
        ("Plain text", "Plain text"),
        ("", ""),
        ("<p> </p><p>Second block.</p>", "Second block."),
        ("<!-- hidden. --><p>Shown.</p>", "Shown."),
        ("For example, e.g. this. Next.", "For example, e.g. this."),
        ("Used by U.S. Gov regions. Next.", "Used by U.S. Gov regions."),
        ("See AmazonS3.html for more. Next.", "See AmazonS3.html for more."),
        ("Is it on? Then say so.", "Is it on?"),
        ("(Optional.) The name.", "(Optional.)"),
        ("Version 2.0 or later. Next.", "Version 2.0 or later."),
        ("A &lt;tag&gt; &amp; an&nbsp;entity.", "A <tag> & an entity."),
        ("Form: <bucket>/<key>. Next.", "Form: <bucket>/<key>."),
        ("a < b and c > d. Next.", "a < b and c > d."),
        ('<a href="x>y">Link</a> text.', 'y">Link text.'),
        ("Line one.<br/>Line two.", "Line one."),
        ("<ul> <li><p>First item</p></li></ul>", "First item"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("cut in a tag <p clas", "cut in a tag"),
    ],
)
def test_the_first_sentence_as_text(documentation, expected):
    assert summary(documentation) == expected


def test_a_long_sentence_is_cut_at_a_word():
    text = summary("word, " * 100)
    assert text == "word, " * 25 + "word…"
    assert len(text) <= MAX_LENGTH


def test_a_long_word_is_cut_where_it_must_be():
    assert summary("x" * 500) == "x" * (MAX_LENGTH - 1) + "…"


def test_a_sentence_of_just_the_length_is_whole():
    text = "x" * (MAX_LENGTH - 1) + "."
    assert summary(text + " Next.") == text


@given(st.text(alphabet="<>/&;ab. \n\x00p!-=\"'", max_size=300))
def test_any_markup_gives_one_bounded_line(markup):
    text = summary(markup)
    assert len(text) <= MAX_LENGTH
    assert text == text.strip()
    assert "\n" not in text
    assert "\x00" not in text
