"""The text of ``search.txt``: one operation a line, in columns of words.

Owns the layout. A line is ``id``, words of the summary, of the documentation, of the
members and of what is said of the input, IAM actions of another name, and wishes, with
tabs between the columns; a changed operation is one changed line. The catalog inverts
the file at the first search.
"""

from collections.abc import Iterable, Mapping

from ..ir import OperationIR
from ..model import Model
from ..search.words import SearchWords, inputs_of, members_of, search_words

HEADER = "smithgate search index, format 2"
WISHES = "|"
"""Between two wishes of a line; no wish holds it."""


def service_columns(
    model: Model, operations: Iterable[OperationIR]
) -> dict[str, list[str]]:
    """Return operation id → columns for the operations of one service."""
    shapes = {bound.shape.id.name: bound.shape for bound in model.operations()}
    return {
        op.id: search_columns(
            search_words(
                shapes[op.name].traits.get("smithy.api#documentation"),
                op.summary,
                members_of(model, shapes[op.name]),
                name=op.name,
                inputs=inputs_of(model, shapes[op.name]),
            ),
            op.id,
            op.iam_actions.value,
        )
        for op in operations
    }


def search_columns(
    words: SearchWords, operation_id: str, iam_actions: Iterable[str]
) -> list[str]:
    """Return the columns of one operation between its id and its wishes."""
    actions = sorted(
        action
        for action in set(iam_actions)
        if action.lower() != operation_id.lower() and "*" not in action
    )
    return [
        " ".join(words.summary),
        " ".join(words.documentation),
        " ".join(words.members),
        " ".join(words.inputs),
        " ".join(actions),
    ]


def search_text(
    columns: Mapping[str, Iterable[str]], wishes: Mapping[str, Iterable[str]]
) -> str:
    """Return the text of ``search.txt`` for all operations of a tree, sorted by id."""
    lines = [HEADER]
    for operation_id in sorted(columns):
        told = WISHES.join(wishes.get(operation_id, ()))
        lines.append("\t".join((operation_id, *columns[operation_id], told)))
    return "\n".join(lines) + "\n"
