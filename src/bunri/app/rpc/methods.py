"""What a Protocol asks for: its methods, their parameters and results."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter, create_model


@dataclass(frozen=True)
class Method:
    """One method of a Protocol: its parameters as a model, its result's type."""

    name: str
    signature: inspect.Signature
    """Without ``self``."""
    parameters: type[BaseModel]
    returns: TypeAdapter[Any]

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> BaseModel:
        """The arguments of a call. Raises TypeError as the call itself would."""
        return self.parameters(**self.signature.bind(*args, **kwargs).arguments)


def methods(protocol: type) -> dict[str, Method]:
    """The public coroutine methods of ``protocol``."""
    return {
        name: _method(name, function)
        for name, function in inspect.getmembers(protocol, inspect.iscoroutinefunction)
        if not name.startswith("_")
    }


def _method(name: str, function: Callable[..., Any]) -> Method:
    hints = get_type_hints(function, include_extras=True)  # with the bounds that the Protocol gives of its arguments
    returns = hints.pop("return")
    signature = inspect.signature(function)
    signature = signature.replace(parameters=list(signature.parameters.values())[1:])
    fields: dict[str, Any] = {}
    for parameter in signature.parameters.values():
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (hints[parameter.name], default)
    model = create_model(f"{name}_parameters", __config__=ConfigDict(extra="forbid"), **fields)
    return Method(name, signature, model, TypeAdapter(returns))
