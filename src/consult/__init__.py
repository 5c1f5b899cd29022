"""Read a public consultation: what was raised, by whom, how often, in whose words, and what was not."""

__version__ = "0.1.0"
