"""Arabic with the digits of the rest of the page, as Unicode's CLDR has it."""

from __future__ import annotations

DATETIME_FORMAT = "j F، Y، H:i"
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
