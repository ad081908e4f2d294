"""Every setting, in one frozen object: from `ONTHERECORD_*` variables, else a TOML file, else the default."""

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from assistant.widget.origins import read_origin
from prompts.wording import languages

_PREFIX = "ONTHERECORD_"
_FILE_VARIABLE = "ONTHERECORD_CONFIG"


def split(value: str) -> list[str]:
    """What stands between the commas of a setting that is a list."""
    return [one.strip() for one in value.split(",") if one.strip()]


class SettingsError(Exception):
    """A setting is wrong; the text names it and says what would be right."""


class Settings(BaseSettings):
    """What an office can set. Build it with `load_settings`, which puts errors in our own words."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="forbid")

    data_dir: Path = Field(Path("data/index"), description="where records and indexes lie")
    embedding_model: str = Field(
        "all-MiniLM-L6-v2", description="the packaged model, a folder with another, or its name at the endpoint"
    )
    embedding_url: str | None = Field(
        None, description="an endpoint that embeds as OpenAI's and text-embeddings-inference do, http://host:port/v1"
    )
    embedding_key: str | None = Field(None, repr=False, description="the endpoint's key, sent as a bearer token")
    reranker: str = Field("packaged", description="our own, none, or a folder with any CrossEncoder")
    chroma_url: str | None = Field(None, description="a Chroma server, http://host:port, in place of the embedded one")
    chroma_timeout: float = Field(2.0, gt=0, le=60, description="seconds a question waits for the Chroma server")
    replica_of: Path | None = Field(
        None, description="a folder that `ontherecord publish` writes to: serve answers from what is published there"
    )
    replica_look: float = Field(
        30.0, ge=1, le=86_400, description="seconds after which a replica looks for what is new"
    )
    llm: str | None = Field(None, description="provider:model for answers in prose, e.g. openai:gpt-5-mini")
    llm_base_url: str | None = Field(None, description="an OpenAI-compatible server's address")
    llm_structured: Literal["auto", "yes", "no"] = Field(
        "auto", description="whether the model fills in a form (JSON Schema); auto: where it is known to be able to"
    )
    llm_timeout: float = Field(30.0, gt=0, le=600, description="seconds a model may take for an answer")
    llm_context_tokens: int = Field(6000, ge=500, le=200_000, description="tokens of releases put before a model")
    llm_tokens_a_day: int = Field(
        1_000_000, ge=0, description="tokens a model may use in a day, in and out; 0: any number"
    )
    host: str = Field("127.0.0.1", description="the address that serve listens on")
    port: int = Field(7860, ge=1, le=65535, description="the port that serve listens on")
    contact: str | None = Field(None, description="who answers for reading web sites: an e-mail address or a page")
    office_db: str | None = Field(
        None, description="where feedback and baskets are kept, such as postgresql+psycopg://…; office.db if not set"
    )
    keep_refused_days: int = Field(
        0, ge=0, le=3650, description="days that questions which were not answered are kept; 0: none is"
    )
    office: str = Field("the office", description="whose releases these are, for the page's heading")
    api: Literal["open", "keys"] = Field(
        "open", description="keys: the API, /v1 and /mcp need a key (ontherecord keys)"
    )
    questions_at_once: int = Field(
        0, ge=0, le=1000, description="questions worked on at once, twice as many wait; 0: twice the cores and two"
    )
    widget_sites: str = Field(
        "", description="sites that may show the widget: https://www.example.gov,… ; none if empty"
    )
    questions_a_minute: int = Field(
        20, ge=0, description="questions that an address may ask in a minute; 0: any number"
    )
    questions_a_day: int = Field(500, ge=0, description="questions that an address may ask in a day; 0: any number")
    questions_a_day_in_all: int = Field(20_000, ge=0, description="questions of all in a day; 0: any number")
    limits_url: str | None = Field(
        None, description="where several processes count together, such as redis://host:6379"
    )
    trusted_proxies: str = Field(
        "", description="proxies, as addresses or networks, that are believed about whom they pass on (X-Forwarded-For)"
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="how serve logs: for people, or a JSON object a line"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="what serve logs; info: a line a request, with nothing in it that a visitor typed"
    )
    languages: str = Field("en", description="languages of the pages, the first where none is asked for: en, or en,es")

    @field_validator("chroma_url", "embedding_url", "llm_base_url")
    @classmethod
    def _http(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value

    @field_validator("languages")
    @classmethod
    def _languages(cls, value: str) -> str:
        unknown = [one for one in split(value) if one not in languages()]
        if unknown or not split(value):
            raise ValueError(f"must be some of {', '.join(languages())}, with commas between them")
        return value

    @field_validator("widget_sites")
    @classmethod
    def _sites(cls, value: str) -> str:
        for one in split(value):
            read_origin(one)
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies(cls, value: str) -> str:
        for one in split(value):
            ip_network(one)
        return value

    @field_validator("llm")
    @classmethod
    def _provider(cls, value: str | None) -> str | None:
        if value is not None and not all(value.partition(":")[::2]):
            raise ValueError("must be provider:model, such as openai:gpt-5-mini or ollama:llama3.2")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        config = os.environ.get(_FILE_VARIABLE)
        toml = (TomlConfigSettingsSource(settings_cls, Path(config)),) if config else ()
        return (init_settings, env_settings, *toml)


def load_settings(**given: Any) -> Settings:
    """The settings, with `given` (from the command line; None where it says nothing) over all else.

    Raises:
        SettingsError: a value is wrong, a name is unknown, or the TOML file cannot be read.
    """
    known = {_PREFIX + name.upper() for name in Settings.model_fields} | {_FILE_VARIABLE}
    unknown = sorted(name for name in os.environ if name.startswith(_PREFIX) and name not in known)
    if unknown:
        raise SettingsError(f"{unknown[0]} is not a setting. The settings are: {', '.join(sorted(known))}.")
    config = os.environ.get(_FILE_VARIABLE)
    if config and not Path(config).is_file():
        raise SettingsError(f"{_FILE_VARIABLE} is {config!r}, and there is no such file.")
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise SettingsError(" ".join(_say(detail) for detail in error.errors())) from None
    except ValueError as error:  # the TOML parser's
        raise SettingsError(f"{config} is not TOML: {error}.") from None


def _say(detail: Any) -> str:
    name = "".join(str(part) for part in detail["loc"][:1])
    if detail["type"] == "extra_forbidden":
        return f"{name!r} is not a setting. The settings are: {', '.join(sorted(Settings.model_fields))}."
    message = detail["msg"].removeprefix("Value error, ")
    return f"{_PREFIX}{name.upper()} is {detail['input']!r}: {message[0].lower()}{message[1:]}."
