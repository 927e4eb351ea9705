"""The workers that read text, beside those that only decode."""

from __future__ import annotations

import pytest

from intake.analysis import ToRead
from intake.errors import DecoderCrashed
from intake.limits import Limits
from intake.pool import ImagePool, ModelPool
from matching.errors import UnsupportedFormat
from tests.drawn_codes import coded
from tests.intake import misbehaving
from tests.moderation.reading import pictures

pytestmark = pytest.mark.slow


def test_a_picture_that_kills_its_worker_costs_its_own_request_only() -> None:
    readers, decoders = ModelPool(Limits(), workers=1), ImagePool(Limits(), workers=1)
    caption = pictures.file_of(pictures.with_bar("Closed since Monday"))
    try:
        decoder = decoders._run(misbehaving.worker_pid, b"x")
        readers.warm_up()
        seen = readers._run(misbehaving.look_around, b"x")
        assert "onnxruntime" in seen.modules
        assert "django" not in seen.modules
        assert seen.niceness > decoders._run(misbehaving.look_around, b"x").niceness
        with pytest.raises(DecoderCrashed):
            readers._run(misbehaving.segfault, b"x")
        with pytest.raises(UnsupportedFormat):
            readers.read_text(b"no picture")

        (reading,) = readers.read_text(caption)

        assert "".join(reading.lines[0].text.split()) == "ClosedsinceMonday"
        coded_words = coded("Closed since Monday")
        (both,) = readers.read(coded_words, ToRead(("en",), codes=True))
        assert both.text is not None
        assert both.codes is not None
        assert [code.text for code in both.codes.codes] == ["Closed since Monday"]
        assert decoders._run(misbehaving.worker_pid, b"x") == decoder
    finally:
        readers.close()
        decoders.close()
