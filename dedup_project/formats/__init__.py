"""How numbers and times are written where Django says less than people expect."""
