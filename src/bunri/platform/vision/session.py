"""How ONNX Runtime is opened: quiet, without spinning, and by no other provider than the one that was asked for."""

import re
from pathlib import Path
from typing import Final

import onnxruntime as ort

from bunri.platform.vision.errors import ModelBroken, ModelOperatorMissing, ProviderMissing

_FATAL: Final = 4
_OPERATOR: Final = re.compile(r"([\w.]*:?\w+)\(-?\d+\) is not a registered function/op")


def open_session(model: Path | bytes, name: str, threads: int, provider: str) -> ort.InferenceSession:
    """A session whose ``Run`` may be called from several threads.

    Raises ProviderMissing when the runtime has not got the provider, ModelBroken when the graph does not load.
    """
    available = ort.get_available_providers()
    if provider not in available:  # the runtime would warn and take the CPU
        raise ProviderMissing(provider=provider, available=", ".join(available))
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _FATAL  # what matters is raised
    # A pattern of allocations for each shape of the input: 4 to 10 MiB with our models, which are no quicker for it.
    options.enable_mem_pattern = False
    # Spinning threads wait for work by burning the core that the next photo needs: twice the time on two busy cores.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        session = ort.InferenceSession(model, options, providers=[(provider, _provider_options(provider, threads))])
    except Exception as error:  # the runtime's errors share no base but Exception
        if missing := _OPERATOR.search(str(error)):
            raise ModelOperatorMissing(name=name, operator=missing[1]) from error
        raise ModelBroken(name=name) from error
    session.disable_fallback()
    if provider not in (used := session.get_providers()):  # built in, but its libraries or its device are missing
        raise ProviderMissing(provider=provider, available=", ".join(used))
    return session


def _provider_options(provider: str, threads: int) -> dict[str, str]:
    """OpenVINO has threads of its own, and would take every core."""
    return {"num_of_threads": str(threads)} if provider == "OpenVINOExecutionProvider" else {}
