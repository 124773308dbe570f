"""What the rules know of words: states that exclude each other, kinds of things, synonyms, words without matter."""
