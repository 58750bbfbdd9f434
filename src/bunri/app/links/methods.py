"""What a Protocol asks for: its methods, their parameters and results."""

import inspect
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, TypeVar, cast, get_type_hints

from pydantic import BaseModel, TypeAdapter, create_model

P = TypeVar("P")
Open = Callable[[], AbstractAsyncContextManager[Any]]
"""Opens the service behind a Protocol for one call."""


@dataclass(frozen=True)
class Method:
    """One method of a Protocol: its parameters as a model, its result's type."""

    name: str
    parameters: type[BaseModel]
    returns: TypeAdapter[Any]

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> BaseModel:
        names = list(self.parameters.model_fields)
        return self.parameters(**dict(zip(names, args, strict=False)), **kwargs)


def methods(protocol: type) -> dict[str, Method]:
    """The public coroutine methods of ``protocol``."""
    return {
        name: _method(name, function)
        for name, function in inspect.getmembers(protocol, inspect.iscoroutinefunction)
        if not name.startswith("_")
    }


def _method(name: str, function: Callable[..., Any]) -> Method:
    hints = get_type_hints(function)
    returns = hints.pop("return")
    fields: dict[str, Any] = {}
    for parameter in list(inspect.signature(function).parameters.values())[1:]:
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (hints[parameter.name], default)
    return Method(name, create_model(f"{name}_parameters", **fields), TypeAdapter(returns))


def linked(protocol: type[P], call: Callable[[Method], Callable[..., Awaitable[Any]]]) -> P:
    """An object with the methods of ``protocol``, each made by ``call``."""
    return cast("P", _Link({name: call(method) for name, method in methods(protocol).items()}))


class _Link:
    def __init__(self, calls: dict[str, Callable[..., Awaitable[Any]]]) -> None:
        self.__dict__.update(calls)
