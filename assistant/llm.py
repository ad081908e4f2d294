"""The only door to a language model: LangChain's `init_chat_model`, with errors in our own words."""

import importlib.util
import os
from typing import Any

from langchain_core.language_models import BaseChatModel

from assistant.settings import Settings, SettingsError

# provider → (package, extra of this project, variable of its key)
_PROVIDERS: dict[str, tuple[str, str, str | None]] = {
    "openai": ("langchain-openai", "openai", "OPENAI_API_KEY"),
    "anthropic": ("langchain-anthropic", "anthropic", "ANTHROPIC_API_KEY"),
    "google_genai": ("langchain-google-genai", "google", "GOOGLE_API_KEY"),
    "mistralai": ("langchain-mistralai", "mistral", "MISTRAL_API_KEY"),
    "ollama": ("langchain-ollama", "ollama", None),
}


def chat_model(settings: Settings) -> BaseChatModel | None:
    """The chat model that is set, or None where none is.

    It ends by itself after the setting's timeout, and is not asked again by its client: `assistant/prose/guard.py` sees to that.

    Raises:
        SettingsError: its provider is not known or not installed, or its key is not set.
    """
    if settings.llm is None:
        return None
    provider, _, name = settings.llm.partition(":")
    options = _options(provider, settings)
    from langchain.chat_models import init_chat_model  # slow, and only for those who use a model

    model: BaseChatModel = init_chat_model(name, model_provider=provider, **options)
    if (model.profile or {}).get("temperature") is False:  # such a model refuses a question that sets one
        return model
    steady: BaseChatModel = init_chat_model(name, model_provider=provider, temperature=0, **options)
    return steady


def keeps_to_a_form(model: BaseChatModel, settings: Settings) -> bool:
    """Whether the model's provider can hold it to a JSON Schema: as it is set, or as LangChain's profile of the model says."""
    if settings.llm_structured == "auto":
        return bool((model.profile or {}).get("structured_output")) and settings.llm_base_url is None
    return settings.llm_structured == "yes"


def is_cut_short(error: BaseException) -> bool:
    """Whether a client says with an error that the model stopped at its own longest answer: an end, and no outage.

    OpenAI's client does where the model fills in a form; it is known by name, because the client may not be installed.
    """
    return type(error).__name__ == "LengthFinishReasonError"


def _options(provider: str, settings: Settings) -> dict[str, Any]:
    """What the provider's class is made with.

    Raises:
        SettingsError: as `chat_model`.
    """
    if provider not in _PROVIDERS:
        raise SettingsError(
            f"ONTHERECORD_LLM is {settings.llm!r}, and {provider!r} is none of the providers: {', '.join(_PROVIDERS)}."
        )
    package, extra, key = _PROVIDERS[provider]
    if importlib.util.find_spec(package.replace("-", "_")) is None:
        raise SettingsError(
            f"ONTHERECORD_LLM is {settings.llm!r}, which needs the package {package}: pip install 'on-the-record[{extra}]' "
            f"(in a clone: pip install '.[{extra}]')."
        )
    options: dict[str, Any] = {"max_retries": 0}
    # Ollama's client takes what is not its own as an option of its HTTP client
    options |= (
        {"client_kwargs": {"timeout": settings.llm_timeout}}
        if provider == "ollama"
        else {"timeout": settings.llm_timeout}
    )
    if settings.llm_base_url:
        options["base_url"] = settings.llm_base_url
    if key and not os.environ.get(key):
        if not settings.llm_base_url:
            raise SettingsError(f"ONTHERECORD_LLM is {settings.llm!r}, which needs {key} to be set.")
        options["api_key"] = "none"  # a server of one's own asks for no key, but the client insists on one
    return options
