"""Smithy models: from JSON AST text (2.0, or 1.0 upgraded) to shapes.

Owns loading and looking up. Where the text comes from is left to ``sync``, what
follows from the shapes to the stages after.
"""

from .ids import ShapeId, is_identifier
from .jsontext import parse_json
from .model import Model, load_model, load_models, merge_texts
from .prelude import UNIT
from .shapes import BoundOperation, Member, Shape
from .upgrade import enum_member_names

__all__ = [
    "UNIT",
    "BoundOperation",
    "Member",
    "Model",
    "Shape",
    "ShapeId",
    "enum_member_names",
    "is_identifier",
    "load_model",
    "load_models",
    "merge_texts",
    "parse_json",
]
