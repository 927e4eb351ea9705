"""The live server's requests are waited for, and no longer than they last."""

from __future__ import annotations

import threading

import pytest

from tests.browser import requests_at_work
from tests.browser.requests_at_work import RequestsAtWork
from tests.threads import PATIENCE_S


def test_a_request_is_waited_for_until_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    at_work, has_begun, may_end = RequestsAtWork(), threading.Event(), threading.Event()

    def request() -> None:
        at_work._begin()
        has_begun.set()
        may_end.wait(PATIENCE_S)
        at_work._end()

    thread = threading.Thread(target=request)
    thread.start()
    assert has_begun.wait(PATIENCE_S)
    with monkeypatch.context() as patched:
        patched.setattr(requests_at_work, "_PATIENCE_S", 0.0)
        with pytest.raises(AssertionError):
            at_work.wait_until_none()

    may_end.set()
    at_work.wait_until_none()
    thread.join()


def test_a_request_whose_end_nobody_heard_of_ended_with_its_thread() -> None:
    at_work = RequestsAtWork()
    thread = threading.Thread(target=at_work._begin)
    thread.start()
    thread.join()

    at_work.wait_until_none()
