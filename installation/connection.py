"""The one way to the engine: a client with our data converter.

EngineError
├── EngineUnreachable     nothing answers there, or not in time
├── EngineMisconfigured   Temporal's own configuration, or the cluster, cannot be used as it stands
└── (engine.py adds what can go wrong with the embedded engine)
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.envconfig import ClientConfig, ClientConnectConfig
from temporalio.service import RPCError, RPCStatusCode

from installation.codec import EncryptionCodec
from models.operator_error import OperatorError
from workflows.converter import ContextConverter, SharedConverter

DEFAULT_ADDRESS = "localhost:7233"
DEFAULT_NAMESPACE = "default"
PATIENCE = timedelta(seconds=10)
_PAUSE = 0.2
_EXTERNAL = tuple(
    f"TEMPORAL_{name}" for name in ("ADDRESS", "NAMESPACE", "API_KEY", "CONFIG_FILE", "PROFILE")
)
_EXTERNAL_PREFIXES = ("TEMPORAL_TLS", "TEMPORAL_GRPC_META_")
_PASSING = (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.NOT_FOUND)
_REFUSALS = (RPCStatusCode.UNAUTHENTICATED, RPCStatusCode.PERMISSION_DENIED)


class EngineError(OperatorError):
    """What is wrong with the engine; its text is one sentence for the operator, with the remedy."""


class EngineUnreachable(EngineError):
    def __init__(self, address: str, patience: timedelta) -> None:
        super().__init__(
            f"Temporal did not answer at {address} within {patience.total_seconds():g} s: "
            "check that it is running and that TEMPORAL_ADDRESS and the TEMPORAL_TLS settings are right."
        )


class EngineMisconfigured(EngineError):
    pass


def external_engine_configured(environ: Mapping[str, str]) -> bool:
    """Whether the environment points to a Temporal cluster of the operator's own.

    Any part of the description counts, not only the address: who set an API key and forgot the address is
    told that nothing answers, and does not get an embedded engine that they did not ask for.
    """
    return any(
        name.startswith(_EXTERNAL_PREFIXES) or name in _EXTERNAL for name, value in environ.items() if value
    )


def data_converter(secrets: Sequence[str], *, accept_unbound: bool = False) -> DataConverter:
    """pydantic models as JSON, encrypted; failure messages and stack traces are encrypted with them."""
    return ContextConverter(
        payload_converter_class=SharedConverter,
        payload_codec=EncryptionCodec(secrets, accept_unbound=accept_unbound),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


async def connect(
    secrets: Sequence[str],
    *,
    address: str | None = None,
    namespace: str | None = None,
    environ: Mapping[str, str] | None = None,
    patience: timedelta = PATIENCE,
    accept_unbound: bool = False,
) -> Client:
    """A client of the engine at `address`, or of the one that Temporal's own configuration names.

    Without `address` the TEMPORAL_ variables of `environ` (the process's own by default) and Temporal's
    profile file count, TLS and API key included. `secrets` are the installation's, newest first. Never takes
    longer than `patience`; an engine that is only just starting is waited for. `accept_unbound` is the
    setting `accept_unbound_payloads`.

    Raises EngineUnreachable, EngineMisconfigured.
    """
    config = _config(address, namespace, environ)
    try:
        async with asyncio.timeout(patience.total_seconds()):
            client = await _dial(config, data_converter(secrets, accept_unbound=accept_unbound))
            await _check_namespace(client, config["target_host"])
            return client
    except TimeoutError as error:
        raise EngineUnreachable(config["target_host"], patience) from error


def _config(
    address: str | None, namespace: str | None, environ: Mapping[str, str] | None
) -> ClientConnectConfig:
    environ = os.environ if environ is None else environ
    config = ClientConnectConfig() if address else _standard_config(environ)
    config["target_host"] = address or config.get("target_host") or DEFAULT_ADDRESS
    config["namespace"] = namespace or config.get("namespace") or DEFAULT_NAMESPACE
    if "://" in config["target_host"]:
        raise EngineMisconfigured(
            f"Temporal's address is host:port, not {config['target_host']}: correct TEMPORAL_ADDRESS."
        )
    return config


def _standard_config(environ: Mapping[str, str]) -> ClientConnectConfig:
    file = environ.get("TEMPORAL_CONFIG_FILE")
    if file and not Path(file).is_file():  # the SDK would go on without it, to a wrong engine
        raise EngineMisconfigured(
            f"TEMPORAL_CONFIG_FILE names {file}, which is not a file: correct it or unset it."
        )
    try:
        return ClientConfig.load_client_connect_config(override_env_vars=dict(environ))
    except (RuntimeError, ValueError, OSError) as error:
        raise EngineMisconfigured(
            f"Temporal's own configuration cannot be read: {_first_line(error)}; "
            "check the TEMPORAL_ variables and the file that TEMPORAL_CONFIG_FILE names."
        ) from error


async def _dial(config: ClientConnectConfig, converter: DataConverter) -> Client:
    """Tries again until it works: the caller bounds the time."""
    while True:
        try:
            return await Client.connect(**config, data_converter=converter)
        except (OSError, ValueError) as error:
            raise EngineMisconfigured(
                f"Temporal cannot be reached with this configuration: {_first_line(error)}; "
                "check TEMPORAL_ADDRESS and the TEMPORAL_TLS settings."
            ) from error
        except RPCError as error:
            _raise_if_refused(error, config["target_host"])
        except RuntimeError:  # how the SDK reports a refused connection
            pass
        await asyncio.sleep(_PAUSE)


async def _check_namespace(client: Client, address: str) -> None:
    request = _describe(client)
    while True:
        try:
            await client.workflow_service.describe_namespace(request)
            return
        except RPCError as error:
            _raise_if_refused(error, address)
            if error.status == RPCStatusCode.NOT_FOUND:
                raise EngineMisconfigured(
                    f"Temporal at {address} has no namespace {client.namespace}: "
                    "create it, or name another with TEMPORAL_NAMESPACE."
                ) from error
        await asyncio.sleep(_PAUSE)


async def ensure_search_attributes(client: Client, attributes: Mapping[str, str]) -> None:
    """Registers those of `attributes` (name -> type, such as Keyword) that the client's namespace lacks.

    Several processes may do so at once. Raises EngineMisconfigured if one exists with another type, or if the
    cluster does not let us: its operator then creates them once. RPCError if the engine goes away meanwhile.
    """
    wanted = {name: _type_number(kind) for name, kind in attributes.items()}
    try:
        missing = await _missing(client, wanted)
        if missing:
            await _add(client, missing)
    except RPCError as error:
        if error.status in _PASSING:
            raise
        command = " ".join(f"--name {name} --type {kind}" for name, kind in attributes.items())
        raise EngineMisconfigured(
            f"Temporal does not let us register the search attributes ({error.status.name}): "
            "have its operator run `temporal operator search-attribute create "
            f"--namespace {client.namespace} {command}`."
        ) from error


async def missing_search_attributes(client: Client, attributes: Mapping[str, str]) -> list[str]:
    """Which of `attributes` are not registered. Raises EngineMisconfigured for another type, and RPCError."""
    return sorted(await _missing(client, {name: _type_number(kind) for name, kind in attributes.items()}))


async def _missing(client: Client, wanted: Mapping[str, int]) -> dict[str, int]:
    request = ListSearchAttributesRequest(namespace=client.namespace)
    known = (await client.operator_service.list_search_attributes(request)).custom_attributes
    for name, kind in wanted.items():
        if known.get(name, kind) != kind:
            raise EngineMisconfigured(
                f"The search attribute {name} exists in Temporal with another type than {_type_name(kind)}: "
                "remove it there, or use another namespace."
            )
    return {name: kind for name, kind in wanted.items() if name not in known}


async def _add(client: Client, missing: Mapping[str, int]) -> None:
    request = AddSearchAttributesRequest(namespace=client.namespace)
    for name, kind in missing.items():
        request.search_attributes[name] = IndexedValueType.ValueType(kind)
    try:
        await client.operator_service.add_search_attributes(request)
    except RPCError as error:
        if error.status != RPCStatusCode.ALREADY_EXISTS or await _missing(client, missing):
            raise


def _type_number(kind: str) -> int:
    words = re.sub(r"(?<!^)(?=[A-Z])", "_", kind).upper()  # KeywordList -> KEYWORD_LIST
    return IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{words}")


def _type_name(kind: int) -> str:
    return IndexedValueType.Name(IndexedValueType.ValueType(kind)).removeprefix("INDEXED_VALUE_TYPE_").title()


async def ensure_retention(client: Client, at_least: timedelta) -> None:
    """Raises the time for which the client's namespace keeps ended processes; never lowers it."""
    described = await client.workflow_service.describe_namespace(_describe(client))
    if described.config.workflow_execution_retention_ttl.ToTimedelta() < at_least:
        retention = Duration()
        retention.FromTimedelta(at_least)
        config = NamespaceConfig(workflow_execution_retention_ttl=retention)
        request = UpdateNamespaceRequest(namespace=client.namespace, config=config)
        await client.workflow_service.update_namespace(request)


def _describe(client: Client) -> DescribeNamespaceRequest:
    return DescribeNamespaceRequest(namespace=client.namespace)


def _raise_if_refused(error: RPCError, address: str) -> None:
    if error.status in _REFUSALS:
        raise EngineMisconfigured(
            f"Temporal at {address} refuses our credentials: "
            "check TEMPORAL_API_KEY or the certificates of the TEMPORAL_TLS settings, and TEMPORAL_NAMESPACE."
        ) from error


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
