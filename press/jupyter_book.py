"""The command jupyter-book, without two seconds that jsonschema would spend on the grammars of a package.

A file, because Python 3.13.0 takes a program given by `python -c` for the source of every NamedTuple's `__new__`.
"""

import sys

if __name__ == "__main__":
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    from jupyter_book.cli.main import main  # type: ignore[import-untyped]

    main()
