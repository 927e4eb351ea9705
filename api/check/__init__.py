"""The Check dialect: POST /v1/match/ asks whether an image was submitted before."""
