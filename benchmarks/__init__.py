"""Figures that the documents quote, a command each."""
