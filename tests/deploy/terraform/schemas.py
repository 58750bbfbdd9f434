"""The schema of a Terraform provider, for the types that our modules use: ``schemas.py PROVIDER FILE TYPE…``.

It is read out of the JavaScript of the provider's cdktf package, which is generated from the real schema and can be had
where Terraform's registry cannot. TYPE is a resource (``aws_instance``) or a data source (``data.aws_ami``). Whether
something is an attribute or a block is not told for the few attributes that may be written as blocks.
"""

import base64
import json
import re
import sys
import sysconfig
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

TYPES: Final[dict[str, Any]] = {
    "string": "string",
    "number": "number",
    "boolean": "bool",
    "any": "dynamic",
    "stringList": ["list", "string"],
    "numberList": ["list", "number"],
    "booleanList": ["list", "bool"],
    "stringMap": ["map", "string"],
    "numberMap": ["map", "number"],
    "booleanMap": ["map", "bool"],
    "stringListMap": ["map", ["list", "string"]],
}
READ: Final[dict[str, Any]] = {
    "String": "string",
    "Number": "number",
    "Boolean": "bool",
    "List": ["list", "string"],
    "NumberList": ["list", "number"],
    "StringMap": ["map", "string"],
    "NumberMap": ["map", "number"],
    "BooleanMap": ["map", "bool"],
}
_CLASS: Final = re.compile(r"^(?:export )?class (\w+) extends cdktf\.\w+ \{$", re.MULTILINE)
_MAP: Final = re.compile(r"^//# sourceMappingURL=data:application/json;base64,(\S+)", re.MULTILINE)
_WRITER: Final = re.compile(r"^function (\w+)ToHclTerraform\(struct\) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_WRITTEN: Final = re.compile(
    r'^ +(\w+): \{\n\s+value: (.*?),\n\s+isBlock: (true|false),\n\s+type: "(\w+)",\n\s+storageClassType: "(\w+)",\n',
    re.MULTILINE,
)
_FLAGS: Final = re.compile(r"// (\w+) - computed: (\w+), optional: (\w+), required: (\w+)")
_OWN: Final = re.compile(r"synthesizeHclAttributes\(\) \{\n(.*?)^    \}", re.MULTILINE | re.DOTALL)
_KIND: Final = re.compile(rb"terraformResourceType: '(\w+)'")
_VERSION: Final = re.compile(r"providerVersion: '([^']+)'")


class Source:
    """One file of the package: its classes, and the functions that write its structures as HCL.

    What is required is said in comments of the TypeScript that it was compiled from, which the file brings along.
    """

    def __init__(self, text: str) -> None:
        self.classes = _classes(text)
        mapped = _MAP.search(text)
        assert mapped is not None
        typescript = json.loads(base64.b64decode(mapped[1]))["sourcesContent"][0]
        self.flags = {name: _flags(body) for name, body in _classes(typescript).items()}
        self.writers = dict(_WRITER.findall(text))
        self.version = found[1] if (found := _VERSION.search(text)) else ""

    def of(self, mark: str) -> dict[str, Any]:
        """The schema that the class with ``mark`` stands for."""
        name = next(name for name, body in self.classes.items() if mark in body and _OWN.search(body))
        own = _OWN.search(self.classes[name])
        assert own is not None
        block = self._block(name, own[1])
        if block["attributes"].get("id", {}).get("optional"):  # what nobody gives is known after it was made
            block["attributes"]["id"]["computed"] = True
        return {"version": 0, "block": block}

    def _block(self, of: str, written: str) -> dict[str, Any]:
        """Attributes and blocks that are written, then what is only read."""
        body, flags = self.classes.get(of, ""), self.flags.get(of, {})
        attributes: dict[str, Any] = {}
        blocks: dict[str, Any] = {}
        for name, value, is_block, kind, stored in _WRITTEN.findall(written):
            computed, optional, required = flags.get(name, (False, True, False))
            if is_block == "true" or stored not in TYPES:
                blocks[name] = self._nested(body, name, value, (kind, stored), required)
            else:
                needed = {"required": True} if required else {"optional": True, "computed": computed}
                attributes[name] = {"type": _as_set(TYPES[stored], kind == "set"), **needed}
        for name, (_, optional, required) in flags.items():
            if name not in attributes and name not in blocks and not optional and not required:
                attributes[name] = {"type": self._read_type(body, name), "computed": True}
        return {"attributes": attributes, "block_types": blocks}

    def _nested(self, body: str, name: str, value: str, how: tuple[str, str], required: bool) -> dict[str, Any]:
        kind, stored = how
        writer = next(each for each in re.findall(r"(\w+?)ToHclTerraform", value) if each in self.writers)
        inner = re.sub(r"(List|Map|OutputReference)$", "", stored) + "OutputReference"
        nested = {"block": self._block(inner, self.writers[writer])}
        if name == "timeouts":
            return {"nesting_mode": "single", **nested}
        once = (made := _made(body, name)) is not None and made[2] == "OutputReference"
        return {
            "nesting_mode": "set" if kind == "set" else "list",
            "min_items": int(required),
            "max_items": int(once),
            **nested,
        }

    def _read_type(self, body: str, name: str) -> Any:
        if read := re.search(rf"(Fn\.tolist\()?this\.get(\w+?)Attribute\('{name}'\)", body):
            return _as_set(READ.get(read[2], "dynamic"), bool(read[1]))
        made = _made(body, name)
        if made is None:
            return "dynamic"
        reader = f"{made[1]}OutputReference"
        fields = {field: self._read_type(self.classes[reader], field) for field in self.flags.get(reader, {})}
        inner = ["object", fields]
        return ["set" if made[3] == "true" else "map" if made[2] == "Map" else "list", inner]


def _classes(text: str) -> dict[str, str]:
    parts = _CLASS.split(text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _flags(body: str) -> dict[str, tuple[bool, bool, bool]]:
    """Computed, optional, required."""
    return {name: (a == "true", b == "true", c == "true") for name, a, b, c in _FLAGS.findall(body)}


def _made(body: str, name: str) -> re.Match[str] | None:
    return re.search(rf'new (\w+?)(List|Map|OutputReference)\(this, "{name}"(?:, (true|false))?\)', body)


def _as_set(kind: Any, wanted: bool) -> Any:
    return ["set", kind[1]] if wanted and isinstance(kind, list) and kind[0] == "list" else kind


def _files(package: Path) -> Iterator[tuple[str, bytes]]:
    """Folder and text of each type's file."""
    with tarfile.open(package, "r|gz") as archive:
        for member in archive:
            parts = Path(member.name).parts
            if parts[1:2] == ("lib",) and parts[3:] == ("index.js",) and (file := archive.extractfile(member)):
                yield parts[2], file.read()


def schema(package: Path, wanted: set[str]) -> dict[str, Any]:
    """Schemas of the provider and of the ``wanted`` types. Raises LookupError for those that there are not."""
    document: dict[str, Any] = {"resource_schemas": {}, "data_source_schemas": {}}
    for folder, content in _files(package):
        found = _KIND.search(content)
        name = found[1].decode() if found else ""
        full = f"data.{name}" if folder.startswith("data-") else name
        if full in wanted:
            where = "data_source_schemas" if full != name else "resource_schemas"
            source = Source(content.decode())
            document[where][name] = source.of(f"terraformResourceType: '{name}'")
            document["version"] = source.version
            wanted = wanted - {full}
        elif folder == "provider":
            document["provider"] = Source(content.decode()).of("synthesizeHclAttributes")
    if wanted:
        raise LookupError(f"{package.name} has no {', '.join(sorted(wanted))}")
    for attribute in document["provider"]["block"]["attributes"].values():
        attribute.pop("required", None)
        attribute["optional"] = True
    return document


def main(provider: str, file: str, *wanted: str) -> None:
    (package,) = Path(sysconfig.get_path("purelib")).glob(f"cdktf*provider_{provider}/_jsii/*.jsii.tgz")
    document = schema(package, set(wanted))
    Path(file).write_text(json.dumps(document), "utf-8")
    print(document["version"])


if __name__ == "__main__":
    main(*sys.argv[1:])
