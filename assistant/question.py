"""What a question asks for: its words that carry meaning, and the kind of thing that would answer it."""

import re
from enum import Enum

from prompts.wording import Message, message
from vectorstore.names import UPPER
from vectorstore.words import bills, stems, without_possessive

MAX_QUESTION = 2_000  # characters


class Asks(Enum):
    """The kind of thing an answer has to hold."""

    AMOUNT = "amount"
    NUMBER = "number"
    TIME = "time"
    PERSON = "person"
    BILL = "bill"
    ANYTHING = "anything"


class BadQuestion(Exception):
    """The question cannot be asked; `why` says why, and what can."""

    def __init__(self, why: Message) -> None:
        super().__init__(why)
        self.why = why


_HELPS = r"(?:did|does|do|is|are|was|were|will|would|could|can|may|might|should|must|has|have|had)"
_ASKS = r"(?:who|whose|whom|what|which|why|where|how|did|does|do|is|are|can|will|would)"
_LONGER = r"(?:strong|quick|fast|long|big|larg|bett|warm|high|low|slow|small|old|young|furth|farth)e?r"
# A kind is asked for, and not merely named: "when he died" asks for no time, "the cost of raising a child" for no amount.
_KINDS = (
    (Asks.BILL, re.compile(
        rf"\b[Ww]h(?:ich|at) (?!the\b|utility\b|medical\b|{_HELPS}\b)(?:(?:Senate|House|[a-z]+) ){{0,2}}?(?:bill|act|law|legislation|amendment|resolution)s?\b"
        r"(?! (?:firm|school|enforcement|clerk)s?\b)")),
    (Asks.AMOUNT, re.compile(
        rf"\bhow much (?!of\b|time|water|land|{_LONGER}\b)|\bhow big (?:of )?a (?:grant|loan)|\bhow many dollars"
        rf"|\bwhat(?:['’]?s| {_HELPS}) (?:it |the |its |their )?(?:[\w-]+ ){{0,3}}?(?:cost|price)s?(?: tag)?\b(?! (?:say|said|think|call|tell|ask|write|vote|do|mean)\b)"
        rf"|\bwhat {_HELPS} (?!.*\b(?:sa(?:y|id)|mention|call|argue|note)\b)[^?]*\bcost(?:\W*$| (?:to|an?|the|taxpayers)\b)"
        rf"|^(?!.*\b(?:{_ASKS}\b|cost[- ](?:share|benefit|cutter)))[^?]*\b(?:costs?|price)\b", re.I)),
    (Asks.NUMBER, re.compile(r"\bhow (?:many|much|long|old|large|far|tall|high)\b|\bwhat (?:percentage|percent|number|share)\b", re.I)),
    (Asks.TIME, re.compile(
        rf"\bwhen (?:exactly |(?:in|during) [\w ,]{{3,20}}? )?{_HELPS}\b|\bwhen['’][sd]\b|\bwhen(?:\W*$| and where\b| &)"
        r"|\b(?:starting|since|until|till|by|from|and|or) when\b|\bwh(?:at|ich) (?:year|day|date|month)\b|\bwhat time\b", re.I)),
    (Asks.PERSON, re.compile(r"^(?:\W*(?:and|so|but),? )?who(?:m|se)?\b|\b(?:the name of|named?)\b", re.I)),
)  # fmt: skip
_NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion "
    "dozen half third quarter first second once twice several both none no"
)
_MONTHS = "january february march april may june july august september october november december"
_DAYS = "monday tuesday wednesday thursday friday saturday sunday today yesterday tonight tomorrow week month year"
_ANSWERS = {
    Asks.AMOUNT: re.compile(r"\$\s?\d|\d[\d,.]*\s*(?:percent|%|(?:million|billion|trillion)?\s*dollars|cents)|\b(?:hundred|thousand|million|billion)\b|\bfree\b|\bno cost\b", re.I),
    Asks.NUMBER: re.compile(rf"\d|\b(?:{_NUMBER_WORDS.replace(' ', '|')})\b", re.I),
    Asks.BILL: re.compile(r"\b(?:Act|Resolution|Amendment|Code)s?\b|\b(?:Bill|Law)s?\b(?! [A-Z])"),  # or a number, by `bills`
    Asks.TIME: re.compile(rf"\b(?:1[89]|20)\d\d\b|\b(?:{_MONTHS.replace(' ', '|')}|{_DAYS.replace(' ', 's?|')})\b|\b(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.|\d+ (?:days|months|years|weeks)", re.I),
}  # fmt: skip
_NAMED = re.compile(rf"\b[{UPPER}][\w’'-]+")
_NO_NAMES = frozenset(
    ["how", "what", "when", "where", "which", "who", "why", "did", "does", "is", "was", "senator", "sen"]
)
_EMPTY = frozenset(
    stems(
        "a about actually all also am an and any are as ask asked at be because been being between both but by came can come "
        "comment could did do does doing done during each end ended ever for from get gets getting give given go goes got "
        "had happen happened has have he her hers him his how i if in into is it its just know let like long made make many "
        "me mean might more most much my name named need not now of off often on once one or other our out over own part "
        "per please put reaction really release releases said same say says see she should since so some still such take "
        "tell than thank that the their them then there these they thing think this those through to together too under "
        "up upon us use used very want wanted was way we well were what when where which while who whom whose why will "
        "with within word words would you your"
    )
)


_NO_PLURAL = r"(?:does|was|is|has|his|this|its|says|gives|gets|wants|needs|makes|plans|bills?'s)"
_LIST = re.compile(
    rf"\b(?:which|what) (?!{_NO_PLURAL}\b)(?:[\w'’-]+ ){{0,3}}?(?!{_NO_PLURAL}\b)[a-z]+[^\Ws]s\b(?= (?:did|do|got|get|were|are|will|have|had|and|in|that|would|could|[a-z]+ed)\b)"
    r"|\bwho (?:else|all|were|are)\b|\blist\b|\bname the\b|\beach\b|\ball (?:the|of)\b",
    re.IGNORECASE,
)
_WHY = re.compile(r"\bwhy\b", re.IGNORECASE)
# How something works, what a bill would do, two things at once …
_BROAD = re.compile(
    rf"\bhow {_HELPS}(?:n['’]t)?\b|\bwhat(?:['’]?s|['’]d| {_HELPS})\b"
    r"|\S and (?:how|what|who|when|where|why|which)\b",  # not "And how much?"
    re.IGNORECASE,
)
# … but not what somebody said of it: that stands in one place.
_WORDS_OF = re.compile(
    r"\b(?:sa(?:y|id|ys)|call(?:ed)?|think|react\w*|comment\w*|words|describe|statement|praise|feel|respon\w+|quote)\b",
    re.IGNORECASE,
)


def read_question(text: str) -> str:
    """The question, with white space tidied.

    Raises:
        BadQuestion: it is empty, has no words, or is too long.
    """
    question = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
    if not question:
        raise BadQuestion(message("question.empty"))
    if len(question) > MAX_QUESTION:
        raise BadQuestion(message("question.too_long", length=f"{len(question):,}", most=f"{MAX_QUESTION:,}"))
    if not re.search(r"\w{2}|\d", question):
        raise BadQuestion(message("question.no_words"))
    return question


def asks_for(question: str) -> Asks:
    """The kind of thing that would answer."""
    return next((kind for kind, pattern in _KINDS if pattern.search(question)), Asks.ANYTHING)


def is_broad(question: str) -> bool:
    """Whether the answer is likely more than one fact, in more than one place."""
    if _WHY.search(question) or _LIST.search(question):
        return True
    return bool(_BROAD.search(question)) and not _WORDS_OF.search(question)


def holds(kind: Asks, text: str, question: str) -> bool:
    """Whether a text has a thing of that kind in it; of names, one that the question does not name itself."""
    if kind is Asks.PERSON:
        named = question.lower()
        return any(name.lower() not in named for name in _NAMED.findall(text[1:]))
    if kind is Asks.BILL and bills(text):
        return True
    return kind is Asks.ANYTHING or bool(_ANSWERS[kind].search(text))


def names_in(question: str) -> list[str]:
    """The capitalised words of a question without a possessive's ending, its first word left out."""
    named = (without_possessive(name) for name in _NAMED.findall(question.partition(" ")[2]))
    return [name for name in named if name.lower() not in _NO_NAMES]


def content_stems(question: str) -> set[str]:
    """The stems of the words that carry the question's meaning."""
    return {stem for stem in stems(question) if stem not in _EMPTY and (len(stem) > 1 or stem.isdigit())}
