"""Conversion of botocore's service descriptions into Smithy JSON AST."""

from .service import convert_service

__all__ = ["convert_service"]
