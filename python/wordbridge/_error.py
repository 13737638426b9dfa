class Error(ValueError):
    """What a user can mend: a bad file, a bad value, a full disk. The text is that of the program."""
