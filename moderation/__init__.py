"""What pictures and texts are judged by: reading, rules, models. No Django, no I/O but its data."""
