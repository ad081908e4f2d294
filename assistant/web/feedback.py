"""`POST /api/feedback`: whether an answer was right. What is kept of it is said in `assistant/feedback/`."""

from typing import Any, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from assistant.feedback import BadFeedback, NotKept
from assistant.feedback.given import LONGEST
from assistant.receipts import LONGEST as LONGEST_RECEIPT
from assistant.web.access import Here
from assistant.web.schema import Problem


class FeedbackBody(BaseModel):
    """An opinion of an answer."""

    model_config = ConfigDict(extra="forbid")

    receipt: str = Field(description="the answer's receipt", min_length=1, max_length=LONGEST_RECEIPT)
    verdict: Literal["up", "down"] = Field(description="up: the answer is right; down: it is not")
    reason: Literal["wrong", "not_supported", "missing", "outdated"] | None = Field(
        None, description="what is wrong with it, where the verdict is down"
    )
    comment: str = Field("", max_length=LONGEST, description="a word more; no name or address is asked for")


class FeedbackKept(BaseModel):
    """That it was kept."""

    kept: Literal[True] = True


def make_feedback() -> APIRouter:
    """The route, under the API's version and under its alias, for an app whose state has a `Service`."""
    router = APIRouter(tags=["API"])
    texts = {
        413: "The body is larger than 64 KB.",
        422: "It is not what can be said of an answer, or the receipt is not this office's.",
        503: "It could not be kept just now.",
    }
    responses: dict[int | str, dict[str, Any]] = {
        status: {"model": Problem, "description": text} for status, text in texts.items()
    }

    @router.post("/api/v1/feedback", summary="Say whether an answer was right", responses=responses)
    @router.post("/api/feedback", include_in_schema=False)
    def give(body: FeedbackBody, here: Here) -> FeedbackKept:
        """Keeps the verdict with the question and the answer's receipt, and nothing of who sent it."""
        try:
            here.office.feedback.add(body.receipt, body.verdict, body.reason, body.comment)
        except NotKept as error:
            raise HTTPException(503, str(error)) from error
        except BadFeedback as error:
            raise HTTPException(422, str(error)) from error
        return FeedbackKept()

    return router
