"""What the runtime says when it cannot go on."""


class Refusal(Exception):
    """One sentence for the person at the terminal: what is wrong, where, and what to do."""
