"""The rules of the house. Nothing here knows that the web exists; functions take a session and never commit."""
