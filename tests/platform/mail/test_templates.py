"""Mails in words: in both languages, as text and as HTML, escaped where it matters."""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jinja2 import TemplateNotFound, UndefinedError
from tests.app.toy.invites_module import PACKAGE

from bunri.app.registry import MODULES
from bunri.kit.ids import new_id
from bunri.kit.languages import LANGUAGES, Language
from bunri.platform.mail.templates import faults_of, names_of, render

DATA = {"by": "초록이", "url": "https://bunri.example/#a", "unsubscribe_url": "https://bunri.example/no?a=1&b=2"}
TEXT = "Hello {{ by }}\n\nGood day, {{ by }}.\n"
HTML = '{% extends "layout.html" %}{% block body %}<p>{{ by }}</p>{% endblock %}'
COMPLETE = {
    f"hello.{language}.{form}": source for language in LANGUAGES for form, source in (("txt", TEXT), ("html", HTML))
}

Package = Callable[[Mapping[str, str]], str]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    """Makes a package with the given mails and returns its name."""
    made: list[str] = []

    def make(files: Mapping[str, str]) -> str:
        made.append(f"mails_of_a_test_{new_id().hex}")
        folder = tmp_path / made[-1] / "mails"
        folder.mkdir(parents=True)
        (folder.parent / "__init__.py").touch()
        for name, source in files.items():
            (folder / name).write_text(source, "utf-8")
        return made[-1]

    monkeypatch.syspath_prepend(tmp_path)
    yield make
    for name in made:
        sys.modules.pop(name, None)


class TestRender:
    @pytest.mark.parametrize(
        ("language", "subject"), [("ko", "초록이 님이 분리에 초대했어요"), ("en", "초록이 invites you to bunri")]
    )
    def test_subject_text_and_html_say_the_same(self, language: Language, subject: str) -> None:
        made = render(PACKAGE, "invite", language, DATA)
        assert made.subject == subject
        assert "https://bunri.example/no?a=1&b=2" in made.text
        assert "https://bunri.example/no?a=1&amp;b=2" in made.html
        assert f'<html lang="{language}">' in made.html
        assert f"<h1>{subject}</h1>" in made.html
        assert not made.text.startswith(subject)

    @pytest.mark.parametrize("said", ["<b>", "&", '"', "'"])
    def test_html_escapes_and_text_does_not(self, said: str) -> None:
        made = render(PACKAGE, "invite", "en", {**DATA, "by": said})
        assert f"{said} would like" in made.text
        assert f"<p>{said} would like" not in made.html

    def test_what_is_filled_in_is_no_template(self) -> None:
        made = render(PACKAGE, "invite", "en", {**DATA, "by": "{{ 7 * 7 }}{% raw %}"})
        assert "{{ 7 * 7 }}{% raw %}" in made.text
        assert "49" not in made.subject

    def test_a_line_break_in_a_value_stays_in_the_subject(self) -> None:
        """Where sending refuses it (message.py)."""
        made = render(PACKAGE, "invite", "en", {**DATA, "by": "a\n\nb"})
        assert made.subject == "a\n\nb invites you to bunri"

    def test_it_loads_nothing_from_elsewhere(self) -> None:
        made = render(PACKAGE, "invite", "ko", DATA)
        assert "<img" not in made.html
        assert "@import" not in made.html
        assert "<link" not in made.html

    def test_what_is_not_given_is_an_error(self) -> None:
        with pytest.raises(UndefinedError):
            render(PACKAGE, "invite", "ko", {"by": "초록이"})

    def test_a_mail_that_there_is_not(self) -> None:
        with pytest.raises(TemplateNotFound):
            render(PACKAGE, "nothing", "ko", DATA)


class TestFaults:
    @pytest.mark.parametrize("package", [PACKAGE, "bunri.platform.mail", *(module.package for module in MODULES)])
    def test_the_mails_of_the_product_have_none(self, package: str) -> None:
        assert faults_of(package) == []

    def test_our_own_are_found(self) -> None:
        assert names_of("bunri.platform.mail") == ["test"]

    def test_complete_ones_have_none(self, package: Package) -> None:
        assert faults_of(package(COMPLETE)) == []

    @pytest.mark.parametrize("file", list(COMPLETE))
    def test_one_that_is_missing(self, package: Package, file: str) -> None:
        files: dict[str, Any] = {name: source for name, source in COMPLETE.items() if name != file}
        assert faults_of(package(files)) == [f"{file} is missing"]

    @pytest.mark.parametrize(
        ("file", "source", "fault"),
        [
            ("hello.ko.txt", "Hello\n\nGood day.\n", "hello.ko.txt does not use by"),
            ("hello.ko.txt", TEXT + "{{ more }}", "hello.en.txt does not use more"),
            ("hello.ko.txt", TEXT + "{{ subject }}", "hello.en.txt does not use subject"),
            ("hello.ko.txt", "\n\nGood day, {{ by }}.\n", "hello.ko.txt has no subject in its first line"),
            (
                "hello.ko.txt",
                "Hello {{ by }}",
                "hello.ko.txt has to go on with an empty line and a text after its subject",
            ),
            (
                "hello.ko.txt",
                "Hello\n{{ by }}",
                "hello.ko.txt has to go on with an empty line and a text after its subject",
            ),
            ("hello.ko.html", "<p>{{ by }}</p>", 'hello.ko.html does not begin with {% extends "layout.html" %}'),
            ("hello.ko.html", HTML + "{% if %}", "hello.ko.html: Expected an expression, got 'end of statement block'"),
        ],
    )
    def test_one_that_is_wrong(self, package: Package, file: str, source: str, fault: str) -> None:
        assert fault in faults_of(package({**COMPLETE, file: source}))
