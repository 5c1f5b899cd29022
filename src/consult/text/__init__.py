"""From answers to passages and vectors: repair, language, sentences, lemmas, embedding."""
