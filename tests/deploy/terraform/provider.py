"""A Terraform provider that knows a schema and nothing else: ``provider.py SCHEMA.json``, started by Terraform.

Enough for ``validate``, and for ``test`` where the provider is mocked. It speaks version 6 of the plugin protocol.
"""

import base64
import json
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent import futures
from pathlib import Path
from typing import Any, Final

import grpc
from tf.gen import grpc_controller_pb2 as controller
from tf.gen import grpc_controller_pb2_grpc as controller_rpc
from tf.gen import grpc_stdio_pb2_grpc as stdio_rpc
from tf.gen import tfplugin_pb2 as plugin
from tf.gen import tfplugin_pb2_grpc as plugin_rpc
from tf.runner import _self_signed_cert

NESTING: Final = plugin.Schema.NestedBlock.NestingMode
LARGEST: Final = 1 << 28  # bytes of an answer


def _attribute(name: str, told: dict[str, Any]) -> Any:
    flags = {flag: told.get(flag, False) for flag in ("required", "optional", "computed")}
    return plugin.Schema.Attribute(name=name, type=json.dumps(told["type"]).encode(), **flags)


def _nested(name: str, told: dict[str, Any]) -> Any:
    return plugin.Schema.NestedBlock(
        type_name=name,
        block=_block(told["block"]),
        nesting=NESTING.Value(told["nesting_mode"].upper()),
        min_items=told.get("min_items", 0),
        max_items=told.get("max_items", 0),
    )


def _block(told: dict[str, Any]) -> Any:
    return plugin.Schema.Block(
        attributes=[_attribute(*each) for each in told["attributes"].items()],
        block_types=[_nested(*each) for each in told["block_types"].items()],
    )


def _schemas(told: dict[str, Any]) -> dict[str, Any]:
    return {name: plugin.Schema(version=each["version"], block=_block(each["block"])) for name, each in told.items()}


class SchemaProvider(plugin_rpc.ProviderServicer):  # type: ignore[misc]
    """Tells its schema, and finds nothing wrong with any configuration that fits it."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._resources = _schemas(document["resource_schemas"])
        self._data = _schemas(document["data_source_schemas"])
        self._own = _schemas({"own": document["provider"]})["own"]

    def GetMetadata(self, request: Any, context: Any) -> Any:
        told = plugin.GetMetadata
        return told.Response(
            resources=[told.ResourceMetadata(type_name=name) for name in self._resources],
            data_sources=[told.DataSourceMetadata(type_name=name) for name in self._data],
        )

    def GetProviderSchema(self, request: Any, context: Any) -> Any:
        return plugin.GetProviderSchema.Response(
            provider=self._own, resource_schemas=self._resources, data_source_schemas=self._data
        )


def _agreeing(name: str) -> Callable[..., Any]:
    return lambda self, request, context: getattr(plugin, name).Response()


for each in (
    "ValidateProviderConfig",
    "ValidateResourceConfig",
    "ValidateDataResourceConfig",
    "ConfigureProvider",
    "UpgradeResourceState",
    "StopProvider",
    "GetFunctions",
):
    setattr(SchemaProvider, each, _agreeing(each))


class Controller(controller_rpc.GRPCControllerServicer):  # type: ignore[misc]
    """Ends the process when Terraform says so."""

    def __init__(self) -> None:
        self.ended = threading.Event()

    def Shutdown(self, request: Any, context: Any) -> Any:
        self.ended.set()
        return controller.Empty()


class Output(stdio_rpc.GRPCStdioServicer):  # type: ignore[misc]
    """There is none."""

    def StreamStdio(self, request: Any, context: Any) -> Any:
        return iter([])


def main(schema: str) -> None:
    server = grpc.server(futures.ThreadPoolExecutor(8), options=[("grpc.max_send_message_length", LARGEST)])
    own = Controller()
    plugin_rpc.add_ProviderServicer_to_server(SchemaProvider(json.loads(Path(schema).read_text("utf-8"))), server)
    controller_rpc.add_GRPCControllerServicer_to_server(own, server)
    stdio_rpc.add_GRPCStdioServicer_to_server(Output(), server)
    with tempfile.TemporaryDirectory() as folder:
        chain, credentials = _self_signed_cert()
        server.add_secure_port(f"unix://{folder}/socket", credentials)
        server.start()
        print(f"1|6|unix|{folder}/socket|grpc|{base64.b64encode(chain).decode().rstrip('=')}", flush=True)
        own.ended.wait()
        server.stop(0)


if __name__ == "__main__":
    main(sys.argv[1])
