"""How static files are served: under names that change with their content."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashes also the names by which modules import each other, so that versions never mix."""

    support_js_module_import_aggregation = True
