"""What kind of thing a question asks for, and how much."""

import pytest

from assistant.question import Asks, asks_for, holds, is_broad, names_in


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("When did the Senate pass the bill?", Asks.TIME),
        ("When in 2004 did the Senate pass the bill?", Asks.TIME),
        ("By what year is the plant to close, and what takes its place?", Asks.TIME),
        ("What papers will be needed at the border, and starting when?", Asks.TIME),
        ("when's the hearing", Asks.TIME),
        ("What did Domenici say of Craig Thomas when he died?", Asks.ANYTHING),
        ("Who ran the lab when the fire broke out?", Asks.PERSON),
        ("How much did the district get?", Asks.AMOUNT),
        ("How much more per acre would ranchers get?", Asks.AMOUNT),
        ("What would the new bridge cost?", Asks.AMOUNT),
        ("What's the price tag of the stadium?", Asks.AMOUNT),
        ("iran war cost first six days", Asks.AMOUNT),
        ("How much stronger than a medical dose is it?", Asks.NUMBER),
        ("What did Klobuchar say about the cost of shipping?", Asks.ANYTHING),
        ("why are veterans stuck with higher travel costs?", Asks.ANYTHING),
        ("Does the park's expansion cost the government anything?", Asks.ANYTHING),
        ("How many acres are there?", Asks.NUMBER),
        ("Who chairs the committee?", Asks.PERSON),
        ("Which bill would have the EPA look at how much power servers burn?", Asks.BILL),
        ("what earlier law set up the fund?", Asks.BILL),
        ("What did Bill Cassidy say?", Asks.ANYTHING),
        ("What did Tom Price say about the uninsured?", Asks.ANYTHING),
        ("What would the bill do?", Asks.ANYTHING),
        ("Which law firm did she work for?", Asks.ANYTHING),
        ("why?", Asks.ANYTHING),
    ],
)
def test_kinds(question: str, kind: Asks) -> None:
    assert asks_for(question) is kind


@pytest.mark.parametrize(
    ("question", "broad"),
    [
        ("Why did Ortiz vote against the dam?", True),
        ("What would the Orchard Relief Act do?", True),
        ("how does the loan program work", True),
        ("What's in the farm bill?", True),
        ("Who was fined, and when?", True),
        ("And when was he fined?", False),
        ("Which towns got the money?", True),
        ("Which town got the money?", False),
        ("How much did the district get?", False),
        ("Did the Senate pass the bill?", False),
        ("What did Ortiz say about the dam?", False),
        ("Why did Ortiz say the dam was needed?", True),
    ],
)
def test_breadth(question: str, broad: bool) -> None:
    assert is_broad(question) is broad


def test_names_are_without_their_possessives() -> None:
    assert names_in("Who spoke at Ortiz's Texas hearing on the growers’ losses in Bluewater’s valley?") == [
        "Ortiz",
        "Texas",
        "Bluewater",
    ]


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Ortiz wrote S.558 on parity.", True),
        ("Ortiz wrote Senate Bill 558 on parity.", True),
        ("Ortiz wrote H. Con. Res. 99 on budgets.", True),
        ("Ortiz wrote the Orchard Relief Act on apples.", True),
        ("Ortiz thanked Bill Reyes in Room 558.", False),
    ],
)
def test_a_bill_in_any_spelling_answers_which_bill(text: str, held: bool) -> None:
    assert holds(Asks.BILL, text, "Which bill did Ortiz write?") is held
