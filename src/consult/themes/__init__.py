"""Themes: the codebook, the taggings it leads to with their evidence, and how good they are."""
