"""Names of files as browsers see them: ``files/<what>`` in the place of the server's absolute path.

Gradio names files by their paths, in answers as in requests. The request filter translates both ways.
"""

from pathlib import Path
from typing import Final
from urllib.parse import quote

import orjson

from bunri.kit.errors import Forbidden

SHOWN: Final = "files"


class FileNames:
    """Translates between paths below ``folder`` and the names that browsers get."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        # The longest first, since one may begin with another.
        paths = {str(folder.absolute()), str(self._folder)}
        written = {form.encode() for path in paths for form in _written(path)}
        self._written = sorted(written, key=len, reverse=True)

    def hide(self, answer: bytes) -> bytes:
        """The same answer, HTML or JSON, without the path of the folder."""
        for path in self._written:
            answer = answer.replace(path, SHOWN.encode())
        return answer

    def path(self, name: str) -> Path:
        """The file that ``name`` means. Raises Forbidden unless it is in the folder, once every ``..`` and every link
        is resolved."""
        first, _, rest = name.partition("/")
        if first != SHOWN or "\0" in name:
            raise Forbidden
        path = (self._folder / rest.lstrip("/")).resolve()
        if not path.is_relative_to(self._folder):
            raise Forbidden
        return path


def _written(path: str) -> tuple[str, ...]:
    """As text, within JSON, within JSON in a page, and within an address."""
    in_json = orjson.dumps(path).decode()[1:-1]
    in_page = in_json
    for letter in "<>&'":
        in_page = in_page.replace(letter, f"\\u{ord(letter):04x}")
    return path, in_json, in_page, quote(path)
