"""A domain's mails: ``<package>/mails/<name>.<ko|en>.{txt,html}``, filled by Jinja2.

The first line of the text is the subject, the second is empty. HTML extends ``layout.html`` of this package and escapes
whatever is filled in; a name that a template uses and nobody gives is an error (StrictUndefined).
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Final, NamedTuple, cast

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FunctionLoader,
    StrictUndefined,
    TemplateSyntaxError,
    meta,
    select_autoescape,
)

from bunri.kit.languages import LANGUAGES, Language, text

LAYOUT: Final = "layout.html"
GIVEN: Final = frozenset({"language", "subject", "footer"})
"""What every HTML template has beside its data."""
FORMS: Final = ("txt", "html")


class Rendered(NamedTuple):
    """A mail in words; text and HTML say the same."""

    subject: str
    text: str
    html: str


def render(package: str, name: str, language: Language, data: Mapping[str, Any]) -> Rendered:
    """The mail ``name`` of ``package`` with ``data`` filled in.

    Raises jinja2.TemplateNotFound, and jinja2.UndefinedError when ``data`` lacks something.
    """
    environment = _environment(package)
    # The subject is its own template: a line break in a value must not move it into the text.
    subject_source, _, body_source = _source(environment, f"{name}.{language}.txt").partition("\n")
    subject = environment.from_string(subject_source).render(data).strip()
    body = environment.from_string(body_source).render(data).strip()
    footer = text("mail.footer", language)
    given = {**data, "language": language, "subject": subject, "footer": footer}
    html = environment.get_template(f"{name}.{language}.html").render(given)
    return Rendered(subject, f"{body}\n\n-- \n{footer}\n", html)


def faults_of(package: str) -> list[str]:
    """What is wrong with the mails of ``package``, a sentence each: one that is missing in a language or a form, whose
    forms do not use the same data, or that has no subject."""
    return [fault for name in names_of(package) for fault in _faults(package, name)]


def names_of(package: str) -> list[str]:
    """The mails of ``package``, by name."""
    folder = _folder(package)
    if not folder.is_dir():
        return []
    return sorted({file.name.split(".")[0] for file in folder.iterdir() if file.name.endswith((".txt", ".html"))})


def _faults(package: str, name: str) -> Iterator[str]:
    environment = _environment(package)
    used: dict[str, frozenset[str]] = {}
    for file in (f"{name}.{language}.{form}" for language in LANGUAGES for form in FORMS):
        if not (_folder(package) / file).is_file():
            yield f"{file} is missing"
            continue
        source = _source(environment, file)
        try:
            names = frozenset(meta.find_undeclared_variables(environment.parse(source)))
            used[file] = names - GIVEN if file.endswith(".html") else names
        except TemplateSyntaxError as error:
            yield f"{file}: {error}"
            continue
        yield from _faults_of_form(file, source)
    everything = frozenset().union(*used.values())
    for file, names in used.items():
        if names != everything:
            yield f"{file} does not use {', '.join(sorted(everything - names))}"


def _faults_of_form(file: str, source: str) -> Iterator[str]:
    if file.endswith(".html"):
        if f'extends "{LAYOUT}"' not in source:
            yield f'{file} does not begin with {{% extends "{LAYOUT}" %}}'
        return
    subject, _, rest = source.partition("\n")
    if not subject.strip():
        yield f"{file} has no subject in its first line"
    if rest.partition("\n")[0].strip() or not rest.strip():
        yield f"{file} has to go on with an empty line and a text after its subject"


@cache
def _environment(package: str) -> Environment:
    """Jinja2 with the mails of ``package`` and the layout. Escaping is for HTML alone."""
    loader: BaseLoader = ChoiceLoader([_loader(_folder(package)), _loader(resources.files(__package__))])
    return Environment(
        loader=loader,
        autoescape=select_autoescape(("html",), default=False, default_for_string=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _loader(folder: Traversable) -> FunctionLoader:
    def load(name: str) -> str | None:
        file = folder / name
        return file.read_text("utf-8") if file.is_file() else None

    return FunctionLoader(load)


def _source(environment: Environment, name: str) -> str:
    loader = cast("BaseLoader", environment.loader)  # _environment gives one
    return loader.get_source(environment, name)[0]


def _folder(package: str) -> Traversable:
    return resources.files(package) / "mails"
