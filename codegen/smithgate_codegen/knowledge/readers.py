"""The reader of an operation: which call shows the state that it changes.

Owns the choice among the operations of the same service by name, binding and shape.
It is deliberately picky: a reader is taken only when its risk is a plain read, every
identifier of the request reaches it, and it shows one document. Everything else is an
override, or no reader with the reason; "unknown" is an honest answer in a diff.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..ir import Change, Fact, Reader, ReadMode, Risk
from .binding import bind, identifiers_of, unbound
from .documents import Document, document_of
from .subject import Subject
from .words import plurals_of, singular_of, words_of

_VERBS = ("Get", "Describe", "Head")
_SUFFIXES = (
    "Configuration",
    "Attributes",
    "Attribute",
    "Settings",
    "Status",
    "Details",
)
_PLURALS_TOO = frozenset({"Describe", "Get"})
_SHRINKING = frozenset(
    {Change.UPDATE, Change.OTHER, Change.DELETE, Change.TAG, Change.UNTAG}
)
"""Changes for which the reader of the whole thing also shows its part."""
_DEPRECATED = "smithy.api#deprecated"
_STREAMING = "smithy.api#streaming"
_TAG_READERS = (
    "ListTagsForResource",
    "ListTagsOfResource",
    "ListResourceTags",
    "ListTags",
    "DescribeTags",
    "GetTags",
)


@dataclass(frozen=True, slots=True)
class Readers:
    """The operations of one service that may serve as readers."""

    by_name: Mapping[str, Subject]
    risks: Mapping[str, Risk]
    absent: Mapping[str, tuple[str, ...]]
    """Error codes that mean "not there", for each operation."""

    def reader_of(self, writer: Subject, change: Change) -> Fact[Reader | None]:
        """Return the best reader, or ``None`` with the reason."""
        if change is Change.NONE:
            return Fact(None, "nothing changes")
        reason = f"no operation of {writer.service} reads {writer.noun or writer.name}"
        for name, rule in self._candidates(writer, change):
            found = self._judge(writer, change, self.by_name[name], rule)
            if isinstance(found, Fact):
                return found
            reason = found
        return Fact(None, f"rule none: {reason}")

    def _candidates(self, writer: Subject, change: Change) -> Iterator[tuple[str, str]]:
        """Yield (operation name, rule name) of what is there, the best first."""
        seen: set[str] = set()
        for name, rule in _names(writer, change):
            if name in self.by_name and name != writer.name and name not in seen:
                seen.add(name)
                yield name, rule

    def _judge(
        self, writer: Subject, change: Change, reader: Subject, rule: str
    ) -> Fact[Reader | None] | str:
        """Return the reader as a fact, or why this one will not do."""
        if refusal := self._refusal(writer, reader):
            return refusal
        binding = bind(writer, reader)
        document = document_of(writer, reader, binding.params)
        if refusal := binding.reason or _unfit(
            writer,
            change,
            reader,
            binding.params,
            document,
            is_part=rule.endswith("-part"),
        ):
            return refusal
        assert document is not None
        paired = () if change is Change.DELETE else document.pairs
        return Fact(
            Reader(
                operation=reader.id,
                params=tuple(sorted(binding.params.items())),
                select=document.select,
                compare=paired,
                absent=self.absent[reader.name],
                mode=ReadMode.REPLACE if change is Change.PUT else ReadMode.PATCH,
            ),
            f"rule {rule}",
        )

    def _refusal(self, writer: Subject, reader: Subject) -> str | None:
        """Return why an operation may not be a reader, whatever it shows."""
        if self.risks[reader.name] is not Risk.READ:
            return f"{reader.name} is {self.risks[reader.name]}, not a plain read"
        if any(reader.has(m, _STREAMING) for m in reader.output.members.values()):
            return f"{reader.name} streams the whole content"
        if _DEPRECATED in reader.traits and _DEPRECATED not in writer.traits:
            return f"{reader.name} is deprecated"
        return None


def _names(writer: Subject, change: Change) -> Iterator[tuple[str, str]]:
    """Yield (possible reader name, rule name), the best first."""
    rule = f"{writer.verb.lower()}-"
    if change in {Change.TAG, Change.UNTAG}:
        for name in _tag_reader_names(writer):
            yield name, f"{rule}list-tags"
    noun = writer.noun
    yield from _verbs_with(noun, rule, "")
    for suffix in _SUFFIXES:
        yield from _verbs_with(noun + suffix, rule, "")
    if change not in _SHRINKING:
        return
    words = words_of(noun)
    for length in range(len(words) - 1, 0, -1):
        yield from _verbs_with("".join(words[:length]), rule, "-part")


def _verbs_with(noun: str, rule: str, tail: str) -> Iterator[tuple[str, str]]:
    if not noun:
        return
    one = singular_of(noun)
    for verb in _VERBS:
        yield f"{verb}{noun}", f"{rule}{verb.lower()}{tail}"
        if verb in _PLURALS_TOO:
            for form in (one, *plurals_of(one)):
                yield f"{verb}{form}", f"{rule}{verb.lower()}{tail}"


def _tag_reader_names(writer: Subject) -> Iterator[str]:
    yield from _TAG_READERS
    noun = writer.noun
    for name in (noun, noun.removesuffix("Tags").removesuffix("Resource")):
        for form in (name, singular_of(name)):
            yield from (f"List{form}Tags", f"ListTagsFor{form}", f"Get{form}Tagging")


def _unfit(
    writer: Subject,
    change: Change,
    reader: Subject,
    params: Mapping[str, str],
    document: Document | None,
    *,
    is_part: bool,
) -> str | None:
    """Return why a bound reader does not show what the writer changes."""
    if not params and (identifiers_of(writer) or change is Change.CREATE):
        return f"{reader.name} is not told what to read"
    if document is None:
        return f"{reader.name} does not show one document"
    paired = () if change is Change.DELETE else document.pairs
    if missed := _missed(writer, change, params, paired):
        return f"{reader.name} does not take {missed}"
    if is_part and not paired and change is not Change.DELETE:
        return f"{reader.name} shows no member of the request"
    return None


def _missed(
    writer: Subject,
    change: Change,
    params: Mapping[str, str],
    pairs: tuple[tuple[str, str], ...],
) -> str | None:
    """Return an identifier of the request that the reader never hears of, if any.

    One that an update sets, and the reader shows, is a value and no identifier.
    """
    values: set[str] = set()
    if params and change in {Change.PUT, Change.UPDATE}:
        values = {path for path, _ in pairs}
    return next((n for n in unbound(writer, params) if n not in values), None)
