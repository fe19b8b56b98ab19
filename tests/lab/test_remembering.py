"""What is remembered of what was made before."""

import pytest

from lab.remembering import Remembered


def test_the_same_thing_is_made_once():
    made = []
    remembered = Remembered(2)
    for key in ("a", "b", "a"):
        assert remembered.recall(key, lambda key=key: made.append(key) or key) == key
    assert made == ["a", "b"]


def test_what_was_asked_longest_ago_is_forgotten_first():
    made = []
    remembered = Remembered(2)
    for key in ("a", "b", "a", "c", "a", "b"):
        remembered.recall(key, lambda key=key: made.append(key))
    assert made == ["a", "b", "c", "b"]


def test_what_fails_is_tried_again():
    remembered = Remembered(2)
    answers = iter([KeyError("no"), "yes"])

    def make():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(KeyError):
        remembered.recall("a", make)
    assert remembered.recall("a", make) == "yes"
