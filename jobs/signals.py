"""What apps above are told of."""

from __future__ import annotations

from typing import Final

from django.dispatch import Signal

# A worker has begun, or another hour of its life is over: time to ask for what is due regularly.
hour_passed: Final = Signal()
# Moments may be kept that a clock ahead of this one has written: what waits for them is to wait no
# longer than it should. `now`. Sent every few minutes, and for a while after the clock was set.
clock_ahead: Final = Signal()
