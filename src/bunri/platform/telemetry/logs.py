"""One JSON object a line on standard error (or colours on a terminal), with the ids of the request, of the trace and of
its span that are at hand."""

import logging
import sys

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict

from bunri.platform.telemetry.traces import trace_ids

_NOISY = (
    "alembic.runtime.migration",
    "botocore",
    "celery.app.trace",
    "celery.worker.strategy",
    "engineio",
    "httpcore",
    "httpx",
    "socketio",
    "uvicorn.access",
)


def configure_logs(level: str = "INFO", *, json: bool | None = None) -> None:
    """Sends everything, the standard library's loggers included, through one formatter to standard error."""
    as_json = json if json is not None else not sys.stderr.isatty()
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _with_trace,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    # Never the values of local variables: tokens and positions are among them.
    tracebacks = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
    last: list[structlog.typing.Processor] = (
        [tracebacks, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if as_json
        else [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _with_trace(_logger: object, _method: str, line: EventDict) -> EventDict:
    line.update(trace_ids())
    return line
