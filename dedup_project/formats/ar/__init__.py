"""Arabic with the digits of the rest of the page, as Unicode's CLDR has it."""
