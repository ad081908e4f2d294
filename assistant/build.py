"""Puts an assistant together from settings and an open store."""

from assistant.answer import Assistant
from assistant.documents import ReleaseRetriever
from assistant.engines import Engine
from assistant.extractive import ExtractiveEngine
from assistant.llm import chat_model
from assistant.prose import ProseEngine
from assistant.settings import Settings
from assistant.when import window_of
from vectorstore.store import Store

RETRIEVED = 24  # paragraphs


def build_assistant(store: Store, settings: Settings) -> Assistant:
    """An assistant over the store: extractive, or in prose where a language model is set.

    Raises:
        SettingsError: the language model cannot be had as it is set.
    """
    engine: Engine = ExtractiveEngine(store.embed, store.rarity)
    model = chat_model(settings)
    if model is not None:
        engine = ProseEngine(model, settings.llm or "", engine, settings.llm_context_tokens)
    retriever = ReleaseRetriever(find=lambda question: store.search(question, RETRIEVED, window_of(question)))
    return Assistant(retriever, engine)
