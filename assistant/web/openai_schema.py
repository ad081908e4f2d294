"""What OpenAI's clients send and get, as far as it is used here."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.web.schema import Text

MODEL = "on-the-record"


class _Loose(BaseModel):
    """What OpenAI may send more is let be."""

    model_config = ConfigDict(extra="allow")


class Part(_Loose):
    """A piece of a message."""

    type: str
    text: Text | None = None


class Message(_Loose):
    """A message of the conversation; those of users are read, the last of them is the question."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[Part] | None = None

    @property
    def text(self) -> str:
        """Its text; what else is in it is left out."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        return "\n".join(part.text or "" for part in self.content if part.type == "text")


class StreamOptions(_Loose):
    """Whether the last event tells the usage."""

    include_usage: bool = False


class ChatBody(_Loose):
    """A request as OpenAI's clients send it. What sets how a model writes (temperature, max_tokens and so on) changes nothing here."""

    model: str = Field(description=f"{MODEL!r}", examples=[MODEL])
    messages: list[Message] = Field(min_length=1, max_length=500)
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: int | None = Field(None, description="1", json_schema_extra={"enum": [1, None]})
    tools: list[Any] | None = Field(None, description="none", json_schema_extra={"maxItems": 0})
    functions: list[Any] | None = Field(None, description="none", json_schema_extra={"maxItems": 0})
    response_format: dict[str, Any] | None = Field(None, description='{"type": "text"}')


class ErrorBody(BaseModel):
    """What is wrong, as OpenAI's clients read it."""

    message: str
    type: str
    param: str | None
    code: str | None


class OpenAIError(BaseModel):
    """An error."""

    error: ErrorBody


class Model(BaseModel):
    """A model that can be asked."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class Models(BaseModel):
    """All of them."""

    object: Literal["list"]
    data: list[Model]


class ReplyMessage(_Loose):
    """The answer: its text, and beside it the contract's `citations` and the whole object, `on_the_record`."""

    role: Literal["assistant"]
    content: str
    refusal: None = None
    citations: list[dict[str, Any]]
    on_the_record: dict[str, Any]


class Choice(BaseModel):
    """The one answer."""

    index: int
    message: ReplyMessage
    logprobs: None = None
    finish_reason: Literal["stop"]


class Usage(BaseModel):
    """Tokens of the messages and of the text, counted in cl100k_base; what a language model used is not in it."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completion(BaseModel):
    """A reply that is not streamed."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
