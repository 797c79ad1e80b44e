"""What the institution has decided about consultations; the composition root sets it once."""

from care.teleconsultation.rules import AnswerTimes

_answers = AnswerTimes()


def configure(found: AnswerTimes) -> None:
    """Set how long doctors are asked."""
    global _answers
    _answers = found


def answers() -> AnswerTimes:
    """How long doctors are asked."""
    return _answers
