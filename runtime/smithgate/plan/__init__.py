"""Plans: drafted from arguments, judged, diffed, sealed by a digest, applied once."""

from .apply import Applier
from .planner import Planner
from .steps import StepRequest
from .view import plan_view

__all__ = ["Applier", "Planner", "StepRequest", "plan_view"]
