"""What MkDocs does not do by itself to make a site of pages that are written to be read in the repository."""

import re
from pathlib import Path
from typing import Any, Final

from mkdocs.structure.files import File, Files

ROOT: Final = Path(__file__).parents[2]
BESIDE: Final = {"README.md": "index.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
"""Pages that stand outside ``docs``, and what they are called in the site."""
FILES: Final = "files"
"""The folder of the site for files of the repository that pages link to."""
ICON: Final = "web/public/icon.svg"

_LINK: Final = re.compile(r'(\]\(|src="|href=")(?![a-z]+:|#|/)([^)#" ]+)')


def on_config(config: Any) -> Any:
    """Lists the decisions below the page that names them, the last one of the site."""
    [building] = config["nav"][-1].values()
    [decisions] = building[-1].values()
    folder = Path(config["docs_dir"])
    decisions += [path.relative_to(folder).as_posix() for path in sorted(folder.glob("decisions/0*.md"))]
    return config


def on_files(files: Files, config: Any) -> Files:
    """Adds the pages beside ``docs``, and the files that pages link to."""
    config["theme"]["favicon"] = config["theme"]["logo"] = _beside(ICON, files, config)
    for name, page in BESIDE.items():
        files.append(File.generated(config, page, content=_moved((ROOT / name).read_text(), ROOT, files, config)))
    for file in list(files.documentation_pages()):
        if file.abs_src_path:
            source = Path(file.abs_src_path)
            file.content_string = _moved(source.read_text(), source.parent, files, config)
    return files


def _moved(text: str, folder: Path, files: Files, config: Any) -> str:
    """The page with its links as they are in the site; ``folder`` is where it stands in the repository."""
    docs = Path(config["docs_dir"])

    def link(found: re.Match[str]) -> str:
        target = (folder / found[2]).resolve()
        if target.is_dir():
            target /= "README.md"
        if target.is_relative_to(docs):
            uri = target.relative_to(docs).as_posix()
        elif target.is_relative_to(ROOT) and target.is_file():
            uri = _beside(target.relative_to(ROOT).as_posix(), files, config)
        else:
            return found[0]  # MkDocs says what is wrong with it
        up = len(folder.relative_to(docs).parts) if folder.is_relative_to(docs) else 0
        return found[1] + "../" * up + uri

    return _LINK.sub(link, text)


def _beside(name: str, files: Files, config: Any) -> str:
    if name in BESIDE:
        return BESIDE[name]
    uri = f"{FILES}/{name}"
    if files.get_file_from_path(uri) is None:
        files.append(File.generated(config, uri, abs_src_path=str(ROOT / name)))
    return uri
