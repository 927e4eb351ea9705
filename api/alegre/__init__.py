"""The Alegre dialect: the calls by which Meedan's Check asks for similar images."""
