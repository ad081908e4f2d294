"""The packaged verifier as it is shipped."""

from vectorstore.verifying import packaged_verifier

TITLE = "Bingaman Welcomes Override of Water Bill Veto"
TEXT = "Senator Bingaman said he was very glad that the Senate voted 79 to 14 to override the president's veto of the water bill."


def test_what_is_answered_is_told_from_what_only_looks_like_it() -> None:
    asked = ["How did the Senate vote on overriding the veto?", "How many acres will the water bill irrigate?"]
    answered, near = (packaged_verifier()(question, [(TITLE, TEXT)])[0] for question in asked)
    assert answered > 0 > near


def test_a_long_paragraph_is_read_to_its_end() -> None:
    long = "Nothing of note was said about the weather that day. " * 30 + TEXT
    question = "How did the Senate vote on overriding the veto?"
    alone, hidden, without = packaged_verifier()(question, [(TITLE, TEXT), (TITLE, long), (TITLE, long[:1500])])
    assert hidden > without
    assert abs(hidden - alone) < 4
