"""How static files are served: under names that change with their content."""

from __future__ import annotations

import re

from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage

_OWN_SCRIPTS = ("api/", "js/", "review/")
_LINE_OF_COMMENT = re.compile(r"^[ \t]*//.*\n", re.MULTILINE)


def without_comments(script: str) -> str:
    """Return a script of ours without its lines of comment: a fifth of it, compressed.

    Nothing in these scripts is written over several lines that could hold such a line.
    """
    return _LINE_OF_COMMENT.sub("", script)


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashes also the names by which modules import each other, so that versions never mix."""

    support_js_module_import_aggregation = True
    # A pass goes through the files in the order in which their folder lists them, and settles those
    # whose imports are settled: in the worst order one more of the longest chain of imports.
    max_post_process_passes = 20

    def _save(self, name: str, content: File[bytes]) -> str:
        """Write a file as it is sent: comments are for those who read the sources."""
        if name.startswith(_OWN_SCRIPTS) and name.endswith(".js"):
            script = b"".join(content.chunks()).decode()
            content = ContentFile(without_comments(script).encode())
        return str(super()._save(name, content))
