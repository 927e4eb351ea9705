"""What every layer may use: errors, sentences to translate, public ids, timings. No Django."""
