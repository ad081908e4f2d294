"""The only door to a language model: LangChain's `init_chat_model`, with errors in our own words."""

import importlib.util
import os
from typing import Any

from langchain_core.language_models import BaseChatModel

from assistant.settings import Settings, SettingsError

_PACKAGES = {
    "openai": "langchain-openai",
    "anthropic": "langchain-anthropic",
    "google_genai": "langchain-google-genai",
    "mistralai": "langchain-mistralai",
    "ollama": "langchain-ollama",
}
_KEYS = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "google_genai": "GOOGLE_API_KEY",
    "mistralai": "MISTRAL_API_KEY",
}


def chat_model(settings: Settings) -> BaseChatModel | None:
    """The chat model that is set, or None where none is.

    Raises:
        SettingsError: its provider is not known or not installed, or its key is not set.
    """
    if settings.llm is None:
        return None
    provider, _, model = settings.llm.partition(":")
    package = _PACKAGES.get(provider)
    if package is None:
        raise SettingsError(
            f"ONTHERECORD_LLM is {settings.llm!r}, and {provider!r} is none of the providers: {', '.join(_PACKAGES)}."
        )
    if importlib.util.find_spec(package.replace("-", "_")) is None:
        raise SettingsError(f"ONTHERECORD_LLM is {settings.llm!r}, which needs a package: pip install {package}")
    options: dict[str, Any] = {"timeout": settings.llm_timeout, "max_retries": 2, "temperature": 0}
    if settings.llm_base_url:
        options["base_url"] = settings.llm_base_url
    key = _KEYS.get(provider)
    if key and not os.environ.get(key):
        if not settings.llm_base_url:
            raise SettingsError(f"ONTHERECORD_LLM is {settings.llm!r}, which needs {key} to be set.")
        options["api_key"] = "none"  # a server of one's own asks for no key, but the client insists on one
    from langchain.chat_models import init_chat_model  # slow, and only for those who use a model

    made: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
    return made
