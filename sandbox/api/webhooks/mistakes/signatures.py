"""What may have become of a signature itself."""

from urllib.parse import unquote

__all__ = ["signature_forms"]


def signature_forms(right: str, received: str) -> str | None:
    """Say in words what became of a signature that was *right*; an empty text if nothing, None if it is another."""
    if received == right:
        return ""
    if received.strip(" \"'") == right:
        return "has blanks or quotes around it"
    if received.rstrip("=") == right.rstrip("="):
        return "has lost the equals signs at its end, as when it is split at ="
    if received.replace(" ", "+") == right:
        return "has blanks where the plus signs were"
    if unquote(received) == right:
        return "is percent-encoded"
    if received.lower() == right.lower():
        return "is in another case: compare it as it is, upper and lower case apart"
    return None
