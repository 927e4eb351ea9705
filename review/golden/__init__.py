"""Golden pairs: known truths that people are asked about unseen, to see how rightly they decide."""
