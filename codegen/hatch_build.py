"""Build hook: a real wheel carries the templates and the default generated tree.

An editable install reads them from the checkout instead; a copy in site-packages
would go stale unseen.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE_DATA = {
    "templates": "smithgate_codegen/_templates",
    "smithy-models/services.yaml": "smithgate_codegen/_models/services.yaml",
    "smithy-models/models.lock.json": "smithgate_codegen/_models/models.lock.json",
    "generated": "smithgate/_generated",
}


class PackageDataHook(BuildHookInterface[Any]):
    """Adds the data folders that live outside the packages."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Map the data folders into a standard wheel; an editable one gets none."""
        if version != "editable":
            build_data["force_include"].update(PACKAGE_DATA)
