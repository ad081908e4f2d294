"""What is wrong with one item of the input. It is set aside with its reason; the rest goes on."""


class Unreadable(Exception):
    """This item cannot be a release; the text says why, for the person who has to mend it."""


class NotRead(Unreadable):
    """What should have read this item could not run, or was ended from outside; that says nothing of the item."""


class NotThere(Unreadable):
    """There is nothing at an address (404, 410)."""
