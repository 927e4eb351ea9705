"""What every layer may use: the error tree and public ids. Nothing else, ever."""
