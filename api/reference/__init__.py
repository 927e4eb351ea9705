"""What describes the API and the server's health."""
