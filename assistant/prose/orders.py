"""Paragraphs that speak to a language model and not to people. They are not put before one.

This is the outer fence only: whatever a model is talked into, its statements go through the gates. Patterns cannot know every
wording; they keep the known ones from wasting an answer.
"""

import re
import unicodedata

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]|[\U000e0000-\U000e007f]")
_ORDERS = re.compile(
    r"(?:ignore|disregard|forget|override)\W+(?:\w+\W+){0,3}(?:instructions?|rules|prompts?)\b"
    r"|\b(?:system|developer) (?:prompt|message)\b|\byour (?:instructions|prompt|system prompt)\b"
    r"|\byou are (?:now )?(?:an? )?(?:\w+ )?(?:ai|assistant|chatbot|language model|llm)\b|\bas an ai\b"
    r"|<\|\w+\|>|\[/?INST\]|^\s*#{2,} ?(?:instruction|system)|<!--.*-->"
    r"|\b(?:ignora|ignore[sz]?|olvida|oublie[sz]?|ignoriere?n?|vergiss|ignorar|ignorieren)\W+(?:\w+\W+){0,3}(?:instrucciones|instructions|instruções|anweisungen|regeln|consignes|istruzioni)\b"
    r"|(?:игнорируй|игнорируйте|забудь|забудьте)\W+(?:\w+\W+){0,3}(?:инструкц|указани)|(?:忽略|无视|忘记).{0,12}(?:指令|指示|说明)|(?:تجاهل|انس).{0,20}(?:التعليمات|الأوامر)",
    re.IGNORECASE | re.MULTILINE,
)


def gives_orders(text: str) -> bool:
    """Whether a text addresses a model: compatibility forms folded, and characters that nobody sees left out."""
    return bool(_ORDERS.search(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text))))
