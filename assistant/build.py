"""Puts an assistant together from settings and an open store."""

from langchain_core.language_models import BaseChatModel

from assistant.answer import Assistant
from assistant.documents import ReleaseRetriever
from assistant.engines import Engine
from assistant.extractive import ExtractiveEngine
from assistant.llm import chat_model, keeps_to_a_form
from assistant.prose.condense import Condenser
from assistant.prose.engine import ProseEngine
from assistant.prose.guard import Provider
from assistant.prose.spending import Spending
from assistant.prose.writers import filled, marked
from assistant.settings import Settings
from assistant.types import before_brackets
from assistant.understand import asks_for_latest, understand
from assistant.when import window_of
from vectorstore.reranking import make_reranker, packaged_reranker
from vectorstore.store import Store
from vectorstore.types import Hit
from vectorstore.verifying import packaged_verifier

RETRIEVED = 24  # paragraphs


class Finder:
    """Search as every door uses it: a question in, the best paragraphs out.

    Raises:
        ModelError: the reranker that is set cannot be had.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._reranker = store, make_reranker(settings.reranker)

    def __call__(self, wanted: str, limit: int = RETRIEVED) -> list[Hit]:
        """Paragraphs for what is wanted (`Query.wanted`), those of the time it names, or the newest if it asks so, first."""
        asked = before_brackets(wanted)  # what it leans on may have been asked of another time
        newest = asks_for_latest(asked)
        window = window_of(asked) or (None if newest else window_of(wanted))
        return self._store.search(wanted, limit, window, self._reranker, newest=newest)

    def find(self, question: str, limit: int) -> list[Hit]:
        """Paragraphs for a question as it was typed.

        Raises:
            BadQuestion: it is empty, has no words or is too long.
        """
        return self(understand(question, (), self._store.vocabulary).wanted, limit)


def build_assistant(store: Store, settings: Settings, model: BaseChatModel | None = None) -> Assistant:
    """An assistant over the store: extractive, or in prose where a language model is set (or given).

    Raises:
        SettingsError: the language model cannot be had as it is set.
        ModelError: the reranker that is set cannot be had.
    """
    # sentences and refusals are always judged by our own reranker, for which the probabilities are calibrated
    plain: Engine = ExtractiveEngine(packaged_reranker(), packaged_verifier(), store.rarity)
    retriever = ReleaseRetriever(find=Finder(store, settings))
    model = model or chat_model(settings)
    if model is None:
        return Assistant(retriever, plain, store.vocabulary)
    provider = Provider(Spending(settings.data_dir / "model-usage.json", settings.llm_tokens_a_day))
    writer = (filled if keeps_to_a_form(model, settings) else marked)(model, settings.llm_timeout, provider)
    prose = ProseEngine(writer, settings.llm or "", plain, settings.llm_context_tokens)
    return Assistant(retriever, prose, store.vocabulary, Condenser(model, settings.llm_timeout, provider))
