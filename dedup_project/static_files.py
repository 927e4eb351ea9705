"""How static files are served: under names that change with their content."""

from __future__ import annotations

import re
from pathlib import PurePath

from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage

_OWN_FOLDERS = ("api/", "css/", "home/", "js/", "review/")
# Of ours, by the end of the name: whole lines in scripts, anything between the marks in styles.
_COMMENTS = {
    ".js": re.compile(r"^[ \t]*//.*\n", re.MULTILINE),
    ".css": re.compile(r"[ \t]*/\*.*?\*/\n?", re.DOTALL),
}


def without_comments(source: str, suffix: str) -> str:
    """Return a script or a style sheet of ours without comments: a fifth of it, compressed.

    Nothing in these scripts is written over several lines that could hold such a line, and no text
    in the styles holds the marks.
    """
    return _COMMENTS[suffix].sub("", source)


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashes also the names by which modules import each other, so that versions never mix."""

    support_js_module_import_aggregation = True
    # A pass goes through the files in the order in which their folder lists them, and settles those
    # whose imports are settled: in the worst order one more of the longest chain of imports.
    max_post_process_passes = 20

    def _save(self, name: str, content: File[bytes]) -> str:
        """Write a file as it is sent: comments are for those who read the sources."""
        suffix = PurePath(name).suffix
        if name.startswith(_OWN_FOLDERS) and suffix in _COMMENTS:
            source = b"".join(content.chunks()).decode()
            content = ContentFile(without_comments(source, suffix).encode())
        return str(super()._save(name, content))
