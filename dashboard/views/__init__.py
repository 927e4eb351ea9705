"""The views of the dashboard, by what they are about."""
