"""Questions let through by a limiter, or not."""

from assistant.limits import Limiter, LimitReached


def taken(limits: Limiter, *addresses: str) -> list[bool]:
    """Of each address in turn, whether its question was let through."""
    let: list[bool] = []
    for address in addresses:
        try:
            limits.take(address)
        except LimitReached:
            let.append(False)
        else:
            let.append(True)
    return let
