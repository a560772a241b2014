"""The text of ``search.txt``: one operation a line, in columns of words.

Owns the layout. A line is ``id``, words of the summary, of the documentation, of the
members, of what people say, of what is told of the input, then what people say as
phrases, IAM actions of another name, and wishes, with tabs between the columns; a
changed operation is one changed line. The catalog inverts the file at the first search.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ..ir import OperationIR
from ..model import Model
from ..search.words import (
    SearchWords,
    inputs_of,
    members_of,
    said_words,
    search_words,
    things,
)

HEADER = "smithgate search index, format 3"
BETWEEN = "|"
"""Between two phrases or wishes of a line; none holds it."""


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
    """Return the columns of one operation that its model gives."""
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
    columns: Mapping[str, Sequence[str]],
    wishes: Mapping[str, Iterable[str]],
    phrases: Mapping[str, Sequence[str]],
) -> str:
    """Return the text of ``search.txt`` for all operations of a tree, sorted by id."""
    lines = [HEADER]
    names: dict[str, list[str]] = defaultdict(list)
    for operation_id in sorted(columns):
        service, _, name = operation_id.partition(":")
        names[service].append(name)
    for operation_id in sorted(columns):
        *told, inputs, actions = columns[operation_id]
        said = phrases.get(operation_id, ())
        service, _, name = operation_id.partition(":")
        words = said_words([*said, *things(name, names[service])], told[0], name)
        row = [operation_id, *told, " ".join(words), inputs, BETWEEN.join(said)]
        row += [actions, BETWEEN.join(wishes.get(operation_id, ()))]
        lines.append("\t".join(row))
    return "\n".join(lines) + "\n"
