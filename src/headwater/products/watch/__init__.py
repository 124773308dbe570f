"""Watch: tell me when something that matters changes on the web.

Nouns: a *source* is a page or feed that somebody watches, a *check* is one look at it, a *passage* is about a
paragraph of it, a *comparison* says what two versions differ in, an *alert* is a comparison worth telling.
"""
