"""Answers that are told again: how long an answer is good for, and those that are kept until then.

``hints`` are declared on the schema; ``policies`` follows them through a document. ``answers`` keeps what is
the same for everybody, and drops it when the shop says that something in it has changed.
"""
